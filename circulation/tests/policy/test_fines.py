"""FINE: what lateness costs, day by day."""

from dataclasses import replace
from datetime import UTC

import pytest

from circulation.policy import NO_FINE, Calendar, EffectiveRule, Fine, FineChargedAt, Unit, end_of_day, overdue_fine
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
    opened,
    rule,
)

EURO_A_DAY = rule(fine_amount_minor=100, fine_cap_minor=None)
WEEKDAYS = calendar(weekdays="12345")
START = FineChargedAt.PERIOD_START


def fine(due: str, back: str, of_rule: EffectiveRule = EURO_A_DAY, library: Calendar | None = None, **more) -> Fine:
    """The fine for a loan due on one day and back on another, at noon."""
    library = library or always_open()
    due_at = end_of_day(day(due), library.zone)
    return overdue_fine(due_at, at(f"{back}T12:00", library.zone), of_rule, library, **more)


def days_late(count: int) -> str:
    return f"2026-03-{1 + count:02}"


def test_fine_1_each_day_late_costs_the_amount() -> None:
    """1.00 a day, due 2000-01-01, returned 01-30 -> 29.00."""
    found = fine("2000-01-01", "2000-01-30")
    assert (found.amount_minor, found.units, len(found.days)) == (2900, 29, 29)


@pytest.mark.parametrize("back", ["2026-02-20", "2026-03-01"])
def test_nothing_before_the_end_of_the_due_day(back: str) -> None:
    assert fine("2026-03-01", back) == NO_FINE


def test_fine_2_last_moment_of_the_due_day_costs_nothing() -> None:
    due_at = end_of_day(day("2026-03-01"), ZURICH)
    assert overdue_fine(due_at, at("2026-03-01T23:59:59.999999"), EURO_A_DAY, always_open()).amount_minor == 0
    assert overdue_fine(due_at, at("2026-03-02T00:00"), EURO_A_DAY, always_open()).amount_minor == 100


@pytest.mark.parametrize("zone", [ZURICH, CHICAGO, HAVANA, BEIRUT, NUUK, LAGOS])
@pytest.mark.parametrize(("due", "back"), [("2026-03-06", "2026-03-09"), ("2026-03-27", "2026-03-30"),
                                           ("2026-10-23", "2026-10-26"), ("2026-10-30", "2026-11-02")])  # fmt: skip
def test_fine_3_days_are_days_of_the_calendar_when_the_clock_changes(zone, due: str, back: str) -> None:
    assert fine(due, back, library=always_open(zone)).amount_minor == 300


@pytest.mark.parametrize(("due", "back", "late"), [("2028-02-27", "2028-03-01", 3), ("2027-02-27", "2027-03-01", 2)])
def test_leap_day_counts(due: str, back: str, late: int) -> None:
    assert fine(due, back).units == late


@pytest.mark.parametrize(("charged", "amount"), [(False, 40), (True, 80)])
def test_fine_4_closed_days_are_charged_only_where_the_rule_says_so(charged: bool, amount: int) -> None:
    """Due Friday, returned Tuesday, weekend closed, 0.20 a day -> 0.40, else 0.80."""
    of_rule = rule(fine_amount_minor=20, charge_closed_days=charged)
    assert fine("2026-03-06", "2026-03-10", of_rule, WEEKDAYS).amount_minor == amount


def test_fine_5_due_date_that_is_closed_is_neither_counted_nor_subtracted() -> None:
    assert fine("2026-03-08", "2026-03-10", library=WEEKDAYS).amount_minor == 200


def test_fine_6_lateness_that_is_all_closed_costs_nothing() -> None:
    found = fine("2026-03-06", "2026-03-08", library=WEEKDAYS)
    assert (found.amount_minor, found.units, [d.why for d in found.days]) == (0, 0, ["closed", "closed"])


def test_fine_7_day_opened_inside_a_closure_is_charged() -> None:
    library = calendar(closed("2026-12-24", "2026-12-31"), opened("2026-12-28"))
    assert fine("2026-12-23", "2026-12-30", library=library).amount_minor == 100


def test_forty_of_fifty_six_days_were_open() -> None:
    """Eight weeks with the weekends closed: 56 - 16 = 40, as in Koha's tests."""
    assert fine("2026-03-01", "2026-04-26", library=WEEKDAYS).units == 40


@pytest.mark.parametrize(
    ("late", "included", "amount"),
    [(3, True, 0), (4, True, 100), (3, False, 0), (4, False, 25), (0, True, 0), (5, True, 125), (5, False, 50)],
)
def test_fine_9_grace_days_cost_nothing_and_then_something_or_nothing(late: int, included: bool, amount: int) -> None:
    """0.25 a day, grace 3: 4 late -> 1.00 (included) or 0.25 (excluded)."""
    of_rule = rule(fine_amount_minor=25, grace_period=3, grace_included=included)
    assert fine("2026-03-01", days_late(late), of_rule).amount_minor == amount


def test_fine_10_closed_days_use_up_no_grace() -> None:
    of_rule = rule(fine_amount_minor=25, grace_period=2)
    assert fine("2026-03-06", "2026-03-10", of_rule, WEEKDAYS).amount_minor == 0
    assert fine("2026-03-06", "2026-03-11", of_rule, WEEKDAYS).amount_minor == 75


@pytest.mark.parametrize(("charged_at", "late", "amount"), [
    ("period_end", 6, 0), ("period_end", 7, 100), ("period_end", 13, 100), ("period_end", 14, 200),
    ("period_start", 2, 0), ("period_start", 3, 100), ("period_start", 7, 100), ("period_start", 8, 200),
])  # fmt: skip
def test_fine_11_period_is_charged_when_it_ends_or_when_it_begins(charged_at: str, late: int, amount: int) -> None:
    """Grace 2, period 7."""
    of_rule = replace(EURO_A_DAY, grace_period=2, fine_period=7, fine_charged_at=FineChargedAt(charged_at))
    assert fine("2026-03-01", days_late(late), of_rule).amount_minor == amount


def test_fine_12_lowest_cap_bites() -> None:
    """29 days at 1.00, cap 3, price 5 -> 3.00."""
    found = fine("2000-01-01", "2000-01-30", replace(EURO_A_DAY, fine_cap_minor=300), price_minor=500)
    assert (found.amount_minor, found.cap) == (300, "rule")


@pytest.mark.parametrize(
    ("to_price", "price", "amount", "cap"),
    [
        (True, 500, 500, "price"),
        (False, 500, 2900, ""),
        (True, 0, 2900, ""),
        (True, 2900, 2900, ""),
        (True, 2899, 2899, "price"),
    ],
)
def test_price_caps_only_where_there_is_one_and_the_rule_says_so(
    to_price: bool, price: int, amount: int, cap: str
) -> None:
    found = fine("2000-01-01", "2000-01-30", replace(EURO_A_DAY, cap_fine_to_price=to_price), price_minor=price)
    assert (found.amount_minor, found.cap) == (amount, cap)


def test_fine_13_cap_cuts_exactly() -> None:
    """0.35 three times against a cap of 1.00 is 1.00, never 1.05."""
    assert fine("2026-03-01", days_late(3), rule(fine_amount_minor=35, fine_cap_minor=100)).amount_minor == 100


def test_cap_of_nought_forgives_everything() -> None:
    found = fine("2026-03-01", days_late(3), replace(EURO_A_DAY, fine_cap_minor=0))
    assert (found.amount_minor, found.cap, {d.why for d in found.days}) == (0, "rule", {"cap"})


@pytest.mark.parametrize(("room", "amount", "cap"), [(None, 300, ""), (400, 300, ""), (120, 120, "member"),
                                                     (0, 0, "member"), (-50, 0, "member")])  # fmt: skip
def test_fine_is_cut_to_the_room_the_member_has_left(room: int | None, amount: int, cap: str) -> None:
    found = fine("2026-03-01", days_late(3), room_minor=room)
    assert (found.amount_minor, found.cap) == (amount, cap)


HOURLY = rule(loan_unit=Unit.HOURS, fine_amount_minor=100, fine_cap_minor=None)


def hours_fine(due: str, back: str, library: Calendar | None = None, of_rule: EffectiveRule = HOURLY) -> Fine:
    library = library or always_open()
    return overdue_fine(at(due, library.zone), at(back, library.zone), of_rule, library)


@pytest.mark.parametrize(
    ("back", "hours"), [("14:00", 0), ("14:00:01", 1), ("14:59", 1), ("15:00", 1), ("15:00:01", 2), ("17:30", 4)]
)
def test_fine_18_each_started_hour_counts(back: str, hours: int) -> None:
    assert hours_fine("2026-03-02T14:00", f"2026-03-02T{back}").units == hours


@pytest.mark.parametrize(("charged", "hours"), [(False, 1), (True, 19)])
def test_fine_19_closed_hours_count_only_where_they_are_charged(charged: bool, hours: int) -> None:
    """Due 15:30, closed from 16:00 to 10:00, back at 10:20: 50 open minutes, or 18 h 50."""
    of_rule = replace(HOURLY, charge_closed_days=charged)
    assert hours_fine("2026-03-02T15:30", "2026-03-03T10:20", calendar(), of_rule).units == hours


def test_hours_are_told_with_the_time_they_began() -> None:
    found = hours_fine("2026-03-02T15:30", "2026-03-04T11:40", calendar(closed("2026-03-03")))
    assert [d.day for d in found.days] == ["2026-03-02T15:30", "2026-03-04T10:30", "2026-03-04T11:30"]


@pytest.mark.parametrize("charged", [False, True])
@pytest.mark.parametrize(("zone", "due", "back", "hours"), [
    (ZURICH, "2026-03-28T10:00", "2026-03-30T10:00", 47), (ZURICH, "2026-10-24T10:00", "2026-10-26T10:00", 49),
    (CHICAGO, "2026-03-07T10:00", "2026-03-09T10:00", 47), (HAVANA, "2026-03-07T10:00", "2026-03-09T10:00", 47),
    (LAGOS, "2026-03-28T10:00", "2026-03-30T10:00", 48),
])  # fmt: skip
def test_hours_are_sixty_minutes_when_the_clock_changes(charged: bool, zone, due: str, back: str, hours: int) -> None:
    of_rule = replace(HOURLY, charge_closed_days=charged)
    assert hours_fine(due, back, always_open(zone), of_rule).units == hours


def test_fine_20_grace_of_an_hourly_loan_is_in_hours() -> None:
    of_rule = replace(HOURLY, grace_period=2, grace_included=False)
    assert [hours_fine("2026-03-02T10:00", f"2026-03-02T{back}:00", of_rule=of_rule).units for back in (12, 13)] == [
        0,
        1,
    ]


def explained(found: Fine) -> list[tuple[str, bool, str]]:
    return [(d.day[8:], d.charged, d.why) for d in found.days]


def test_fine_21_every_day_after_the_due_date_is_explained() -> None:
    of_rule = rule(fine_amount_minor=20, grace_period=1, grace_included=False, fine_cap_minor=40)
    assert explained(fine("2026-03-05", "2026-03-11", of_rule, WEEKDAYS)) == [
        ("06", False, "grace"), ("07", False, "closed"), ("08", False, "closed"),
        ("09", True, "late"), ("10", True, "late"), ("11", False, "cap"),
    ]  # fmt: skip


def test_fine_22_grace_that_is_included_is_charged_once_exceeded() -> None:
    of_rule = rule(fine_amount_minor=25, grace_period=2)
    assert explained(fine("2026-03-01", days_late(2), of_rule)) == [("02", False, "grace"), ("03", False, "grace")]
    assert [d.why for d in fine("2026-03-01", days_late(3), of_rule).days] == ["late", "late", "late"]


def test_days_beyond_the_cap_are_said_to_be() -> None:
    of_rule = replace(EURO_A_DAY, fine_cap_minor=150)
    assert [d.why for d in fine("2026-03-01", days_late(4), of_rule).days] == ["late", "late", "cap", "cap"]


def test_closed_day_within_grace_is_closed() -> None:
    of_rule = rule(fine_amount_minor=25, grace_period=5)
    assert [d.why for d in fine("2026-03-06", "2026-03-09", of_rule, WEEKDAYS).days] == ["closed", "closed", "grace"]


def test_explanation_as_it_is_stored() -> None:
    assert fine("2026-03-01", days_late(2), replace(EURO_A_DAY, fine_cap_minor=100)).as_json() == {
        "amount_minor": 100, "units": 2, "cap": "rule",
        "days": [
            {"day": "2026-03-02", "charged": True, "why": "late"},
            {"day": "2026-03-03", "charged": False, "why": "cap"},
        ],
    }  # fmt: skip


def test_rule_without_a_fine_counts_the_days() -> None:
    found = fine("2026-03-01", days_late(2), rule(fine_amount_minor=0))
    assert (found.amount_minor, found.units) == (0, 2)


def test_moments_in_utc_and_in_local_time_cost_the_same() -> None:
    due_at, back = at("2026-10-24T10:00"), at("2026-10-26T10:00")
    in_utc = overdue_fine(due_at.astimezone(UTC), back.astimezone(UTC), HOURLY, calendar(weekdays="1234567"))
    assert overdue_fine(due_at, back, HOURLY, calendar(weekdays="1234567")) == in_utc
