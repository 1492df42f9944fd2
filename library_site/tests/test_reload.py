"""The site is reloaded while desks write: nobody's request is lost. Takes long, and so only runs with LONG=1."""

import json
import os
import signal
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest
import requests

from library_site.tests.databases import own_database
from library_site.tests.desks import Desk, furnish
from library_site.tests.live import LIVE
from library_site.tests.running import Running
from library_site.tests.test_killed import gunicorn_of

pytestmark = LIVE
TOKEN = "a-token-of-many-different-letters-1234567890"
DESKS, RELOADS, SECONDS_BETWEEN = 4, 5, 4


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    with own_database() as environment:
        yield environment


class Writing:
    """A desk that charges and looks, and notes every answer that is not the one it should be."""

    def __init__(self, desk: Desk, member: int) -> None:
        self.desk, self.path = desk, f"/desk/members/{member}/charge/"
        self.answered, self.wrong = 0, []
        self.stop = Event()
        self.thread = Thread(target=self._work)
        self.thread.start()

    def _work(self) -> None:
        for _n in count():
            if self.stop.is_set():
                return
            try:
                answer = self.desk.send(self.path, {"amount_minor": "1", "reason": "stain"})
            except (requests.RequestException, AssertionError) as error:
                self.wrong.append(repr(error))
                continue
            self.answered += 2  # the page and what it sent
            if answer.status_code != 302:
                self.wrong.append(str(answer.status_code))


def test_no_request_is_lost_while_the_site_is_reloaded(tmp_path: Path, environment: dict[str, str]) -> None:
    watched = {"METRICS_TOKEN": TOKEN, "LOG_FORMAT": "json", "WEB_PRELOAD": "false"}  # as where sites are reloaded
    running = Running(tmp_path, "--demo", "no", WEB_CONCURRENCY="2", **watched, **environment).wait()
    try:
        furnish(running, books=1, members=DESKS)
        first = Desk.signed_in(running)
        desks = [Writing(first.colleague(), n + 1) for n in range(DESKS)]
        for _each in range(RELOADS):
            time.sleep(SECONDS_BETWEEN)
            os.kill(gunicorn_of(running), signal.SIGHUP)
        time.sleep(SECONDS_BETWEEN)
        for desk in desks:
            desk.stop.set()
            desk.thread.join()
        answered = sum(desk.answered for desk in desks)
        print(f"{answered} requests, {RELOADS} reloads")
        assert [desk.wrong for desk in desks] == [[]] * DESKS
        entries = running.manage(
            "shell", "-v", "0", "-c", "from circulation.models import LedgerEntry; print(LedgerEntry.objects.count())"
        )
        assert int(entries) * 2 == answered
        assert counted(running) == int(entries)
    finally:
        running.stop()
    assert [line for line in running.said.splitlines() if '"level"' in line and not json.loads(line)] == []
    assert sum('"route": "desk/members/<int:pk>/charge/"' in line for line in running.said.splitlines()) == answered


def counted(running: Running) -> int:
    """How many forms all processes say they took, those that were reloaded included."""
    page = requests.get(f"{running.address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)
    name = 'openshelf_requests_total{method="POST",route="desk/members/<int:pk>/charge/",status="302"} '
    [value] = [line.removeprefix(name) for line in page.text.splitlines() if line.startswith(name)]
    return int(float(value))
