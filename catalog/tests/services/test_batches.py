"""Lists brought in line by line: what is staged, and what becomes of each line."""

from typing import Any

import pytest

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, User, Work
from catalog.drafts import BookDraft
from catalog.models import Book, Copy, ImportBatch, ImportRow
from catalog.openlibrary.client import OpenLibrary
from catalog.services import lookups
from catalog.services.batches import MOST_LINES, start_import
from catalog.services.books import add_book
from catalog.services.lookups import LINES_PER_TURN, continue_lookups
from catalog.tests.openlibrary.stub import Stub, record
from catalog.tests.services.lists import ISBN, OTHER_ISBN, claimed, go_on, outcomes_of, start

pytestmark = pytest.mark.django_db
State, Outcome = Work.State, ImportRow.Outcome


def raws_of(batch: ImportBatch) -> list[str]:
    return list(batch.rows.order_by("n").values_list("raw", flat=True))


def raw_lines(line: str) -> list[str]:
    return raws_of(start(line))


def test_lines_are_fetched_in_the_language_of_the_library(
    three_books: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    LibrarySettings.objects.update(language="de")
    asked: list[str] = []
    real = lookups.fetch_record

    def fetch(client: OpenLibrary, text: str, *, language: str) -> Any:
        asked.append(language)
        return real(client, text, language=language)

    monkeypatch.setattr(lookups, "fetch_record", fetch)
    go_on(start("OL2M"), three_books)
    assert asked == ["de"]


def test_lines_are_staged_in_order(librarian: User) -> None:
    batch = start_import([ISBN, "", "  OL2M \n", "\0"], by=librarian, if_known="copy")
    assert (batch.state, batch.total, batch.done, batch.by, batch.options) == (
        State.QUEUED, 2, 0, librarian, {"if_known": "copy", "auto_apply": True},
    )  # fmt: skip
    assert list(batch.rows.values_list("n", "raw", "outcome")) == [(1, ISBN, "waiting"), (2, "OL2M", "waiting")]
    action = Action.objects.get()
    assert (action.verb, action.by, action.target_id, action.after) == (
        "start_import", librarian, batch.pk, {"lines": 2},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "code"), [([], "no_lines"), (["", " \t"], "no_lines"), (["OL1M"] * (MOST_LINES + 1), "too_many_lines")],
    ids=["none", "blank", "too many"],
)  # fmt: skip
def test_list_without_lines_or_with_too_many_is_refused(lines: list[str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        start(*lines)
    assert (refused.value.code, ImportBatch.objects.count()) == (code, 0)


@pytest.mark.parametrize("between", [",", ", ", ";", "|", "\t", " ", "  "])
@pytest.mark.parametrize("count", [2, 60])
def test_list_in_one_line_counts_as_so_many_lines(between: str, count: int) -> None:
    numbers = [ISBN, OTHER_ISBN, "0-306-40615-2"] * (count // 3) or [ISBN, OTHER_ISBN]
    assert set(raw_lines(between.join(numbers))) == set(numbers)


def test_long_list_in_one_line_loses_nothing() -> None:
    numbers = [f"978{number:09d}{_check_digit(f'978{number:09d}')}" for number in range(1_000, 1_400)]
    assert (raw_lines(",".join(numbers)), raw_lines(" ".join(numbers))) == (numbers, numbers)


def _check_digit(twelve: str) -> int:
    return -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve)) % 10


@pytest.mark.parametrize(
    "line", ["The Wasp Factory", f"{ISBN} The Wasp Factory", "OL1M", "https://openlibrary.org/books/OL1M/Dune"]
)
def test_other_line_stays_as_it_was_given(line: str) -> None:
    assert raw_lines(line) == [line]


@pytest.mark.parametrize("line", ["x" * 100_000, f"{ISBN}, The Wasp Factory, {'a sad story; ' * 30}"])
def test_line_longer_than_any_number_is_cut(line: str) -> None:
    (text,) = raw_lines(line)
    assert (line.startswith(text[:150]), len(text) <= 200) == (True, True)


def test_list_sent_twice_is_staged_once() -> None:
    assert start(ISBN, key="form-0001") == start(ISBN, key="form-0001")


def test_every_line_says_what_became_of_it(stub: Stub, three_books: OpenLibrary) -> None:
    add_book(BookDraft(title="Emma"), by=None)
    stub.tell("/books/OL4M.json", record({"key": "/books/OL4M"}))
    told: list[int] = []
    batch = start("OL2M", ISBN, ISBN, "9780132567088", "no number", "OL9M", "OL4M")
    continue_lookups(claimed(batch), three_books, lambda row: told.append(row.n))
    batch.refresh_from_db()
    assert outcomes_of(batch) == ["added", "added", "known", "not_found", "failed", "not_found", "failed"]
    assert (batch.state, batch.done, batch.total, batch.problem, told) == (State.DONE, 7, 7, "", [*range(1, 8)])
    rows = list(batch.rows.order_by("n"))
    dune = Book.objects.get(title="Dune")
    assert (rows[1].created_book, rows[1].matched_book, list(rows[1].created_copies.all())) == (
        dune, None, [Copy.objects.get(book=dune)],
    )  # fmt: skip
    assert (rows[2].created_book, rows[2].matched_book, rows[2].created_copies.count()) == (None, dune, 0)
    assert [row.reason != "" for row in rows] == [False, False, False, True, True, True, True]
    assert (rows[0].draft["title"], BookDraft.from_json(rows[1].draft).isbns) == ("Emma", (ISBN,))


def test_copy_is_added_for_every_line_where_that_is_wanted(three_books: OpenLibrary) -> None:
    batch = go_on(start(ISBN, ISBN, "OL1M", if_known="copy"), three_books)
    assert (outcomes_of(batch), Copy.objects.count()) == (["added", "copy_added", "copy_added"], 3)


def test_second_run_changes_nothing(three_books: OpenLibrary) -> None:
    go_on(start("OL1M", "OL2M"), three_books)
    again = go_on(start("OL1M", "OL2M"), three_books)
    assert (outcomes_of(again), Book.objects.count(), Copy.objects.count()) == (["known", "known"], 2, 2)


def test_doubtful_line_names_what_it_may_be_and_adds_nothing(three_books: OpenLibrary) -> None:
    book = add_book(BookDraft(title="Cooking for Dogs", isbns=(ISBN,)), by=None)
    batch = go_on(start("OL1M"), three_books)
    row = batch.rows.get()
    assert (row.outcome, row.matched_book, "Cooking for Dogs" in row.reason, Book.objects.count()) == (
        "failed", book, True, 1,
    )  # fmt: skip


def test_what_somebody_decided_about_a_line_is_done(three_books: OpenLibrary) -> None:
    book = add_book(BookDraft(title="Cooking for Dogs", isbns=(ISBN,)), by=None)
    batch = start("OL1M", "OL1M")
    batch.rows.filter(n=1).update(decision="copy")
    go_on(batch, three_books)
    assert outcomes_of(batch) == ["copy_added", "known"]
    assert list(Copy.objects.values_list("book", flat=True)) == [book.pk]


def test_turn_ends_after_some_lines_and_the_next_goes_on(three_books: OpenLibrary) -> None:
    batch = go_on(start(*["no number"] * (LINES_PER_TURN + 3)), three_books)
    assert (batch.state, batch.done, batch.cursor, batch.attempts) == (State.QUEUED, LINES_PER_TURN, LINES_PER_TURN, 0)
    batch = go_on(batch, three_books)
    assert (batch.state, batch.done) == (State.DONE, LINES_PER_TURN + 3)


def test_line_that_cannot_be_saved_fails_alone(
    three_books: OpenLibrary, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = lookups.apply_books

    def apply_or_break(batch: ImportBatch, rows: list[ImportRow], now: Any) -> None:
        real(batch, rows, now)
        if rows[0].draft["title"] == "Emma":
            raise ZeroDivisionError

    monkeypatch.setattr(lookups, "apply_books", apply_or_break)
    batch = go_on(start("OL1M", "OL2M", "OL3M"), three_books)
    assert (outcomes_of(batch), batch.state) == (["added", "failed", "added"], State.DONE)
    assert sorted(Book.objects.values_list("title", flat=True)) == ["Dune", "Ulysses"]
    assert [entry.exc_info[0] for entry in caplog.records if entry.exc_info] == [ZeroDivisionError]
