"""Drafts saved that a librarian has looked at and corrected."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Action, User
from catalog.models import Book, Cover
from catalog.services import importing
from catalog.services.books import snapshot
from catalog.services.importing import Doubtful, save_reviewed
from catalog.tests.services.importing import DRAFT, OTHER_ISBN, counts, here, now_of, save

pytestmark = pytest.mark.django_db


def test_reviewed_record_is_saved_with_its_corrections_marked_as_a_librarian_s(librarian: User) -> None:
    corrected = replace(DRAFT, title="The Wasp Factory: a novel", pages=190)
    how = {"by": librarian, "key": "form-0001", "copies": 2, "if_known": "ask"}
    saved = save_reviewed(DRAFT, corrected, **how)
    book = now_of(saved.book)
    assert (saved.outcome, len(saved.copies), saved.book.title) == ("added", 2, "The Wasp Factory: a novel")
    assert (book.title, book.pages, book.origins["pages"], book.origins["year"]) == (
        "The Wasp Factory: a novel", 190, "librarian", "openlibrary",
    )  # fmt: skip
    assert save_reviewed(DRAFT, corrected, **how) == saved
    assert (counts(), sorted(Action.objects.values_list("verb", flat=True))) == (
        (1, 2, 1), ["edit_book", "save_draft"],
    )  # fmt: skip


def test_record_without_a_title_gets_the_one_that_was_typed() -> None:
    saved = save_reviewed(replace(DRAFT, title=""), replace(DRAFT, title="Typed"), by=None)
    assert now_of(saved.book).title == "Typed"


def test_reviewed_record_whose_corrections_fail_is_not_saved_either(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **how: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(importing, "edit_book", fail)
    with pytest.raises(RuntimeError):
        save_reviewed(DRAFT, replace(DRAFT, pages=190), by=None, key="form-0001")
    assert (counts(), Action.objects.count(), Cover.objects.count()) == ((0, 0, 0), 0, 0)


def test_reviewed_record_that_is_here_changes_nothing_of_its_book() -> None:
    book = save().book
    saved = save_reviewed(DRAFT, replace(DRAFT, pages=190), by=None, decision="copy")
    assert (saved.book, saved.outcome, now_of(book).pages) == (book, "copy_added", 184)


def test_reviewed_record_whose_corrected_isbn_is_here_is_not_added_again() -> None:
    book = here(isbns=(OTHER_ISBN,))
    corrected = replace(DRAFT, isbns=(OTHER_ISBN,))
    with pytest.raises(Doubtful) as doubt:
        save_reviewed(DRAFT, corrected, by=None, if_known="ask")
    assert (doubt.value.match.book, Book.objects.count()) == (book, 1)


def test_reviewed_record_that_is_another_book_has_the_corrected_isbns_only() -> None:
    here(isbns=(OTHER_ISBN,))
    saved = save_reviewed(DRAFT, replace(DRAFT, isbns=(OTHER_ISBN,)), by=None, decision="new")
    numbers = snapshot(now_of(saved.book))["identifiers"]
    assert [value for kind, value in numbers if kind == "isbn13"] == [OTHER_ISBN]
