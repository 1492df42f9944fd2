"""CAL: which days and hours are open."""

from datetime import UTC, date, datetime, timedelta

import pytest

from circulation.policy import Calendar, Exceptional
from circulation.tests.policy.builders import (
    CHICAGO,
    HAVANA,
    LAGOS,
    ZURICH,
    always_open,
    at,
    calendar,
    closed,
    day,
    local,
    opened,
)


def open_days(of: Calendar, first: str, count: int) -> list[str]:
    days = [day(first) + timedelta(days=n) for n in range(count)]
    return [d.isoformat()[5:] for d in days if of.is_open(d)]


def test_cal_1_day_is_open_if_its_weekday_is_and_no_closure_covers_it() -> None:
    library = calendar(closed("2026-03-04", "2026-03-05"), weekdays="12345")
    assert open_days(library, "2026-03-02", 8) == ["03-02", "03-03", "03-06", "03-09"]


def test_cal_2_library_without_an_opening_week_is_open_every_day() -> None:
    library = Calendar(ZURICH, None, [closed("2026-03-03")])
    assert open_days(library, "2026-03-01", 4) == ["03-01", "03-02", "03-04"]


@pytest.mark.parametrize(
    ("on", "is_open"),
    [("2026-12-23", True), ("2026-12-24", False), ("2026-12-31", False), ("2027-01-01", False), ("2027-01-02", False),
     ("2027-01-03", True), ("2031-12-25", False), ("2019-01-02", False), ("2019-07-01", True)],
)  # fmt: skip
def test_cal_4_yearly_closure_over_new_year_holds_in_every_year(on: str, is_open: bool) -> None:
    library = calendar(closed("2026-12-24", "2027-01-02", yearly=True))
    assert library.is_open(day(on)) == is_open


@pytest.mark.parametrize(("on", "is_open"), [("2027-01-06", False), ("2027-01-07", True), ("2020-01-06", False)])
def test_yearly_closure_of_one_day(on: str, is_open: bool) -> None:
    assert calendar(closed("2026-01-06", yearly=True)).is_open(day(on)) == is_open


@pytest.mark.parametrize(("on", "is_open"), [("2028-02-29", False), ("2027-02-28", True), ("2027-03-01", True)])
def test_cal_5_yearly_closure_on_leap_day_holds_in_leap_years_only(on: str, is_open: bool) -> None:
    assert calendar(closed("2024-02-29", yearly=True)).is_open(day(on)) == is_open


@pytest.mark.parametrize("last", ["2027-02-28", "2027-03-01", "2028-05-01"])
def test_yearly_closure_of_a_whole_year_leaves_no_open_day(last: str) -> None:
    library = calendar(closed("2026-03-01", last, yearly=True))
    assert library.next_open(day("2030-03-01")) is None


def test_cal_7_opening_inside_a_closure_wins() -> None:
    library = calendar(closed("2026-12-24", "2026-12-28"), opened("2026-12-27"), weekdays="123456")
    assert open_days(library, "2026-12-22", 9) == ["12-22", "12-23", "12-27", "12-29", "12-30"]


def test_cal_8_opening_on_a_weekday_that_is_closed_every_week_wins() -> None:
    library = calendar(opened("2026-03-01"), weekdays="12345")
    assert open_days(library, "2026-02-28", 3) == ["03-01", "03-02"]


def test_cal_9_exceptional_opening_on_a_weekday_without_hours_has_those_of_the_first_weekday() -> None:
    library = calendar(opened("2026-03-01"), weekdays="12345", opens="09:00", closes="17:30")
    assert library.hours(day("2026-03-01")) == (at("2026-03-01T09:00"), at("2026-03-01T17:30"))


def test_next_and_last_open_day() -> None:
    library = calendar(closed("2026-12-24", "2027-01-02", yearly=True), weekdays="12345")
    assert (library.next_open(day("2026-12-24")), library.last_open(day("2027-01-03"))) == (
        date(2027, 1, 4), date(2026, 12, 23),
    )  # fmt: skip
    assert (library.next_open(day("2026-12-23")), library.last_open(day("2026-12-23"))) == (
        date(2026, 12, 23), date(2026, 12, 23),
    )  # fmt: skip


@pytest.mark.parametrize(("last_closed", "found"), [("2027-03-01", date(2027, 3, 2)), ("2027-03-02", None)])
def test_cal_10_search_for_an_open_day_ends_after_366_days(last_closed: str, found: date | None) -> None:
    library = calendar(closed("2026-03-01", last_closed))
    assert library.next_open(day("2026-03-01")) == found


def test_week_without_an_open_day_does_not_search_for_ever() -> None:
    library = calendar(weekdays="")
    assert (library.next_open(day("2026-03-01")), library.last_open(day("2026-03-01"))) == (None, None)


def test_search_ends_with_time_itself() -> None:
    library = Calendar(ZURICH, {}, [])
    assert (library.next_open(date(9999, 12, 30)), library.last_open(date(1, 1, 2))) == (None, None)


def test_cal_13_hours_follow_the_clock_on_the_wall_when_it_changes() -> None:
    library = calendar(opens="01:00", closes="04:00")
    spans = [library.hours(day(on)) for on in ("2026-03-28", "2026-03-29", "2026-10-25")]
    assert [(closes - opens) / timedelta(hours=1) for opens, closes in spans if spans] == [3, 2, 4]


@pytest.mark.parametrize(
    ("zone", "on", "hours"),
    [(ZURICH, "2026-03-29", 23), (ZURICH, "2026-10-25", 25), (CHICAGO, "2026-03-08", 23), (HAVANA, "2026-03-08", 23),
     (LAGOS, "2026-03-29", 24)],
)  # fmt: skip
def test_library_open_all_day_is_open_as_long_as_the_day_lasts(zone, on: str, hours: int) -> None:
    opens, closes = always_open(zone).hours(day(on))
    assert closes - opens == timedelta(hours=hours)


def test_day_whose_midnight_does_not_exist_begins_at_one() -> None:
    opens, _closes = always_open(HAVANA).hours(day("2026-03-08"))
    assert local(opens, HAVANA) == "2026-03-08T01:00:00-04:00"


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [("09:59:59", False), ("10:00", True), ("16:00", True), ("16:00:01", False)],
)
def test_cal_11_opening_and_closing_time_count_as_open(moment: str, is_open: bool) -> None:
    assert calendar().is_open_at(at(f"2026-03-02T{moment}")) == is_open


def test_cal_12_moment_counts_by_the_clock_of_the_library() -> None:
    library = calendar(opens="10:00", closes="16:00", zone=CHICAGO)
    assert library.is_open_at(datetime(2026, 3, 2, 16, 30, tzinfo=UTC))
    assert not library.is_open_at(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))


def test_open_spans_leave_out_nights_and_closed_days() -> None:
    library = calendar(closed("2026-03-03"))
    spans = list(library.open_spans(at("2026-03-02T15:30"), at("2026-03-04T10:20")))
    assert spans == [
        (at("2026-03-02T15:30"), at("2026-03-02T16:00")),
        (at("2026-03-04T10:00"), at("2026-03-04T10:20")),
    ]


def test_open_spans_of_a_time_all_closed_are_empty() -> None:
    assert list(calendar().open_spans(at("2026-03-02T16:00"), at("2026-03-03T10:00"))) == []


def test_exceptional_covers_its_first_and_last_day() -> None:
    days = Exceptional(date(2026, 3, 2), date(2026, 3, 4))
    assert [days.covers(date(2026, 3, n)) for n in range(1, 6)] == [False, True, True, True, False]
