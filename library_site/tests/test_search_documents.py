"""Search documents that are lost, changed or left behind are found by check_invariants and mended by rebuild_search."""

import re
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.drafts import BookDraft
from catalog.models import Book, Contributor, Copy, CopyType, SearchDocument
from catalog.queries import search_books
from catalog.search.documents import Document, Stock, document
from catalog.search.engine import engine
from catalog.search.facts import facts_of
from catalog.services import search
from catalog.services.books import add_book, edit_book
from catalog.services.search import AGAIN, HANDFUL, follow, mark_stale
from catalog.tasks import go_on_with_search
from catalog.tests.factories import AuthorFactory, BookFactory
from circulation.queries.stock import stock_for_search
from circulation.services.copies import clear_copy, delete_copy, withdraw_copy
from circulation.services.removal import remove_member
from circulation.tests.factories import make_hold, make_loan

pytestmark = pytest.mark.django_db
NOT_FOUND = "book {pk} is not found by what it says now: rebuild_search"
COUNTED = "search says of book {pk}: {said}; counted now: 1 out, lent 1 times, 1 waiting: rebuild_search"


def check() -> list[str]:
    """What ``check_invariants`` says is broken."""
    out = StringIO()
    try:
        call_command("check_invariants", stdout=out, stderr=StringIO())
    except SystemExit:
        return out.getvalue().splitlines()
    return []


def rebuild() -> None:
    call_command("rebuild_search", stdout=StringIO(), stderr=StringIO())


@pytest.fixture
def book() -> Book:
    """Two copies; one is out, somebody waits."""
    book = add_book(BookDraft(title="The Wasp Factory"), by=None, stock=2)
    make_loan(book.copies.first())
    make_hold(book)
    return book


def lose_words(pk: int) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM catalog_searchtext WHERE rowid = %s", [pk])
        else:
            cursor.execute("UPDATE catalog_searchdocument SET tokens = NULL WHERE book_id = %s", [pk])


def lose_document(pk: int) -> None:
    SearchDocument.objects.filter(pk=pk).delete()


def say(**fields: int | str) -> Callable[[int], None]:
    return lambda pk: SearchDocument.objects.filter(pk=pk).update(**fields) and None


@pytest.mark.parametrize(
    ("break_it", "sentences"),
    [
        (lose_document, [NOT_FOUND]),
        (lose_words, [NOT_FOUND]),
        (say(sort_title="x"), [NOT_FOUND]),
        (say(available=2), [NOT_FOUND]),
        (lambda pk: Book.objects.filter(pk=pk).update(title="Other") and None, [NOT_FOUND]),
        (lambda pk: Copy.objects.filter(book=pk).update(location="Store") and None, [NOT_FOUND]),
        (say(out="", available=2), [COUNTED.replace("{said}", "0 out, lent 1 times, 1 waiting")]),
        (say(times_lent=2), [COUNTED.replace("{said}", "1 out, lent 2 times, 1 waiting")]),
        (say(holds=0), [COUNTED.replace("{said}", "1 out, lent 1 times, 0 waiting")]),
    ],
    ids=["document", "words", "order", "available", "title", "location", "out", "times_lent", "holds"],
)
def test_a_document_that_is_not_right_is_found_and_mended(
    book: Book, break_it: Callable[[int], None], sentences: list[str]
) -> None:
    other = add_book(BookDraft(title="The Crow Road"), by=None)
    assert check() == []
    break_it(book.pk)
    assert check() == [sentence.format(pk=book.pk) for sentence in sentences]
    rebuild()
    assert check() == []
    assert search_books("crow").pks == [other.pk]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="there the words stand in the document")
def test_words_of_a_book_that_is_gone_are_found_and_erased(book: Book) -> None:
    (gone,) = [document(each, stock_for_search([each.pk])[each.pk]) for each in facts_of([book.pk])]
    engine().write([type(gone)(pk=book.pk + 1, parts=gone.parts, marks=gone.marks)])
    assert check() == [f"the words of book {book.pk + 1} are there, and the book is gone: rebuild_search"]
    rebuild()
    assert check() == []


def test_documents_that_are_stale_are_not_complained_of_and_written_by_the_worker(book: Book) -> None:
    CopyType.objects.update(is_lendable=False)
    assert check() == [NOT_FOUND.format(pk=book.pk)]
    SearchDocument.objects.update(stale_since=timezone.now())
    assert check() == []
    assert (go_on_with_search(), go_on_with_search()) == (True, False)
    rows = SearchDocument.objects.values_list("available", "lendable", "stale_since")
    assert (check(), list(rows)) == ([], [(0, "", None)])


def test_a_document_that_has_been_stale_for_hours_is_told_of(book: Book) -> None:
    since = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    SearchDocument.objects.update(stale_since=since)
    mark_stale(Book.objects.all())  # the first time counts
    sentence = "waits since 2026-03-01 09:30 UTC to be found by what it says: is a worker running?"
    assert check() == [f"book {book.pk} {sentence}"]
    assert (go_on_with_search(), check()) == (True, [])


def fail_for(pk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the document of the book ``pk`` be one that cannot be made."""

    def made(book: Book, stock: Stock) -> Document:
        if book.pk == pk:
            raise ValueError("too odd")
        return document(book, stock)

    monkeypatch.setattr(search, "document", made)


def test_a_document_that_cannot_be_written_is_stepped_over_and_told_of(
    book: Book, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = add_book(BookDraft(title="The Crow Road"), by=None)
    mark_stale(Book.objects.all())
    fail_for(book.pk, monkeypatch)
    assert (go_on_with_search(), go_on_with_search()) == (True, False)
    assert [record.getMessage() for record in caplog.records] == [
        f"the search document of book {book.pk} cannot be written"
    ]
    assert check() == [f"the search document of book {book.pk} cannot be written: the worker's log says why"]
    assert SearchDocument.objects.get(pk=other.pk).stale_since is None
    SearchDocument.objects.filter(pk=book.pk).update(failed_at=timezone.now() - 2 * AGAIN)
    monkeypatch.undo()
    assert (go_on_with_search(), check()) == (True, [])


def test_a_rebuild_steps_over_a_document_that_cannot_be_written(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    other = add_book(BookDraft(title="The Crow Road"), by=None)
    lose_words(other.pk)
    fail_for(book.pk, monkeypatch)
    rebuild()
    assert check() == [f"the search document of book {book.pk} cannot be written: the worker's log says why"]
    monkeypatch.undo()
    rebuild()
    assert check() == []


@pytest.mark.parametrize(
    ("stopped_by", "raised"),
    [
        (lambda: signal.raise_signal(signal.SIGINT), SystemExit),
        (lambda: signal.raise_signal(signal.SIGTERM), SystemExit),
        (Mock(side_effect=OperationalError("away")), OperationalError),
    ],
    ids=["ctrl-c", "sigterm", "fault"],
)
def test_a_rebuild_that_is_stopped_says_where_to_go_on(
    book: Book, monkeypatch: pytest.MonkeyPatch, stopped_by: Callable[[], object], raised: type[BaseException]
) -> None:
    other, err, out = add_book(BookDraft(title="The Crow Road"), by=None), StringIO(), StringIO()

    def made(each: Book, stock: Stock) -> Document:
        if each.pk == other.pk:
            stopped_by()
        return document(each, stock)

    monkeypatch.setattr(search, "BATCH", 1)
    monkeypatch.setattr(search, "document", made)
    with pytest.raises(raised):
        call_command("rebuild_search", stdout=StringIO(), stderr=err)
    assert err.getvalue() == f"\nStopped after book {book.pk}. To go on: manage.py rebuild_search --after {book.pk}\n"
    monkeypatch.undo()
    call_command("rebuild_search", after=book.pk, stdout=out, stderr=StringIO())
    assert out.getvalue().startswith("1 documents in ")


def test_a_database_that_is_busy_is_nobodys_fault(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    mark_stale(Book.objects.all())
    monkeypatch.setattr(search, "document", Mock(side_effect=OperationalError("database is locked")))
    with pytest.raises(OperationalError):
        go_on_with_search()
    assert SearchDocument.objects.get().failed_at is None


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no locks of rows")
def test_documents_are_marked_as_stale_in_the_order_of_their_keys(book: Book) -> None:
    with CaptureQueriesContext(connection) as told:
        mark_stale(Book.objects.all())
    (sql,) = [query["sql"] for query in told]
    assert re.search(r" ORDER BY \S+ ASC FOR UPDATE\)", sql)


def test_what_is_edited_in_the_admin_site_is_followed(book: Book, admin_desk: Client) -> None:
    author = AuthorFactory(name="Iain Banks")
    book.contributors.create(author=author, order=0)
    rebuild()
    row, kind = book.copies.last(), CopyType.objects.get()
    copy = {"copy_type": kind.pk, "home_branch": row.home_branch_id, "current_branch": row.home_branch_id}
    lent = {"code": kind.code, "name": kind.name, "replacement_price_minor": "20", "processing_fee_minor": "5"}
    changes = [
        (author, {"sort_name": "Banks, Iain M.", "match_key": author.match_key}),
        (row, copy | {"location": "Store", "condition": "good"}),
        (kind, lent),
    ]
    for changed, values in changes:
        address = reverse(f"admin:catalog_{changed._meta.model_name}_change", args=[changed.pk])
        assert admin_desk.post(address, values).status_code == 302
        assert check() == []
    assert go_on_with_search()  # there may be many copies of a type
    document = SearchDocument.objects.get()
    assert (document.sort_author, document.lendable, "o_" + b"Store".hex() in document.facets) == (
        "banks iain m", "", True
    )  # fmt: skip
    assert check() == []


def test_many_books_of_one_author_are_left_to_the_worker(book: Book) -> None:
    author, many = AuthorFactory(), BookFactory.create_batch(HANDFUL, searchable=True)
    Contributor.objects.bulk_create(Contributor(book=each, author=author, order=0) for each in [book, *many])
    Book.objects.update(sort_title="x")
    follow(Book.objects.filter(contributors__author=author), first=book)
    stale = set(SearchDocument.objects.exclude(stale_since=None).values_list("pk", flat=True))
    assert stale == {each.pk for each in [book, *many]}
    assert (go_on_with_search(), check()) == (True, [])


def test_a_member_who_is_removed_and_a_copy_that_is_deleted_are_counted_no_more(book: Book) -> None:
    (waiting,) = book.holds.all()
    remove_member(waiting.member, by=None)
    delete_copy(book.copies.last(), by=None)
    document = SearchDocument.objects.get()
    (left,) = book.copies.all()
    assert (document.holds, document.copies, document.lendable, document.available) == (
        0, 1, f"{left.pk}:{left.current_branch_id}", 0
    )  # fmt: skip
    assert check() == []


def test_the_last_copy_is_withdrawn_and_comes_back(book: Book) -> None:
    other = add_book(BookDraft(title="The Crow Road"), by=None, stock=1)
    (copy,) = other.copies.all()
    withdraw_copy(copy, by=None)
    assert (search_books("crow").pks, check()) == ([], [])
    clear_copy(copy, state="withdrawn", by=None)
    assert (search_books("crow").pks, check()) == ([other.pk], [])


def test_the_title_of_a_book_changes_and_search_follows_at_once(book: Book) -> None:
    edit_book(book, BookDraft(title="Complicity"), fields=["title"], by=None)
    assert (search_books("wasp").pks, search_books("complicity").pks, check()) == ([], [book.pk], [])
