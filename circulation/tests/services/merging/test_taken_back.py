"""A merge is taken back, with whatever happened since; or it is too late."""

from collections.abc import Callable

import pytest

from accounts.models import User
from accounts.tests.factories import MemberFactory
from catalog.models import (
    Author,
    Book,
    Contributor,
    Cover,
)
from catalog.services.books import draft_of, edit_book, snapshot
from catalog.services.merged import kept_of
from catalog.tests.factories import AuthorFactory, BookFactory, CopyFactory
from circulation.models import Hold
from circulation.services.holds import cancel_hold
from circulation.services.loans import issue_copy, return_copy
from circulation.services.merging import merge_books
from circulation.tests.refusals import code_of
from circulation.tests.services.merging.two_books import LATER, everything, is_sound, merged, part, waits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]


def test_undo_35_loan_returned_and_copy_lent_again_go_back_with_the_copy(
    lent: tuple[Book, Book], librarian: User
) -> None:
    keep, other = lent
    copy = other.copies.get()
    action = merged(librarian, keep, other)
    return_copy(copy, branch=copy.home_branch, by=librarian, now=LATER)
    issue_copy(copy, member=MemberFactory(), branch=copy.home_branch, by=librarian, now=LATER)
    part(action, librarian)
    assert (copy.loans.count(), other.copies.get().pk) == (2, copy.pk)
    assert is_sound()


def cover_changed(keep: Book, other: Book, by: User) -> None:
    Cover.objects.filter(book=keep).update(file="covers/new.jpg")


def edited(keep: Book, other: Book, by: User) -> None:
    edit_book(keep, draft_of(snapshot(keep) | {"title": "Another"}), by=by)


def copy_deleted(keep: Book, other: Book, by: User) -> None:
    keep.copies.filter(barcode="MOVED").delete()


def moved_on(keep: Book, other: Book, by: User) -> None:
    merge_books(BookFactory(), others=[keep], by=by)


def queue_moved(keep: Book, other: Book, by: User) -> None:
    Hold.objects.filter(book=keep).update(rank=1)


def author_gone(keep: Book, other: Book, by: User) -> None:
    Author.objects.filter(name="Gone").delete()


@pytest.mark.parametrize("happens", [cover_changed, edited, copy_deleted, moved_on, queue_moved, author_gone])
def test_undo_34_merge_cannot_be_taken_back_after(
    happens: Callable[..., None], lent: tuple[Book, Book], librarian: User
) -> None:  # fmt: skip
    keep, other = lent
    CopyFactory(book=other, barcode="MOVED")
    Contributor.objects.create(book=other, author=AuthorFactory(name="Gone"))
    Cover.objects.create(book=other, file="covers/old.jpg")
    waits(keep, 1), waits(other, 2)
    action = merged(librarian, keep, other)
    happens(keep, other, librarian)
    now = everything()
    assert code_of(lambda: part(action, librarian)) == "changed_since"
    assert everything() == now


def test_copy_given_across_since_holds_the_undo_up(lent: tuple[Book, Book], librarian: User) -> None:
    keep, other = lent
    waits(keep, 1)
    copy = other.copies.get()
    action = merged(librarian, keep, other)
    return_copy(copy, branch=copy.home_branch, by=librarian, now=LATER)
    assert Hold.objects.ready().get().trapped_copy_id == copy.pk
    assert code_of(lambda: part(action, librarian)) == "changed_since"


def test_hold_that_was_cancelled_since_stays_cancelled(lent: tuple[Book, Book], librarian: User) -> None:
    keep, other = lent
    hold = waits(other, 1)
    action = merged(librarian, keep, other)
    cancel_hold(hold, by=librarian, now=LATER)
    part(action, librarian)
    assert list(Hold.objects.values_list("book", "status")) == [(other.pk, "cancelled")]


def test_merges_one_after_the_other_are_taken_back_one_after_the_other(
    full: tuple[Book, Book], librarian: User
) -> None:  # fmt: skip
    first, second, third = *full, BookFactory(searchable=True)
    before = everything()
    one = merged(librarian, second, first)
    two = merged(librarian, third, second)
    assert kept_of("book", first.pk) == third.pk
    part(two, librarian)
    part(one, librarian)
    assert everything() == before
