"""Reading from a copy of the database that lags behind, without anybody missing what they have just done."""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, connections, models
from django.http import HttpRequest, HttpResponse

ALIAS = "replica"
MARK = "wrote"  # the cookie of who changed something a moment ago
SAFE = ("GET", "HEAD")
BELOW = "/api/"
MAY_LAG = {"catalog", "circulation"}  # sign-ins, roles and settings are never read late
AWAY_SECONDS = 30

may_lag: ContextVar[bool] = ContextVar("may_lag", default=False)
wrote: ContextVar[bool] = ContextVar("wrote", default=False)
logger = logging.getLogger(__name__)


class ReplicaRouter:
    """Sends to the replica what a page only reads; everything else, and all after a write, to the database itself."""

    def db_for_read(self, model: type[models.Model], **_hints: Any) -> str | None:
        is_late_enough = may_lag.get() and model._meta.app_label in MAY_LAG
        return ALIAS if is_late_enough and not connection.in_atomic_block else None

    def db_for_write(self, model: type[models.Model], **_hints: Any) -> None:
        if model._meta.app_label != "sessions":
            wrote.set(True)
            may_lag.set(False)

    def allow_relation(self, *_instances: models.Model, **_hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, *_args: Any, **_hints: Any) -> bool:
        return db != ALIAS


class ReadYourWritesMiddleware:
    """Whoever sent a form reads from the database itself until the replica has surely followed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.away_until = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        only_reads = request.method in SAFE
        reading = may_lag.set(only_reads and not _wrote_lately(request) and self._answers())
        writing = wrote.set(False)
        try:
            response = self.get_response(request)
            has_written = wrote.get() or not only_reads
        finally:
            may_lag.reset(reading)
            wrote.reset(writing)
        if has_written and not request.path.startswith(BELOW):
            response.set_signed_cookie(
                MARK, "1", max_age=settings.REPLICA_LAG_SECONDS, httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        return response

    def _answers(self) -> bool:
        """Whether the replica can be asked; one that did not answer is left alone for a while."""
        if time.monotonic() < self.away_until:
            return False
        try:
            with connections[ALIAS].cursor():
                return True
        except DatabaseError as error:
            logger.warning("the replica cannot be reached, reading from the database itself: %s", error)
            self.away_until = time.monotonic() + AWAY_SECONDS
            return False


def _wrote_lately(request: HttpRequest) -> bool:
    """A program brings no cookie back: with a token it reads from the database itself, at any time."""
    return "Authorization" in request.headers or bool(
        request.get_signed_cookie(MARK, default="", max_age=settings.REPLICA_LAG_SECONDS)
    )
