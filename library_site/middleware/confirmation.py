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

MATTER = (MANAGE_SETTINGS, MANAGE_STAFF)  # whatever is sent to a page that needs one of these
# Of those pages the ones that ask before anything is typed, and those that give away what nobody else may see.
ASK_AT_ONCE = {
    "accounts:settings", "accounts:add_webhook", "accounts:webhook", "accounts:reset_second_factor",
    "circulation:edit_notice_text", "library_site:download_backup",
}  # fmt: skip
TABLES_OF_THE_ADMIN_SITE = (
    "accounts_user_", "auth_user_", "accounts_librarysettings_", "accounts_branch_", "accounts_membercategory_",
    "catalog_copytype_",
)  # fmt: skip
ONLY_LISTS = ("_changelist", "_history")


class ConfirmationMiddleware:
    """Who signed in, or said so, longer ago than ACCOUNT_REAUTHENTICATION_TIMEOUT, is asked; nothing typed is lost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        if not request.user.is_authenticated or not _matters(request, view) or is_confirmed(request):
            return None
        methods = get_adapter(request).get_reauthentication_methods(request.user)

        def ask(to: str) -> HttpResponse:
            return redirect(f"{methods[0]['url']}?{urlencode({REDIRECT_FIELD_NAME: to})}")

        if request.method in ("GET", "HEAD"):
            return ask(request.get_full_path())
        return unsent.keep(request, unsent.form_of(request), ask)


def _matters(request: HttpRequest, view: Callable) -> bool:
    """Whether this changes who works here, what they may, or how the library is set; for whom the page opens at all."""
    match, user, is_sent = request.resolver_match, request.user, request.method not in ("GET", "HEAD")
    if match is None or match.app_name != "admin":
        needed = getattr(view, "needs", "")
        asks = match is not None and (is_sent or match.view_name in ASK_AT_ONCE)
        return asks and needed in MATTER and user.has_perm(needed)
    name = match.url_name or ""
    return user.is_staff and name.startswith(TABLES_OF_THE_ADMIN_SITE) and (is_sent or not name.endswith(ONLY_LISTS))
