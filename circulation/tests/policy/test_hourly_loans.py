"""DUE: loans of hours, which keep the minute and end while the library is open."""

from datetime import UTC, timedelta

import pytest

from circulation.policy import Calendar, DueDateMode, FixedDueMode, NoOpenDay, PastClosing, Unit, due_date
from circulation.policy import renewed_due_date as renewed
from circulation.tests.policy.builders import (
    CHICAGO,
    HAVANA,
    ZURICH,
    always_open,
    at,
    calendar,
    closed,
    day,
    local,
    rule,
)

THREE_HOURS = rule(loan_unit=Unit.HOURS, loan_period=3)
SHORTEN, EXTEND = PastClosing.SHORTEN, PastClosing.EXTEND


def due(start: str, library: Calendar, past_closing: PastClosing = SHORTEN, **more) -> str:
    found = due_date(at(start, library.zone), more.pop("rule", THREE_HOURS), library, past_closing=past_closing, **more)
    return local(found.at, library.zone)[:19]


def test_due_21_loan_of_hours_keeps_the_minute() -> None:
    assert due("2026-03-02T10:41:07", calendar()) == "2026-03-02T13:41:07"


@pytest.mark.parametrize(
    ("past_closing", "expected"), [(SHORTEN, "2026-03-02T16:00:00"), (EXTEND, "2026-03-03T10:00:00")]
)
def test_due_22_loan_that_would_end_after_closing(past_closing: PastClosing, expected: str) -> None:
    """14:00 + 3 h, open 10 to 16: shorten 16:00, extend next day 10:00."""
    assert due("2026-03-02T14:00", calendar(), past_closing) == expected


@pytest.mark.parametrize("past_closing", list(PastClosing))
def test_due_26_loan_that_ends_at_closing_time_stays(past_closing: PastClosing) -> None:
    assert due("2026-03-02T13:00", calendar(), past_closing) == "2026-03-02T16:00:00"


def test_due_24_extended_loan_passes_over_closed_days() -> None:
    library = calendar(closed("2026-03-03", "2026-03-05"), weekdays="1234")
    assert due("2026-03-02T14:00", library, EXTEND) == "2026-03-09T10:00:00"


def test_due_25_shortened_loan_goes_back_past_closed_days() -> None:
    library = calendar(closed("2026-03-03", "2026-03-04"))
    of_rule = rule(loan_unit=Unit.HOURS, loan_period=48)
    assert due("2026-03-02T14:00", library, rule=of_rule) == "2026-03-02T16:00:00"


@pytest.mark.parametrize("start", ["2026-03-02T16:00", "2026-03-02T17:30", "2026-03-02T23:00"])
def test_due_23_shortening_that_would_leave_no_time_extends(start: str) -> None:
    """Issued at or after closing, the last closing time is not later than now."""
    assert due(start, calendar()) == "2026-03-03T10:00:00"


def test_loan_that_ends_before_opening_time() -> None:
    of_rule = rule(loan_unit=Unit.HOURS, loan_period=14)
    assert due("2026-03-02T15:00", calendar(), rule=of_rule) == "2026-03-02T16:00:00"
    assert due("2026-03-02T15:00", calendar(), EXTEND, rule=of_rule) == "2026-03-03T10:00:00"


def test_due_27_mode_days_looks_at_no_opening_hours() -> None:
    of_rule = rule(loan_unit=Unit.HOURS, loan_period=3, due_date_mode=DueDateMode.DAYS)
    assert due("2026-03-02T23:00", calendar(), rule=of_rule) == "2026-03-03T02:00:00"


@pytest.mark.parametrize("mode", [DueDateMode.CALENDAR, DueDateMode.DATEDUE, DueDateMode.DAYWEEK])
def test_every_other_mode_ends_while_the_library_is_open(mode: DueDateMode) -> None:
    assert due("2026-03-02T14:00", calendar(), rule=rule(loan_unit=Unit.HOURS, loan_period=3, due_date_mode=mode)) == (
        "2026-03-02T16:00:00"
    )


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        (ZURICH, "2026-03-29T00:30", "2026-03-29T04:30:00+02:00"),
        (ZURICH, "2026-10-25T00:30", "2026-10-25T02:30:00+01:00"),
        (CHICAGO, "2026-03-08T00:30", "2026-03-08T04:30:00-05:00"),
        (HAVANA, "2026-03-07T22:30", "2026-03-08T02:30:00-04:00"),
    ],
)
def test_due_28_hours_are_sixty_minutes_in_the_night_the_clock_changes(zone, start: str, expected: str) -> None:
    found = due_date(at(start, zone), THREE_HOURS, always_open(zone)).at
    assert (found - at(start, zone).astimezone(found.tzinfo), local(found, zone)) == (timedelta(hours=3), expected)


def test_hour_that_comes_twice_is_inside_opening_hours_once() -> None:
    """25 October, open 01:00 to 02:30 (the first 02:30): an hour later the library is closed."""
    library = calendar(opens="01:00", closes="02:30")
    of_rule = rule(loan_unit=Unit.HOURS, loan_period=2)
    assert due_date(at("2026-10-25T01:10"), of_rule, library).at == at("2026-10-25T02:30").astimezone(UTC)


def test_library_without_hours_closed_tomorrow_shortens_to_the_end_of_today() -> None:
    library = Calendar(ZURICH, None, [closed("2026-03-03")])
    assert due("2026-03-02T22:00", library) == "2026-03-02T23:59:59"


def test_due_29_fixed_date_and_membership_end_at_the_end_of_the_day() -> None:
    long_loan = rule(loan_unit=Unit.HOURS, loan_period=72, fixed_due_on=day("2026-03-04"))
    assert due("2026-03-02T11:00", calendar(), rule=long_loan) == "2026-03-04T23:59:59"
    three_days = rule(loan_unit=Unit.HOURS, loan_period=72)
    found = due("2026-03-02T11:00", calendar(), rule=three_days, expires_on=day("2026-03-03"))
    assert found == "2026-03-03T23:59:59"


def test_loan_due_on_the_fixed_date_or_the_last_day_keeps_its_hour() -> None:
    of_rule = rule(loan_unit=Unit.HOURS, loan_period=3, fixed_due_on=day("2026-03-02"))
    assert due("2026-03-02T11:00", calendar(), rule=of_rule, expires_on=day("2026-03-02")) == "2026-03-02T14:00:00"


def test_fixed_date_as_a_floor_moves_a_loan_of_hours() -> None:
    of_rule = rule(
        loan_unit=Unit.HOURS, loan_period=3, fixed_due_on=day("2026-03-02"), fixed_due_mode=FixedDueMode.AFTER
    )
    assert due("2026-03-02T11:00", calendar(), rule=of_rule) == "2026-03-02T23:59:59"


def test_nothing_ever_open_gives_no_due_date() -> None:
    with pytest.raises(NoOpenDay):
        due("2026-03-02T11:00", calendar(weekdays=""))


def test_end_of_time_gives_no_due_date() -> None:
    with pytest.raises(NoOpenDay):
        due("9999-12-31T22:30", always_open())


def test_renewal_of_hours_counts_from_the_later_of_due_date_and_now() -> None:
    early = renewed(at("2026-03-02T12:00"), at("2026-03-02T11:00"), THREE_HOURS, calendar())
    late = renewed(at("2026-03-02T10:30"), at("2026-03-02T11:00"), THREE_HOURS, calendar())
    assert (early.at, late.at) == (at("2026-03-02T15:00"), at("2026-03-02T14:00"))


def test_steps_name_the_closing() -> None:
    found = due_date(at("2026-03-02T14:00"), THREE_HOURS, calendar())
    assert found.steps == [
        {"step": "period", "unit": "hours", "length": 3, "from": "2026-03-02T14:00", "to": "2026-03-02T17:00"},
        {"step": "closing", "to": "2026-03-02T16:00"},
    ]
