"""Two books that are merged, and how things stand before and after."""

from datetime import timedelta
from typing import Any

from django.apps import apps

from accounts.models import Action, User
from catalog import invariants as of_catalogue
from catalog.models import (
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
from catalog.tests.factories import BookIdentifierFactory
from circulation import invariants
from circulation.models import Hold
from circulation.services.merging import merge_books
from circulation.services.undo import undo
from circulation.tests.factories import make_hold, zurich

NOW = zurich("2026-03-02T10:00")


LATER = NOW + timedelta(days=2)


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


def waits(book: Book, minutes: int, member: Any = None) -> Hold:
    return make_hold(book, member, now=NOW + timedelta(minutes=minutes))
