"""Merging books: everything moves along, everything comes back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from accounts.exceptions import Refused
from accounts.models import Action, User
from accounts.tests.factories import MemberFactory
from catalog import invariants as of_catalogue
from catalog.models import (
    AlsoBorrowed,
    Author,
    Book,
    Contributor,
    Cover,
    ImportBatch,
    ImportRow,
    MostBorrowed,
    SourceRecord,
    Subject,
)
from catalog.services.books import draft_of, edit_book, snapshot
from catalog.services.merged import kept_of
from catalog.services.search import index_books
from catalog.tests.factories import AuthorFactory, BookFactory, BookIdentifierFactory, CopyFactory
from circulation import invariants
from circulation.models import Hold
from circulation.services.holds import cancel_hold
from circulation.services.loans import issue_copy, return_copy
from circulation.services.merging import merge_books, versions_of
from circulation.services.search import tell_search_of_copies
from circulation.services.undo import undo
from circulation.tests.factories import make_hold, make_loan, make_ready_hold, zurich
from circulation.tests.refusals import code_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")
LATER = NOW + timedelta(days=2)


@pytest.fixture
def two() -> tuple[Book, Book]:
    """Two books, each found by search."""
    return BookFactory(searchable=True), BookFactory(searchable=True)


def merged(librarian: User, keep: Book, *others: Book, **how: Any) -> Action:
    merge_books(keep, others=others, by=librarian, now=LATER, **how)
    return Action.objects.get(verb="merge_books", target_id=keep.pk, undone_by=None)


def part(action: Action, librarian: User) -> None:
    undo(action, by=librarian, now=LATER + timedelta(days=6))


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of catalogue and circulation but for the words that search has learnt."""
    left_out = {"SearchWord", "SearchLanguage"}
    models = [m for app in ("catalog", "circulation") for m in apps.get_app_config(app).get_models()]
    rows = {m.__name__: list(m._default_manager.order_by("pk").values()) for m in models if m.__name__ not in left_out}
    return rows | {
        "subjects": list(Book.subjects.through.objects.order_by("book", "subject").values("book", "subject"))
    }


def is_sound() -> bool:
    return [*invariants.broken(), *of_catalogue.broken()] == []


def described(book: Book, number: str, author: Author, subject: Subject) -> None:
    BookIdentifierFactory(book=book, value=number)
    BookIdentifierFactory(book=book, kind="oclc", value="777")
    Contributor.objects.create(book=book, author=author)
    book.subjects.add(subject)
    SourceRecord.objects.create(book=book, source="openlibrary", key=f"OL{book.pk}M", fetched_at=NOW)
    MostBorrowed.objects.create(book=book, place=book.pk)
    batch = ImportBatch.objects.create()
    ImportRow.objects.create(batch=batch, n=1, created_book=book, matched_book=book)
    Cover.objects.create(book=book, file=f"covers/{book.pk}.jpg", state="done")


@pytest.fixture
def full(two: tuple[Book, Book]) -> tuple[Book, Book]:
    """Two books about which something is said in every table."""
    for n, book in enumerate(two):
        subject = Subject.objects.create(name=f"S{n}", match_key=f"s{n}")
        described(book, f"978055338256{n}", AuthorFactory(), subject)
        make_loan(CopyFactory(book=book), now=NOW)
        CopyFactory(book=book)
        for minutes in (0, 10):
            make_hold(book, now=NOW + timedelta(minutes=minutes + 3 * n))
    third = BookFactory(searchable=True)
    for pair in ((two[0], third, 6), (two[1], third, 9), (third, two[1], 7), (two[0], two[1], 5)):
        AlsoBorrowed.objects.create(book=pair[0], other=pair[1], readers=pair[2])
    index_books([book.pk for book in two])
    return two


def test_everything_of_the_other_book_moves_along(full: tuple[Book, Book], librarian: User) -> None:
    keep, other = full
    copies = sorted([*keep.copies.values_list("pk", flat=True), *other.copies.values_list("pk", flat=True)])
    merged(librarian, keep, other)
    assert list(Book.objects.filter(pk=other.pk)) == []
    assert list(keep.copies.order_by("pk").values_list("pk", flat=True)) == copies
    numbers = keep.identifiers.order_by("value").values_list("value", flat=True)
    assert list(numbers) == ["777", "9780553382560", "9780553382561"]
    assert keep.source_records.count() == 2
    assert list(ImportRow.objects.values_list("created_book", "matched_book")) == [(keep.pk, keep.pk)] * 2
    assert list(keep.contributors.values_list("author__name")) == [(Author.objects.order_by("pk")[0].name,)]
    assert list(AlsoBorrowed.objects.filter(book=keep).values_list("readers", flat=True)) == [9]
    assert list(AlsoBorrowed.objects.filter(other=keep).values_list("readers", flat=True)) == [7]
    assert list(MostBorrowed.objects.values_list("book", "place")) == [(keep.pk, min(keep.pk, other.pk))]
    assert kept_of("book", other.pk) == keep.pk
    assert is_sound()


def test_merge_taken_back_leaves_every_row_as_it_was(full: tuple[Book, Book], librarian: User) -> None:
    keep, other = full
    before = everything()
    take = {"title": other.pk, "cover": other.pk}
    part(merged(librarian, keep, other, take=take, both=["contributors", "subjects"]), librarian)
    assert everything() == before
    assert is_sound()


def test_what_is_ticked_is_taken_over(full: tuple[Book, Book], librarian: User) -> None:
    keep, other = full
    Book.objects.filter(pk=other.pk).update(publisher="Penguin", year=1815, published="c1815")
    take = {"publisher": other.pk, "year": other.pk, "contributors": other.pk, "cover": other.pk}
    merged(librarian, keep, other, take=take, both=["subjects"])
    keep.refresh_from_db()
    assert (keep.title, keep.publisher, keep.year, keep.published) == (keep.title, "Penguin", 1815, "c1815")
    assert list(keep.contributors.values_list("author__name")) == [(Author.objects.order_by("pk")[1].name,)]
    assert sorted(keep.subjects.values_list("name", flat=True)) == ["S0", "S1"]
    assert keep.cover.file.name == f"covers/{other.pk}.jpg"
    assert keep.origins == dict.fromkeys(["publisher", "year", "contributors", "subjects"], "librarian")


def test_contributors_of_both_are_united_each_part_once(two: tuple[Book, Book], librarian: User) -> None:
    jane, anne, tom = AuthorFactory(name="Jane"), AuthorFactory(name="Anne"), AuthorFactory(name="Tom")
    for book, people in zip(two, ([jane], [jane, anne, tom]), strict=True):
        for order, author in enumerate(people):
            Contributor.objects.create(book=book, author=author, order=order)
    merged(librarian, *two, both=["contributors"])
    assert [c.author.name for c in two[0].contributors.all()] == ["Jane", "Anne", "Tom"]


# --- who waits ----------------------------------------------------------------------------------------


def waits(book: Book, minutes: int, member: Any = None) -> Hold:
    return make_hold(book, member, now=NOW + timedelta(minutes=minutes))


def queue_of(book: Book) -> list[int]:
    return [hold.pk for hold in Hold.objects.waiting().filter(book=book).order_by("rank", "pk")]


@pytest.fixture
def lent(two: tuple[Book, Book]) -> tuple[Book, Book]:
    """Two books, the one copy of each on loan."""
    for book in two:
        make_loan(CopyFactory(book=book), now=NOW)
    return two


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


# --- what happened since -------------------------------------------------------------------------------


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


# --- refusals -------------------------------------------------------------------------------------------


def test_book_is_not_merged_with_itself_nor_with_one_that_is_gone(two: tuple[Book, Book], librarian: User) -> None:
    keep, other = two
    assert code_of(lambda: merged(librarian, keep, keep)) == "nothing_to_merge"
    assert code_of(lambda: merged(librarian, keep)) == "nothing_to_merge"
    assert code_of(lambda: merged(librarian, keep, Book(pk=other.pk + 7))) == "not_here"


def test_book_that_changed_since_it_was_compared_is_not_merged(two: tuple[Book, Book], librarian: User) -> None:
    seen = versions_of(two)
    Book.objects.filter(pk=two[1].pk).update(title="Another")
    assert code_of(lambda: merged(librarian, *two, seen=seen)) == "changed_since"


def test_form_sent_twice_merges_once(two: tuple[Book, Book], librarian: User) -> None:
    keep, other = two
    done = [merge_books(keep, others=[other], by=librarian, key="one-form") for _twice in range(2)]
    assert (done, Action.objects.filter(verb="merge_books").count()) == ([keep, keep], 1)


def test_merge_can_be_taken_back_for_a_week(two: tuple[Book, Book], librarian: User) -> None:
    action = merged(librarian, *two)
    with pytest.raises(Refused, match="seven days"):
        undo(action, by=librarian, now=LATER + timedelta(days=7, minutes=1))


def test_every_table_that_knows_books_is_thought_of() -> None:
    """Whoever adds one decides what becomes of it when books are merged."""
    ends = [each for each in Book._meta.get_fields(include_hidden=True) if each.auto_created and not each.concrete]
    related = {f"{each.related_model.__name__}.{each.field.name}" for each in ends}
    assert related == {
        "AlsoBorrowed.book", "AlsoBorrowed.other", "BookIdentifier.book", "Contributor.book", "Copy.book", "Cover.book",
        "Hold.book", "ImportRow.created_book", "ImportRow.matched_book", "MostBorrowed.book", "Book_subjects.book",
        "SearchDocument.book", "SourceRecord.book",
    }  # fmt: skip
