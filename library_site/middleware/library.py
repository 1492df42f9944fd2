"""The library's settings, language and time zone, read anew for every request so that no process lags behind."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts import queries


class LibraryMiddleware:
    """Sets ``request.library``; activates its time zone and the visitor's chosen language, else the library's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        library = queries.library()
        request.library = library  # type: ignore[attr-defined] # the one thing we add to every request
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else library.language
        with translation.override(language), timezone.override(library.zone):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
