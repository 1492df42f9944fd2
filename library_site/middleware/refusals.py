"""What a service refused and no form could show becomes a clear page, never a crash."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.services.actions import FormAlreadyUsed
from circulation.exceptions import CirculationRefused
from library_site.views.errors import not_allowed, page


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            said = not_allowed(request, back=_came_from(request))
            said.headers["Allow"] = response.headers["Allow"]
            return said
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, FormAlreadyUsed):
            return page(request, 409, _("This form was sent before"), [
                _("The first time it was sent it was done. What it holds now is different and was not saved."),
                _("Go back, reload the page, and look whether you still need it."),
            ], back=_came_from(request))  # fmt: skip
        if isinstance(error, Refused):
            return page(request, 409, _("That cannot be done"), [error.message], back=_came_from(request))
        if isinstance(error, CirculationRefused):
            sentences = [problem.message for problem in error.problems]
            return page(request, 409, _("That cannot be done"), sentences, back=_came_from(request))
        return None


def _came_from(request: HttpRequest) -> str:
    """The page of ours that the form stood on, or nothing."""
    referer = urlsplit(request.META.get("HTTP_REFERER", ""))
    page_of_ours = referer._replace(scheme="", netloc="").geturl()
    ours = referer.netloc == request.get_host() and url_has_allowed_host_and_scheme(page_of_ours, None)
    return page_of_ours if ours else ""
