"""Merging books: everything moves along, and what cannot be merged is refused."""

from datetime import timedelta

import pytest

from accounts.exceptions import Refused
from accounts.models import Action, User
from catalog.models import (
    AlsoBorrowed,
    Author,
    Book,
    Contributor,
    ImportRow,
    MostBorrowed,
)
from catalog.services.merged import kept_of
from catalog.tests.factories import AuthorFactory
from circulation.services.merging import merge_books, versions_of
from circulation.services.undo import undo
from circulation.tests.refusals import code_of
from circulation.tests.services.merging.two_books import LATER, everything, is_sound, merged, part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]


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
