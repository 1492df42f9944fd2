"""People at a library while something breaks: desks, searches, sign-ins; what each of them got, second by second."""

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from browser import Browser, Page

PAUSE = 0.15
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
ASSET = re.compile(r'"(/static/[^"]+)"')
DONE, REFUSED, BUSY, BROKEN, UNREACHABLE = "done", "refused", "503", "broken", "no answer"


@dataclass
class Try:
    """One thing somebody tried: when it ended, how long it took, what came of it, what the page said."""

    at: float
    kind: str
    outcome: str
    seconds: float
    heading: str = ""


@dataclass
class People:
    """Everybody at work at ``url``. ``confirmed``: the keys of what they were told was saved."""

    url: str
    prepared: dict[str, Any]
    tries: list[Try] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)
    _open: threading.Event = field(default_factory=threading.Event)
    _busy: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self, desks: int = 4) -> None:
        """Let them work in the background until ``end``."""
        self._open.set()
        for number in range(desks):
            sign_in, pair = self.prepared["librarians"][number], self.prepared["pairs"][number]
            self._start(Desk(self, sign_in, pair).turn)
        words = next(paths for name, _who, paths in self.prepared["pages"] if name == "search, common word")
        self._start(Visitor(self, "search", words).turn)
        self._start(Visitor(self, "static", ASSET.findall(Browser(self.url).get("/").text)).turn)
        self._start(Arriving(self, self.prepared["librarians"][-1]).turn)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Nobody does anything: what is looked at does not change meanwhile."""
        self._open.clear()
        for _each in self._threads:
            self._busy.acquire(timeout=90)
        try:
            yield
        finally:
            self._open.set()

    def end(self) -> None:
        """Send everybody home."""
        self._ended.set()
        self._open.set()
        for thread in self._threads:
            thread.join(timeout=90)

    def since(self, moment: float, until: float = float("inf")) -> list[Try]:
        """What was tried from ``moment`` on and had ended by ``until``."""
        return [each for each in list(self.tries) if moment <= each.at - each.seconds and each.at <= until]

    def _start(self, turn: Callable[[], None]) -> None:
        def work() -> None:
            while not self._ended.wait(PAUSE):
                if not self._open.is_set():
                    self._busy.release()
                    self._open.wait()
                turn()

        self._threads.append(threading.Thread(target=work, daemon=True))
        self._threads[-1].start()

    def attempt(self, kind: str, ask: Callable[[], Page], went_well: Callable[[Page], bool]) -> Page | None:
        """Do one thing and note what came of it; the page, or None where there was none."""
        began = time.monotonic()
        try:
            page: Page | None = ask()
        except (OSError, http.client.HTTPException, LookupError):
            page = None
        ended = time.monotonic()
        heading = HEADING.search(page.text) if page else None
        said = re.sub(r"<[^>]+>|\s+", " ", heading[1]).strip() if heading else ""
        self.tries.append(Try(ended, kind, _outcome(page, went_well), ended - began, said))
        return page


def _outcome(page: Page | None, went_well: Callable[[Page], bool]) -> str:
    if page is None:
        return UNREACHABLE
    if page.status == http.HTTPStatus.SERVICE_UNAVAILABLE:
        return BUSY
    if page.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        return BROKEN
    return DONE if went_well(page) else REFUSED


def counted(tries: list[Try]) -> dict[str, dict[str, int]]:
    """Outcomes by kind."""
    kinds: dict[str, Counter[str]] = {}
    for each in tries:
        kinds.setdefault(each.kind, Counter())[each.outcome] += 1
    return {kind: dict(found) for kind, found in sorted(kinds.items())}


class Desk:
    """A librarian who lends one copy to one member and takes it back, again and again, and keeps at it."""

    def __init__(self, people: People, sign_in: dict[str, str], pair: dict[str, Any]) -> None:
        self.people, self.pair = people, pair
        self.browser = Browser(people.url)
        self.browser.sign_in(sign_in["name"], sign_in["password"])
        self.is_lent = False

    def turn(self) -> None:
        kind = "return" if self.is_lent else "issue"
        path = "/desk/return/" if self.is_lent else f"/desk/issue/?member={self.pair['member']}"
        form = self.people.attempt(f"{kind} page", lambda: self.browser.get(path), lambda page: page.status == 200)
        if form is None or form.status != http.HTTPStatus.OK:
            return
        try:
            fields = {**form.form_with("scan"), "scan": self.pair["barcode"]}
        except LookupError:
            return
        page = self.people.attempt(
            kind, lambda: self.browser.post(path.partition("?")[0], fields, path), lambda page: page.status == 200
        )
        if page is not None and page.status == http.HTTPStatus.OK:
            if 'class="outcome success"' in page.text:
                self.people.confirmed.append(f"{fields['key']}-{self.pair['copy']}")
            self.is_lent = not self.is_lent  # refused: what was tried before had been saved after all


class Visitor:
    """Somebody who opens one public address after another."""

    def __init__(self, people: People, kind: str, paths: list[str]) -> None:
        self.people, self.kind, self.paths, self.at = people, kind, paths, 0
        self.browser = Browser(people.url)

    def turn(self) -> None:
        self.at += 1
        path = self.paths[self.at % len(self.paths)]
        self.people.attempt(self.kind, lambda: self.browser.get(path), lambda page: page.status == 200)


class Arriving:
    """Somebody who signs in anew, every two seconds."""

    def __init__(self, people: People, sign_in: dict[str, str]) -> None:
        self.people, self.sign_in = people, sign_in

    def turn(self) -> None:
        browser = Browser(self.people.url)

        def ask() -> Page:
            page = browser.get("/accounts/login/")
            if page.status != http.HTTPStatus.OK:
                return page
            fields = {"login": self.sign_in["name"], "password": self.sign_in["password"]}
            return browser.post(page.path, {**page.form_with("password"), **fields}, page.path)

        self.people.attempt("sign in", ask, lambda page: "sessionid" in browser.cookies)
        time.sleep(2)
