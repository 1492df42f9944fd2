"""Estimates and explains the fines of all open loans, as if all were late; prints JSON. Usage: fines.py.

Run by bench/within.py.
"""

import json
import resource
import time
from datetime import timedelta

from django.utils import timezone

from circulation.models import Loan
from circulation.queries.loans import estimate
from circulation.queries.rules import rule_book

DAYS_LATE = 30


def main() -> None:
    loans = list(Loan.objects.open().select_related("copy__copy_type"))
    latest = max((loan.due_at for loan in loans), default=timezone.now())
    now, book = latest + timedelta(days=DAYS_LATE), rule_book()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.perf_counter()
    days = sum(len(estimate(loan, book, now).as_json()["days"]) for loan in loans)
    seconds = time.perf_counter() - began
    cpu = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    print(json.dumps({"loans": len(loans), "seconds": seconds, "cpu_seconds": cpu, "days_explained": days}))


if __name__ == "__main__":
    main()
