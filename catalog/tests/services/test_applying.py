"""Lines come in whole and once, many at a time, with everything that belongs to them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.exceptions import Refused
from accounts.models import Action
from accounts.services import work
from accounts.tests.factories import BranchFactory
from accounts.tests.threads import at_once
from catalog import invariants
from catalog.drafts import BookDraft, CopyDraft, DraftContributor, DraftSource, SourceRow
from catalog.models import Author, Book, Copy, Cover, ImportBatch, SearchDocument, SourceRecord, Subject
from catalog.services import applying, shelving
from catalog.services.batches import apply_import, decide, decide_all, pause_import, resume_import
from catalog.services.books import add_book, snapshot
from catalog.tests.factories import CopyTypeFactory
from catalog.tests.services.files import applied, book, bring_in, claimed, go_on, lines, staged

pytestmark = pytest.mark.django_db
ISBN, OTHER_ISBN = "9780349101774", "9780684853154"
WHOLE = BookDraft(
    title="The Wasp Factory", subtitle="a novel", contributors=(DraftContributor("Iain Banks", key="OL1A"),),
    isbns=(ISBN,), publisher="Abacus", year=1990, language="eng", pages=184, subjects=("Islands", "islands", "Boys"),
    call_number="823 BAN", cover_id=17, source="marc", source_key="DE-1 2",
    other_sources=(DraftSource("openlibrary", "OL1M", "OL1W", 3), DraftSource("openlibrary", "x" * 61)),
    copies=(CopyDraft("c1", "ANNEX", "DVD", "823 B", "Attic", 1250, "worn", "signed", "2020-02-30",
                      damaged_on="2021-01-02"), CopyDraft()),
)  # fmt: skip


def row(n: int, draft: BookDraft) -> SourceRow:
    return SourceRow(n, f"{n}: {draft.title}", values=draft.as_json())


def test_line_becomes_a_book_with_all_that_belongs_to_it() -> None:
    annex, dvd = BranchFactory(code="ANNEX"), CopyTypeFactory(code="DVD")
    batch = applied(row(1, WHOLE))
    made = Book.objects.get()
    assert snapshot(made) == snapshot(made) | {
        "title": "The Wasp Factory", "contributors": [{"name": "Iain Banks", "role": "aut"}],
        "subjects": ["Islands", "Boys"], "identifiers": [["isbn13", ISBN]], "year": 1990,
    }  # fmt: skip
    assert (made.origins["title"], made.shelf_key != "") == ("marc", True)
    first, second = Copy.objects.order_by("pk")
    assert (first.barcode, first.home_branch, first.current_branch, first.copy_type, first.call_number) == (
        "C1", annex, annex, dvd, "823 B",
    )  # fmt: skip
    assert (first.location, first.price_minor, first.condition, first.note, str(first.damaged_on)) == (
        "Attic", 1250, "worn", "signed", "2021-01-02",
    )  # fmt: skip
    assert (second.barcode != "", second.call_number, second.acquired_on is not None) == (True, "823 BAN", True)
    assert Cover.objects.get().source_id == 17
    assert list(SourceRecord.objects.order_by("pk").values_list("source", "key", "work_key", "revision")) == [
        ("marc", "DE-1 2", "", None), ("openlibrary", "OL1M", "OL1W", 3),
    ]  # fmt: skip
    line = batch.rows.get()
    assert (line.outcome, line.created_book, line.matched_book, list(line.created_copies.order_by("pk"))) == (
        "added", made, None, [first, second],
    )  # fmt: skip
    assert line.made == {"authors": [Author.objects.get().pk], "subjects": [s.pk for s in made.subjects.order_by("pk")]}
    assert (batch.phase, batch.state, batch.done, batch.finished_at is not None) == ("applied", "done", 1, True)
    assert list(invariants.broken()) == []


def test_book_is_known_by_any_of_its_sources() -> None:
    applied(row(1, WHOLE))
    other = BookDraft(title="Another title", source="openlibrary", source_key="OL1M")
    assert lines(applied(row(1, other)), "outcome", "matched_by") == [("known", "key")]


def test_books_are_found_at_once() -> None:
    applied(book(1, "Emma", "C1"), book(2, "Dune"), make_copies=0)
    assert list(SearchDocument.objects.order_by("pk").values_list("copies", "available")) == [(1, 1), (0, 0)]
    assert list(invariants.broken()) == []


def test_same_file_twice_changes_nothing() -> None:
    rows = [book(1, "Emma", "C1", isbns=(ISBN,)), book(2, "Emma", "C2", isbns=(ISBN,)), book(3, "Walden"),
            book(4, "Walden")]  # fmt: skip
    first = applied(*rows, if_known="copy")
    assert lines(first, "outcome") == ["added", "copy_added", "added", "added"]
    again = applied(*rows, if_known="copy")
    assert (lines(again, "outcome"), lines(again, "matched_by")) == (["known"] * 4, ["row"] * 4)
    assert (Book.objects.count(), Copy.objects.count()) == (3, 4)


@pytest.mark.parametrize("chunk", [1, 500])
def test_lines_of_one_book_become_its_copies(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "CHUNK", chunk)
    batch = applied(*(book(n, "Emma", f"C{n}", isbns=(ISBN,)) for n in (1, 2, 3)))
    assert lines(batch, "outcome") == ["added", "copy_added", "copy_added"]
    assert (Book.objects.count(), [copy.barcode for copy in Copy.objects.order_by("pk")]) == (1, ["C1", "C2", "C3"])
    assert list(invariants.broken()) == []


@pytest.mark.parametrize(
    ("options", "outcomes", "copies"),
    [({}, ["known", "known"], 0), ({"if_known": "copy"}, ["copy_added", "copy_added"], 3),
     ({"if_known": "copy", "make_copies": 2}, ["copy_added", "copy_added"], 4)],
)  # fmt: skip
def test_books_that_are_here_get_copies_only_where_that_is_wanted(
    options: dict, outcomes: list[str], copies: int
) -> None:
    add_book(BookDraft(title="Emma", isbns=(ISBN,)), by=None)
    batch = applied(book(1, "Emma", "C1", "C2", isbns=(ISBN,)), book(2, "Emma", isbns=(ISBN,)), **options)
    assert (lines(batch, "outcome"), Copy.objects.count(), Book.objects.count()) == (outcomes, copies, 1)


def test_doubtful_line_waits_for_a_person_and_the_rest_comes_in() -> None:
    here = add_book(BookDraft(title="Cooking for Dogs", isbns=(ISBN,)), by=None)
    doubtful = [book(n, title, f"C{n}", isbns=(ISBN,)) for n, title in ((1, "Emma"), (2, "Walden"), (3, "Ulysses"))]
    batch = applied(*doubtful, book(4, "Dune"))
    assert (lines(batch, "outcome"), batch.state) == (["waiting", "waiting", "waiting", "added"], "done")
    decide(batch, {1: "copy", 2: "new", 4: "skip"}, by=None)
    decide_all(batch, "skip", by=None)
    decide(batch, {1: "copy", 2: "new"}, by=None)
    batch = bring_in(batch)
    assert lines(batch, "outcome", "matched_book") == [
        ("copy_added", here.pk), ("added", None), ("skipped", here.pk), ("added", None),
    ]  # fmt: skip
    assert (here.copies.count(), Book.objects.count()) == (1, 3)
    with pytest.raises(Refused, match="nothing_waits"):
        apply_import(batch, by=None)


def test_book_that_came_in_after_the_file_was_read_is_not_made_twice() -> None:
    batch = staged(book(1, "Emma", isbns=(ISBN,)))
    here = add_book(BookDraft(title="Emma", isbns=(ISBN,)), by=None)
    assert lines(bring_in(batch), "outcome", "matched_book") == [("known", here.pk)]


def test_barcode_that_was_given_meanwhile_is_said() -> None:
    batch = staged(book(1, "Emma", "C1"), book(2, "Dune"))
    applied(book(1, "Walden", "C1"))
    batch = bring_in(batch)
    assert lines(batch, "outcome", "reason") == [
        ("failed", "A copy of “Walden” has the barcode C1."), ("added", ""),
    ]  # fmt: skip


def test_line_that_cannot_come_in_fails_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make = shelving.create_books

    def make_or_break(drafts: list[BookDraft], origins: list[str]) -> Any:
        made = make(drafts, origins)
        if any(draft.title == "Poison" for draft in drafts):
            raise ZeroDivisionError
        return made

    monkeypatch.setattr(shelving, "create_books", make_or_break)
    batch = applied(book(1, "Emma"), book(2, "Poison"), book(3, "Dune"))
    assert (lines(batch, "outcome"), batch.done) == (["added", "failed", "added"], 3)
    assert lines(batch, "reason")[1] == "Something unexpected went wrong; the log has more."
    assert sorted(Book.objects.values_list("title", flat=True)) == ["Dune", "Emma"]


class Killed(BaseException):
    """The process dies here."""


def test_import_goes_on_where_it_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "CHUNK", 2)
    titles = ("Emma", "Walden", "Dune", "Ulysses", "Middlemarch")
    batch = staged(*(book(n, title) for n, title in enumerate(titles, 1)))
    apply_import(batch, by=None)
    with monkeypatch.context() as crash:
        calls: list[int] = []

        def die(_rows: Any) -> None:
            calls.append(1)
            if len(calls) == 2:
                raise Killed

        save = shelving.save_rows
        crash.setattr(shelving, "save_rows", lambda rows: (die(rows), save(rows)))
        with pytest.raises(Killed):
            go_on(batch)
    assert (lines(batch, "outcome"), Book.objects.count()) == (["added", "added", *["waiting"] * 3], 2)
    ImportBatch.objects.update(lease_until=timezone.now() - work.LEASE)
    assert (lines(go_on(batch), "outcome"), Book.objects.count()) == (["added"] * 5, 5)


def test_import_is_paused_gone_on_with_and_applied_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "CHUNK", 1)
    batch = staged(book(1, "Emma"), book(2, "Dune"), book(3, "Walden"))
    apply_import(batch, by=None)
    with pytest.raises(Refused, match="changed_since"):
        apply_import(batch, by=None)
    batch = go_on(batch, on_chunk=lambda done: done == 2 and pause_import(batch, by=None))
    assert (lines(batch, "outcome"), batch.state, batch.done) == (["added", "added", "waiting"], "paused", 2)
    resume_import(batch, by=None)
    batch = go_on(batch)
    assert (lines(batch, "outcome"), batch.state, Book.objects.count()) == (["added"] * 3, "done", 3)
    assert [action.verb for action in Action.objects.order_by("pk")] == [
        "start_import", "apply_import", "pause_import", "resume_import",
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_chunk_of_books_costs_as_many_queries_however_many(count: int) -> None:
    people = [(DraftContributor(f"A. N. Author{n}"),) for n in range(4)]
    titles = ["", "Emma", "Walden", "Dune"]
    rows = [book(n, titles[n], f"C{n}", contributors=people[n], subjects=(titles[n],), isbns=(f"{n}",))
            for n in range(1, count + 1)]  # fmt: skip
    batch = staged(*rows)
    apply_import(batch, by=None)
    batch = claimed(batch)
    with CaptureQueriesContext(connection) as asked:
        applying.continue_applying(batch, {"book": shelving.apply_books})
    assert (len(asked), Book.objects.count(), Subject.objects.count()) == (41, count, count)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_import_bring_in_every_line_once(transactional_db: None) -> None:
    batch = staged(*(book(n, f"Book {n} of many {n * 37}", f"C{n}") for n in range(1, 9)))
    apply_import(batch, by=None)

    def run(_number: int) -> None:
        each = ImportBatch.objects.get(pk=batch.pk)
        if work.claim(each):
            applying.continue_applying(each, {"book": shelving.apply_books})

    assert at_once(3, run) == [None] * 3
    assert (set(lines(batch, "outcome")), Copy.objects.count()) == ({"added"}, 8)
