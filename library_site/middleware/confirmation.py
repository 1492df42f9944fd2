"""Before staff, roles or settings are changed, or a backup is taken away, a person says again that it is they."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.adapter import is_confirmed
from accounts.permissions import MANAGE_SETTINGS, MANAGE_STAFF
from library_site import unsent

PAGES = {
    "accounts:settings": MANAGE_SETTINGS,
    "library_site:download_backup": MANAGE_SETTINGS,
    "accounts:add_webhook": MANAGE_SETTINGS,
    "accounts:webhook": MANAGE_SETTINGS,
    "accounts:replace_webhook_secret": MANAGE_SETTINGS,
    "accounts:remove_webhook": MANAGE_SETTINGS,
    "accounts:reset_second_factor": MANAGE_STAFF,
    "accounts:sign_out_everywhere": MANAGE_STAFF,
}
TABLES_OF_THE_ADMIN_SITE = ("accounts_user", "accounts_librarysettings", "auth_user")
ONLY_LISTS = ("_changelist", "_history")


class ConfirmationMiddleware:
    """Who signed in, or said so, longer ago than ACCOUNT_REAUTHENTICATION_TIMEOUT, is asked; nothing typed is lost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        if not request.user.is_authenticated or not _matters(request) or is_confirmed(request):
            return None
        methods = get_adapter(request).get_reauthentication_methods(request.user)

        def ask(to: str) -> HttpResponse:
            return redirect(f"{methods[0]['url']}?{urlencode({REDIRECT_FIELD_NAME: to})}")

        if request.method in ("GET", "HEAD"):
            return ask(request.get_full_path())
        return unsent.keep(request, unsent.form_of(request), ask)


def _matters(request: HttpRequest) -> bool:
    """Whether this page changes who works here, what they may, or how the library is set; for whom it opens at all."""
    match, user = request.resolver_match, request.user
    if match is None or match.app_name != "admin":
        return match is not None and match.view_name in PAGES and user.has_perm(PAGES[match.view_name])
    name = match.url_name or ""
    only_looks = request.method in ("GET", "HEAD") and name.endswith(ONLY_LISTS)
    return user.is_staff and name.startswith(TABLES_OF_THE_ADMIN_SITE) and not only_looks
