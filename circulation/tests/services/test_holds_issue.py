"""HOLD: what becomes of holds when a copy goes out, and when they stand against a renewal."""

from datetime import date

import pytest

from accounts.models import Action, Branch
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.exceptions import CirculationRefused
from circulation.models import Hold, Loan
from circulation.services.holds import (
    suspend_hold,
)
from circulation.services.loans import issue_copy, renew_loan
from circulation.tests.factories import make_hold, make_loan, make_ready_hold, set_rule, zurich
from circulation.tests.holds import NOW, fresh, in_line, states
from circulation.tests.refusals import codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]


# --- a copy goes out --------------------------------------------------------------------------------


def test_hold_18_copy_that_stands_ready_is_not_lent_to_somebody_else(branch: Branch) -> None:
    ready = make_ready_hold(now=NOW)
    how = {"member": MemberFactory(), "branch": branch, "by": None, "now": NOW}
    assert codes_of(issue_copy, ready.trapped_copy, **how) == ["held_for_other"]


def test_hold_19_waiting_holds_stop_no_issue(branch: Branch) -> None:
    copy = CopyFactory()
    hold = make_hold(copy.book, now=NOW)
    assert make_loan(copy, now=NOW).is_open
    assert states(hold) == ["waiting"]


def test_hold_22_member_who_picks_up_has_the_hold_filled() -> None:
    ready = make_ready_hold(now=NOW)
    loan = make_loan(ready.trapped_copy, ready.member, now=NOW)
    filled = fresh(ready)
    assert (filled.status, filled.loan, filled.trapped_copy, filled.closed_at) == ("filled", loan, None, NOW)
    assert Action.objects.get(verb="issue").after["filled_hold"] == ready.pk


def test_hold_23_any_copy_fills_a_members_own_hold_whatever_its_place(loan: Loan, waiting: list[Hold]) -> None:
    other = make_loan(CopyFactory(book=loan.copy.book), waiting[2].member, now=NOW)
    assert (fresh(waiting[2]).loan, states(*waiting)) == (other, ["waiting", "waiting", "filled"])


def test_suspended_hold_is_filled_too() -> None:
    hold = make_hold(now=NOW)
    suspend_hold(hold, by=None, now=NOW)
    make_loan(hold.book.copies.get(), hold.member, now=NOW)
    assert states(hold) == ["filled"]


def test_hold_on_one_copy_is_not_filled_by_another() -> None:
    wanted = make_loan(now=NOW).copy
    hold = make_hold(copy=wanted, now=NOW)
    make_loan(CopyFactory(book=wanted.book), hold.member, now=NOW)
    assert states(hold) == ["waiting"]


def test_hold_24_copy_that_stood_ready_for_who_takes_another_passes_on() -> None:
    book = BookFactory()
    kept, taken = CopyFactory.create_batch(2, book=book)
    ready = make_ready_hold(kept, now=NOW)
    following = make_hold(book, now=NOW)
    make_loan(taken, ready.member, now=NOW)
    assert (states(ready, following), fresh(following).trapped_copy) == (["filled", "ready"], kept)


def test_hold_25_bypassed_hold_waits_again_in_the_first_place(branch: Branch) -> None:
    ready = make_ready_hold(now=NOW)
    others = [make_hold(ready.book, now=NOW) for _each in range(2)]
    make_loan(ready.trapped_copy, now=NOW, overrides=["held_for_other"], reason="sent by the teacher")
    bypassed = fresh(ready)
    assert (bypassed.status, bypassed.trapped_copy, bypassed.pickup_by) == ("waiting", None, None)
    assert in_line(ready.book) == [bypassed, *others]
    issue = Action.objects.get(verb="issue")
    assert (issue.after["bypassed_hold"], issue.overrides) == (ready.pk, ["held_for_other"])


def test_bypassed_hold_gets_the_copy_that_the_other_one_leaves() -> None:
    """Ann's copy is lent to Bob, for whom another stood ready: now that one is for Ann."""
    book = BookFactory()
    of_ann, of_bob = CopyFactory.create_batch(2, book=book)
    ann, bob = make_ready_hold(of_ann, now=NOW), make_ready_hold(of_bob, now=NOW)
    make_loan(of_ann, bob.member, now=NOW, overrides=["held_for_other"], reason="in a hurry")
    assert (states(ann, bob), fresh(ann).trapped_copy) == (["ready", "filled"], of_bob)


# --- renewal ----------------------------------------------------------------------------------------


def renewal(loan: Loan, **how) -> list[str]:
    try:
        renew_loan(loan, by=None, now=NOW, **how)
    except CirculationRefused as refused:
        return refused.codes
    return []


@pytest.mark.parametrize(("free", "holds", "codes"), [(1, 1, []), (1, 2, ["renewal_hold"]), (0, 1, ["renewal_hold"])])
def test_hold_26_renewal_needs_as_many_free_copies_as_wait(free: int, holds: int, codes: list[str]) -> None:
    loan = make_loan(now=NOW)
    CopyFactory.create_batch(free, book=loan.copy.book)
    for _each in range(holds):
        make_hold(loan.copy.book, now=NOW)
    assert renewal(loan) == codes


def test_renewal_may_be_given_all_the_same(loan: Loan, waiting: list[Hold]) -> None:
    assert renewal(loan, overrides=["renewal_hold"], reason="exam tomorrow") == []


def test_copy_that_stands_ready_is_not_free(loan: Loan) -> None:
    make_ready_hold(CopyFactory(book=loan.copy.book), now=NOW)
    make_hold(loan.copy.book, now=NOW)
    assert renewal(loan) == ["renewal_hold"]


def test_copy_whose_deadline_was_missed_is_free(loan: Loan) -> None:
    make_ready_hold(CopyFactory(book=loan.copy.book), now=zurich("2026-02-02T10:00"))
    make_hold(loan.copy.book, now=NOW)
    assert renewal(loan) == []


def test_hold_27_hold_on_this_very_copy_blocks_in_any_case(loan: Loan) -> None:
    CopyFactory.create_batch(3, book=loan.copy.book)
    make_hold(copy=loan.copy, now=NOW)
    assert renewal(loan) == ["renewal_hold"]


def test_hold_on_another_copy_does_not_block(loan: Loan) -> None:
    make_hold(copy=CopyFactory(book=loan.copy.book), now=NOW)
    assert renewal(loan) == []


def test_hold_28_any_hold_blocks_where_the_rule_says_always(loan: Loan) -> None:
    set_rule(renewal_blocked_by_holds="always")
    CopyFactory.create_batch(3, book=loan.copy.book)
    assert renewal(loan, reason="") == []
    make_hold(loan.copy.book, now=NOW)
    assert renewal(loan) == ["renewal_hold"]


@pytest.mark.parametrize("rule", ["always", "unless_others_free"])
def test_hold_29_holds_that_take_no_copy_today_do_not_block(rule: str, loan: Loan) -> None:
    set_rule(renewal_blocked_by_holds=rule)
    suspend_hold(make_hold(loan.copy.book, now=NOW), by=None, now=NOW)
    make_hold(loan.copy.book, now=NOW, starts_on=date(2026, 3, 3))
    assert renewal(loan) == []
