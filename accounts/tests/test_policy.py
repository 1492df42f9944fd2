"""How long a membership lasts."""

from datetime import date

import pytest

from accounts.policy import add_months, membership_ends_on


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 15), 1, date(2026, 2, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
        (date(2026, 1, 31), 1_200, date(2126, 1, 31)),
    ],
)
def test_member_2_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


def test_membership_ends_after_its_months() -> None:
    assert membership_ends_on(date(2026, 8, 31), 6) == date(2027, 2, 28)


def test_membership_without_months_does_not_end() -> None:
    assert membership_ends_on(date(2026, 8, 31), None) is None
