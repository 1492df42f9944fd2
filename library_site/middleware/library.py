"""The library's settings, language and time zone, read anew for every request so that no process lags behind."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts import queries
from library_site.middleware.api import BELOW


class LibraryMiddleware:
    """Sets ``request.library``; activates its time zone and the visitor's chosen language, else the library's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        library = queries.library()
        request.library = library  # type: ignore[attr-defined] # the one thing we add to every request
        language = _chosen(request) or library.language
        with translation.override(language), timezone.override(library.zone):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _chosen(request: HttpRequest) -> str:
    """The language that the visitor chose: on a page by its link, with a program by what it sends; else empty."""
    known = dict(settings.LANGUAGES)
    if not request.path.startswith(BELOW):
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        return chosen if chosen in known else ""
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    names = (name.partition("-")[0] for name, weight in asked if weight)
    return next((name for name in names if name in known), "")
