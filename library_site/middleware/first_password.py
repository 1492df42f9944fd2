"""What holds for whoever is signed in: a first password is changed before anything else, and nobody else sees."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers, patch_cache_control

ALLOWED = (
    "account_change_password", "account_logout", "set_language",
    "library_site:health", "library_site:ready", "library_site:metrics",
)  # fmt: skip


class FirstPasswordMiddleware:
    """Who signed in with a password from paper chooses another; pages of a person are nobody else's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and _name(request) == "account_logout":
            response.headers["Clear-Site-Data"] = '"cache"'  # Back shows nothing to whoever sits down next
        if request.session.accessed and request.user.is_authenticated and not response.has_header("Cache-Control"):
            _keep_private(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        if request.user.is_authenticated and request.user.must_change_password and _name(request) not in ALLOWED:
            return redirect("account_change_password")
        return None


def _name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _keep_private(request: HttpRequest, response: HttpResponse) -> None:
    """Nothing is kept, but forms of the desk by the own browser: after Back they must still hold their key."""
    if request.path.startswith("/desk/"):
        patch_cache_control(response, private=True, no_cache=True)
    else:
        add_never_cache_headers(response)
