"""Merging books: those who wait for either stand in one queue."""

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.tests.factories import MemberFactory
from catalog.models import (
    Book,
)
from catalog.tests.factories import CopyFactory
from circulation.models import Hold
from circulation.services.search import tell_search_of_copies
from circulation.tests.factories import make_hold, make_ready_hold
from circulation.tests.services.merging.two_books import LATER, NOW, everything, is_sound, merged, part, waits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]


def queue_of(book: Book) -> list[int]:
    return [hold.pk for hold in Hold.objects.waiting().filter(book=book).order_by("rank", "pk")]


def test_queues_become_one_by_the_time_holds_were_placed(lent: tuple[Book, Book], librarian: User) -> None:
    keep, other = lent
    fourth, first, third, second = waits(keep, 4), waits(other, 1), waits(other, 3), waits(keep, 2)
    Hold.objects.filter(pk=fourth.pk).update(rank=9)  # moved to the end by hand
    merged(librarian, keep, other)
    assert queue_of(keep) == [first.pk, second.pk, third.pk, fourth.pk]
    assert is_sound()


def test_whoever_was_moved_forward_stays_before_those_of_the_same_book(
    lent: tuple[Book, Book], librarian: User
) -> None:  # fmt: skip
    keep, other = lent
    older, moved, elsewhere = waits(keep, 1), waits(keep, 5), waits(other, 3)
    Hold.objects.filter(pk=moved.pk).update(rank=0)
    merged(librarian, keep, other)
    assert queue_of(keep) == [elsewhere.pk, moved.pk, older.pk]


def test_member_with_holds_on_both_keeps_the_older_place(lent: tuple[Book, Book], librarian: User) -> None:
    keep, other = lent
    twice = MemberFactory()
    young, old, between = waits(keep, 5, twice), waits(other, 1, twice), waits(keep, 3)
    merged(librarian, keep, other)
    assert queue_of(keep) == [old.pk, between.pk]
    young.refresh_from_db()
    assert (young.status, young.closed_at) == ("cancelled", LATER)
    assert is_sound()


def test_hold_for_which_a_copy_stands_ready_is_the_one_that_stays(lent: tuple[Book, Book], librarian: User) -> None:
    keep, other = lent
    twice = MemberFactory()
    waits(keep, 1, twice)
    ready = make_ready_hold(CopyFactory(book=other), twice, now=NOW)
    merged(librarian, keep, other)
    assert list(Hold.objects.active().values_list("pk", "book", "status")) == [(ready.pk, keep.pk, "ready")]
    assert is_sound()


def test_of_two_copies_ready_for_one_member_one_passes_on(lent: tuple[Book, Book], librarian: User) -> None:
    keep, other = lent
    twice = MemberFactory()
    older = make_ready_hold(CopyFactory(book=keep), twice, now=NOW)
    younger = make_ready_hold(CopyFactory(book=other), twice, now=NOW + timedelta(minutes=1))
    next_one = waits(keep, 9)
    tell_search_of_copies(keep.pk, other.pk)
    before = everything()
    action = merged(librarian, keep, other)
    ready = dict(Hold.objects.ready().values_list("pk", "trapped_copy"))
    assert ready == {older.pk: older.trapped_copy_id, next_one.pk: younger.trapped_copy_id}
    assert is_sound()
    part(action, librarian)
    after = everything()
    assert (after.pop("Notice") != before.pop("Notice"), after == before) == (True, True)


def test_place_that_is_not_wanted_twice_comes_back_with_the_undo(lent: tuple[Book, Book], librarian: User) -> None:
    keep, other = lent
    twice = MemberFactory()
    waits(keep, 5, twice), waits(other, 1, twice), waits(keep, 3)
    tell_search_of_copies(keep.pk, other.pk)
    before = everything()
    part(merged(librarian, keep, other), librarian)
    assert everything() == before


def test_hold_placed_after_the_merge_stays_with_the_kept_book_and_behind(
    lent: tuple[Book, Book], librarian: User
) -> None:  # fmt: skip
    keep, other = lent
    first, second = waits(keep, 1), waits(other, 2)
    Hold.objects.filter(pk=first.pk).update(rank=40)
    action = merged(librarian, keep, other)
    new = make_hold(keep, now=LATER)
    part(action, librarian)
    assert (queue_of(keep), queue_of(other)) == ([first.pk, new.pk], [second.pk])
