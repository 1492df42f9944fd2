"""HOLD: what is taken back puts every hold back that it changed."""

from datetime import timedelta

import pytest

from accounts.models import Action, Branch, User
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import BookFactory, CopyFactory
from circulation import invariants
from circulation.models import Hold, Loan
from circulation.services.holds import cancel_hold, trap_copy
from circulation.services.loans import issue_copy
from circulation.services.lost import mark_found, mark_lost
from circulation.services.undo import undo
from circulation.tests.factories import make_hold, make_loan, make_ready_hold
from circulation.tests.holds import MISSED, NOW, back, fresh, in_line, states, status_of
from circulation.tests.refusals import code_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
SOON = timedelta(minutes=1)


def taken_back(verb: str, by: User, now=NOW) -> None:
    """Every hold is as it was before the last action ``verb``."""
    undo(Action.objects.filter(verb=verb).latest("pk"), by=by, now=now + SOON)
    assert list(invariants.broken()) == []


def all_holds() -> list[dict]:
    return list(Hold.objects.order_by("pk").values())


def test_hold_40_return_taken_back_traps_nothing(
    loan: Loan, waiting: list[Hold], branch: Branch, librarian: User
) -> None:  # fmt: skip
    before = all_holds()
    back(loan, branch)
    taken_back("return", librarian)
    assert (all_holds(), in_line(loan.copy.book), status_of(loan.copy)) == (before, waiting, "on_loan")


def test_hold_41_issue_taken_back_gives_the_copy_back_to_its_hold(branch: Branch, librarian: User) -> None:
    ready = make_ready_hold(now=NOW)
    before = all_holds()
    make_loan(ready.trapped_copy, ready.member, now=NOW)
    taken_back("issue", librarian)
    assert (all_holds(), status_of(ready.trapped_copy)) == (before, "on_hold_shelf")


def test_issue_taken_back_undoes_the_whole_chain(librarian: User) -> None:
    """Bob was bypassed, Ann's own hold filled, and what stood ready for her went to Bob."""
    book = BookFactory()
    of_bob, of_ann = CopyFactory.create_batch(2, book=book)
    make_ready_hold(of_bob, now=NOW)
    ann = make_ready_hold(of_ann, now=NOW)
    make_hold(book, now=NOW)
    before = all_holds()
    make_loan(of_bob, ann.member, now=NOW, overrides=["held_for_other"], reason="in a hurry")
    taken_back("issue", librarian)
    assert all_holds() == before


def test_issue_taken_back_of_what_nobody_picked_up(branch: Branch, librarian: User) -> None:
    ready = make_ready_hold(now=NOW)
    issue_copy(ready.trapped_copy, member=MemberFactory(), branch=branch, by=None, now=MISSED)
    taken_back("issue", librarian, MISSED)
    assert (fresh(ready).status, fresh(ready).trapped_copy) == ("ready", ready.trapped_copy)


def test_scan_taken_back_lets_the_hold_wait(branch: Branch, librarian: User) -> None:
    copy = CopyFactory()
    hold = make_hold(copy.book, now=NOW)
    trap_copy(copy, branch=branch, by=librarian, now=NOW)
    taken_back("trap_copy", librarian)
    assert (states(hold), status_of(copy)) == (["waiting"], "available")


def test_loss_taken_back_puts_the_copy_on_the_hold_shelf(librarian: User) -> None:
    ready = make_ready_hold(now=NOW)
    make_hold(ready.book, now=NOW)
    before = all_holds()
    mark_lost(ready.trapped_copy, by=librarian, now=NOW)
    taken_back("mark_lost", librarian)
    assert all_holds() == before


def test_find_taken_back_lets_the_hold_wait(branch: Branch, librarian: User) -> None:
    copy = CopyFactory()
    hold = make_hold(copy.book, now=NOW)
    mark_lost(copy, by=librarian, now=NOW)
    mark_found(copy, branch=branch, by=librarian, now=NOW)
    taken_back("mark_found", librarian)
    assert (states(hold), status_of(copy)) == (["waiting"], "lost")


def test_hold_42_nothing_is_taken_back_once_the_hold_went_on(
    loan: Loan, waiting: list[Hold], branch: Branch, librarian: User
) -> None:  # fmt: skip
    back(loan, branch)
    done = Action.objects.get(verb="return")
    cancel_hold(fresh(waiting[0]), by=None, now=NOW)
    assert code_of(undo, done, by=librarian, now=NOW + SOON) == "changed_since"
    assert states(*waiting) == ["cancelled", "ready", "waiting"]


def test_issue_is_not_taken_back_once_the_copy_of_the_hold_is_gone(branch: Branch, librarian: User) -> None:
    book = BookFactory()
    kept, taken = CopyFactory.create_batch(2, book=book)
    ready = make_ready_hold(kept, now=NOW)
    make_loan(taken, ready.member, now=NOW)
    done = Action.objects.get(verb="issue")
    make_loan(kept, now=NOW)
    assert code_of(undo, done, by=librarian, now=NOW + SOON) == "changed_since"
    assert states(ready) == ["filled"]


def test_places_in_the_queue_survive_what_was_taken_back(
    loan: Loan, waiting: list[Hold], branch: Branch, librarian: User
) -> None:  # fmt: skip
    cancel_hold(waiting[1], by=None, now=NOW)
    cancel_hold(waiting[2], by=None, now=NOW)
    back(loan, branch)
    later = make_hold(loan.copy.book, now=NOW)
    taken_back("return", librarian)
    assert in_line(loan.copy.book) == [waiting[0], later]
