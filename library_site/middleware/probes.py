"""Answers what watches over the site before anything else is asked: no host name, no session, no database needed."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from library_site.views import operation

PROBES = {"/healthz": operation.health, "/readyz": operation.ready, "/metrics": operation.metrics}


class ProbesMiddleware:
    """A probe comes from the machine itself, by its number and past the proxy, and also while the database is away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        if probe is None:
            return self.get_response(request)
        request.probe = request.path_info.lstrip("/")  # type: ignore[attr-defined] # its route, for the log
        return probe(request)
