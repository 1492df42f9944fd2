"""Every step that moved a due date is told, in full and in order: what a "Why?" shows."""

from datetime import date

import pytest

from circulation.policy import (
    DueDateMode,
    FixedDueMode,
    PastClosing,
    Unit,
    due_date,
    due_date_by_hand,
    renewed_due_date,
)
from circulation.tests.policy.builders import ZURICH, always_open, at, calendar, closed, day, rule

START = at("2026-03-02T11:00")
TEN_DAYS = {"step": "period", "unit": "days", "length": 10, "from": "2026-03-02", "to": "2026-03-12"}


@pytest.mark.parametrize(
    ("mode", "on", "moved"),
    [
        (FixedDueMode.BEFORE, "2026-03-05", True),
        (FixedDueMode.EXACTLY, "2026-03-20", True),
        (FixedDueMode.AFTER, "2026-03-20", True),
        (FixedDueMode.BEFORE, "2026-03-20", False),
        (FixedDueMode.EXACTLY, "2026-03-12", False),
    ],
)
def test_fixed_date_is_told_where_it_moved_the_due_date(mode: FixedDueMode, on: str, moved: bool) -> None:
    due = due_date(START, rule(loan_period=10, fixed_due_on=day(on), fixed_due_mode=mode), always_open())
    fixed = {"step": "fixed", "mode": str(mode), "to": on}
    assert due.steps == [TEN_DAYS, *([fixed] if moved else [])]


def test_end_of_the_membership_is_told_with_the_open_day_before_it() -> None:
    library = calendar(closed("2026-03-08"))
    due = due_date(START, rule(loan_period=10), library, expires_on=date(2026, 3, 8))
    assert due.steps == [TEN_DAYS, {"step": "membership", "ends_on": "2026-03-08", "to": "2026-03-07"}]


def test_date_by_hand_is_told_with_what_cut_it() -> None:
    due = due_date_by_hand(date(2026, 5, 1), ZURICH, expires_on=date(2026, 4, 1))
    assert due.steps == [{"step": "by_hand", "to": "2026-05-01"}, {"step": "membership", "to": "2026-04-01"}]


def test_date_by_hand_on_the_last_day_of_the_membership_is_not_cut() -> None:
    due = due_date_by_hand(date(2026, 4, 1), ZURICH, expires_on=date(2026, 4, 1))
    assert due.steps == [{"step": "by_hand", "to": "2026-04-01"}]


@pytest.mark.parametrize("length", [0, 1])
def test_mode_dayweek_moves_a_loan_that_is_no_whole_weeks_to_the_next_open_day(length: int) -> None:
    library = calendar(closed("2026-03-02", "2026-03-03"))
    due = due_date(START, rule(loan_period=length, due_date_mode=DueDateMode.DAYWEEK), library)
    assert due.steps[-1]["to"] == "2026-03-04"


@pytest.mark.parametrize(("past", "expected"), [(PastClosing.SHORTEN, "16:00"), (PastClosing.EXTEND, "10:00")])
def test_hourly_renewal_ends_within_opening_hours(past: PastClosing, expected: str) -> None:
    """Due at noon and renewed then by five hours, closed from four to ten the next morning."""
    hourly, noon = rule(loan_period=5, loan_unit=Unit.HOURS), at("2026-03-02T12:00")
    due = renewed_due_date(noon, noon, hourly, calendar(), past_closing=past)
    assert due.at.astimezone(ZURICH).strftime("%H:%M") == expected


def test_hourly_renewal_never_shortens_to_before_the_moment_it_is_asked_for() -> None:
    """Asked for after closing: the last closing time is over, so the next opening is taken."""
    hourly = rule(loan_period=1, loan_unit=Unit.HOURS)
    due = renewed_due_date(at("2026-03-02T15:30"), at("2026-03-02T17:00"), hourly, calendar())
    assert due.steps[-1] == {"step": "closing", "to": "2026-03-03T10:00"}


def test_hourly_loan_that_ends_at_closing_time_keeps_the_minute() -> None:
    due = due_date(at("2026-03-02T13:00"), rule(loan_period=3, loan_unit=Unit.HOURS), calendar())
    assert due.steps == [
        {"step": "period", "unit": "hours", "length": 3, "from": "2026-03-02T13:00", "to": "2026-03-02T16:00"}
    ]


def test_hourly_loan_that_ends_at_opening_time_keeps_the_minute() -> None:
    due = due_date(at("2026-03-02T14:00"), rule(loan_period=20, loan_unit=Unit.HOURS), calendar())
    assert due.steps[-1]["to"] == "2026-03-03T10:00"
    assert len(due.steps) == 1
