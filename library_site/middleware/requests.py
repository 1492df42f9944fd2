"""Gives each request its number; counts it and what it took, and writes it into a log of JSON."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from library_site.operation import metrics, request_ids

FIRST_REFUSAL = 400
logger = logging.getLogger(__name__)


class RequestMiddleware:
    """Stands first: whatever answers, the answer has the number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        number = request_ids.request_id(request.headers.get(request_ids.HEADER, ""))
        token = request_ids.current.set(number)
        try:
            response = self.get_response(request)
            _note(request, response, time.perf_counter() - began)
        finally:
            request_ids.current.reset(token)
        response.headers[request_ids.HEADER] = number
        return response


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    match = request.resolver_match
    route = match.route if match else getattr(request, "probe", "none")
    if settings.METRICS_TOKEN or settings.METRICS_ALLOW:
        metrics.observe(request.method or "", route, response.status_code, seconds)
    is_probe = hasattr(request, "probe") and response.status_code < FIRST_REFUSAL
    if settings.LOG_FORMAT == "json" and not is_probe:
        facts = {"method": request.method, "route": route, "status": response.status_code, "ms": round(seconds * 1_000)}
        logger.info("answered", extra=facts)
