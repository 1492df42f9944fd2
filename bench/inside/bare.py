"""Issues and takes back through the services and by bare SQL with the same writes, in turns; prints JSON.

Usage: bare.py PREPARED.json PAIRS. Run by bench/within.py. Bare SQL writes the same rows in the same two transactions
and asks nothing: it is what the database alone could do, not something anybody should run.
"""

import json
import resource
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Branch, Member, User
from accounts.queries import default_branch
from catalog.models import Copy
from circulation.services.loans import issue_copy, return_copy

AT_ONCE = 10  # pairs of one kind before it is the other's turn, so that a busy moment hits both
Pairs = list[tuple[Copy, Member]]

INSERT_LOAN = """INSERT INTO circulation_loan (copy_id, member_id, category_id, copy_type_id, branch_id, issued_at,
    due_at, outcome, renewals, explanation, forgiven_fine) VALUES (%s, %s, %s, %s, %s, %s, %s, '', 0, '{}', '{}')
    RETURNING id"""
INSERT_ACTION = """INSERT INTO accounts_action (key, verb, by_id, at, target_type, target_id, before, after, reason,
    overrides, result, fingerprint) VALUES (%s, %s, %s, %s, 'circulation.loan', %s, '{}', '{}', '', '[]', '{}', '')"""
COUNT_LOAN = "UPDATE accounts_member SET loans_ever = loans_ever + 1 WHERE id = %s"
CLOSE_LOAN = "UPDATE circulation_loan SET returned_at = %s, closed_at = %s, outcome = 'returned' WHERE id = %s"


class Desk:
    def __init__(self, by: User, branch: Branch) -> None:
        self.by, self.branch = by, branch

    def through_services(self, copy: Copy, member: Member) -> None:
        issue_copy(copy, member=member, branch=self.branch, by=self.by, key=uuid.uuid4().hex)
        return_copy(copy, branch=self.branch, by=self.by, key=uuid.uuid4().hex)

    def by_bare_sql(self, copy: Copy, member: Member) -> None:
        loan = self._bare_issue(copy, member)
        now = timezone.now()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CLOSE_LOAN, [now, now, loan])
            cursor.execute(INSERT_ACTION, [uuid.uuid4().hex, "return", self.by.pk, now, loan])

    def _bare_issue(self, copy: Copy, member: Member) -> int:
        now = timezone.now()
        who = [copy.pk, member.pk, member.category_id, copy.copy_type_id, self.branch.pk]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(INSERT_LOAN, [*who, now, now])
            (loan,) = cursor.fetchone()
            cursor.execute(COUNT_LOAN, [member.pk])
            cursor.execute(INSERT_ACTION, [uuid.uuid4().hex, "issue", self.by.pk, now, loan])
        return loan


def main() -> None:
    prepared = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    pairs = [_found(pair) for pair in prepared["pairs"][: int(sys.argv[2])]]
    desk = Desk(User.objects.get(username=prepared["librarians"][0]["name"]), default_branch())
    ways = {"services": desk.through_services, "bare": desk.by_bare_sql}
    for way in ways.values():
        _timed(way, pairs[:5])
    used = {name: [0.0, 0.0] for name in ways}
    for first in range(0, len(pairs), AT_ONCE):
        for name, way in ways.items():
            for n, seconds in enumerate(_timed(way, pairs[first : first + AT_ONCE])):
                used[name][n] += seconds
    with CaptureQueriesContext(connection) as captured:
        desk.through_services(*pairs[0])
    print(json.dumps({
        "pairs": len(pairs), "statements": len(captured),
        **{name: {"seconds": wall, "cpu_seconds": cpu} for name, (wall, cpu) in used.items()},
    }))  # fmt: skip


def _found(pair: dict[str, str]) -> tuple[Copy, Member]:
    return Copy.objects.get(barcode=pair["barcode"]), Member.objects.get(card_number=pair["card"])


def _timed(way: Callable[[Copy, Member], None], pairs: Pairs) -> tuple[float, float]:
    """Seconds by the clock and of this process."""
    began, before = time.perf_counter(), _processor()
    for copy, member in pairs:
        way(copy, member)
    return time.perf_counter() - began, _processor() - before


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
