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
LOOKED_AT_EVERY = 2.0  # seconds
# What was written a moment ago, after a quiet night, is a moment behind and no night: it is given a second to follow.
FOLLOWING_TRIES, FOLLOWING_PAUSE = 6, 0.2
BEHIND = """SELECT CASE WHEN pg_last_wal_replay_lsn() >= %s::pg_lsn THEN 0 WHEN pg_is_in_recovery()
    THEN extract(epoch FROM clock_timestamp() - coalesce(pg_last_xact_replay_timestamp(), pg_postmaster_start_time()))
    END"""

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
        self.away_until = self.follows_until = 0.0

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
        """Whether the replica can be asked; one that does not answer or follow is left alone for a while."""
        if time.monotonic() < self.away_until:
            return False
        try:
            with connections[ALIAS].cursor():
                problem = self._lag()
        except DatabaseError as error:
            problem = f"it cannot be reached: {error}"
        if problem:
            logger.warning("the replica is left alone, reading from the database itself: %s", problem)
            self.away_until = time.monotonic() + AWAY_SECONDS
        return not problem

    def _lag(self) -> str:
        """Now and then: does it follow as fast as those who wrote are promised?"""
        if time.monotonic() < self.follows_until:
            return ""
        self.follows_until = time.monotonic() + LOOKED_AT_EVERY
        return lag(tries=1)


def lag(tries: int = FOLLOWING_TRIES) -> str:
    """What is wrong with how the replica follows; empty if it is no later than REPLICA_LAG_SECONDS."""
    behind = seconds_behind(tries)
    if behind is None:
        return "it does not follow the database"
    if behind <= settings.REPLICA_LAG_SECONDS:
        return ""
    return f"it is {behind:.0f} seconds behind, more than REPLICA_LAG_SECONDS ({settings.REPLICA_LAG_SECONDS})"


def seconds_behind(tries: int) -> float | None:
    """How old the last change is that the replica has; 0 if it has all that the database had just now, None if it
    is no replica."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn()")
        [written] = cursor.fetchone()
    behind = None
    for number in range(tries):
        time.sleep(FOLLOWING_PAUSE if number else 0)
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(BEHIND, [written])
            [behind] = cursor.fetchone()
        if not behind:
            break
    return None if behind is None else float(behind)


def _wrote_lately(request: HttpRequest) -> bool:
    """A program brings no cookie back: with a token it reads from the database itself, at any time."""
    return "Authorization" in request.headers or bool(
        request.get_signed_cookie(MARK, default="", max_age=settings.REPLICA_LAG_SECONDS)
    )
