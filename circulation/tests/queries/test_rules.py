"""The library's rules and calendars as the policy wants them, and the opening week as people read it."""

from datetime import date

import pytest

from accounts.models import Branch, LibrarySettings
from accounts.tests.factories import BranchFactory, MemberCategoryFactory
from catalog.tests.factories import CopyTypeFactory
from circulation.models import CirculationRule
from circulation.queries.opening import OpenDay, this_week
from circulation.queries.rules import rule_book
from circulation.tests.factories import close_on, open_on, set_library, set_rule, zurich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]


def test_rule_of_the_library_is_looked_up_parameter_by_parameter(branch: Branch) -> None:
    """`*,*,*` 21 days, 2 renewals, 0.10; `B,*,DVD` 7 days."""
    adult, dvd = MemberCategoryFactory(), CopyTypeFactory()
    set_rule(loan_period=21, max_renewals=2, fine_amount_minor=10)
    CirculationRule.objects.create(branch=branch, copy_type=dvd, loan_period=7)
    rule = rule_book().rule(branch.pk, adult.pk, dvd.pk)
    assert (rule.loan_period, rule.max_renewals, rule.fine_amount_minor) == (7, 2, 10)


def test_library_without_a_row_has_the_seeded_values(branch: Branch) -> None:
    CirculationRule.objects.all().delete()
    set_library(currency="JPY")
    rule = rule_book().rule(branch.pk, 1, 1)
    assert (rule.loan_period, rule.fine_amount_minor, rule.fine_cap_minor, rule.sources["loan_period"]) == (
        21,
        1,
        10,
        None,
    )


def test_cal_3_branch_has_its_own_week_and_shares_closures_of_all(branch: Branch) -> None:
    other = BranchFactory()
    open_on("12345")
    close_on("2026-03-03")
    close_on("2026-03-04", branch=other)
    book = rule_book()
    week = [date(2026, 3, n) for n in (1, 2, 3, 4)]
    assert [book.calendar(branch.pk).is_open(day) for day in week] == [False, True, False, True]
    assert [book.calendar(other.pk).is_open(day) for day in week] == [True, True, False, False]


def test_rules_and_calendars_are_read_once(branch: Branch, django_assert_num_queries) -> None:
    other, category, copy_type = BranchFactory(), MemberCategoryFactory(), CopyTypeFactory()
    with django_assert_num_queries(4):
        book = rule_book()
        for each in (branch, other, branch):
            book.rule(each.pk, category.pk, copy_type.pk)
            book.calendar(each.pk).is_open(date(2026, 3, 1))


def test_rules_of_a_library_at_hand_are_not_read_again(branch: Branch, django_assert_num_queries) -> None:
    library = LibrarySettings.current()
    with django_assert_num_queries(0):
        assert rule_book(library).library is library


def test_opening_week_as_people_read_it(branch: Branch) -> None:
    open_on("12345")
    close_on("2026-03-30")
    days = this_week(branch, date(2026, 3, 27), LibrarySettings.current())
    assert days == [
        OpenDay(date(2026, 3, 27), zurich("2026-03-27T10:00"), zurich("2026-03-27T16:00")),
        OpenDay(date(2026, 3, 28), None, None),
        OpenDay(date(2026, 3, 29), None, None),
        OpenDay(date(2026, 3, 30), None, None),
        *(
            OpenDay(
                date(2026, 3, 31 + n) if n == 0 else date(2026, 4, n),
                zurich(f"2026-{'03-31' if n == 0 else f'04-0{n}'}T10:00"),
                zurich(f"2026-{'03-31' if n == 0 else f'04-0{n}'}T16:00"),
            )
            for n in range(3)
        ),
    ]


def test_library_without_opening_hours_shows_none(branch: Branch) -> None:
    assert this_week(branch, date(2026, 3, 27), LibrarySettings.current()) == []
