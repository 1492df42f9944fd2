"""What holds for every address of the API: no cookie counts, and other sites may ask only where they are listed."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

BELOW = "/api/"
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
MAY_SEND = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match"
MAY_READ = "ETag, Location, Idempotency-Replayed, Retry-After"


class ApiMiddleware:
    """Stands before everything that reads cookies: whoever is signed in in this browser is nobody to the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(BELOW):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        origin = request.headers.get("Origin", "")
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return _allow(HttpResponse(status=204), origin)
        return _allow(self.get_response(request), origin)


def _allow(response: HttpResponse, origin: str) -> HttpResponse:
    """Lets a page of ``origin`` read ``response``, if it is listed; never with anything that stands for a person."""
    if not settings.API_CORS_ORIGINS:
        return response
    patch_vary_headers(response, ["Origin"])
    if origin in settings.API_CORS_ORIGINS:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = MAY_SEND
        response.headers["Access-Control-Expose-Headers"] = MAY_READ
        response.headers["Access-Control-Max-Age"] = "600"
    return response
