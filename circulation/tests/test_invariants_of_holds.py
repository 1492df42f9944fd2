"""What is broken in holds is found, and told so that somebody can look it up."""

from datetime import date

import pytest

from accounts.models import Member
from accounts.tests.factories import MemberFactory
from accounts.tests.planting import planted
from catalog.models import Copy
from catalog.tests.factories import CopyFactory
from circulation.invariants import broken
from circulation.models import Hold, Loan
from circulation.tests.factories import make_hold, make_loan, make_ready_hold
from circulation.tests.holds import NOW

pytestmark = pytest.mark.django_db


def besides_search() -> list[str]:
    """What is broken but the figures of search, which were right before something was done behind its back."""
    return [sentence for sentence in broken() if not sentence.startswith("search says of book ")]


def test_holds_in_order_have_nothing_broken(waiting: list[Hold]) -> None:
    ready = make_ready_hold(now=NOW)
    make_loan(ready.trapped_copy, ready.member, now=NOW)
    make_ready_hold(now=NOW)
    assert list(broken()) == []


def test_copy_that_stands_ready_and_is_on_loan_is_found() -> None:
    ready = make_ready_hold(now=NOW)
    loan = make_loan(now=NOW)
    Loan.objects.filter(pk=loan.pk).update(copy=ready.trapped_copy)
    assert besides_search() == [f"copy {ready.trapped_copy_id} stands ready for hold {ready.pk} but is on loan"]


@pytest.mark.parametrize("mark", ["lost_on", "damaged_on", "withdrawn_on"])
def test_copy_that_stands_ready_and_is_out_of_use_is_found(mark: str) -> None:
    ready = make_ready_hold(now=NOW)
    Copy.objects.update(**{mark: date(2026, 3, 2)})
    sentence = f"copy {ready.trapped_copy_id} stands ready for hold {ready.pk} but is lost, damaged or withdrawn"
    assert besides_search() == [sentence]


def test_copy_that_stands_ready_for_another_book_is_found() -> None:
    ready, other = make_ready_hold(now=NOW), CopyFactory()
    Hold.objects.update(trapped_copy=other)
    assert besides_search() == [f"copy {other.pk} stands ready for hold {ready.pk} on another book"]


def test_copy_that_is_not_the_one_waited_for_is_found() -> None:
    ready = make_ready_hold(now=NOW)
    wanted = CopyFactory(book=ready.book)
    Hold.objects.update(copy=wanted)
    assert list(broken()) == [f"copy {ready.trapped_copy_id} stands ready for hold {ready.pk} on copy {wanted.pk}"]


def test_copy_of_a_hold_that_is_not_ready_is_found() -> None:
    hold, copy = make_hold(now=NOW), CopyFactory()
    Hold.objects.update(trapped_copy=copy)
    assert list(broken()) == [f"hold {hold.pk} is not ready, and has copy {copy.pk}"]


def test_two_in_one_place_are_found(waiting: list[Hold]) -> None:
    Hold.objects.update(rank=1)
    assert list(broken()) == [f"3 holds on book {waiting[0].book_id} have one place in the queue"]


def test_hold_on_a_copy_of_another_book_is_found() -> None:
    hold, other = make_hold(now=NOW), CopyFactory()
    Hold.objects.update(copy=other)
    assert list(broken()) == [f"hold {hold.pk} is on copy {other.pk} of another book"]


def test_hold_that_a_loan_fills_that_was_taken_back_is_found() -> None:
    ready = make_ready_hold(now=NOW)
    loan = make_loan(ready.trapped_copy, ready.member, now=NOW)
    Loan.objects.update(outcome="undone", returned_at=NOW, closed_at=NOW)
    Member.objects.update(loans_ever=0)
    assert besides_search() == [f"hold {ready.pk} is filled by loan {loan.pk}, which was taken back"]


def test_hold_that_another_members_loan_fills_is_found() -> None:
    ready = make_ready_hold(now=NOW)
    loan = make_loan(ready.trapped_copy, ready.member, now=NOW)
    Hold.objects.update(member=MemberFactory())
    assert list(broken()) == [f"hold {ready.pk} is filled by loan {loan.pk} of another member or book"]


def test_copy_that_stands_ready_for_two_is_found() -> None:
    ready = make_ready_hold(now=NOW)
    other = make_hold(ready.book, now=NOW)
    same = (
        "UPDATE circulation_hold SET status = 'ready', trapped_copy_id = %s, ready_at = placed_at, pickup_by = %s"
        " WHERE id = %s"
    )
    with planted(same, ready.trapped_copy_id, "2026-03-09", other.pk, without="one_ready_hold_per_copy"):
        assert list(broken()) == [f"copy {ready.trapped_copy_id} stands ready for 2 holds"]
