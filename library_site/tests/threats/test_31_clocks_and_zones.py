"""31, clocks and zones: due at the end of the library's own day, whatever clocks do; a fine is for days it was open.

The rules day by day: circulation/tests/policy (test_due_dates.py, test_fines.py, test_properties.py).
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Branch
from circulation.models import LedgerEntry, Loan
from circulation.services.loans import return_copy
from circulation.tests.factories import close_on, make_loan, set_library, set_rule
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break("circulation/policy/due_dates.py", "END_OF_DAY = time(23, 59, 59)", "END_OF_DAY = time(23, 59, 0)"),
    Break("circulation/policy/due_dates.py", "tzinfo=zone).astimezone(UTC)", "tzinfo=UTC)"),
    Break("circulation/policy/fines.py", "rule.charge_closed_days or calendar.is_open(day)", "True"),
    Break("circulation/policy/fines.py", "returned_at.astimezone(calendar.zone).date()", "returned_at.date()"),
]
ZONES = {name: ZoneInfo(name) for name in ("Europe/Zurich", "America/Chicago", "Asia/Tokyo", "Pacific/Kiritimati")}


def moment(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONES[zone])


@pytest.mark.parametrize(
    ("zone", "issued", "due"),
    [
        ("Europe/Zurich", "2026-03-22T10:00", "2026-03-29T23:59:59+02:00"),  # put on in that night
        ("Europe/Zurich", "2026-10-18T10:00", "2026-10-25T23:59:59+01:00"),  # put back
        ("America/Chicago", "2026-03-01T23:30", "2026-03-08T23:59:59-05:00"),
        ("America/Chicago", "2026-10-25T00:10", "2026-11-01T23:59:59-06:00"),
        ("Asia/Tokyo", "2026-03-22T00:10", "2026-03-29T23:59:59+09:00"),  # never changes; still the 21st in UTC
        ("Pacific/Kiritimati", "2026-12-25T23:50", "2027-01-01T23:59:59+14:00"),
        ("Europe/Zurich", "2028-02-22T10:00", "2028-02-29T23:59:59+01:00"),
        ("Europe/Zurich", "2027-02-22T10:00", "2027-03-01T23:59:59+01:00"),
    ],
)
def test_loan_is_due_at_the_end_of_the_day_of_the_library(zone: str, issued: str, due: str) -> None:
    set_library(time_zone=zone)
    set_rule(loan_period=7)
    loan = make_loan(now=moment(zone, issued))
    assert loan.due_at.astimezone(ZONES[zone]).isoformat() == due


def fine(loan: Loan, branch: Branch, back: datetime) -> int:
    return_copy(loan.copy, branch=branch, by=None, now=back.astimezone(UTC))
    return sum(LedgerEntry.objects.filter(loan=loan).values_list("amount_minor", flat=True))


@pytest.mark.parametrize(
    ("issued", "back", "owed"),
    [
        ("2026-03-22T10:00", "2026-03-29T23:59", 0), ("2026-03-22T10:00", "2026-03-30T00:01", 100),
        ("2026-03-22T10:00", "2026-04-02T10:00", 300), ("2026-10-18T10:00", "2026-10-26T00:10", 100),
        ("2028-02-21T10:00", "2028-03-01T09:00", 200), ("2026-03-22T10:00", "2026-03-22T09:00", 0),
    ],
)  # fmt: skip
def test_fine_is_of_days_the_library_was_open_and_never_below_nothing(issued: str, back: str, owed: int) -> None:
    library = set_library(time_zone="Europe/Zurich")
    set_rule(loan_period=7, fine_amount_minor=100, fine_cap_minor=None, grace_period=0)
    close_on("2026-03-31")
    loan = make_loan(now=moment("Europe/Zurich", issued))
    assert fine(loan, loan.branch, moment("Europe/Zurich", back)) == owed
    assert library.zone == ZONES["Europe/Zurich"]


def test_fine_stays_as_it_was_written_whatever_day_comes_after() -> None:
    set_rule(loan_period=7, fine_amount_minor=100, fine_cap_minor=None, grace_period=0)
    issued = moment("Europe/Zurich", "2026-03-02T10:00")
    loan = make_loan(now=issued)
    owed = fine(loan, loan.branch, issued + timedelta(days=10))
    set_rule(fine_amount_minor=900)
    make_loan(loan.copy, now=issued + timedelta(days=20))
    assert sum(LedgerEntry.objects.values_list("amount_minor", flat=True)) == owed > 0
