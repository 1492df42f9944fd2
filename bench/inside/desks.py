"""Issues and takes back through the services, one desk after the other or several at once; prints JSON.

Usage: desks.py PREPARED.json PAIRS DESKS. Run by bench/within.py.
"""

import json
import multiprocessing
import resource
import sys
import time
from pathlib import Path
from typing import Any

from django.db import connections

from accounts.models import Member, User
from accounts.queries import default_branch
from catalog.models import Copy
from circulation.services.loans import issue_copy, return_copy


def main() -> None:
    prepared = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    pairs, desks = prepared["pairs"][: int(sys.argv[2])], int(sys.argv[3])
    connections.close_all()
    names = [librarian["name"] for librarian in prepared["librarians"]]
    with multiprocessing.get_context("fork").Pool(desks) as pool:
        pool.map(arrive, names[:desks], chunksize=1)
        began = time.monotonic()
        found = pool.starmap(desk, [(names[n], pairs[n::desks]) for n in range(desks)], chunksize=1)
        seconds = time.monotonic() - began
    print(
        json.dumps(
            {
                "desks": desks,
                "pairs": len(pairs),
                "seconds": seconds,
                "cpu_seconds": sum(each["cpu_seconds"] for each in found),
                "issue_ms": [ms for each in found for ms in each["issue_ms"]],
                "return_ms": [ms for each in found for ms in each["return_ms"]],
            }
        )
    )


def arrive(name: str) -> None:
    """Have a process, its code and its connection ready before the clock starts."""
    User.objects.get(username=name).has_perm("accounts.issue")
    time.sleep(0.2)  # so that every desk gets its own process


def desk(name: str, pairs: list[dict[str, str]]) -> dict[str, Any]:
    by, branch = User.objects.get(username=name), default_branch()
    before = _processor()
    issues, returns = [], []
    for pair in pairs:
        began = time.perf_counter()
        copy, member = Copy.objects.get(barcode=pair["barcode"]), Member.objects.get(card_number=pair["card"])
        issue_copy(copy, member=member, branch=branch, by=by)
        issued = time.perf_counter()
        return_copy(Copy.objects.get(barcode=pair["barcode"]), branch=branch, by=by)
        issues.append((issued - began) * 1_000)
        returns.append((time.perf_counter() - issued) * 1_000)
    return {"issue_ms": issues, "return_ms": returns, "cpu_seconds": _processor() - before}


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
