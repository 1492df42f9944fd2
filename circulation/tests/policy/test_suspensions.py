"""SUSP: days barred for days late."""

from dataclasses import replace
from datetime import date

import pytest

from circulation.policy import Fine, overdue_fine, suspension
from circulation.tests.policy.builders import at, calendar, rule

TWO_A_DAY = rule(suspension_days=2)
BACK = date(2026, 3, 2)


def test_susp_1_twenty_days_late_at_two_days_each_bar_for_forty() -> None:
    """Days late x 2, beginning the day after the return (20 x 2 = 40, as in Koha's test)."""
    assert suspension(Fine(0, 20), TWO_A_DAY, BACK, None) == (date(2026, 3, 3), date(2026, 4, 11))


@pytest.mark.parametrize(("units", "per_day"), [(0, 2), (20, 0)])
def test_nothing_late_or_nothing_set_bars_nobody(units: int, per_day: int) -> None:
    assert suspension(Fine(0, units), rule(suspension_days=per_day), BACK, None) is None


@pytest.mark.parametrize(
    ("most", "last"), [(None, "2026-04-11"), (50, "2026-04-11"), (15, "2026-03-17"), (1, "2026-03-03")]
)
def test_susp_2_at_most_so_many_days(most: int | None, last: str) -> None:
    found = suspension(Fine(0, 20), replace(TWO_A_DAY, suspension_max=most), BACK, None)
    assert found == (date(2026, 3, 3), date.fromisoformat(last))


def test_most_days_of_nought_bars_nobody() -> None:
    assert suspension(Fine(0, 20), replace(TWO_A_DAY, suspension_max=0), BACK, None) is None


@pytest.mark.parametrize(
    ("running", "first", "last"),
    [("2026-03-10", "2026-03-11", "2026-03-14"), ("2026-03-02", "2026-03-03", "2026-03-06"),
     ("2026-02-20", "2026-03-03", "2026-03-06")],
)  # fmt: skip
def test_susp_3_begins_after_a_suspension_still_running(running: str, first: str, last: str) -> None:
    found = suspension(Fine(0, 2), TWO_A_DAY, BACK, date.fromisoformat(running))
    assert found == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(("charged", "last"), [(False, "2026-03-14"), (True, "2026-03-18")])
def test_susp_5_counts_the_units_charged_and_grace_and_closed_days_like_the_fine(charged: bool, last: str) -> None:
    """Late Saturday to Tuesday, weekend closed: 2 days or 4, at 2 days each; the fine itself may be 0."""
    of_rule = rule(suspension_days=2, fine_amount_minor=0, charge_closed_days=charged)
    found = overdue_fine(at("2026-03-06T23:59:59"), at("2026-03-10T12:00"), of_rule, calendar(weekdays="12345"))
    assert suspension(found, of_rule, date(2026, 3, 10), None) == (date(2026, 3, 11), date.fromisoformat(last))


def test_grace_that_is_excluded_bars_nobody() -> None:
    of_rule = rule(suspension_days=2, grace_period=3, grace_included=False)
    late_four = overdue_fine(at("2026-03-01T23:59:59"), at("2026-03-05T12:00"), of_rule, calendar())
    assert suspension(late_four, of_rule, date(2026, 3, 5), None) == (date(2026, 3, 6), date(2026, 3, 7))


def test_suspension_ends_with_time_itself() -> None:
    for_ever = rule(suspension_days=36_500)
    assert suspension(Fine(0, 36_500), for_ever, BACK, None) == (date(2026, 3, 3), date.max)
    assert suspension(Fine(0, 1), for_ever, BACK, date.max) is None
