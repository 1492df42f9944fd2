"""Every address of the site. What readers of other programs rely on is listed in docs/addresses.md."""

from allauth.account import views as allauth
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.i18n import set_language

from accounts.api.routes import routes as of_accounts
from catalog.api.routes import routes as of_catalog
from circulation.api.routes import routes as of_circulation
from library_site.views import backups, home, operation, unsent

site = (
    [
        path("", home.home, name="home"),
        path("me/start/", home.after_sign_in, name="after_sign_in"),
        path("me/unsent/", unsent.unsent_form, name="unsent"),
        path("healthz", operation.health, name="health"),
        path("readyz", operation.ready, name="ready"),
        path("desk/backups/", backups.backups, name="backups"),
        path("desk/backups/make/", backups.make, name="make_backup"),
        path("desk/backups/<int:pk>/file", backups.download, name="download_backup"),
        path("metrics", operation.metrics, name="metrics"),
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

second_factors = [
    path("", second_factor.index, name="mfa_index"),
    path("code/", second_factor.authenticate, name="mfa_authenticate"),
    path("confirm/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("app/", app.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/confirm/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/rename/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
]

api = ([*of_accounts, *of_catalog, *of_circulation], "api")

urlpatterns = [
    path("", include(site)),
    path("", include("accounts.urls")),
    path("", include("catalog.urls")),
    path("", include("circulation.urls")),
    path("accounts/", include(signing_in)),
    path("accounts/second-factor/", include(second_factors)),
    path("language/", login_not_required(set_language), name="set_language"),
    path("api/v1/", include(api)),
    path("admin/", admin.site.urls),
]

handler400 = "library_site.views.errors.bad_request"
handler403 = "library_site.views.errors.permission_denied"
handler404 = "library_site.views.errors.not_found"
handler429 = "library_site.views.errors.too_many_requests"
handler500 = "library_site.views.errors.server_error"
