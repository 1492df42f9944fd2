"""A file becomes lines with a verdict each, whoever dies on the way, and nothing else changes."""

from typing import Any

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services import work
from catalog.drafts import BookDraft, SourceRow
from catalog.files import FileRefused, stored_path
from catalog.models import Book, Copy, ImportBatch
from catalog.services import staging
from catalog.services.books import add_book
from catalog.tests.factories import CopyFactory
from catalog.tests.services.files import book, claimed, lines, stage, staged, started

pytestmark = pytest.mark.django_db
ISBN, OTHER_ISBN = "9780349101774", "9780684853154"


def test_file_becomes_lines_that_wait_to_be_looked_through(django_capture_on_commit_callbacks: Any) -> None:
    batch = started()
    path = stored_path(batch.file)
    with django_capture_on_commit_callbacks(execute=True):
        batch = stage(batch, [book(2, "Emma", isbns=(ISBN,)), SourceRow(3, "x;y", problem="No title. Give one.")])
    assert lines(batch, "n", "verdict", "outcome", "reason") == [
        (2, "new", "waiting", ""), (3, "wrong", "failed", "No title. Give one."),
    ]  # fmt: skip
    assert (batch.phase, batch.state, batch.total, batch.file, path.exists()) == ("review", "paused", 2, "", False)
    assert (Book.objects.count(), batch.rows.get(n=2).draft["isbns"]) == (0, [ISBN])


def test_lines_are_matched_with_what_is_here() -> None:
    known = add_book(BookDraft(title="Emma", isbns=(ISBN,)), by=None)
    other = add_book(BookDraft(title="Cooking for Dogs", isbns=(OTHER_ISBN,)), by=None)
    CopyFactory(book=known, barcode="C1")
    batch = staged(
        book(1, "Emma", isbns=(ISBN,)), book(2, "Walden", isbns=(OTHER_ISBN,)), book(3, "Emma", "C1"),
        book(4, "Ulysses", "C1"), book(5, ""), book(6, "Dune", "C 2*"), book(7, "Dune", "D1", "D1"),
    )  # fmt: skip
    assert lines(batch, "verdict", "matched_book", "matched_by") == [
        ("known", known.pk, "isbn"), ("doubtful", other.pk, "isbn"), ("known", known.pk, "barcode"),
        ("wrong", None, ""), ("wrong", None, ""), ("wrong", None, ""), ("wrong", None, ""),
    ]  # fmt: skip
    assert lines(batch, "reason")[3:] == [
        "A copy of “Emma” has the barcode C1.",
        "The record has no title.",
        "The barcode “C 2*” cannot be read by a scanner: use letters A to Z, digits and . / + -.",
        "The barcode “D1” stands there twice.",
    ]


@pytest.mark.parametrize("chunk", [1, 500])
def test_lines_are_matched_with_lines_before_them(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK", chunk)
    batch = staged(
        book(1, "Emma", "C1", isbns=(ISBN,)), book(2, "Emma", "C2", isbns=(ISBN,)),
        book(3, "Walden", isbns=(ISBN,)), book(4, "Dune", "C1"), book(5, "Dune", "C2"), book(6, "Emma", "C1"),
    )  # fmt: skip
    assert lines(batch, "verdict", "reason") == [
        ("new", ""), ("known", "The same book as line 1."), ("doubtful", "Perhaps the same book as line 1."),
        ("wrong", "Line 1 has the barcode C1 too, for another book."),
        ("wrong", f"Line {2 if chunk == 1 else 1} has the barcode C2 too, for another book."),
        ("known", "The same book as line 1."),
    ]  # fmt: skip


def test_unknown_branch_is_said_beforehand() -> None:
    row = book(1, "Emma", "C1")
    row.values["copies"][0]["branch"] = "Mars"
    [reason] = lines(staged(row), "reason")
    assert reason.startswith("There is no branch “Mars” here")


class Killed(BaseException):
    """The process dies here."""


def test_staging_goes_on_where_it_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK", 2)
    rows, batch = [book(n, f"Book of {n}", isbns=(ISBN,)) for n in (2, 3, 4, 5, 7)], started()

    def die_at(line: int) -> None:
        if line == 5:
            raise Killed

    with pytest.raises(Killed):
        stage(batch, rows, on_chunk=die_at)
    assert lines(batch, "n") == [2, 3, 4, 5]
    ImportBatch.objects.update(lease_until=timezone.now() - work.LEASE)
    batch = stage(batch, rows)
    assert (lines(batch, "n"), batch.state) == ([2, 3, 4, 5, 7], "paused")
    assert lines(batch, "reason")[-1] == "The same book as line 2."


def test_worker_that_is_told_to_stop_hands_the_file_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK", 1)
    batch = stage(started(), [book(1, "Emma"), book(2, "Dune")], should_stop=lambda: True)
    assert (lines(batch, "n"), batch.state, batch.phase, batch.lease_until) == ([1], "queued", "staging", None)


def test_paused_import_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK", 1)
    batch = started()

    def pause(_line: int) -> None:
        ImportBatch.objects.update(state="paused")

    batch = stage(batch, [book(1, "Emma"), book(2, "Dune")], on_chunk=pause)
    assert (lines(batch, "n"), batch.state, batch.phase) == ([1], "paused", "staging")


def refuse(*_given: Any) -> Any:
    raise FileRefused("other_kind", "This is no table.")
    yield


def break_down(*_given: Any) -> Any:
    yield book(1, "Emma")
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("read", "problem"),
    [(refuse, "This is no table."), (break_down, "This file cannot be read to its end. The log has more."),
     (lambda *_given: iter(()), "There is not one record in this file.")],
)  # fmt: skip
def test_file_that_cannot_be_read_says_why(read: Any, problem: str) -> None:
    batch = started()
    staging.stage_file(claimed(batch), read, {})
    batch.refresh_from_db()
    assert (batch.state, batch.phase, batch.problem) == ("failed", "staging", problem)


def test_file_that_is_gone_says_so() -> None:
    batch = started()
    stored_path(batch.file).unlink()
    batch = stage(batch, [])
    assert batch.problem == "The file is not on the server any more. Upload it again."


def test_line_the_database_does_not_take_is_wrong_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = staging.insert_rows

    def keep_or_break(model: Any, names: Any, rows: list[list[Any]]) -> None:
        if any(value.get("title") == "Poison" for row in rows for value in row if isinstance(value, dict)):
            raise DataError
        keep(model, names, rows)

    monkeypatch.setattr(staging, "insert_rows", keep_or_break)
    batch = staged(book(1, "Emma"), book(2, "Poison"), book(3, "Dune"))
    assert lines(batch, "verdict", "outcome") == [("new", "waiting"), ("wrong", "failed"), ("new", "waiting")]
    assert lines(batch, "reason")[1] == "This line holds what cannot be kept. Correct it and bring it in again."


@pytest.mark.parametrize("count", [1, 3])
def test_chunk_costs_as_many_queries_however_many_lines(count: int) -> None:
    titles, batch = ["Emma", "Walden", "Dune"], started()
    with CaptureQueriesContext(connection) as asked:
        stage(batch, [book(n, titles[n], f"C{n}") for n in range(count)])
    assert (len(asked), Copy.objects.count()) == (22, 0)


def test_file_of_nothing_but_wrong_lines_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK", 2)
    monkeypatch.setattr(staging, "MOST_WRONG", 4)
    wrong = [SourceRow(n, "x", problem="No.") for n in range(1, 20)]
    batch = staged(*wrong[:3], book(4, "Emma"), *wrong[4:])
    assert (batch.state, batch.rows.count(), batch.problem[:42]) == (
        "failed", 8, "It was read up to line 8, and the last 4 l"
    )  # fmt: skip
    assert staged(*wrong[:3]).state == "paused"


def test_file_of_endless_lines_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK", 2)
    monkeypatch.setattr(staging, "MOST_LINES", 4)
    batch = staged(*(book(n, f"Emma {n}") for n in range(1, 9)))
    assert (batch.state, batch.rows.count(), batch.problem) == (
        "failed", 4, "The file has more than 4 lines. Bring it in in parts."
    )  # fmt: skip
