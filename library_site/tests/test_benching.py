from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.models import Card, Member
from catalog.isbn import read_isbn
from catalog.models import Author, Book, BookIdentifier
from catalog.tests.factories import BookFactory
from library_site.benching.indexes import without_indexes
from library_site.benching.shelves import _numbers
from library_site.benching.stores import Store

pytestmark = pytest.mark.django_db

HARD_TEXTS = ["\\.", "\\N", 'a "quoted" word', "two\nlines\r\nand\ttabs", "NULL", "100 % of %s", "Šö 漢字", "a,b;c|d"]


@time_machine.travel(datetime(2026, 3, 4, 5, 6, tzinfo=UTC), tick=False)
def test_what_the_rows_do_not_bring_gets_the_defaults_of_the_model() -> None:
    by_model = Book.objects.create(title="One", sort_title="one", match_key="one")
    keys = Store(Book, "title", "sort_title", "match_key").add([("One", "one", "one"), ("Two", "two", "two")])
    assert [values(Book.objects.get(pk=key)) for key in keys] == [
        values(by_model), values(by_model) | {"title": "Two", "sort_title": "two", "match_key": "two"},
    ]  # fmt: skip


def values(book: Book) -> dict[str, Any]:
    return {field.attname: getattr(book, field.attname) for field in Book._meta.concrete_fields if field.name != "id"}


def test_texts_arrive_as_they_were_and_empty_ones_are_no_null() -> None:
    keys = Store(Book, "title", "subtitle", "year").add([(text, "", None) for text in HARD_TEXTS])
    books = Book.objects.in_bulk(keys)
    assert [books[key].title for key in keys] == HARD_TEXTS
    assert {(book.subtitle, book.year) for book in books.values()} == {("", None)}
    Store(Card, "number").add([(text,) for text in HARD_TEXTS])
    assert set(Card.objects.values_list("number", flat=True)) >= set(HARD_TEXTS)


def test_keys_are_those_that_the_next_books_do_not_get() -> None:
    before = BookFactory.create()
    store = Store(Book, "title")
    keys = [*store.add([("One",), ("Two",)]), *store.add([("Three",)])]
    after = BookFactory.create()
    assert [before.pk, *keys, after.pk] == list(range(before.pk, before.pk + 5))


def test_a_column_that_the_model_does_not_have_is_refused() -> None:
    with pytest.raises(KeyError, match="heading"):
        Store(Author, "heading")


def test_days_and_lists_are_stored_as_the_model_stores_them() -> None:
    members = Store(Member, "joined_on", "notices_off")
    assert str(members.stored("joined_on", date(2026, 1, 2))) == "2026-01-02"
    assert members.stored("notices_off", ["due_soon"]) == '["due_soon"]'


def test_indexes_and_foreign_keys_are_there_again_after_a_load_and_after_a_failed_one() -> None:
    before = constraints()
    with without_indexes([BookIdentifier]):
        assert len(constraints()) < len(before)
    assert constraints() == before
    with pytest.raises(IntegrityError), transaction.atomic(), without_indexes([BookIdentifier]):
        raise IntegrityError
    assert constraints() == before


def constraints() -> dict[str, Any]:
    with connection.cursor() as cursor:
        return connection.introspection.get_constraints(cursor, BookIdentifier._meta.db_table)


@pytest.mark.parametrize(
    "text",
    ["9780060125639", "9780060125638", "9780000000002", "978006012563X", "0060125632", "9790060125637", "97800601256",
     "٩٧٨٠٠٦٠١٢٥٦٣٩", ""],
)  # fmt: skip
def test_an_isbn_is_taken_for_what_it_is_by_hand(text: str) -> None:
    read = read_isbn(text)
    assert _numbers(text) == ([("isbn13" if read.is_valid else "isbn_invalid", read.value)] if read else [])
