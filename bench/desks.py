"""Issues and takes back on the real pages: signed in, with tokens and hidden keys, redirects followed."""

import threading
import time
from typing import Any

from browser import Browser, Page
from clients import spread
from scratch import Scratch

STEPS = ("card", "issue", "return")


class Desk:
    """One librarian with a scanner; the issue page and the return page are open."""

    def __init__(self, url: str, sign_in: dict[str, str]) -> None:
        self.browser = Browser(url)
        self.browser.sign_in(sign_in["name"], sign_in["password"])
        self.issuing = self.browser.get("/desk/issue/")
        self.returning = self.browser.get("/desk/return/")
        self.times: dict[str, list[float]] = {step: [] for step in STEPS}
        self.requests: dict[str, int] = dict.fromkeys(STEPS, 0)
        self.failed = 0

    def serve(self, pairs: list[dict[str, Any]]) -> None:
        """Lend and take back each copy: scan the card, scan the barcode, and the barcode again at the return."""
        for pair in pairs:
            self.issuing = self._scan("card", self.issuing, pair["card"])
            self.issuing = self._scan("issue", self.issuing, pair["barcode"])
            self.returning = self._scan("return", self.returning, pair["barcode"])

    def _scan(self, step: str, page: Page, code: str) -> Page:
        fields = {**page.form_with("scan"), "scan": code}
        began = time.perf_counter()
        answer = self.browser.post(page.path.partition("?")[0], fields, page.path)
        self.times[step].append((time.perf_counter() - began) * 1_000)
        self.requests[step] = answer.requests
        went_well = answer.status == 200 and (step == "card" or 'class="outcome success"' in answer.text)
        self.failed += not went_well
        return answer


def at_once(staff: list[Desk], pairs: list[dict[str, Any]]) -> float:
    """Let all of ``staff`` work through ``pairs``, each through its share: the seconds it took."""
    threads = [threading.Thread(target=desk.serve, args=(pairs[n :: len(staff)],)) for n, desk in enumerate(staff)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began


def measure(scratch: Scratch, prepared: dict[str, Any], *, pairs: list[dict[str, Any]], desks: int) -> dict[str, Any]:
    """Let so many desks work through ``pairs`` at once; times of each scan until its page is there again."""
    staff = [Desk(scratch.url, sign_in) for sign_in in prepared["librarians"][:desks]]
    before = scratch.processor_seconds()
    seconds = at_once(staff, pairs)
    after = scratch.processor_seconds()
    done = sum(len(desk.times["return"]) for desk in staff)
    return {
        "desks": desks,
        "pairs": done,
        "failed": sum(desk.failed for desk in staff) + len(pairs) - done,
        "pairs_per_second": round(done / seconds, 2),
        "cpu_ms": round((sum(after.values()) - sum(before.values())) * 1_000 / max(1, done), 1),
        "requests": staff[0].requests,
    } | {step: spread([ms for desk in staff for ms in desk.times[step]]) for step in STEPS}
