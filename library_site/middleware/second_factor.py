"""Who must have a second factor and has none is led to set one up, before anything that is not for everybody."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.queries.sign_ins import lacks_second_factor

START = "mfa_index"
ALLOWED = (
    START, "mfa_activate_totp", "mfa_add_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "mfa_list_webauthn", "account_reauthenticate", "account_change_password", "account_logout",
)  # fmt: skip


class SecondFactorMiddleware:
    """Stands behind the one for first passwords. Pages for everybody stay open: they show staff nothing more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        match = request.resolver_match
        is_open = not getattr(view, "login_required", True) or (match and match.view_name in ALLOWED)
        if is_open or not request.user.is_authenticated or not _lacks_one(request):
            return None
        messages.warning(request, _("Whoever works here needs a second factor. Set one up to go on."))
        return redirect(START)


def _lacks_one(request: HttpRequest) -> bool:
    return lacks_second_factor(request.user, request.library)  # type: ignore[attr-defined, arg-type] # set before; signed in
