"""A draft as tests save it, and what is here afterwards."""

from typing import Any

from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Book, Copy, SourceRecord
from catalog.services import importing
from catalog.services.books import add_book
from catalog.services.importing import save_draft

ISBN, OTHER_ISBN = "9780349101774", "9780684853154"
DRAFT = BookDraft(
    title="The Wasp Factory", contributors=(DraftContributor("Iain Banks", key="OL1A"),), isbns=(ISBN,),
    publisher="Abacus", year=1990, pages=184, lccns=("84012345",), oclcs=("11111111",), cover_id=17,
    source="openlibrary", source_key="OL1M", work_key="OL1W", revision=3,
)  # fmt: skip


def save(draft: BookDraft = DRAFT, **more: Any) -> importing.Saved:
    return save_draft(draft, by=None, **more)


def here(**facts: Any) -> Book:
    """A book that a librarian catalogued by hand."""
    return add_book(BookDraft(**{"title": "The Wasp Factory"} | facts), by=None)


def now_of(book: Book) -> Book:
    return Book.objects.get(pk=book.pk)


def counts() -> tuple[int, int, int]:
    return Book.objects.count(), Copy.objects.count(), SourceRecord.objects.count()
