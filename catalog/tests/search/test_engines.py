"""The two engines: how they say what is looked for, and what they keep."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.models import QuerySet

from catalog.models import Author, Book, SearchDocument, Subject
from catalog.queries import search_books
from catalog.search import postgres, sqlite
from catalog.search.documents import Stock, document
from catalog.search.engine import engine
from catalog.search.expressions import Expression, Mark, Words, all_of, any_of, without
from catalog.search.facts import facts_of
from catalog.search.marks import popularity
from catalog.services.search import index_book, set_stock

from .shelf import shelve

CAT, DOG, SEA = (
    Words(("cat",), ("title",)),
    Words(("dog",)),
    Words(("deep", "se"), ("title", "subject"), is_prefix=True),
)


@pytest.mark.parametrize(
    ("expression", "fts5", "tsquery"),
    [
        (Mark("__l_eng"), '"__l_eng"', "'__l_eng'"),
        (CAT, '{title} : "cat"', "('t:cat')"),
        (SEA, '{title subject} : "deep se" *', "('t:deep' <-> 't:se':*) | ('s:deep' <-> 's:se':*)"),
        (all_of([CAT, Mark("__out")]), '({title} : "cat") AND ("__out")', "(('t:cat')) & ('__out')"),
        (any_of([CAT, CAT]), '{title} : "cat"', "('t:cat')"),
        (
            without(CAT, [Mark("__hid"), Mark("__out")]),
            '({title} : "cat") NOT (("__hid") OR ("__out"))',
            "(('t:cat')) & !(('__hid') | ('__out'))",
        ),
    ],
)
def test_an_expression_is_put_into_the_language_of_either_engine(
    expression: Expression, fts5: str, tsquery: str
) -> None:
    assert (sqlite.query(expression), postgres.query(expression)) == (fts5, tsquery)


def test_a_word_anywhere_is_asked_of_every_part() -> None:
    assert sqlite.query(DOG) == '"dog"'
    assert postgres.query(DOG) == "('dog')"


@pytest.mark.django_db
@pytest.mark.parametrize("offset", [0, 1, 4, 9])
def test_the_most_popular_are_the_same_sorted_or_gone_down(offset: int) -> None:
    lent = {f"Cat {times}": times for times in (0, 1, 2, 3, 7, 14, 15, 62, 63, 126, 127, 200)}
    first, second, *books = shelve(*lent, lent=lent)
    in_order = sorted(((popularity(lent[book.title]), book.pk) for book in books), reverse=True)
    for is_few in (False, True):
        found = engine().most_popular(CAT, limit=3, offset=offset, but=[first.pk, second.pk], is_few=is_few)
        assert found == in_order[offset : offset + 3]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no such keys")
def test_documents_are_found_by_their_key_without_an_index() -> None:
    plan = SearchDocument.objects.filter(pk=1).explain()
    assert "USING INTEGER PRIMARY KEY" in plan


def found(text: str) -> list[int]:
    return search_books(text).pks


@pytest.mark.django_db
def test_the_words_of_a_book_are_replaced_not_added_to() -> None:
    (book,) = shelve("Ants")
    Book.objects.filter(pk=book.pk).update(title="Bees")
    index_book(book)
    assert (found("ants"), found("bees")) == ([], [book.pk])


@pytest.mark.django_db
def test_what_is_wrong_in_the_index_is_found_and_mended() -> None:
    right, lost, other = shelve("Ants", "Bees", "Wasps")
    documents = [document(book, Stock()) for book in facts_of([right.pk, lost.pk, other.pk])]
    assert engine().wrong(documents) == []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM catalog_searchtext WHERE rowid = %s", [lost.pk])
            cursor.execute("UPDATE catalog_searchtext SET title = 'flies' WHERE rowid = %s", [other.pk])
        else:
            cursor.execute("UPDATE catalog_searchdocument SET tokens = NULL WHERE book_id = %s", [lost.pk])
            cursor.execute("UPDATE catalog_searchdocument SET tokens = tokens || 'x' WHERE book_id = %s", [other.pk])
    assert engine().wrong(documents) == [lost.pk, other.pk]
    engine().write(documents)
    assert engine().wrong(documents) == []


@pytest.mark.django_db
def test_a_book_that_goes_takes_its_words_along() -> None:
    (book,) = shelve("Ants")
    book.delete()
    assert (found("ants"), SearchDocument.objects.count(), engine().erase_strays()) == ([], 0, 0)


@pytest.mark.django_db
def test_marks_change_alone_and_the_words_stay_right() -> None:
    (book,) = shelve("Ants")
    set_stock([book.pk], lambda pks: {pk: Stock(times_lent=5, holds=2) for pk in pks})
    row = SearchDocument.objects.get(pk=book.pk)
    assert (row.out, row.times_lent, row.holds, row.available) == ("", 5, 2, 0)
    (now,) = [document(each, Stock(times_lent=5, holds=2)) for each in facts_of([book.pk])]
    assert ("__p_2" in now.marks, engine().wrong([now])) == (True, [])


def test_the_statements_that_make_an_index_are_those_of_the_migration() -> None:
    """A migration that was released stays as it is: who changes what is live writes another one and changes this."""
    released = import_module("catalog.migrations.0002_search_index")
    assert (released.SQLITE, released.SQLITE_DROP) == (sqlite.CREATE, sqlite.DROP)
    assert (released.POSTGRES, released.POSTGRES_DROP) == (postgres.CREATE, postgres.DROP)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite sorts by code point, and has one index for it")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "books", [Author.objects, Subject.objects, SearchDocument.objects], ids=lambda books: books.model
)
def test_what_begins_so_is_read_in_order_from_one_index(books: QuerySet) -> None:
    field = "title_key" if books.model is SearchDocument else "match_key"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", [books.model._meta.db_table])
        assert [sql for (sql,) in cursor.fetchall() if "_pattern_ops" in sql and field in sql] == []
    plan = books.filter(engine().begins(field, "se")).order_by(field).explain()
    assert (plan.count("Sort"), "Index Cond" in plan) == (0, True)


@pytest.mark.django_db
def test_tidying_changes_nothing() -> None:
    (book,) = shelve("Ants")
    engine().tidy()
    assert found("ants") == [book.pk]
