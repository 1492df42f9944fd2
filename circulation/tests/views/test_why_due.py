"""“Why?” beside a due date: for the librarian and for the member, in words."""

from datetime import date

import pytest
import time_machine
from django.test import Client

from accounts.models import Branch, User
from circulation.models import CirculationRule
from circulation.services.calendars import close_days
from circulation.services.loans import renew_loan
from circulation.tests.factories import close_on, make_loan, open_on, set_library, set_rule, zurich
from circulation.tests.views.pages import whys_due

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")


def why(mine: Client) -> list[str]:
    return whys_due(mine.get("/me/"))[0]


def test_due_32_member_sees_the_row_and_the_closed_days(mine: Client, member_user: User, branch: Branch) -> None:
    CirculationRule.objects.create(branch=branch, loan_period=21)
    close_on("2026-03-23", "2026-03-24")
    make_loan(member=member_user.member, now=NOW)
    assert why(mine) == [
        f"21 days from 2 Mar 2026: 23 Mar 2026, by the rule for {branch.code}, *, *",
        "Closed, passed over: 23 Mar 2026, 24 Mar 2026",
    ]


@pytest.mark.parametrize("address", ["/desk/loans/", "/desk/issue/?member={}", "/desk/members/{}/"])
def test_librarian_sees_the_same(address: str, desk: Client, member_user: User) -> None:
    make_loan(member=member_user.member, now=NOW)
    page = desk.get(address.format(member_user.member.pk))
    assert whys_due(page) == [["21 days from 2 Mar 2026: 23 Mar 2026, by the rule for everything"]]


@pytest.mark.parametrize(
    ("mode", "step"),
    [("before", "At the latest on the fixed day 20 Mar 2026"), ("exactly", "On the fixed day 20 Mar 2026")],
)
def test_fixed_day_is_told(mode: str, step: str, mine: Client, member_user: User) -> None:
    set_rule(fixed_due_on=date(2026, 3, 20), fixed_due_mode=mode)
    make_loan(member=member_user.member, now=NOW)
    assert why(mine)[1:] == [step]


def test_earliest_fixed_day_and_end_of_membership_are_told(mine: Client, member_user: User) -> None:
    set_rule(fixed_due_on=date(2026, 6, 1), fixed_due_mode="after")
    member_user.member.expires_on = date(2026, 5, 1)
    member_user.member.save()
    make_loan(member=member_user.member, now=NOW)
    assert why(mine)[1:] == [
        "At the earliest on the fixed day 1 Jun 2026", "Not after the end of the membership: 1 May 2026",
    ]  # fmt: skip


def test_day_by_hand_and_closing_after_the_fact_are_told(mine: Client, member_user: User) -> None:
    make_loan(member=member_user.member, now=NOW, due_on=date(2026, 3, 10))
    close_days(from_on=date(2026, 3, 9), to_on=date(2026, 3, 11), by=None, now=NOW)
    assert why(mine) == [
        "Set by hand: 10 Mar 2026", "The library closed from 9 Mar 2026 to 11 Mar 2026: 12 Mar 2026",
    ]  # fmt: skip


def test_hours_and_closing_time_are_told(mine: Client, member_user: User) -> None:
    set_library(hours_past_closing="shorten")
    open_on("1234567")
    set_rule(loan_period=8, loan_unit="hours")
    make_loan(member=member_user.member, now=NOW)
    assert why(mine) == [
        "8 hours from 2 Mar 2026, 10:00: 2 Mar 2026, 18:00, by the rule for everything",
        "That is outside opening hours: 2 Mar 2026, 16:00",
    ]


@time_machine.travel(NOW, tick=False)
def test_due_33_renewal_tells_the_row_of_the_renewal_period(mine: Client, member_user: User, branch: Branch) -> None:
    CirculationRule.objects.create(branch=branch, renewal_period=7)
    renew_loan(make_loan(member=member_user.member, now=NOW), by=None, now=NOW)
    assert why(mine) == [f"7 days from 23 Mar 2026: 30 Mar 2026, by the rule for {branch.code}, *, *"]
