"""Measures the API: answers per second and processor time beside the page of the same data; lending by 16 programs."""

import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import clients
from browser import Browser
from pages import ask
from scratch import Scratch

V1 = "/api/v1/"
PROGRAMS = 16
# what is looked at, by whom, the page, the resource; {book} stands for the key of a book
READS = [
    ("members", "librarian", "/desk/members/", "members?limit={rows}"),
    ("loans", "librarian", "/desk/loans/", "loans?limit={rows}"),
    ("my loans", "member", "/me/", "me/loans?limit={rows}"),
    ("a book", "anybody", "/books/{book}/", "books/{book}"),
]
ROWS_OF_A_PAGE = 25


def measure(
    scratch: Scratch, prepared: dict[str, Any], *, rounds: int, seconds: float, pairs: int, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Everything of this part: reads beside pages, and lending with and without an Idempotency-Key, in turns."""
    tokens = scratch.inside("tokens", str(scratch.folder / "prepared.json"))
    reads = _reads(scratch, prepared, tokens, rounds=rounds, seconds=seconds, tell=tell)
    tell("api: lending")
    chosen = prepared["pairs"]
    part = min(pairs, len(chosen) // (2 * rounds))
    lent: dict[str, list[dict[str, Any]]] = {"plain": [], "keyed": []}
    for number in range(2 * rounds):
        kind = ("plain", "keyed", "keyed", "plain")[number % 4]
        some = chosen[number * part : (number + 1) * part]
        lent[kind].append(_lend(scratch, tokens["librarians"], some, is_keyed=kind == "keyed"))
        if problem := lent[kind][-1].pop("problem"):
            tell(f"api: lending failed: {problem}")
    return {"reads": reads, "lending": {kind: _together(runs) for kind, runs in lent.items()}}


def _reads(
    scratch: Scratch, prepared: dict[str, Any], tokens: dict[str, list[str]], *, rounds: int, seconds: float,
    tell: Callable[[str], None],
) -> list[dict[str, Any]]:  # fmt: skip
    senders = _senders(scratch, prepared, tokens)
    book = next(paths[0] for name, _who, paths in prepared["pages"] if name == "book").strip("/").split("/")[-1]
    found = []
    for name, who, page, resource in READS:
        tell(f"api: {name}")
        where = {"page": page.format(book=book), "api": V1 + resource.format(book=book, rows=ROWS_OF_A_PAGE)}
        runs: dict[str, list[dict[str, Any]]] = {"page": [], "api": []}
        for _each in range(rounds):
            for kind, path in where.items():
                _check(scratch, path, senders[kind][who])
                runs[kind].append(ask(scratch, [path], senders[kind][who], 1, seconds))
                runs[kind][-1]["many"] = ask(scratch, [path], senders[kind][who], PROGRAMS, seconds)
        found.append({"what": name} | {kind: _medians(each) for kind, each in runs.items()})
    return found


def _senders(scratch: Scratch, prepared: dict[str, Any], tokens: dict[str, list[str]]) -> dict[str, dict[str, str]]:
    """What each kind of visitor sends along, to pages (a cookie) and to the API (a token)."""
    cookies = {"anybody": ""}
    for who, sign_in in (("librarian", prepared["librarians"][0]), ("member", prepared["member"])):
        browser = Browser(scratch.url)
        browser.sign_in(sign_in["name"], sign_in["password"])
        cookies[who] = f"Cookie: {browser.cookie_header}"
    bearer = {"librarian": tokens["librarians"][0], "member": tokens["member"][0]}
    return {"page": cookies, "api": {"anybody": ""} | {who: f"Authorization: Bearer {t}" for who, t in bearer.items()}}


def _check(scratch: Scratch, path: str, header: str) -> None:
    """Stop unless ``path`` answers 200: an error would be measured as a fast answer."""
    status, _answer = _Program(scratch.url, header).ask("GET", path)
    if status != 200:
        raise SystemExit(f"{path} answered {status}.")


def _medians(runs: list[dict[str, Any]]) -> dict[str, float]:
    names = ("median_ms", "p95_ms", "per_second", "cpu_ms", "database_cpu_ms")
    one = {name: round(statistics.median(run[name] for run in runs), 2) for name in names}
    many = {f"{name}_of_many": round(statistics.median(run["many"][name] for run in runs), 2) for name in names}
    return one | many | {"failed": sum(run["failed"] + run["many"]["failed"] for run in runs)}


def _lend(scratch: Scratch, tokens: list[str], pairs: list[dict[str, str]], *, is_keyed: bool) -> dict[str, Any]:
    """Let PROGRAMS programs at once issue and take back each copy of ``pairs``."""
    programs = [_Program(scratch.url, f"Authorization: Bearer {tokens[n % len(tokens)]}") for n in range(PROGRAMS)]
    threads = [
        threading.Thread(target=program.lend, args=(pairs[n::PROGRAMS], is_keyed)) for n, program in enumerate(programs)
    ]
    scratch.wait_until_idle()
    before, began = scratch.processor_seconds(), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    scratch.wait_until_idle()
    after = scratch.processor_seconds()
    return {
        "pairs": len(pairs), "seconds": seconds, "failed": sum(program.failed for program in programs),
        "problem": next((program.problem for program in programs if program.problem), ""),
        "cpu_seconds": sum(after.values()) - sum(before.values()),
        "issue": [ms for program in programs for ms in program.times["issue"]],
        "return": [ms for program in programs for ms in program.times["return"]],
        "both": [ms for program in programs for ms in program.times["both"]],
    }  # fmt: skip


def _together(runs: list[dict[str, Any]]) -> dict[str, Any]:
    pairs, seconds = sum(run["pairs"] for run in runs), sum(run["seconds"] for run in runs)
    return {
        "pairs": pairs,
        "failed": sum(run["failed"] for run in runs),
        "pairs_per_second": round(pairs / seconds, 1),
        "cpu_ms": round(sum(run["cpu_seconds"] for run in runs) * 1_000 / max(1, pairs), 1),
    } | {step: clients.spread([ms for run in runs for ms in run[step]]) for step in ("issue", "return", "both")}


class _Program:
    """A program with one connection that it keeps."""

    def __init__(self, url: str, header: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=clients.TIMEOUT_SECONDS)
        name, _colon, value = header.partition(": ")
        self.headers = {name: value} if name else {}
        self.times: dict[str, list[float]] = {"issue": [], "return": [], "both": []}
        self.failed, self.problem = 0, ""  # the first one, to see why

    def ask(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, bytes]:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        sent = None
        if body is not None:
            sent, headers = json.dumps(body), headers | {"Content-Type": "application/json"}
        self.connection.request(method, path, sent, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def lend(self, pairs: list[dict[str, str]], is_keyed: bool) -> None:
        for pair in pairs:
            key = f"bench-{time.monotonic_ns()}-{pair['barcode']}" if is_keyed else ""
            said = {name: pair[name] for name in ("card", "barcode")}  # as at the desk
            answer = self._timed("issue", "loans", said, key and f"{key}-issue", 201)
            if answer is not None:
                self._timed("return", f"loans/{answer['id']}/return", {}, key and f"{key}-return", 200)
                self.times["both"].append(self.times["issue"][-1] + self.times["return"][-1])

    def _timed(self, step: str, path: str, body: Any, key: str, expected: int) -> Any:
        began = time.perf_counter()
        status, answer = self.ask("POST", V1 + path, body, key)
        self.times[step].append((time.perf_counter() - began) * 1_000)
        if status == expected:
            return json.loads(answer)
        self.failed += 1
        self.problem = self.problem or f"{path} answered {status}: {answer[:300].decode(errors='replace')}"
        return None
