"""Runs the daily work over many open loans, all overdue and none told of; prints JSON. Usage: daily.py LOANS.

Run by bench/within.py. Loans that are missing are lent first, to members and of copies of their own.
"""

import json
import resource
import sys
import time
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import LibrarySettings, Member, MemberCategory
from accounts.queries import default_branch
from catalog.models import Book, Copy, CopyType
from circulation.models import Loan, Notice
from circulation.services.daily import run_daily

AT_ONCE, OF_EACH = 1_000, 5
STEPS = [1, 7, 14]


def main() -> None:
    lend_up_to(int(sys.argv[1]))
    LibrarySettings.objects.filter(pk=1).update(overdue_notice_days=STEPS, due_soon_days=[2])
    latest = Loan.objects.open().latest("due_at").due_at
    now = latest + timedelta(days=1)
    found: dict[str, Any] = {"loans": Loan.objects.open().count(), "memory_mb": [memory_mb()], "runs": []}
    for run_at in (now, now + timedelta(hours=1), now + timedelta(days=6)):
        found["runs"].append(timed(run_at))
        found["memory_mb"].append(memory_mb())
    found["notices"] = Notice.objects.count()
    print(json.dumps(found))


def timed(now: Any) -> dict[str, Any]:
    """One run: its counts, by the clock and in processor time."""
    before, began = processor_seconds(), time.perf_counter()
    counts = run_daily(now)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "cpu_seconds": processor_seconds() - before, "counts": counts._asdict()}


def lend_up_to(wanted: int) -> None:
    """Make open loans until there are so many, five for each new member."""
    branch, category, copy_type = default_branch(), MemberCategory.objects.order_by("pk")[0], CopyType.objects.all()[0]
    book = Book.objects.create(title="Lent by the benchmark", sort_title="lent by", match_key="lent by the benchmark")
    now = timezone.now()
    missing = wanted - Loan.objects.open().count()
    for first in range(0, missing, AT_ONCE):
        numbers = range(first, min(missing, first + AT_ONCE))
        members = [
            Member(card_number=f"DAILY{n}", name=f"Reader {n}", email=f"reader{n}@example.org", category=category,
                   joined_on=now.date())
            for n in numbers[::OF_EACH]
        ]  # fmt: skip
        copies = [
            Copy(book=book, barcode=f"DAILY{n}", copy_type=copy_type, home_branch=branch, current_branch=branch)
            for n in numbers
        ]
        Member.objects.bulk_create(members)
        Copy.objects.bulk_create(copies)
        Loan.objects.bulk_create(
            Loan(copy=copy, member=members[place // OF_EACH], category=category, copy_type=copy_type, branch=branch,
                 issued_at=now, due_at=now + timedelta(days=21))
            for place, copy in enumerate(copies)
        )  # fmt: skip


def memory_mb() -> float:
    """The most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
