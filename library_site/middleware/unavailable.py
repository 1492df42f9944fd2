"""A database that is locked, full or away gives a clear page: nothing was saved, try again."""

import logging
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse

from library_site.views.errors import unavailable

UNAVAILABLE = (OperationalError, InterfaceError)
# Tries that cannot be counted are refused as too many, a sign-in that cannot be noted counts as gone: the visitor has
# done nothing wrong.
BLAMES = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_REQUEST)

logger = logging.getLogger(__name__)


class Trouble:
    """Notes whether the database failed while a request was answered, also where the cache kept quiet about it."""

    was_seen = False

    def __call__(self, execute: Callable[..., Any], *query: Any) -> Any:
        try:
            return execute(*query)
        except UNAVAILABLE:
            self.was_seen = True
            raise


class DatabaseUnavailableMiddleware:
    """Views tell it by process_exception; middleware (sessions, settings) only by the signal of the 500 page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        got_request_exception.connect(_note_unavailable, dispatch_uid="database unavailable")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trouble = Trouble()
        with connection.execute_wrapper(trouble):
            response = self.get_response(request)
        is_blamed = response.status_code in BLAMES and trouble.was_seen
        return unavailable(request) if is_blamed or hasattr(request, "database_unavailable") else response

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
