"""Every address of the site. What readers of other programs rely on is listed in docs/addresses.md."""

from allauth.account import views as allauth
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.i18n import set_language

from accounts.api.routes import routes as of_accounts
from catalog.api.routes import routes as of_catalog
from circulation.api.routes import routes as of_circulation
from library_site.views import home, unsent

site = (
    [
        path("", home.home, name="home"),
        path("me/start/", home.after_sign_in, name="after_sign_in"),
        path("me/unsent/", unsent.unsent_form, name="unsent"),
        path("healthz", home.health, name="health"),
    ],
    "library_site",
)

signing_in = [
    path("login/", login_not_required(allauth.login), name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("signup/", login_not_required(allauth.signup), name="account_signup"),
    path("inactive/", login_not_required(allauth.account_inactive), name="account_inactive"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/reset/", login_not_required(allauth.password_reset), name="account_reset_password"),
    path("password/reset/done/", login_not_required(allauth.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        login_not_required(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        login_not_required(allauth.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]

api = ([*of_accounts, *of_catalog, *of_circulation], "api")

urlpatterns = [
    path("", include(site)),
    path("", include("accounts.urls")),
    path("", include("catalog.urls")),
    path("", include("circulation.urls")),
    path("accounts/", include(signing_in)),
    path("language/", login_not_required(set_language), name="set_language"),
    path("api/v1/", include(api)),
    path("admin/", admin.site.urls),
]

handler400 = "library_site.views.errors.bad_request"
handler403 = "library_site.views.errors.permission_denied"
handler404 = "library_site.views.errors.not_found"
handler429 = "library_site.views.errors.too_many_requests"
handler500 = "library_site.views.errors.server_error"
