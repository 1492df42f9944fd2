"""What readers of a book borrowed too: only of enough of them, never of anybody who is forgotten."""

from datetime import timedelta
from itertools import combinations

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Member
from accounts.tests.factories import MemberFactory
from catalog.models import AlsoBorrowed, Book
from catalog.services.copies import add_copies
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.models import Loan
from circulation.services import also_borrowed
from circulation.services.also_borrowed import count_also_borrowed
from circulation.services.history import unlink_history
from circulation.services.loans import return_copy
from circulation.services.most_borrowed import count_most_borrowed
from circulation.services.removal import remove_member
from circulation.tests.factories import make_loan, set_library, set_rule, zurich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
ISSUED = zurich("2026-03-02T10:00")


@pytest.fixture(autouse=True)
def _three_are_enough(in_zurich: object) -> None:
    set_library(also_borrowed_least=3)
    set_rule(max_loans=500)


def books(count: int) -> list[Book]:
    return [BookFactory() for _each in range(count)]


def read(member: Member, *read: Book) -> None:
    """Let ``member`` borrow a copy of each of these books and bring it back."""
    for book in read:
        loan = make_loan(CopyFactory(book=book), member, now=ISSUED)
        return_copy(loan.copy, branch=loan.branch, by=None, now=ISSUED + timedelta(days=1))


def readers(count: int, **fields: object) -> list[Member]:
    return [MemberFactory(**fields) for _each in range(count)]


def pairs() -> set[tuple[int, int, int]]:
    return set(AlsoBorrowed.objects.values_list("book", "other", "readers"))


def both_ways(one: Book, other: Book, count: int) -> set[tuple[int, int, int]]:
    return {(one.pk, other.pk, count), (other.pk, one.pk, count)}


def test_books_that_enough_members_borrowed_are_kept_both_ways() -> None:
    one, other, rare = books(3)
    for member in readers(3):
        read(member, one, other)
    for member in readers(2):
        read(member, one, rare)
    assert count_also_borrowed() == 2
    assert pairs() == both_ways(one, other, 3)
    assert count_also_borrowed() == 0


def test_member_who_borrows_often_counts_once() -> None:
    one, other = books(2)
    for member in readers(2):
        read(member, one, other, one, other)
    count_also_borrowed()
    assert pairs() == set()


@pytest.mark.parametrize("forget", [
    lambda member: Member.objects.filter(pk=member.pk).update(keep_history=False),
    lambda member: (set_library(unlink_history_after_days=1), unlink_history(ISSUED + timedelta(days=30))),
    lambda member: remove_member(member, by=None, now=ISSUED + timedelta(days=2)),
    lambda member: Loan.objects.filter(member=member).update(outcome="undone"),
    lambda member: Loan.objects.filter(member=member).update(member=None),
])  # fmt: skip
def test_whoever_is_forgotten_does_not_count_any_more(forget) -> None:
    one, other = books(2)
    members = readers(3)
    for member in members:
        read(member, one, other)
    count_also_borrowed()
    assert pairs() == both_ways(one, other, 3)
    forget(members[0])
    assert count_also_borrowed() == 2
    assert pairs() == set()


def test_open_loans_count_too() -> None:
    one, other = books(2)
    for member in readers(3):
        for book in (one, other):
            make_loan(CopyFactory(book=book), member, now=ISSUED)
    count_also_borrowed()
    assert pairs() == both_ways(one, other, 3)


def test_books_nobody_may_see_are_left_out() -> None:
    one, other, gone = books(3)
    for member in readers(3):
        read(member, one, other, gone)
    gone.copies.update(withdrawn_on=ISSUED.date())
    count_also_borrowed()
    assert pairs() == both_ways(one, other, 3)


@pytest.mark.parametrize("least", [0, None])
def test_switched_off_everything_is_forgotten(least: int | None) -> None:
    one, other = books(2)
    for member in readers(3):
        read(member, one, other)
    count_also_borrowed()
    set_library(also_borrowed_least=least)
    assert (count_also_borrowed(), pairs()) == (2, set())


def test_eight_that_most_readers_share_are_kept() -> None:
    one, *others = books(10)
    for member, more in zip(readers(4), (9, 9, 9, 1), strict=True):
        read(member, one, *others[:more])
    count_also_borrowed()
    kept = AlsoBorrowed.objects.filter(book=one).order_by("-readers", "-other").values_list("other", "readers")
    assert list(kept) == [(others[0].pk, 4), *((book.pk, 3) for book in reversed(others[2:]))]


def test_only_the_latest_books_of_a_member_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(also_borrowed, "BOOKS_OF_A_MEMBER", 2)
    first, second, third = books(3)
    for member in readers(3):
        read(member, first, second, third)
    count_also_borrowed()
    assert pairs() == both_ways(second, third, 3)


def test_run_that_was_killed_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    three = books(3)
    for member in readers(3):
        read(member, *three)
    write, done = also_borrowed._write, []

    def killed(wanted: dict) -> int:
        if done:
            raise KeyboardInterrupt
        done.append(wanted)
        return write(wanted)

    with monkeypatch.context() as patch:
        patch.setattr(also_borrowed, "AT_ONCE", 1)
        patch.setattr(also_borrowed, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            count_also_borrowed()
    assert len(pairs()) == 2
    assert count_also_borrowed() == 2
    assert pairs() == set().union(*(both_ways(*two, 3) for two in combinations(three, 2)))


def test_database_keeps_no_pair_of_fewer_than_three_readers() -> None:
    one, other = books(2)
    with pytest.raises(IntegrityError), transaction.atomic():
        AlsoBorrowed.objects.create(book=one, other=other, readers=2)


def test_most_borrowed_are_those_lent_most_often_in_the_last_days() -> None:
    often, once, gone, undone, long_ago = books(5)
    for book in (often, often, once, gone, undone, long_ago):
        read(MemberFactory(), book)
    Loan.objects.filter(copy__book=undone).update(outcome="undone")
    Loan.objects.filter(copy__book=long_ago).update(issued_at=ISSUED - timedelta(days=91))
    gone.copies.update(withdrawn_on=ISSUED.date())
    add_copies(often, count=1, by=None)
    now = ISSUED + timedelta(days=1)
    assert [count_most_borrowed(now), count_most_borrowed(now)] == [2, 0]
    assert list(Book.objects.order_by("most_borrowed__place").filter(most_borrowed__place__gt=0)) == [often, once]
    assert count_most_borrowed(ISSUED + timedelta(days=92)) == 2
    assert not Book.objects.filter(most_borrowed__place__gt=0).exists()
