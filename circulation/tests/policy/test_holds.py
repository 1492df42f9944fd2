"""HOLD: who takes a copy that comes in, and until when it is kept."""

from dataclasses import dataclass
from datetime import date

import pytest

from circulation.policy import first_in_line, is_eligible, pickup_deadline
from circulation.tests.policy.builders import always_open, calendar, closed, day

TODAY = day("2026-03-02")  # a Monday


@dataclass
class Hold:
    name: str = ""
    copy_id: int | None = None
    starts_on: date | None = None
    not_after: date | None = None
    is_suspended: bool = False
    suspended_until: date | None = None


@pytest.mark.parametrize(
    ("days", "deadline"), [(0, "2026-03-02"), (1, "2026-03-03"), (6, "2026-03-09"), (7, "2026-03-10")]
)
def test_hold_20_pickup_days_are_open_days(days: int, deadline: str) -> None:
    assert pickup_deadline(TODAY, days, calendar(weekdays="123456"), None) == day(deadline)


def test_pickup_day_of_a_copy_that_comes_in_on_a_closed_day_is_the_next_open_one() -> None:
    assert pickup_deadline(day("2026-03-08"), 0, calendar(weekdays="123456"), None) == day("2026-03-09")


def test_closed_days_among_the_pickup_days_are_passed_over() -> None:
    assert pickup_deadline(TODAY, 2, calendar(closed("2026-03-03", "2026-03-06")), None) == day("2026-03-08")


@pytest.mark.parametrize(("not_after", "deadline"), [("2026-03-04", "2026-03-04"), ("2026-03-20", "2026-03-09")])
def test_hold_21_deadline_is_never_after_the_day_it_is_of_no_use(not_after: str, deadline: str) -> None:
    assert pickup_deadline(TODAY, 7, always_open(), day(not_after)) == day(deadline)


@pytest.mark.parametrize(
    ("today", "deadline"), [("2026-03-02", "2026-03-09"), ("9999-12-28", "9999-12-31"), ("9999-12-31", "9999-12-31")]
)
def test_days_are_counted_as_they_come_where_the_calendar_ends(today: str, deadline: str) -> None:
    never_open = calendar(closed("2026-01-01", "9999-12-31"))
    assert pickup_deadline(day(today), 7, never_open, None) == day(deadline)


def test_hold_14_first_in_line_is_the_first_that_takes_this_copy_today() -> None:
    suspended, other_copy = Hold("suspended", is_suspended=True), Hold("other copy", copy_id=8)
    future, past = Hold("future", starts_on=day("2026-03-03")), Hold("past", not_after=day("2026-03-01"))
    found = first_in_line([suspended, other_copy, future, past, Hold("this copy", copy_id=7), Hold("any")], 7, TODAY)
    assert (found or Hold()).name == "this copy"


def test_nobody_is_first_in_line_where_nobody_takes_it() -> None:
    assert first_in_line([Hold(is_suspended=True), Hold(copy_id=8)], 7, TODAY) is None


@pytest.mark.parametrize(
    ("until", "takes"), [(None, False), ("2026-03-03", False), ("2026-03-02", True), ("2026-03-01", True)]
)
def test_hold_15_suspended_hold_resumes_on_the_day_it_is_suspended_until(until: str | None, takes: bool) -> None:
    assert is_eligible(Hold(is_suspended=True, suspended_until=day(until) if until else None), TODAY) == takes


@pytest.mark.parametrize(("starts_on", "takes"), [("2026-03-01", True), ("2026-03-02", True), ("2026-03-03", False)])
def test_hold_16_hold_takes_no_copy_before_it_starts(starts_on: str, takes: bool) -> None:
    assert is_eligible(Hold(starts_on=day(starts_on)), TODAY) == takes


@pytest.mark.parametrize(("not_after", "takes"), [("2026-03-01", False), ("2026-03-02", True)])
def test_last_day_of_a_hold_still_takes_a_copy(not_after: str, takes: bool) -> None:
    assert is_eligible(Hold(not_after=day(not_after)), TODAY) == takes
