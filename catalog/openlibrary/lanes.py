"""How patient we are: a person waiting at a screen, or a batch that has all night."""

import time
from dataclasses import dataclass, replace

from .errors import OpenLibraryError


@dataclass(frozen=True, slots=True)
class Lane:
    """Times in seconds. One lookup is everything done for one question: search, edition, work, authors."""

    name: str
    lookup_seconds: float  # for a whole lookup, whatever it takes
    request_seconds: float  # for one request, from connecting to the last byte
    silence_seconds: float  # without a byte from the other side
    turn_seconds: float  # to wait for our turn under the rate limit
    attempts: int  # for one request
    longest_pause: float  # before trying again
    has_a_person: bool  # who goes first, and to whom an edition without its work is better than nothing


INTERACTIVE = Lane(
    name="interactive",
    lookup_seconds=9,  # so that the page with the answer is there within ten
    request_seconds=9,
    silence_seconds=4.5,
    turn_seconds=2,
    attempts=2,
    longest_pause=5,
    has_a_person=True,
)
# Pictures that adorn what was found: each holds a thread of the site, so none waits for its turn.
PREVIEW = replace(INTERACTIVE, name="preview", turn_seconds=0)
BATCH = Lane(
    name="batch",
    lookup_seconds=300,
    request_seconds=30,
    silence_seconds=10,
    turn_seconds=60,
    attempts=5,
    longest_pause=120,
    has_a_person=False,
)
# A batch with a person at the terminal, who wants to hear of trouble within ten seconds.
TERMINAL = replace(BATCH, name="terminal", request_seconds=9, silence_seconds=8)
LANES = {lane.name: lane for lane in (INTERACTIVE, PREVIEW, BATCH, TERMINAL)}


class Deadline:
    """The moment by which something must be over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, negative when it is over."""
        return self._end - time.monotonic()

    def check(self) -> None:
        """Raises: OpenLibraryError("timed_out") when it is over."""
        if self.left() <= 0:
            raise OpenLibraryError("timed_out", "no time left")
