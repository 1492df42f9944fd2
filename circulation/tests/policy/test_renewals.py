"""RENEW: the due date of a renewal."""

from datetime import date

import pytest

from circulation.policy import DueDateMode, NoOpenDay, end_of_day, renewed_due_date
from circulation.tests.policy.builders import ZURICH, always_open, at, calendar, closed, day, rule

FOUR_WEEKS = rule(loan_period=28)


def renewed(due: str, now: str, of_rule=FOUR_WEEKS, library=None, expires_on: date | None = None) -> date:
    due_at = end_of_day(day(due), ZURICH)
    found = renewed_due_date(due_at, at(now), of_rule, library or always_open(), expires_on=expires_on)
    return found.at.astimezone(ZURICH).date()


def test_counts_from_the_due_date() -> None:
    """The days left are not lost."""
    assert renewed("2024-03-22", "2024-03-15T10:00") == date(2024, 4, 19)


def test_renew_2_counts_from_today_when_overdue() -> None:
    """Overdue by 2 days on 2024-03-04, + 4 weeks -> 2024-04-01."""
    assert renewed("2024-03-02", "2024-03-04T10:00") == date(2024, 4, 1)


@pytest.mark.parametrize(("period", "expected"), [(None, "2024-04-19"), (7, "2024-03-29"), (0, "2024-03-22")])
def test_renew_3_length_is_the_renewal_period_or_else_the_loan_period(period: int | None, expected: str) -> None:
    assert renewed("2024-03-22", "2024-03-15T10:00", rule(loan_period=28, renewal_period=period)) == day(expected)


def test_renew_4_due_date_of_a_renewal_falls_on_an_open_day() -> None:
    library = calendar(closed("2024-04-19", "2024-04-21"))
    assert renewed("2024-03-22", "2024-03-15T10:00", library=library) == date(2024, 4, 22)


def test_renewal_ends_with_the_membership() -> None:
    library = calendar(closed("2024-04-10"))
    assert renewed("2024-03-22", "2024-03-15T10:00", library=library, expires_on=date(2024, 4, 10)) == date(2024, 4, 9)


def test_fixed_date_may_leave_a_renewal_where_it_was() -> None:
    fixed = rule(loan_period=28, fixed_due_on=day("2024-03-22"))
    assert renewed("2024-03-22", "2024-03-15T10:00", fixed) == date(2024, 3, 22)


def test_renewal_over_the_night_the_clock_changes_ends_at_the_end_of_the_day() -> None:
    due_at = end_of_day(day("2026-03-08"), ZURICH)
    found = renewed_due_date(due_at, at("2026-03-01T10:00"), rule(), always_open())
    assert found.at == end_of_day(day("2026-03-29"), ZURICH)


@pytest.mark.parametrize("mode", [DueDateMode.DATEDUE, DueDateMode.CALENDAR])
def test_calendar_without_open_days_gives_no_due_date(mode: DueDateMode) -> None:
    with pytest.raises(NoOpenDay):
        renewed("2024-03-22", "2024-03-15T10:00", rule(due_date_mode=mode), calendar(weekdays=""))
