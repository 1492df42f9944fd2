"""Not asking too much: turns and breakers shared by all processes through Django's cache, places within one."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache

from .errors import OpenLibraryError

TURNS_PER_SECOND = 2
BURST = 5
TURN_KEPT = 300  # seconds; longer than anybody reserves ahead
PLACES = 2
PICTURE_PATIENCE = 0.5  # seconds

FAILURES_TO_OPEN = 5
FAILURE_WINDOW = 60  # seconds
SHORTEST_REST, LONGEST_REST = 60, 600  # seconds
MEMORY = 3_600  # seconds for which a breaker knows that it was open
LONGEST_RETRY_AFTER = 120  # seconds

_places = threading.BoundedSemaphore(PLACES)
_picture_place = threading.BoundedSemaphore(1)


@contextmanager
def place(*, for_a_picture: bool = False) -> Iterator[None]:
    """One of the two places in this process for people waiting for Open Library, or the one for pictures beside them.

    Pictures take no place from who looks up or saves a book, and wait a moment for one another.
    Raises: OpenLibraryError("busy") when they are taken, so that no more threads are bound.
    """
    places, patience = (_picture_place, PICTURE_PATIENCE) if for_a_picture else (_places, 0)
    if not places.acquire(timeout=patience):
        raise OpenLibraryError("busy", "the place for pictures is taken" if for_a_picture else "both places are taken")
    try:
        yield
    finally:
        places.release()


def reserve_turn(zone: str, longest_wait: float, *, after_people: bool = False) -> float:
    """Seconds to wait until our turn to ask in ``zone``: 0 while turns of the last 2.5 seconds are unused.

    A turn is a half second that belongs to whoever adds its key first, which the cache decides atomically.
    ``after_people``: for batches, which take every second turn only when it has passed and nobody wanted it.
    Raises: OpenLibraryError("busy") when there is no free turn within ``longest_wait`` seconds.
    """
    now = time.time()
    current = int(now * TURNS_PER_SECOND)
    last = int((now + longest_wait) * TURNS_PER_SECOND)
    turns = range(current - BURST + 1, last + 1)
    keys = {turn: f"openlibrary:turn:{zone}:{turn}" for turn in turns if turn % 2 or turn < current or not after_people}
    taken = cache.get_many(keys.values())
    for turn, key in keys.items():
        if key not in taken and cache.add(key, 1, TURN_KEPT):
            return max(0.0, turn / TURNS_PER_SECOND - now)
    raise OpenLibraryError("busy", f"no turn within {longest_wait:.1f} s", retry_after=longest_wait)


class Breaker:
    """Leaves one family of addresses alone after five failures within a minute: 60 s, then twice as long, up to 600 s.

    While it remembers that it was open, one more failure opens it again; a success makes it forget.
    """

    def __init__(self, family: str) -> None:
        self._open, self._level, self._pause = (f"openlibrary:{family}:{what}" for what in ("open", "level", "pause"))
        self._failures = [f"openlibrary:{family}:failure:{number}" for number in range(FAILURES_TO_OPEN)]

    def check(self) -> None:
        """Raises: OpenLibraryError("unavailable" or "limited") while we leave the other side alone."""
        until, now = cache.get_many([self._open, self._pause]), time.time()
        for key, code in ((self._open, "unavailable"), (self._pause, "limited")):
            if (left := until.get(key, 0) - now) > 0:
                raise OpenLibraryError(code, f"left alone for {left:.0f} s more", retry_after=left)

    def pause(self, seconds: float) -> None:
        """Nobody asks for ``seconds`` (the other side said so)."""
        seconds = min(seconds, LONGEST_RETRY_AFTER)
        cache.set(self._pause, time.time() + seconds, int(seconds) + 1)

    def failed(self) -> None:
        """Counts a failure of the other side."""
        known = cache.get_many([self._open, self._level])
        if self._open in known:
            return
        level = known.get(self._level)
        if level is None:
            any(cache.add(key, 1, FAILURE_WINDOW) for key in self._failures)
            if len(cache.get_many(self._failures)) < FAILURES_TO_OPEN:
                return
        self._rest(0 if level is None else level + 1)

    def succeeded(self) -> None:
        """Forgets that it was open."""
        if cache.get(self._level) is not None:
            cache.delete(self._level)

    def _rest(self, level: int) -> None:
        seconds = min(SHORTEST_REST * 2**level, LONGEST_REST)
        cache.set(self._level, level, MEMORY)
        cache.set(self._open, time.time() + seconds, seconds)
        cache.delete_many(self._failures)
