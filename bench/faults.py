"""Breaks one part of the stack after the other while people work: what still works, what is seen, does it heal?"""

import html
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from at_work import DONE, People, counted
from browser import Browser
from measuring import tell
from stack import Stack, docker

HEALING_SECONDS = 150
CIRCULATION = ("issue", "return")
NEEDED = (*CIRCULATION, "search", "sign in", "static")
LOCK = "BEGIN; LOCK TABLE circulation_loan IN EXCLUSIVE MODE; SELECT pg_sleep(30); COMMIT;"
KILL_ALL_BUT_FIRST = "for p in /proc/[0-9]*; do n=${p#/proc/}; [ $n -gt 1 ] && [ $n != $$ ] && kill -9 $n; done; true"


class Faults:
    """The series. ``found``: one entry for each fault."""

    def __init__(self, stack: Stack, prepared: dict[str, Any], seconds: float) -> None:
        self.stack, self.prepared, self.seconds = stack, prepared, seconds
        self.people = People(stack.url, prepared)
        self.found: list[dict[str, Any]] = []

    def run(self) -> None:
        """Break everything in turn."""
        self.people.begin()
        self._during("nothing", lambda: time.sleep(self.seconds))
        for service in ("worker", "cache", "one web", "openlibrary", "proxy", "db"):
            self._during(f"{service} stopped", *self._stopped(service))
        self._during("processes of web and worker killed 30 times in a minute", self._kill_and_kill)
        self._during("disk of the database full", self._fill_disk, self._empty_disk)
        self._during("a table locked for 30 s", self._hold_lock)
        self._during("PostgreSQL restarted", lambda: self._compose("restart", "db"))
        self.people.end()

    def _during(self, name: str, breaking: Callable[[], None], mending: Callable[[], None] = lambda: None) -> None:
        tell(name)
        began = time.monotonic()
        breaking()
        broken_until = time.monotonic()
        mending()
        healed = self._seconds_until_well(broken_until)
        tries = self.people.since(began, broken_until)
        with self.people.resting():
            sound, lost = self._is_sound(), self._lost()
        failed = [each for each in tries if each.outcome not in (DONE, "refused")]
        self.found.append(
            {
                "fault": name,
                "seconds": round(broken_until - began, 1),
                "tries": counted(tries),
                "slowest": {kind: max(t.seconds for t in tries if t.kind == kind) for kind in counted(tries)},
                "seen": sorted({html.unescape(f"{each.outcome}: {each.heading}").strip(": ") for each in failed}),
                "healed_after": healed,
                "sound": sound,
                "lost": lost,
            }
        )

    def _seconds_until_well(self, since: float) -> float | None:
        """Until everybody does everything again, three times in a row; None: not within HEALING_SECONDS."""
        deadline = time.monotonic() + HEALING_SECONDS
        while time.monotonic() < deadline:
            time.sleep(0.5)
            last = [[t for t in self.people.since(since) if t.kind == kind][-3:] for kind in NEEDED]
            if all(len(tries) == 3 and {t.outcome for t in tries} <= {DONE, "refused"} for tries in last):
                return round(max(tries[0].at - tries[0].seconds for tries in last) - since, 1)
        return None

    def _is_sound(self) -> str:
        return self.stack.manage("check_invariants", check=False).strip()

    def _lost(self) -> int:
        """How many of the things somebody was told were saved are not there."""
        kept = self.stack.inside("keys")
        return len(set(self.people.confirmed) - set(kept))

    def _compose(self, *arguments: str) -> None:
        self.stack.compose(*arguments)

    def _stopped(self, service: str) -> tuple[Callable[[], None], Callable[[], None]]:
        containers = self.stack.containers(service.removeprefix("one "))
        chosen = containers[:1] if service.startswith("one ") else containers

        def stop() -> None:
            docker("stop", "--time", "20", *chosen)
            if service == "openlibrary":
                self._ask_open_library()
            time.sleep(self.seconds)

        def start() -> None:
            docker("start", *chosen)

        return stop, start

    def _ask_open_library(self) -> None:
        """A librarian scans an ISBN that has to be looked up."""
        sign_in = self.prepared["librarians"][-2]
        browser = Browser(self.stack.url)
        browser.sign_in(sign_in["name"], sign_in["password"])
        self.people.attempt(
            "look up an ISBN", lambda: browser.get("/desk/import/?isbn=9780140328721"), lambda page: page.status == 200
        )

    def _kill_and_kill(self) -> None:
        for number in range(30):
            began = time.monotonic()
            service = ("web", "web", "worker")[number % 3]
            running = self.stack.containers(service)
            if running:
                self.stack.sh(running[number % len(running)], KILL_ALL_BUT_FIRST, check=False)
            time.sleep(max(0.0, 2 - (time.monotonic() - began)))

    def _fill_disk(self) -> None:
        [disk] = self.stack.containers("disk")
        until = time.monotonic() + self.seconds
        while time.monotonic() < until:  # whatever somebody gives back is taken too
            self.stack.sh(disk, "cat /dev/zero >> /disk/filler 2>/dev/null; true")
            time.sleep(0.5)

    def _empty_disk(self) -> None:
        [disk] = self.stack.containers("disk")
        self.stack.sh(disk, "rm -f /disk/filler")

    def _hold_lock(self) -> None:
        [db] = self.stack.containers("db")
        docker("exec", db, "psql", "-qU", "openshelf", "-c", LOCK)


@contextmanager
def told(found: list[dict[str, Any]]) -> Iterator[None]:
    """Print the table of faults, whatever happens."""
    try:
        yield
    finally:
        print(table(found))


def table(found: list[dict[str, Any]]) -> str:
    """The faults as Markdown."""
    lines = [
        "| fault | issued, returned | searches | sign-ins | static files | seen | well after | sound, lost |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in found:
        tries = each["tries"]
        parts = [("issue", "return"), ("search",), ("sign in",), ("static",)]
        cells = [_share(tries, kinds, each["slowest"]) for kinds in parts]
        healed = "never" if each["healed_after"] is None else f"{each['healed_after']:.0f} s"
        seen = "; ".join(each["seen"]) or "-"
        sound = "yes" if each["sound"] == "The library is sound." else each["sound"]
        lines.append(f"| {each['fault']} | {' | '.join(cells)} | {seen} | {healed} | {sound}, {each['lost']} |")
    return "\n".join(lines)


def _share(tries: dict[str, dict[str, int]], kinds: tuple[str, ...], slowest: dict[str, float]) -> str:
    """How many went well of how many, and the longest anybody waited."""
    outcomes = [tries.get(kind, {}) for kind in kinds]
    well = sum(found.get(DONE, 0) + found.get("refused", 0) for found in outcomes)
    total = sum(sum(found.values()) for found in outcomes)
    longest = max([slowest[kind] for kind in kinds if kind in slowest], default=0.0)
    return f"{well} of {total}, ≤ {longest:.1f} s" if total else "none ended"
