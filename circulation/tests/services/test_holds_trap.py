"""HOLD: which hold a copy is for that comes in."""

from datetime import date

import pytest

from accounts.models import Action, Branch
from accounts.tests.factories import BranchFactory
from catalog.models import Copy
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from circulation.models import CirculationRule, Hold, Loan
from circulation.queries.copies import Stock, stock_of
from circulation.queries.holds import position
from circulation.services.copies import mark_damaged
from circulation.services.holds import (
    trap_copy,
)
from circulation.services.lost import mark_found, mark_lost
from circulation.services.returning import take_in
from circulation.tests.factories import make_hold, make_loan, make_ready_hold, open_on, zurich
from circulation.tests.holds import NOW, TODAY, back, fresh, states, status_of
from circulation.tests.refusals import codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]


# --- a copy comes in --------------------------------------------------------------------------------


def test_hold_13_return_traps_the_copy_at_once(loan: Loan, waiting: list[Hold], branch: Branch) -> None:
    back(loan, branch)
    first = fresh(waiting[0])
    assert (first.status, first.trapped_copy, first.ready_at, first.pickup_by) == (
        "ready", loan.copy, NOW, date(2026, 3, 9),
    )  # fmt: skip
    assert (status_of(loan.copy), stock_of([loan.copy.book])) == ("on_hold_shelf", {loan.copy.book_id: Stock(1, 0)})
    assert [position(fresh(hold), TODAY) for hold in waiting] == [None, 1, 2]
    assert Action.objects.get(verb="return").after["trapped_hold"] == first.pk


def test_returned_copy_that_nobody_can_have_traps_nothing(loan: Loan, waiting: list[Hold], branch: Branch) -> None:
    mark_damaged(loan.copy, by=None, now=NOW)
    back(loan, branch)
    assert (status_of(loan.copy), states(*waiting)) == ("damaged", ["waiting"] * 3)


def test_copy_of_a_kind_that_is_not_lent_traps_nothing(loan: Loan, waiting: list[Hold], branch: Branch) -> None:
    Copy.objects.filter(pk=loan.copy_id).update(copy_type=CopyTypeFactory(is_lendable=False))
    back(loan, branch)
    assert states(*waiting) == ["waiting"] * 3


def test_pickup_days_are_those_of_the_member_the_copy_and_the_desk(loan: Loan, branch: Branch) -> None:
    desk = BranchFactory()
    make_hold(loan.copy.book, now=NOW)
    CirculationRule.objects.create(branch=desk, copy_type=loan.copy.copy_type, hold_pickup_days=3)
    open_on("12", branch=desk)
    back(loan, desk)
    assert Hold.objects.get().pickup_by == date(2026, 3, 10)  # Tuesday, Monday, Tuesday


def test_book_drop_of_yesterday_is_ready_from_today(branch: Branch) -> None:
    loan = make_loan(now=zurich("2026-02-20T10:00"))
    make_hold(loan.copy.book, now=NOW)
    back(loan, branch, returned_on=date(2026, 2, 27))
    assert Hold.objects.get().pickup_by == date(2026, 3, 9)


def test_hold_17_copy_that_is_in_is_trapped_by_a_scan(branch: Branch) -> None:
    copy = CopyFactory()
    hold = make_hold(copy.book, now=NOW)
    taken = take_in(copy, branch=branch, by=None, now=NOW)
    assert (taken.loan, taken.hold, fresh(hold).status, status_of(copy)) == (None, hold, "ready", "on_hold_shelf")


def test_scan_moves_the_copy_to_the_branch_of_the_desk() -> None:
    copy, desk = CopyFactory(), BranchFactory()
    make_hold(copy.book, now=NOW)
    trap_copy(copy, branch=desk, by=None, now=NOW)
    assert Copy.objects.get(pk=copy.pk).current_branch == desk


def test_scan_of_a_copy_that_is_in_and_that_nobody_waits_for_is_refused(branch: Branch) -> None:
    copy = CopyFactory()
    make_hold(copy=CopyFactory(book=copy.book), now=NOW)
    assert codes_of(take_in, copy, branch=branch, by=None, now=NOW) == ["not_on_loan"]


def test_scan_of_a_copy_that_stands_ready_is_refused(branch: Branch) -> None:
    ready = make_ready_hold(now=NOW)
    make_hold(ready.book, now=NOW)
    assert codes_of(take_in, ready.trapped_copy, branch=branch, by=None, now=NOW) == ["not_on_loan"]


def test_same_scan_traps_once(branch: Branch) -> None:
    copy = CopyFactory()
    make_hold(copy.book, now=NOW)
    how = {"branch": branch, "by": None, "now": NOW, "key": "the-form-1"}
    assert take_in(copy, **how) == take_in(copy, **how)


def test_found_copy_goes_to_whoever_waits(branch: Branch) -> None:
    copy = CopyFactory()
    hold = make_hold(copy.book, now=NOW)
    mark_lost(copy, by=None, now=NOW)
    mark_found(copy, branch=branch, by=None, now=NOW)
    assert fresh(hold).trapped_copy == copy
