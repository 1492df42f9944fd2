"""One request to Open Library, with everything that can go wrong on the way turned into OpenLibraryError."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any

import requests
from requests import exceptions as failures
from urllib3.exceptions import HTTPError, NewConnectionError, ReadTimeoutError

from .addresses import followed
from .bodies import read_body
from .connections import Watch
from .errors import FAILURES, PASSING, OpenLibraryError
from .lanes import Deadline, Lane
from .limits import LONGEST_RETRY_AFTER, Breaker, reserve_turn

CONNECT_SECONDS = 3.05
MOST_REDIRECTS = 5
FIRST_PAUSE, LONGEST_BACKOFF = 1.0, 60.0
REDIRECTS = (301, 302, 303, 307, 308)
COVERS = "covers"
UNREACHED = (
    failures.ConnectTimeout,
    failures.SSLError,
    failures.ProxyError,
    failures.InvalidURL,
    failures.MissingSchema,
)

logger = logging.getLogger(__name__)


class Transport:
    """Fetches bodies for one lookup. ``session`` belongs to the calling thread.

    ``on_retry`` is told of a failure after which it tries again.
    """

    def __init__(
        self,
        session: requests.Session,
        user_agent: str,
        lane: Lane,
        on_retry: Callable[[OpenLibraryError], Any] = lambda error: None,
    ) -> None:
        self._session, self._lane, self._on_retry = session, lane, on_retry
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip"}

    def get(self, url: str, *, base: str, family: str, cap: int, deadline: Deadline) -> bytes:
        """The body of ``url``, tried again as often as the lane allows.

        ``base``: the configured address that redirects may not leave; ``family``: search, record or covers, which
        share a breaker (whoever understands the body tells it of the success); ``cap`` in bytes; ``deadline`` of the
        whole lookup.
        Raises: OpenLibraryError.
        """
        breaker = Breaker(family)
        for attempt in range(self._lane.attempts):
            breaker.check()
            try:
                body = self._follow(url, base=base, family=family, cap=cap, deadline=deadline)
            except OpenLibraryError as error:
                logger.info("Open Library: %s for %s (attempt %d)", error, url, attempt + 1)
                _count(breaker, error)
                self._pause_or_raise(error, attempt, deadline)
            else:
                return body
        raise AssertionError("the last attempt returns or raises")

    def _pause_or_raise(self, error: OpenLibraryError, attempt: int, deadline: Deadline) -> None:
        if error.code not in PASSING or attempt + 1 == self._lane.attempts:
            raise error
        pause = error.retry_after
        if pause is None:
            pause = random.uniform(0, min(FIRST_PAUSE * 2**attempt, LONGEST_BACKOFF))  # noqa: S311 - spreads retries only
        if pause > self._lane.longest_pause or pause + 0.5 > deadline.left():
            raise error
        self._on_retry(error)
        time.sleep(pause)

    def _follow(self, url: str, *, base: str, family: str, cap: int, deadline: Deadline) -> bytes:
        for _hop in range(MOST_REDIRECTS + 1):
            self._wait_for_turn(family, deadline)
            with _translated(min(self._lane.request_seconds, deadline.left())), self._ask(url, deadline) as response:
                if response.status_code not in REDIRECTS:
                    _check_status(response)
                    return read_body(response, cap=cap, deadline=deadline)
                url = followed(url, response.headers.get("Location", ""), base=base, to_archive=family == COVERS)
        raise OpenLibraryError("bad_answer", "redirects without end")

    def _wait_for_turn(self, family: str, deadline: Deadline) -> None:
        deadline.check()
        zone = COVERS if family == COVERS else "api"
        longest_wait = min(self._lane.turn_seconds, deadline.left())
        time.sleep(reserve_turn(zone, longest_wait, after_people=not self._lane.has_a_person))
        deadline.check()

    def _ask(self, url: str, deadline: Deadline) -> requests.Response:
        left = deadline.left()
        return self._session.get(
            url,
            headers=self._headers,
            timeout=(min(CONNECT_SECONDS, left), min(self._lane.silence_seconds, left)),
            allow_redirects=False,
            stream=True,
        )


@contextmanager
def _translated(seconds: float) -> Iterator[None]:
    """Lets what is inside take ``seconds`` and fail in one way only."""
    with Watch(seconds) as watch:
        try:
            yield
            if watch.is_over:  # a cut connection looks like the end of an answer without a length
                raise OpenLibraryError("timed_out", f"longer than {seconds:.1f} s")
        except OpenLibraryError as error:
            raise OpenLibraryError("timed_out", str(error)) if watch.is_over else error from None
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
            raise _read_failure(error, is_late=watch.is_over) from error


def _count(breaker: Breaker, error: OpenLibraryError) -> None:
    if error.code in ("limited", "unavailable") and error.retry_after:
        breaker.pause(error.retry_after)
    if error.code in FAILURES:
        breaker.failed()
    elif error.code == "not_found":
        breaker.succeeded()


def _check_status(response: requests.Response) -> None:
    status, detail = response.status_code, f"status {response.status_code}"
    if status == 200:
        return
    if status in (404, 410):
        raise OpenLibraryError("not_found", detail)
    if status in (401, 403, 451):
        raise OpenLibraryError("blocked", detail)
    if status == 429:
        raise OpenLibraryError("limited", detail, retry_after=_retry_after(response))
    if status >= 500:
        raise OpenLibraryError("unavailable", detail, retry_after=_retry_after(response))
    raise OpenLibraryError("bad_answer", detail)


def _retry_after(response: requests.Response) -> float | None:
    """Seconds of a Retry-After header (a number, or a date), at most 120; None without a sensible one."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(min(int(value[:9]), LONGEST_RETRY_AFTER))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), LONGEST_RETRY_AFTER)


def _read_failure(error: Exception, *, is_late: bool) -> OpenLibraryError:
    """What a failure of the libraries below means: we are offline, the other side is slow, or it is broken."""
    detail = f"{type(error).__name__}: {error}"[:300]
    reason = getattr(error.args[0], "reason", None) if error.args else None
    is_silent = isinstance(error, requests.ReadTimeout | ReadTimeoutError | TimeoutError)
    is_unreached = isinstance(reason, NewConnectionError) or isinstance(error, UNREACHED)
    if is_late or is_silent:
        return OpenLibraryError("timed_out", detail)
    return OpenLibraryError("offline" if is_unreached else "unavailable", detail)
