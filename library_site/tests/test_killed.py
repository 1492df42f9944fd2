"""Power cuts: processes killed while desks write leave a sound library, with everything that was confirmed."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
import requests

from library_site.tests.databases import own_database
from library_site.tests.desks import Desk, furnish
from library_site.tests.running import Running

pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]
DESKS = 4
KILLED_WORKERS = 4
KEYS = "from accounts.models import Action; print(*Action.objects.values_list('key', flat=True))"


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    with own_database() as environment:
        yield environment


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def gunicorn_of(running: Running) -> int:
    """The process that looks after the site's workers."""
    [pid] = [pid for pid in running.children() if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return pid


class Busy:
    """A desk that issues, takes back, charges and takes money until it is told to stop."""

    def __init__(self, desk: Desk, member: int, barcode: str) -> None:
        self.desk, self.member, self.barcode = desk, member, barcode
        self.confirmed: list[str] = []
        self.faults: list[str] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._work)
        self.thread.start()

    def _work(self) -> None:
        money = f"/desk/members/{self.member}"
        acts = [
            (f"/desk/issue/?member={self.member}", {"member": self.member, "scan": self.barcode}, "-{copy}"),
            (f"{money}/charge/", {"amount_minor": "3", "reason": "stain"}, ""),
            ("/desk/return/", {"scan": self.barcode}, "-{copy}"),
            (f"{money}/pay/", {"amount_minor": "2"}, ""),
        ]
        for n in count():
            if self.stop.is_set():
                return
            path, values, suffix = acts[n % len(acts)]
            try:
                form = self.desk.form(path)
                answer = self.desk.post(path, form | values)
            except requests.RequestException:  # the process that was to answer is gone
                time.sleep(0.05)
                continue
            if answer.status_code == 302:
                self.confirmed.append(form["key"] + suffix.format(copy=self.member))
            elif answer.status_code >= 500:
                self.faults.append(answer.text)

    def finish(self) -> None:
        self.stop.set()
        self.thread.join()


def wait_for(busy: list[Busy], confirmed: int) -> None:
    """Until the desks have heard so often that something was saved."""
    deadline = time.monotonic() + 60
    while sum(len(each.confirmed) for each in busy) < confirmed:
        assert time.monotonic() < deadline, "the desks hear nothing"
        time.sleep(0.02)


@pytest.fixture
def killed(tmp_path: Path, environment: dict[str, str]) -> list[Busy]:
    """What four desks did at a site whose workers were killed one by one, and at last all its processes."""
    running = Running(tmp_path, "--demo", "no", WEB_CONCURRENCY="2", **environment).wait()
    barcodes = furnish(running, books=DESKS, members=DESKS)
    first, gunicorn = Desk.signed_in(running), gunicorn_of(running)
    busy = [Busy(first.colleague(), n + 1, barcodes[n]) for n in range(DESKS)]
    try:
        for n in range(KILLED_WORKERS):
            wait_for(busy, 8 * (n + 1))
            workers = children_of(gunicorn)
            os.kill(workers[n % len(workers)], signal.SIGKILL)
        wait_for(busy, 8 * (KILLED_WORKERS + 1))
    finally:
        for pid in [gunicorn, *children_of(gunicorn), *running.children()]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for each in busy:
            each.finish()
    assert running.process.wait(timeout=30) == 1
    return busy


def test_processes_killed_while_desks_write_leave_a_sound_library(
    killed: list[Busy], tmp_path: Path, environment: dict[str, str]
) -> None:  # fmt: skip
    again = Running(tmp_path, "--demo", "no", **environment).wait()
    try:
        assert again.manage("check_invariants") == "The library is sound.\n"
        kept = again.manage("shell", "-v", "0", "-c", KEYS).split()
        assert {key for each in killed for key in each.confirmed} - set(kept) == set()
        assert [each.faults for each in killed] == [[]] * DESKS
        assert Desk.signed_in(again).send("/desk/members/1/charge/", {"amount_minor": "1", "reason": "x"}).ok
    finally:
        again.stop()
