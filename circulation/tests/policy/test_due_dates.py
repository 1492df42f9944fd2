"""DUE: when a loan of days is due, in the four modes, with a fixed date, a membership's end, a date by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from circulation.policy import DueDateMode, FixedDueMode, NoOpenDay, due_date, due_date_by_hand, end_of_day
from circulation.tests.policy.builders import (
    BEIRUT,
    CHICAGO,
    HAVANA,
    LAGOS,
    NUUK,
    ZURICH,
    always_open,
    at,
    calendar,
    closed,
    day,
    local,
    opened,
    rule,
)

DAYS, CALENDAR, DATEDUE, DAYWEEK = DueDateMode
SATURDAY = at("2013-02-09T11:00")


def due_on(start, of_rule, of_calendar, **more) -> date:
    return due_date(start, of_rule, of_calendar, **more).at.astimezone(of_calendar.zone).date()


@pytest.mark.parametrize("mode", list(DueDateMode))
def test_due_1_ten_days_from_a_saturday(mode: DueDateMode) -> None:
    """10 days from Saturday 9 February 2013 is Tuesday 19 February where every day is open."""
    assert due_on(SATURDAY, rule(loan_period=10, due_date_mode=mode), calendar()) == date(2013, 2, 19)


def test_due_2_mode_days_looks_at_no_calendar() -> None:
    library = calendar(closed("2013-02-10", "2013-03-31"))
    assert due_on(SATURDAY, rule(loan_period=10, due_date_mode=DAYS), library) == date(2013, 2, 19)


def test_mode_days_works_where_nothing_is_ever_open() -> None:
    assert due_on(SATURDAY, rule(loan_period=10, due_date_mode=DAYS), calendar(weekdays="")) == date(2013, 2, 19)


def test_due_3_mode_calendar_counts_open_days_only() -> None:
    """Closed on Sundays, 10 days of which two are Sundays end two days later."""
    library = calendar(weekdays="123456")
    assert due_on(SATURDAY, rule(loan_period=10, due_date_mode=CALENDAR), library) == date(2013, 2, 21)


def test_mode_calendar_counts_no_closed_days_between() -> None:
    library = calendar(closed("2013-02-11", "2013-02-15"), weekdays="12345")
    assert due_on(SATURDAY, rule(loan_period=3, due_date_mode=CALENDAR), library) == date(2013, 2, 20)


@pytest.mark.parametrize(("mode", "expected"), [(CALENDAR, 11), (DATEDUE, 11), (DAYWEEK, 11), (DAYS, 10)])
def test_due_7_loan_of_no_days_ends_today_or_on_the_next_open_day(mode: DueDateMode, expected: int) -> None:
    library = calendar(weekdays="123456")
    assert due_on(at("2013-02-10T11:00"), rule(loan_period=0, due_date_mode=mode), library) == date(2013, 2, expected)
    assert due_on(SATURDAY, rule(loan_period=0, due_date_mode=mode), library) == date(2013, 2, 9)


def test_due_4_mode_datedue_goes_on_to_the_next_open_day() -> None:
    library = calendar(closed("2013-02-19", "2013-02-22"), weekdays="12345")
    assert due_on(SATURDAY, rule(loan_period=10), library) == date(2013, 2, 25)


def test_opening_inside_a_closure_takes_the_due_date() -> None:
    library = calendar(closed("2013-02-19", "2013-02-28"), opened("2013-02-22"))
    assert due_on(SATURDAY, rule(loan_period=10), library) == date(2013, 2, 22)


def test_yearly_closure_over_new_year_moves_the_due_date_past_it() -> None:
    library = calendar(closed("2020-12-24", "2021-01-02", yearly=True), weekdays="123456")
    assert due_on(at("2026-12-10T11:00"), rule(loan_period=21), library) == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("exceptions", "weekdays", "length", "expected"),
    [
        ([], "1234567", 14, date(2013, 2, 23)),
        ([closed("2013-02-23")], "1234567", 14, date(2013, 3, 2)),
        ([], "123457", 14, date(2013, 2, 24)),  # closed every Saturday
        ([closed("2013-02-23"), closed("2013-03-02")], "1234567", 14, date(2013, 3, 9)),
        ([closed("2013-02-19")], "1234567", 10, date(2013, 2, 20)),  # not whole weeks: as datedue
    ],
)
def test_due_5_mode_dayweek_goes_on_by_whole_weeks(exceptions, weekdays: str, length: int, expected: date) -> None:
    library = calendar(*exceptions, weekdays=weekdays)
    assert due_on(SATURDAY, rule(loan_period=length, due_date_mode=DAYWEEK), library) == expected


def test_due_6_mode_dayweek_takes_another_weekday_where_this_one_is_closed_for_a_year() -> None:
    saturdays = [(SATURDAY + timedelta(weeks=week)).date().isoformat() for week in range(60)]
    library = calendar(*(closed(saturday) for saturday in saturdays))
    assert due_on(SATURDAY, rule(loan_period=14, due_date_mode=DAYWEEK), library) == date(2013, 2, 24)


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        (ZURICH, "2026-03-08T10:00", "2026-03-29T23:59:59+02:00"),  # clock put on that night
        (ZURICH, "2026-10-04T10:00", "2026-10-25T23:59:59+01:00"),  # put back
        (CHICAGO, "2026-02-15T02:15", "2026-03-08T23:59:59-05:00"),  # Evergreen LP#2142518
        (HAVANA, "2026-02-15T10:00", "2026-03-08T23:59:59-04:00"),  # a day whose midnight does not exist
        (BEIRUT, "2026-03-08T10:00", "2026-03-29T23:59:59+03:00"),  # likewise
        (BEIRUT, "2026-10-03T10:00", "2026-10-24T23:59:59+02:00"),  # comes twice: the second time
        (NUUK, "2026-03-07T10:00", "2026-03-28T22:59:59-02:00"),  # does not exist: the second before
        (LAGOS, "2026-03-08T10:00", "2026-03-29T23:59:59+01:00"),  # never changes the clock
    ],
)
def test_due_8_loan_of_days_ends_at_the_end_of_the_local_day(zone, start: str, expected: str) -> None:
    found = due_date(at(start, zone), rule(), always_open(zone)).at
    assert local(found, zone) == expected


def test_due_9_day_of_the_loan_is_that_of_the_library_not_of_utc() -> None:
    """1 March in Chicago, 23:30, is 2 March in UTC; the loan begins on 1 March."""
    start = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
    assert due_on(start, rule(loan_period=1), always_open(CHICAGO)) == date(2026, 3, 2)


def test_due_dates_are_told_in_utc() -> None:
    found = due_date(at("2026-03-02T10:00"), rule(), always_open()).at
    assert (found.isoformat(), found.tzinfo) == ("2026-03-23T22:59:59+00:00", UTC)


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("2028-02-08", 21, "2028-02-29"),
        ("2028-02-09", 21, "2028-03-01"),
        ("2027-02-08", 21, "2027-03-01"),
        ("2028-02-29", 366, "2029-03-01"),
    ],
)
def test_leap_day_is_a_day(start: str, length: int, expected: str) -> None:
    assert due_on(at(f"{start}T10:00"), rule(loan_period=length), always_open()) == day(expected)


@pytest.mark.parametrize(
    ("mode", "fixed", "expected", "steps"),
    [
        (FixedDueMode.BEFORE, "2026-03-20", "2026-03-20", ["period", "fixed"]),
        (FixedDueMode.BEFORE, "2026-03-23", "2026-03-23", ["period"]),
        (FixedDueMode.BEFORE, "2026-03-30", "2026-03-23", ["period"]),
        (FixedDueMode.AFTER, "2026-03-20", "2026-03-23", ["period"]),
        (FixedDueMode.AFTER, "2026-03-30", "2026-03-30", ["period", "fixed"]),
        (FixedDueMode.EXACTLY, "2026-03-20", "2026-03-20", ["period", "fixed"]),
        (FixedDueMode.EXACTLY, "2026-03-30", "2026-03-30", ["period", "fixed"]),
        (FixedDueMode.EXACTLY, "2026-03-23", "2026-03-23", ["period"]),
    ],
)
def test_due_10_fixed_date_is_a_ceiling_a_floor_or_the_date(
    mode: FixedDueMode, fixed: str, expected: str, steps: list[str]
) -> None:
    found = due_date(at("2026-03-02T10:00"), rule(fixed_due_on=day(fixed), fixed_due_mode=mode), always_open())
    assert (found.at, [step["step"] for step in found.steps]) == (end_of_day(day(expected), ZURICH), steps)


def test_due_11_fixed_date_holds_even_on_a_closed_day() -> None:
    of_rule = rule(fixed_due_on=day("2026-03-15"), fixed_due_mode=FixedDueMode.EXACTLY)
    assert due_on(at("2026-03-02T10:00"), of_rule, calendar(weekdays="123456")) == date(2026, 3, 15)


@pytest.mark.parametrize("zone", [ZURICH, CHICAGO])
def test_fixed_date_at_the_end_of_time_is_no_limit(zone) -> None:
    of_rule = rule(fixed_due_on=date.max, fixed_due_mode=FixedDueMode.BEFORE)
    assert due_on(at("2026-03-02T10:00", zone), of_rule, always_open(zone)) == date(2026, 3, 23)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(DAYS, "2013-01-01"), (DATEDUE, "2012-12-30"), (CALENDAR, "2012-12-30"), (DAYWEEK, "2012-12-30")],
)
def test_due_14_membership_that_ends_on_a_closed_day_moves_the_due_date_back(mode: DueDateMode, expected: str) -> None:
    """Expiry 1 January closed and 31 December closed -> 30 December."""
    library = calendar(closed("2012-12-31"), closed("2013-01-01"))
    found = due_on(at("2012-12-20T10:00"), rule(due_date_mode=mode), library, expires_on=date(2013, 1, 1))
    assert found == day(expected)


@pytest.mark.parametrize(
    ("expires_on", "expected"),
    [
        ("2026-03-22", "2026-03-22"),
        ("2026-03-23", "2026-03-23"),
        ("2026-03-24", "2026-03-23"),
        ("9999-12-31", "2026-03-23"),
    ],
)
@pytest.mark.parametrize("zone", [ZURICH, CHICAGO])
def test_due_13_no_loan_goes_on_after_the_membership(expires_on: str, expected: str, zone) -> None:
    found = due_on(at("2026-03-02T10:00", zone), rule(), always_open(zone), expires_on=day(expires_on))
    assert found == day(expected)


def test_due_15_membership_comes_after_the_fixed_date() -> None:
    of_rule = rule(fixed_due_on=day("2026-06-30"), fixed_due_mode=FixedDueMode.EXACTLY)
    assert due_on(at("2026-03-02T10:00"), of_rule, always_open(), expires_on=day("2026-05-01")) == date(2026, 5, 1)


def test_due_16_last_open_day_of_a_membership_may_be_gone_already() -> None:
    """Ends today, on a Sunday that is closed: the last open day was yesterday (refused with due_in_past)."""
    found = due_on(at("2026-03-01T10:00"), rule(), calendar(weekdays="123456"), expires_on=day("2026-03-01"))
    assert found == date(2026, 2, 28)


def test_date_by_hand_replaces_rule_and_calendar() -> None:
    found = due_date_by_hand(day("2026-12-25"), ZURICH)
    assert (found.at, found.steps) == (
        end_of_day(day("2026-12-25"), ZURICH), [{"step": "by_hand", "to": "2026-12-25"}],
    )  # fmt: skip


def test_date_by_hand_stops_at_the_end_of_the_membership() -> None:
    found = due_date_by_hand(day("2026-12-25"), ZURICH, expires_on=day("2026-06-30"))
    assert (found.at, [step["step"] for step in found.steps]) == (
        end_of_day(day("2026-06-30"), ZURICH), ["by_hand", "membership"],
    )  # fmt: skip


@pytest.mark.parametrize("mode", [CALENDAR, DATEDUE, DAYWEEK])
def test_calendar_without_an_open_day_gives_no_due_date(mode: DueDateMode) -> None:
    with pytest.raises(NoOpenDay):
        due_date(SATURDAY, rule(loan_period=14, due_date_mode=mode), calendar(weekdays=""))


@pytest.mark.parametrize(("last_closed", "expected"), [("2027-03-23", date(2027, 3, 24)), ("2027-03-24", None)])
def test_year_without_an_open_day_gives_no_due_date(last_closed: str, expected: date | None) -> None:
    library = calendar(closed("2026-03-10", last_closed))
    if expected:
        assert due_on(at("2026-03-02T10:00"), rule(), library) == expected
    else:
        with pytest.raises(NoOpenDay):
            due_date(at("2026-03-02T10:00"), rule(), library)


def test_membership_without_an_open_day_before_its_end_gives_no_due_date() -> None:
    library = calendar(closed("2024-01-01", "2026-03-20"))
    with pytest.raises(NoOpenDay):
        due_date(at("2026-03-02T10:00"), rule(), library, expires_on=day("2026-03-10"))


@pytest.mark.parametrize(("zone", "expected"), [(ZURICH, date(9999, 12, 31)), (CHICAGO, None)])
def test_last_day_of_all_is_due_where_utc_still_knows_it(zone, expected: date | None) -> None:
    start = at("9999-12-10T10:00", zone)
    if expected:
        assert due_on(start, rule(), always_open(zone)) == expected
        assert due_date_by_hand(date.max, zone).at == end_of_day(date.max, zone)
    else:
        for find in (lambda: due_date(start, rule(), always_open(zone)), lambda: due_date_by_hand(date.max, zone)):
            with pytest.raises(NoOpenDay):
                find()


@pytest.mark.parametrize("mode", list(DueDateMode))
def test_period_beyond_the_end_of_time_gives_no_due_date(mode: DueDateMode) -> None:
    with pytest.raises(NoOpenDay):
        due_date(at("9999-12-20T10:00"), rule(due_date_mode=mode), always_open())


def test_due_31_steps_tell_how_the_due_date_came_about() -> None:
    library = calendar(closed("2026-03-23", "2026-03-24"))
    found = due_date(at("2026-03-02T10:00"), rule(), library, expires_on=day("2026-12-31"))
    assert found.steps == [
        {"step": "period", "unit": "days", "length": 21, "from": "2026-03-02", "to": "2026-03-23"},
        {"step": "closed", "days": ["2026-03-23", "2026-03-24"], "to": "2026-03-25"},
    ]


def test_steps_of_mode_calendar_name_the_days_passed_over() -> None:
    found = due_date(SATURDAY, rule(loan_period=2, due_date_mode=CALENDAR), calendar(weekdays="123456"))
    assert found.steps == [
        {"step": "period", "unit": "days", "length": 2, "from": "2013-02-09", "to": "2013-02-12"},
        {"step": "closed", "days": ["2013-02-10"], "to": "2013-02-12"},
    ]
