"""A book as tests make it by hand, and what they ask of it."""

from typing import Any

import pytest

from accounts.exceptions import Refused
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Book
from catalog.queries import in_order, search_books
from catalog.services.books import add_book

DRAFT = BookDraft(
    title="The Wasp Factory", subtitle="A Novel", contributors=(DraftContributor("Iain Banks"),),
    isbns=("9780349101774",), isbns_10=("0349101779",), publisher="Abacus", year=1990, language="eng", pages=184,
    subjects=("Scotland", "Islands"), lccns=("84012345",))  # fmt: skip


def found(text: str) -> list[Book]:
    """What readers find."""
    return in_order(Book.objects.all(), search_books(text).pks)


def make(draft: BookDraft = DRAFT, **more: Any) -> Book:
    return add_book(draft, by=None, **more)


def now_of(book: Book) -> Book:
    return Book.objects.get(pk=book.pk)


def people_of(book: Book) -> list[tuple[str, str]]:
    return [(part.author.name, part.role) for part in now_of(book).contributors.all()]


def code_of(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, by=None, **kwargs)
    return refused.value.code
