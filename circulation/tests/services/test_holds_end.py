"""HOLD: cancelled, not picked up, suspended, moved."""

from datetime import date

import pytest

from accounts.models import Action, Branch
from accounts.tests.factories import MemberFactory
from catalog.models import Copy
from catalog.services.books import delete_book
from catalog.tests.factories import CopyFactory
from circulation.models import Hold, Loan
from circulation.queries.holds import position, state
from circulation.services.copies import mark_damaged, withdraw_copy
from circulation.services.holds import (
    cancel_hold,
    expire_holds,
    move_hold,
    resume_hold,
    suspend_hold,
    trap_copy,
)
from circulation.services.loans import issue_copy
from circulation.services.lost import mark_lost, remove_member
from circulation.tests.factories import make_hold, make_loan, make_ready_hold, zurich
from circulation.tests.holds import MISSED, NOW, TODAY, back, fresh, in_line, states, status_of
from circulation.tests.refusals import code_of, codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]


# --- the end of a hold ------------------------------------------------------------------------------


def test_hold_30_cancelled_hold_passes_its_copy_on_at_once() -> None:
    ready = make_ready_hold(now=NOW)
    suspended, following = make_hold(ready.book, now=NOW), make_hold(ready.book, now=NOW)
    suspend_hold(suspended, by=None, now=NOW)
    cancel_hold(ready, reason="not needed", by=None, now=NOW)
    assert states(ready, suspended, following) == ["cancelled", "suspended", "ready"]
    assert fresh(following).trapped_copy == ready.trapped_copy


def test_copy_of_a_cancelled_hold_is_in_if_nobody_waits() -> None:
    ready = make_ready_hold(now=NOW)
    cancel_hold(ready, by=None, now=NOW)
    assert (fresh(ready).trapped_copy, status_of(ready.trapped_copy)) == (None, "available")


def test_hold_that_is_over_stays_as_it_is() -> None:
    hold = cancel_hold(make_hold(now=NOW), by=None, now=NOW)
    for service in (cancel_hold, suspend_hold, resume_hold):
        assert codes_of(service, hold, by=None, now=NOW) == ["hold_not_possible"]
    assert codes_of(move_hold, hold, to=1, by=None, now=NOW) == ["hold_not_possible"]


def test_hold_31_missed_deadline_passes_the_copy_on_by_the_daily_run(branch: Branch) -> None:
    ready = make_ready_hold(now=NOW)
    following = make_hold(ready.book, now=NOW)
    assert expire_holds(by=None, now=zurich("2026-03-09T23:59")) == 0
    assert [expire_holds(by=None, now=MISSED) for _each in range(2)] == [1, 0]
    passed = fresh(following)
    assert (fresh(ready).status, passed.status, passed.pickup_by) == ("expired", "ready", date(2026, 3, 17))


def test_only_the_book_asked_for_is_seen_to() -> None:
    one, other = make_ready_hold(now=NOW), make_ready_hold(now=NOW)
    assert expire_holds(by=None, now=MISSED, book=one.book) == 1
    assert (fresh(one).status, fresh(other).status) == ("expired", "ready")


def test_missed_deadline_is_told_before_it_is_noted() -> None:
    ready = make_ready_hold(now=NOW)
    assert [state(ready, day) for day in (date(2026, 3, 9), date(2026, 3, 10))] == ["ready", "expired"]


def test_hold_32_scan_at_return_passes_on_what_was_not_picked_up(branch: Branch) -> None:
    ready = make_ready_hold(now=NOW)
    following = make_hold(ready.book, now=NOW)
    assert trap_copy(ready.trapped_copy, branch=branch, by=None, now=MISSED) == following
    assert fresh(ready).status == "expired"


def test_hold_33_scan_at_issue_passes_on_what_was_not_picked_up(branch: Branch) -> None:
    ready = make_ready_hold(now=NOW)
    how = {"branch": branch, "by": None, "now": MISSED}
    following = make_hold(ready.book, now=NOW)
    assert codes_of(issue_copy, ready.trapped_copy, member=ready.member, **how) == ["held_for_other"]
    issue_copy(ready.trapped_copy, member=following.member, **how)
    assert (fresh(ready).status, fresh(following).status) == ("expired", "filled")


def test_copy_that_nobody_picked_up_and_nobody_waits_for_is_lent_to_anybody(branch: Branch) -> None:
    ready = make_ready_hold(now=NOW)
    issue_copy(ready.trapped_copy, member=MemberFactory(), branch=branch, by=None, now=MISSED)
    assert fresh(ready).status == "expired"


@pytest.mark.parametrize("gone", [mark_lost, mark_damaged, withdraw_copy])
def test_hold_34_hold_whose_copy_is_out_of_use_waits_again_in_the_first_place(gone) -> None:
    ready = make_ready_hold(now=NOW)
    other = make_hold(ready.book, now=NOW)
    gone(ready.trapped_copy, by=None, now=NOW)
    assert in_line(ready.book) == [fresh(ready), other]


def test_hold_35_holds_of_a_member_who_is_removed_are_cancelled_and_pass_on() -> None:
    ready = make_ready_hold(now=NOW)
    following, elsewhere = make_hold(ready.book, now=NOW), make_hold(None, ready.member, now=NOW)
    remove_member(ready.member, by=None, now=NOW)
    assert states(ready, following, elsewhere) == ["cancelled", "ready", "cancelled"]


# --- suspended and moved ----------------------------------------------------------------------------


def test_hold_36_suspended_hold_keeps_its_place_and_is_passed_over(
    loan: Loan, waiting: list[Hold], branch: Branch
) -> None:  # fmt: skip
    suspend_hold(waiting[0], by=None, now=NOW)
    back(loan, branch)
    assert states(*waiting) == ["suspended", "ready", "waiting"]
    assert [position(fresh(hold), TODAY) for hold in waiting] == [1, None, 2]


def test_suspension_ends_by_itself_or_by_hand() -> None:
    hold = suspend_hold(make_hold(now=NOW), until=date(2026, 3, 5), by=None, now=NOW)
    assert [state(hold, day) for day in (date(2026, 3, 4), date(2026, 3, 5))] == ["suspended", "waiting"]
    assert state(resume_hold(hold, by=None, now=NOW), TODAY) == "waiting"


def test_resumed_hold_traps_no_copy() -> None:
    hold = suspend_hold(make_hold(now=NOW), by=None, now=NOW)
    assert resume_hold(hold, by=None, now=NOW).status == "waiting"


def test_resuming_what_is_not_suspended_changes_nothing() -> None:
    ready = make_ready_hold(now=NOW)
    assert resume_hold(ready, by=None, now=NOW).status == "ready"
    assert Action.objects.filter(verb="resume_hold").count() == 0


def test_hold_37_hold_that_stands_ready_is_neither_suspended_nor_moved() -> None:
    ready = make_ready_hold(now=NOW)
    assert codes_of(suspend_hold, ready, until=date(2026, 3, 1), by=None, now=NOW) == ["due_in_past", "hold_waiting"]
    assert codes_of(move_hold, ready, to=1, by=None, now=NOW) == ["hold_waiting"]


@pytest.mark.parametrize(
    ("to", "order"), [(1, [2, 0, 1]), (2, [0, 2, 1]), (3, [0, 1, 2]), (0, [2, 0, 1]), (99, [0, 1, 2])]
)
def test_hold_38_staff_may_move_a_hold(to: int, order: list[int], loan: Loan, waiting: list[Hold]) -> None:
    moved = move_hold(waiting[2], to=to, by=None, now=NOW)
    assert in_line(loan.copy.book) == [waiting[n] for n in order]
    assert position(moved, TODAY) == order.index(2) + 1
    assert make_hold(loan.copy.book, now=NOW) == in_line(loan.copy.book)[-1]


def test_hold_moved_to_where_it_is_is_not_recorded(waiting: list[Hold]) -> None:
    move_hold(waiting[1], to=2, by=None, now=NOW)
    assert Action.objects.filter(verb="move_hold").count() == 0


def test_hold_39_copy_hold_takes_its_turn_with_its_copy_only(branch: Branch) -> None:
    wanted = make_loan(now=NOW)
    other = make_loan(CopyFactory(book=wanted.copy.book), now=NOW)
    of_copy, of_book = make_hold(copy=wanted.copy, now=NOW), make_hold(wanted.copy.book, now=NOW)
    back(other, branch)
    assert (fresh(of_book).trapped_copy, states(of_copy)) == (other.copy, ["waiting"])
    back(wanted, branch)
    assert fresh(of_copy).trapped_copy == wanted.copy


def test_book_that_somebody_waited_for_is_not_deleted() -> None:
    hold = cancel_hold(make_hold(now=NOW), by=None, now=NOW)
    Copy.objects.all().delete()
    assert code_of(delete_book, hold.book, by=None) == "has_copies"


def test_hold_whose_last_day_has_passed_leaves_the_numbering(branch: Branch) -> None:
    """Also before the daily run comes: the next one is first."""
    over = make_hold(now=NOW, not_after=TODAY)
    following = make_hold(over.book, now=NOW)
    assert position(following, TODAY) == 2
    assert position(following, MISSED.date()) == 1
