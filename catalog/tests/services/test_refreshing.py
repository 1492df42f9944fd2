"""Books compared again with their source: what is taken over, and what a librarian wrote stays."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from accounts.models import Action
from catalog.drafts import BookDraft
from catalog.models import Book, Cover
from catalog.queries import source_record
from catalog.services.books import edit_book, snapshot
from catalog.services.importing import refresh_book
from catalog.tests.services.importing import DRAFT, now_of, save

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)


def refreshed(book: Book, draft: BookDraft, *fields: str) -> Book:
    return refresh_book(book, draft, fields=list(fields), payload={"edition": {"new": 1}}, by=None, now=NOW)


def test_ticked_fields_are_taken_over_and_no_others() -> None:
    book = save().book
    edit_book(book, replace(DRAFT, pages=1, publisher="Mine"), fields=["pages", "publisher"], by=None)
    refreshed(book, replace(DRAFT, title="New", pages=190, publisher="Theirs", revision=4), "pages")
    fresh = now_of(book)
    assert (fresh.title, fresh.pages, fresh.publisher) == ("The Wasp Factory", 190, "Mine")
    assert (fresh.origins["pages"], fresh.origins["publisher"]) == ("openlibrary", "librarian")
    record = source_record(fresh)
    assert (record.payload, record.revision, record.fetched_at) == ({"edition": {"new": 1}}, 4, NOW)


def test_nothing_ticked_keeps_the_record_only() -> None:
    book = save().book
    before = snapshot(book)
    refreshed(book, replace(DRAFT, title="New"))
    assert (snapshot(now_of(book)), source_record(book).payload) == (before, {"edition": {"new": 1}})
    assert Action.objects.filter(verb="edit_book").count() == 0


def test_nothing_empty_replaces_something() -> None:
    book = save().book
    refreshed(book, BookDraft(source="openlibrary"), "title", "pages", "contributors", "identifiers")
    assert snapshot(now_of(book)) == snapshot(book)


def test_year_brings_the_date_as_printed() -> None:
    book = save().book
    refreshed(book, replace(DRAFT, year=1984, published="June 1984"), "year")
    assert (now_of(book).year, now_of(book).published) == (1984, "June 1984")


@pytest.mark.parametrize("field", ["pk", "origins", "search_text", "copies", "nonsense", ""])
def test_field_that_is_none_is_left_out(field: str) -> None:
    book = save().book
    assert refreshed(book, DRAFT, field, "pages") == book
    assert Action.objects.get(verb="refresh_book").after == {"fields": ["pages"]}


@pytest.mark.parametrize(("fields", "state"), [(["cover"], "queued"), ([], "failed")])
def test_cover_that_failed_is_wished_for_again_when_ticked(fields: list[str], state: str) -> None:
    book = save().book
    Cover.objects.update(state="failed")
    refreshed(book, DRAFT, *fields)
    assert Cover.objects.get().state == state
