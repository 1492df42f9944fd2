"""Lists brought in line by line: nothing twice, nothing lost, whoever dies or pauses on the way."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from django.utils import timezone

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, User, Work
from accounts.services import work
from accounts.tests.threads import at_once
from catalog.drafts import BookDraft
from catalog.models import Book, Copy, ImportBatch, ImportRow
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.openlibrary.lanes import LANES
from catalog.services import lookups
from catalog.services.batches import MOST_LINES, pause_import, resume_import, start_import
from catalog.services.books import add_book
from catalog.services.judging import BookJudge
from catalog.services.lookups import LINES_PER_TURN, PATIENCE, continue_lookups
from catalog.tests.openlibrary.stub import Stub, page, raw, record, redirect

pytestmark = pytest.mark.django_db
State, Outcome = Work.State, ImportRow.Outcome
ISBN, OTHER_ISBN = "9780349101774", "9780684853154"


@pytest.fixture
def source(stub: Stub) -> Iterator[OpenLibrary]:
    """Open Library, which knows three books: OL1M with an ISBN, OL2M and OL3M."""
    stub.tell("/search.json", record({"numFound": 0, "docs": []}))
    stub.tell("/books/OL1M.json", record({"key": "/books/OL1M", "title": "Dune", "isbn_13": [ISBN]}))
    stub.tell("/books/OL2M.json", record({"key": "/books/OL2M", "title": "Emma"}))
    stub.tell("/books/OL3M.json", record({"key": "/books/OL3M", "title": "Ulysses"}))
    stub.tell(f"/isbn/{ISBN}.json", redirect("/books/OL1M.json"))
    with OpenLibrary(lane="batch") as client:
        yield client


def start(*lines: str, **more: Any) -> ImportBatch:
    return start_import(list(lines), by=None, **more)


def claimed(batch: ImportBatch) -> ImportBatch:
    ImportBatch.objects.filter(pk=batch.pk).update(due_at=None)
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert work.claim(batch)
    return batch


def go_on(batch: ImportBatch, client: Any) -> ImportBatch:
    """One turn of a worker; the batch as it is then."""
    continue_lookups(claimed(batch), client)
    return ImportBatch.objects.get(pk=batch.pk)


def outcomes_of(batch: ImportBatch) -> list[str]:
    return list(batch.rows.order_by("n").values_list("outcome", flat=True))


def raws_of(batch: ImportBatch) -> list[str]:
    return list(batch.rows.order_by("n").values_list("raw", flat=True))


def raw_lines(line: str) -> list[str]:
    return raws_of(start(line))


def test_lines_are_fetched_in_the_language_of_the_library(source: OpenLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    LibrarySettings.objects.update(language="de")
    asked: list[str] = []
    real = lookups.fetch_record

    def fetch(client: OpenLibrary, text: str, *, language: str) -> Any:
        asked.append(language)
        return real(client, text, language=language)

    monkeypatch.setattr(lookups, "fetch_record", fetch)
    go_on(start("OL2M"), source)
    assert asked == ["de"]


# --- staging ----------------------------------------------------------------------------------------


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


# --- working through --------------------------------------------------------------------------------


def test_every_line_says_what_became_of_it(stub: Stub, source: OpenLibrary) -> None:
    add_book(BookDraft(title="Emma"), by=None)
    stub.tell("/books/OL4M.json", record({"key": "/books/OL4M"}))
    told: list[int] = []
    batch = start("OL2M", ISBN, ISBN, "9780132567088", "no number", "OL9M", "OL4M")
    continue_lookups(claimed(batch), source, lambda row: told.append(row.n))
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


def test_copy_is_added_for_every_line_where_that_is_wanted(source: OpenLibrary) -> None:
    batch = go_on(start(ISBN, ISBN, "OL1M", if_known="copy"), source)
    assert (outcomes_of(batch), Copy.objects.count()) == (["added", "copy_added", "copy_added"], 3)


def test_second_run_changes_nothing(source: OpenLibrary) -> None:
    go_on(start("OL1M", "OL2M"), source)
    again = go_on(start("OL1M", "OL2M"), source)
    assert (outcomes_of(again), Book.objects.count(), Copy.objects.count()) == (["known", "known"], 2, 2)


def test_doubtful_line_names_what_it_may_be_and_adds_nothing(source: OpenLibrary) -> None:
    book = add_book(BookDraft(title="Cooking for Dogs", isbns=(ISBN,)), by=None)
    batch = go_on(start("OL1M"), source)
    row = batch.rows.get()
    assert (row.outcome, row.matched_book, "Cooking for Dogs" in row.reason, Book.objects.count()) == (
        "failed", book, True, 1,
    )  # fmt: skip


def test_what_somebody_decided_about_a_line_is_done(source: OpenLibrary) -> None:
    book = add_book(BookDraft(title="Cooking for Dogs", isbns=(ISBN,)), by=None)
    batch = start("OL1M", "OL1M")
    batch.rows.filter(n=1).update(decision="copy")
    go_on(batch, source)
    assert outcomes_of(batch) == ["copy_added", "known"]
    assert list(Copy.objects.values_list("book", flat=True)) == [book.pk]


def test_turn_ends_after_some_lines_and_the_next_goes_on(source: OpenLibrary) -> None:
    batch = go_on(start(*["no number"] * (LINES_PER_TURN + 3)), source)
    assert (batch.state, batch.done, batch.cursor, batch.attempts) == (State.QUEUED, LINES_PER_TURN, LINES_PER_TURN, 0)
    batch = go_on(batch, source)
    assert (batch.state, batch.done) == (State.DONE, LINES_PER_TURN + 3)


def test_line_that_cannot_be_saved_fails_alone(
    source: OpenLibrary, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = lookups.apply_books

    def apply_or_break(batch: ImportBatch, rows: list[ImportRow], now: Any) -> None:
        real(batch, rows, now)
        if rows[0].draft["title"] == "Emma":
            raise ZeroDivisionError

    monkeypatch.setattr(lookups, "apply_books", apply_or_break)
    batch = go_on(start("OL1M", "OL2M", "OL3M"), source)
    assert (outcomes_of(batch), batch.state) == (["added", "failed", "added"], State.DONE)
    assert sorted(Book.objects.values_list("title", flat=True)) == ["Dune", "Ulysses"]
    assert [entry.exc_info[0] for entry in caplog.records if entry.exc_info] == [ZeroDivisionError]


# --- a source that fails ----------------------------------------------------------------------------


class Failing:
    """A source that fails in one way ``times`` times, then knows every key."""

    lane = LANES["batch"]

    def __init__(self, code: str, times: int = 10**9) -> None:
        self.code, self.times, self.asked = code, times, []

    def lookup(self) -> Any:
        return nullcontext()

    def edition(self, key: str) -> dict[str, Any]:
        self.asked.append(key)
        if len(self.asked) <= self.times:
            raise OpenLibraryError(self.code)
        return {"key": f"/books/{key}", "title": f"Book {key}"}


def keys(count: int) -> list[str]:
    return [f"OL{number}M" for number in range(1, count + 1)]


@pytest.mark.parametrize("code", ["offline", "timed_out", "unavailable", "limited", "blocked", "busy"])
def test_batch_waits_while_the_source_is_away(code: str) -> None:
    source = Failing(code)
    batch = go_on(start(*keys(PATIENCE + 5)), source)
    assert (batch.state, batch.done, batch.cursor, len(source.asked)) == (State.QUEUED, 0, 0, PATIENCE)
    assert (batch.problem, batch.due_at > timezone.now()) == (OpenLibraryError(code).message, True)
    assert set(outcomes_of(batch)) == {"waiting"}


@pytest.mark.parametrize("code", ["bad_answer", "too_large"])
def test_line_whose_answer_makes_no_sense_fails_and_the_next_is_tried(code: str) -> None:
    batch = go_on(start(*keys(3)), Failing(code, times=2))
    assert (outcomes_of(batch), batch.state) == (["failed", "failed", "added"], State.DONE)


def test_batch_goes_on_when_the_source_is_back_and_does_no_line_twice() -> None:
    source = Failing("offline", times=2)
    batch = go_on(start(*keys(4)), source)
    assert (outcomes_of(batch), batch.state, batch.cursor) == (
        ["waiting", "waiting", "added", "added"],
        State.QUEUED,
        0,
    )
    batch = go_on(batch, source)
    assert (outcomes_of(batch), batch.state) == (["added"] * 4, State.DONE)
    assert source.asked == ["OL1M", "OL2M", "OL3M", "OL4M", "OL1M", "OL2M"]


def test_batch_is_given_up_in_the_end_and_can_be_gone_on_with() -> None:
    batch = start(*keys(2))
    turns = 0
    while batch.state != State.FAILED:
        batch = go_on(batch, Failing("offline"))
        turns += 1
    assert (turns, outcomes_of(batch), bool(batch.problem)) == (len(work.PAUSES) + 1, ["waiting", "waiting"], True)
    batch = go_on(resume_import(batch, by=None), Failing("offline"))
    assert batch.state == State.QUEUED  # it has all its patience again
    batch = go_on(batch, Failing("", times=0))
    assert (batch.state, outcomes_of(batch), batch.problem) == (State.DONE, ["added", "added"], "")


def test_line_that_waits_has_its_next_turn_after_all_others() -> None:
    source = Failing("offline", times=1)
    batch = go_on(start(*keys(LINES_PER_TURN + 1)), source)
    batch = go_on(batch, source)
    assert source.asked == keys(LINES_PER_TURN + 1)
    assert (outcomes_of(batch), batch.state, batch.cursor) == (
        ["waiting", *["added"] * LINES_PER_TURN], State.QUEUED, 0,
    )  # fmt: skip
    assert go_on(batch, source).state == State.DONE


def test_line_whose_record_is_another_one_fails(stub: Stub, source: OpenLibrary) -> None:
    stub.tell("/books/OL1M.json", page(404))
    stub.tell("/books/OL2M.json", raw(json.dumps({"key": "/books/OL3M"}).encode()))
    batch = go_on(start("OL1M", "OL2M", "OL3M"), source)
    assert outcomes_of(batch) == ["not_found", "failed", "added"]


# --- crashes, pauses, several workers ---------------------------------------------------------------


class Killed(BaseException):
    """The process dies here."""


def die(*_arguments: Any, **_options: Any) -> None:
    raise Killed


def go_on_and_die(batch: ImportBatch, client: Any) -> None:
    with pytest.raises(Killed):
        continue_lookups(claimed(batch), client)


def after_the_lease(batch: ImportBatch) -> ImportBatch:
    ImportBatch.objects.filter(pk=batch.pk).update(lease_until=timezone.now() - work.LEASE)
    return batch


@pytest.mark.parametrize("where", ["apply_books", "work.reach", "work.hand_over"])
def test_batch_resumes_after_a_crash_without_doing_a_line_twice(
    where: str, source: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = start("OL1M", "OL2M", "OL1M", if_known="copy")
    with monkeypatch.context() as crash:
        crash.setattr(f"catalog.services.lookups.{where}", die)
        go_on_and_die(batch, source)
    batch = go_on(after_the_lease(batch), source)
    assert (outcomes_of(batch), batch.state, batch.done) == (["added", "added", "copy_added"], State.DONE, 3)
    assert (Book.objects.count(), Copy.objects.count()) == (2, 3)


def test_crash_in_the_middle_of_a_line_leaves_nothing_of_it(
    source: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = start("OL1M")
    monkeypatch.setattr(ImportRow, "save", die)
    go_on_and_die(batch, source)
    assert (Book.objects.count(), outcomes_of(batch)) == (0, ["waiting"])


def test_batch_of_a_worker_that_is_told_to_stop_is_handed_back_after_the_line_in_hand(source: OpenLibrary) -> None:
    batch, told = claimed(start("OL1M", "OL2M", "OL3M")), []
    continue_lookups(batch, source, told.append, should_stop=lambda: bool(told))
    batch.refresh_from_db()
    assert (outcomes_of(batch), batch.state, batch.lease_until, batch.done) == (
        ["added", "waiting", "waiting"], State.QUEUED, None, 1,
    )  # fmt: skip
    assert go_on(batch, source).state == State.DONE


def test_batch_in_other_hands_is_left_alone(source: OpenLibrary) -> None:
    batch = claimed(start("OL1M"))
    ImportBatch.objects.update(lease_until=timezone.now() + 2 * work.LEASE)  # another worker claimed it
    continue_lookups(batch, source)
    assert (outcomes_of(batch), Book.objects.count()) == (["waiting"], 0)


def test_batch_taken_over_while_a_line_was_looked_up_is_done_once(source: OpenLibrary) -> None:
    """The first worker was away so long that a second one did all the lines."""
    batch = start("OL1M", "OL2M")

    class Slow(Failing):
        def edition(self, key: str) -> dict[str, Any]:
            if not self.asked:
                self.asked.append(key)
                go_on(after_the_lease(batch), source)
            return super().edition(key)

    told: list[ImportRow] = []
    continue_lookups(claimed(batch), Slow("", times=0), told.append)
    assert (outcomes_of(batch), Book.objects.count(), Copy.objects.count(), told) == (["added"] * 2, 2, 2, [])
    assert sorted(Book.objects.values_list("title", flat=True)) == ["Dune", "Emma"]


def test_paused_batch_stops_after_the_line_in_hand_and_goes_on_when_resumed(source: OpenLibrary) -> None:
    batch = start("OL1M", "OL2M")

    class Pausing(Failing):
        def edition(self, key: str) -> dict[str, Any]:
            pause_import(batch, by=None)
            return super().edition(key)

    continue_lookups(claimed(batch), Pausing("", times=0))
    batch.refresh_from_db()
    assert (outcomes_of(batch), batch.state, work.claim(batch)) == (["added", "waiting"], State.PAUSED, False)
    batch = go_on(resume_import(batch, by=None), source)
    assert (outcomes_of(batch), batch.state) == (["added", "added"], State.DONE)


@pytest.mark.parametrize(
    ("change", "state"),
    [(pause_import, State.PAUSED), (pause_import, State.DONE), (pause_import, State.FAILED),
     (resume_import, State.QUEUED), (resume_import, State.RUNNING), (resume_import, State.DONE)],
    ids=["pause paused", "pause done", "pause failed", "resume queued", "resume running", "resume done"],
)  # fmt: skip
def test_state_that_does_not_fit_is_refused(change: Any, state: str) -> None:
    batch = start("OL1M")
    ImportBatch.objects.update(state=state)
    with pytest.raises(Refused) as refused:
        change(batch, by=None)
    assert (refused.value.code, ImportBatch.objects.get().state) == ("changed_since", state)


def test_pausing_and_resuming_are_recorded(librarian: User) -> None:
    batch = pause_import(start("OL1M"), by=librarian)
    resume_import(batch, by=librarian)
    said = Action.objects.exclude(verb="start_import").order_by("pk").values_list("verb", "by", "target_id", "after")
    assert list(said) == [
        ("pause_import", librarian.pk, batch.pk, {"state": "paused"}),
        ("resume_import", librarian.pk, batch.pk, {"state": "queued"}),
    ]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_five_workers_do_every_line_once(transactional_db: None) -> None:
    """Even when each believes the batch is its own: the line decides."""
    batch = claimed(start(*keys(3), if_known="copy"))

    def run(_number: int) -> None:
        for row in batch.rows.order_by("n"):
            lookups._work_on(batch, row, Failing("", times=0), BookJudge(batch))  # type: ignore[arg-type]

    assert at_once(5, run) == [None] * 5
    assert (outcomes_of(batch), Book.objects.count(), Copy.objects.count()) == (["added"] * 3, 3, 3)
