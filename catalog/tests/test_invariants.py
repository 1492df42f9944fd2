"""What is broken in the catalogue is found."""

import pytest
from django.db import connection

from catalog.drafts import BookDraft, DraftContributor
from catalog.invariants import broken
from catalog.models import Author, Book, BookIdentifier, Copy, CopyType, SearchDocument, Subject
from catalog.search import marks
from catalog.search.documents import Stock
from catalog.search.engine import engine
from catalog.services.books import add_book, edit_book
from catalog.services.importing import save_draft

pytestmark = pytest.mark.django_db
DRAFT = BookDraft(
    title="The Wasp Factory", contributors=(DraftContributor("Iain Banks"),), isbns=("9780349101774",),
    subjects=("Islands",), source="openlibrary", source_key="OL1M",
)  # fmt: skip


def book() -> Book:
    return add_book(DRAFT, by=None, stock=2)


def test_catalogue_in_order_has_nothing_broken() -> None:
    edit_book(book(), BookDraft(title="The Crow Road"), fields=["title", "subjects"], by=None)
    save_draft(DRAFT, by=None, decision="copy")
    assert list(broken()) == []


def test_missing_copy_type_is_found() -> None:
    CopyType.objects.all().delete()
    assert list(broken()) == ["there is no copy type"]


@pytest.mark.parametrize(
    "change",
    [
        lambda: Book.objects.update(title="Other"),
        lambda: Author.objects.update(name="Other"),
        lambda: Subject.objects.update(name="Other"),
        lambda: BookIdentifier.objects.update(value="9780684853154"),
        lambda: SearchDocument.objects.all().delete(),
        lambda: SearchDocument.objects.update(available=7),
        lambda: SearchDocument.objects.update(in_at=""),
        lambda: engine().write_stock(Book.objects.get().pk, Stock(), [], [marks.ALL], []),
    ],
    ids=["title", "author", "subject", "number", "document", "figure", "branch", "mark"],
)
def test_book_that_is_not_found_by_what_it_says_is_found(change) -> None:
    pk = book().pk
    change()
    assert list(broken()) == [f"book {pk} is not found by what it says now: rebuild_search"]


@pytest.mark.parametrize("barcode", ["a1", "A 1", "A1\n", "-1", "Ä"])
def test_barcode_that_no_scan_can_match_is_found(barcode: str) -> None:
    copy = book().copies.first()
    Copy.objects.filter(pk=copy.pk).update(barcode=barcode)
    assert list(broken()) == [f"copy {copy.pk} has a barcode that no scan can match"]


@pytest.mark.parametrize("count", [1, 3])
def test_books_are_looked_through_in_few_queries(django_assert_num_queries, count: int) -> None:
    for number in range(count):
        add_book(BookDraft(title=f"T{number}", contributors=DRAFT.contributors, subjects=("S",)), by=None)
    with django_assert_num_queries(22 if connection.vendor == "sqlite" else 25):  # there are no stray words to look for
        assert list(broken()) == []


def test_book_that_stands_elsewhere_than_its_call_number_says_is_found() -> None:
    found = book()
    Book.objects.update(shelf_key="823")
    assert list(broken()) == [f"book {found.pk} does not stand where its call number says"]
