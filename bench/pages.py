"""Measures pages: milliseconds, answers per second, processor time for each, and bytes."""

import gzip
import re
import statistics
from collections.abc import Callable
from typing import Any

import clients
import processes
from browser import Browser
from scratch import Scratch

CLIENTS = (1, 16)
WARM_UP_SECONDS = 1
LEAST_ANSWERS = 8
MOST_SECONDS = 20
ASSET = re.compile(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="(/static/[^"]+)"')


def browsers(scratch: Scratch, prepared: dict[str, Any]) -> dict[str, Browser]:
    """A browser for each kind of visitor, signed in on the site's own page."""
    people = {name: Browser(scratch.url) for name in ("anybody", "librarian", "member")}
    for name, sign_in in (("librarian", prepared["librarians"][0]), ("member", prepared["member"])):
        people[name].sign_in(sign_in["name"], sign_in["password"])
    return people


def measure(
    scratch: Scratch, prepared: dict[str, Any], *, rounds: int, seconds: float, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Ask for every page with one client and with many, round by round, and give the medians of the rounds.

    One round after the other goes through all pages, so that a noisy minute falls on all of them.
    """
    people = browsers(scratch, prepared)
    refuse_broken(people, prepared)
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name, _who, _paths in prepared["pages"]}
    gauges = [processes.gauge()]
    for number in range(rounds):
        for name, who, paths in prepared["pages"]:
            tell(f"round {number + 1} of {rounds}: {name}")
            cookie = people[who].cookie_header
            header = f"Cookie: {cookie}" if cookie else ""
            if number == 0:
                ask_once(scratch, paths, header, 16, WARM_UP_SECONDS)
            runs[name].append({str(count): ask(scratch, paths, header, count, seconds) for count in CLIENTS})
        gauges.append(processes.gauge())
    return {
        "client": clients.name_of_client(),
        "gauges": gauges,
        "pages": [{"page": name, **medians(each)} for name, each in runs.items()],
    }


def refuse_broken(people: dict[str, Browser], prepared: dict[str, Any]) -> None:
    """Stop unless every address answers with a whole page: an error page would be measured as a fast one."""
    for name, who, paths in prepared["pages"]:
        for path in paths:
            answer = people[who].get(path)
            if answer.status != 200 or answer.requests > 1:
                raise SystemExit(f"{name}: {path} answered {answer.status} after {answer.requests} requests.")


def weigh(scratch: Scratch, prepared: dict[str, Any]) -> list[dict[str, Any]]:
    """The bytes of each page: its HTML as it is sent and as gzip would send it, and what it loads, as it is sent."""
    people = browsers(scratch, prepared)
    return [_weight(people[who], name, paths[0]) for name, who, paths in prepared["pages"]]


def ask(scratch: Scratch, paths: list[str], header: str, count: int, seconds: float) -> dict[str, Any]:
    """Ask for ``seconds``, longer for a page so slow that too few answers would come."""
    found = ask_once(scratch, paths, header, count, seconds)
    while found["answers"] < max(LEAST_ANSWERS, count) and seconds < MOST_SECONDS:
        seconds *= 3
        found = ask_once(scratch, paths, header, count, seconds)
    return found


def ask_once(scratch: Scratch, paths: list[str], header: str, count: int, seconds: float) -> dict[str, Any]:
    """Ask for ``seconds``; processor time is what the site and the database used, by requests worked on."""
    scratch.wait_until_idle()
    before = scratch.processor_seconds()
    found = clients.ask(scratch.url, paths, header=header, clients=count, seconds=seconds, folder=scratch.folder)
    scratch.wait_until_idle()
    after = scratch.processor_seconds()
    used = {name: after[name] - before[name] for name in before}
    worked_on = found["answers"] + count  # when time is up the site still works on one request of each client
    return found | {
        "per_second": found["answers"] / found["seconds"],
        "cpu_ms": sum(used.values()) * 1_000 / worked_on,
        "database_cpu_ms": used["database"] * 1_000 / worked_on,
    }


def medians(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The medians of what each round found, for each number of clients."""
    found = {}
    for count in runs[0]:
        each = [run[count] for run in runs]
        found[f"clients_{count}"] = {
            name: round(statistics.median(one[name] for one in each), 2)
            for name in ("median_ms", "p95_ms", "per_second", "cpu_ms", "database_cpu_ms")
        } | {
            "median_ms_of_rounds": [round(one["median_ms"], 2) for one in each],
            "answers": sum(one["answers"] for one in each),
            "failed": sum(one["failed"] for one in each),
        }
    return found


def _weight(person: Browser, name: str, path: str) -> dict[str, Any]:
    status, page, _sent = person.raw(path)
    assets = list(dict.fromkeys(ASSET.findall(page.decode())))
    sent = {asset: person.raw(asset)[2] for asset in assets}
    packed = len(gzip.compress(page, 6))
    return {
        "page": name, "status": status, "html": len(page), "html_gzipped": packed, "assets": sum(sent.values()),
        "script": sum(size for asset, size in sent.items() if asset.endswith(".js")), "requests": 1 + len(sent),
        "total_gzipped": packed + sum(sent.values()),
    }  # fmt: skip
