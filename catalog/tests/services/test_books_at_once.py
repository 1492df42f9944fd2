"""Several desks at one book."""

from dataclasses import replace

import pytest

from accounts.exceptions import Refused
from accounts.models import Action
from accounts.tests.threads import at_once
from catalog.drafts import BookDraft
from catalog.invariants import broken
from catalog.models import Author, Book, Copy, Subject
from catalog.services.books import (
    delete_book,
    edit_book,
    snapshot,
    version_of,
)
from catalog.services.copies import add_copies
from catalog.tests.services.books import DRAFT, make, now_of

pytestmark = pytest.mark.django_db


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_desks_that_edit_one_book_at_once_one_is_heard(transactional_db: None) -> None:
    book = make()
    seen = version_of(snapshot(book))
    results = at_once(
        10, lambda n: edit_book(book, BookDraft(title=f"Title {n}"), fields=["title"], seen=seen, by=None).title
    )
    said = [result for result in results if isinstance(result, str)]
    assert [getattr(result, "code", result) for result in results if result not in said] == ["changed_since"] * 9
    assert (said, Action.objects.filter(verb="edit_book").count()) == ([now_of(book).title], 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_desks_that_edit_different_fields_at_once_are_all_heard(transactional_db: None) -> None:
    book = make()
    fields = ["title", "subtitle", "statement", "edition", "publisher", "place", "published", "pagination", "series",
              "format_text"]  # fmt: skip
    at_once(10, lambda n: edit_book(book, BookDraft(**{fields[n]: "New"}), fields=[fields[n]], by=None))
    said = snapshot(now_of(book))
    assert [said[name] for name in fields] == ["New"] * 10
    assert list(broken()) == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_books_added_at_once_share_their_author_and_their_subject(transactional_db: None) -> None:
    at_once(
        10, lambda n: make(BookDraft(title=f"T{n}", contributors=DRAFT.contributors, subjects=("Islands",)), stock=2)
    )
    counts = [model.objects.count() for model in (Book, Author, Subject, Copy)]
    assert counts == [10, 1, 1, 20]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_isbn_added_at_ten_desks_at_once_is_one_new_book(transactional_db: None) -> None:
    results = at_once(10, lambda n: make(replace(DRAFT, title=f"T{n}"), only_new=True))
    codes = [result.code for result in results if isinstance(result, Refused)]
    assert (codes, Book.objects.count()) == (["isbn_here"] * 9, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_book_deleted_while_copies_are_added_is_gone_or_has_them_all(transactional_db: None) -> None:
    book = make()
    at_once(6, lambda n: add_copies(book, by=None) if n else delete_book(book, by=None))
    assert Copy.objects.count() == (5 if Book.objects.exists() else 0)
