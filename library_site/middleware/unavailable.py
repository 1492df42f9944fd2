"""A database that is locked, full or away gives a clear page: nothing was saved, try again."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from library_site.views.errors import unavailable

UNAVAILABLE = (OperationalError, InterfaceError)

logger = logging.getLogger(__name__)


class DatabaseUnavailableMiddleware:
    """Views tell it by process_exception; middleware (sessions, settings) only by the signal of the 500 page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        got_request_exception.connect(_note_unavailable, dispatch_uid="database unavailable")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return unavailable(request) if hasattr(request, "database_unavailable") else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, UNAVAILABLE):
            return None
        logger.error("database unavailable: %s", error)
        return unavailable(request)


def _note_unavailable(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    error = sys.exc_info()[1]
    if request is not None and isinstance(error, UNAVAILABLE):
        logger.error("database unavailable: %s", error)
        request.database_unavailable = True  # type: ignore[attr-defined] # read above, when the 500 page is on its way
