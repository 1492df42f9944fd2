"""The scan queue: scanned at once, looked up behind it, brought in together; nothing lost, nothing twice."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.exceptions import Refused
from accounts.models import User
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Book, Copy, CopyType, ImportBatch, ImportRow
from catalog.scan_queue import scanned_by, tally_of
from catalog.services import lookups
from catalog.services.scanning import (
    add_by_hand,
    commit,
    decide_line,
    empty_queue,
    look_up_again,
    remove_line,
    scan,
    set_choices,
    set_copies,
)
from catalog.tasks import go_on_with_imports
from catalog.tests.factories import BookFactory, BookIdentifierFactory, CopyFactory
from catalog.tests.openlibrary.stub import Stub
from catalog.tests.views.pages import FOX, know_the_fox
from circulation.services.undoing import undo_import

pytestmark = pytest.mark.django_db
EMMA, OTHER = "9780141439587", "9780553382563"


@pytest.fixture
def source(stub: Stub) -> Stub:
    know_the_fox(stub)
    return stub


def queue_of(by: User) -> ImportBatch | None:
    return scanned_by(by).queue


def lines(by: User) -> list[tuple[int, str, str, int | None]]:
    queue = queue_of(by)
    rows = queue.rows.order_by("n") if queue else ImportRow.objects.none()
    return [(row.n, row.raw, row.verdict, row.copies) for row in rows]


def found(isbn: str, by: User, **values: Any) -> ImportRow:
    """A scanned line of which a look-up has found a book."""
    row = scan(isbn, by=by).row
    assert row
    row.verdict, row.draft = "new", BookDraft(title=f"Book of {isbn}", isbns=(isbn,)).as_json()
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def work_through() -> None:
    while go_on_with_imports():
        pass


def test_each_isbn_is_a_line_in_its_order_and_the_same_one_again_is_a_second_copy(librarian: User) -> None:
    for isbn in (EMMA, FOX, EMMA):
        scan(isbn, by=librarian)
    assert lines(librarian) == [(1, EMMA, "", 2), (2, FOX, "", 1)]
    queue = ImportBatch.objects.get()
    assert (queue.source, queue.phase, queue.state, queue.total) == ("scan", "collecting", "queued", 2)


def test_scan_sent_again_under_its_key_counts_once_also_after_others(librarian: User) -> None:
    for isbn, key in [(EMMA, "key-of-emma"), (FOX, "key-of-fox"), (EMMA, "key-of-emma"), (FOX, "key-of-fox")]:
        assert scan(isbn, by=librarian, key=key).copies == 1
    assert lines(librarian) == [(1, EMMA, "", 1), (2, FOX, "", 1)]


def test_everybody_has_one_queue(librarian: User, admin_user: User) -> None:
    scan(EMMA, by=librarian)
    scan(FOX, by=admin_user)
    assert [lines(librarian), lines(admin_user)] == [[(1, EMMA, "", 1)], [(1, FOX, "", 1)]]
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportBatch.objects.create(by=librarian, source="scan", phase="collecting", state="paused")


def test_book_that_is_here_is_known_without_asking_anybody(librarian: User) -> None:
    book = BookIdentifierFactory(value=EMMA).book
    row = scan(EMMA, by=librarian).row
    assert row
    assert (row.verdict, row.matched_book, queue_of(librarian).state) == ("known", book, "paused")


def test_queue_is_looked_up_goes_on_and_comes_in_with_its_copies_and_choices(librarian: User, source: Stub) -> None:
    scan(FOX, by=librarian)
    scan(FOX, by=librarian)
    scan(OTHER, by=librarian)
    work_through()
    assert lines(librarian) == [(1, FOX, "new", 2), (2, OTHER, "not_found", 1)]
    assert queue_of(librarian).state == "paused"
    kind = CopyType.objects.create(code="PIC", name="Picture book")
    batch = commit({"copy_type": "PIC", "location": "Attic", "if_known": "nothing"}, by=librarian)
    assert (batch.phase, batch.total) == ("applying", 1)
    work_through()
    batch.refresh_from_db()
    assert (batch.phase, batch.state, Book.objects.get().title) == ("applied", "done", "Fantastic Mr. Fox")
    assert list(Copy.objects.values_list("copy_type", "location")) == [(kind.pk, "Attic")] * 2
    assert (lines(librarian), queue_of(librarian).options["location"]) == ([(2, OTHER, "not_found", 1)], "Attic")


@pytest.mark.parametrize(
    ("decision", "if_known", "copies"),
    [("", "nothing", 0), ("", "copy", 2), ("copy", "nothing", 2), ("skip", "copy", 0)],
)
def test_book_that_is_here_gets_the_copies_that_are_wanted(
    librarian: User, decision: str, if_known: str, copies: int
) -> None:  # fmt: skip
    book = BookIdentifierFactory(value=EMMA).book
    CopyFactory(book=book)
    for _ in range(2):
        scan(EMMA, by=librarian)
    decide_line(1, decision, by=librarian)
    set_choices({"if_known": if_known}, by=librarian)
    assert tally_of(queue_of(librarian)).copies == copies
    commit({"if_known": if_known}, by=librarian)
    work_through()
    assert (book.copies.count(), Book.objects.count()) == (1 + copies, 1)


def test_doubtful_line_stays_until_somebody_says_which_book_it_is(librarian: User) -> None:
    here = BookIdentifierFactory(book=BookFactory(title="Atlas of Birds"), value=EMMA).book
    found(EMMA, librarian, verdict="doubtful", matched_book=here)
    found(OTHER, librarian)
    commit({}, by=librarian)
    assert lines(librarian) == [(1, EMMA, "doubtful", 1)]
    decide_line(1, "new", by=librarian)
    commit({}, by=librarian)
    work_through()
    assert (Book.objects.count(), lines(librarian)) == (3, [])


def test_new_book_that_somebody_else_brought_in_meanwhile_gets_the_copies(librarian: User) -> None:
    found(EMMA, librarian, copies=2)
    here = BookIdentifierFactory(book=BookFactory(title=f"Book of {EMMA}"), value=EMMA).book
    commit({}, by=librarian)
    work_through()
    assert (here.copies.count(), Book.objects.count()) == (2, 1)


def test_nothing_ready_is_refused_and_nothing_changes(librarian: User) -> None:
    scan(EMMA, by=librarian)
    with pytest.raises(Refused, match="No line is ready"):
        commit({}, by=librarian)
    assert lines(librarian) == [(1, EMMA, "", 1)]


def test_commit_sent_twice_is_one(librarian: User) -> None:
    found(EMMA, librarian)
    scan(OTHER, by=librarian)
    first, second = (commit({}, by=librarian, key="one-commit") for _ in range(2))
    assert (first, ImportBatch.objects.count()) == (second, 2)


def test_line_is_removed_counted_and_looked_up_again(librarian: User) -> None:
    scan(EMMA, by=librarian)
    found(FOX, librarian, verdict="not_found", outcome="not_found")
    remove_line(1, by=librarian)
    set_copies({2: 30}, by=librarian)
    look_up_again(2, by=librarian)
    assert lines(librarian) == [(2, FOX, "", 30)]
    for wrong in (0, 501):
        with pytest.raises(Refused, match="1 to 500"):
            set_copies({2: wrong}, by=librarian)
    with pytest.raises(Refused, match="dealt with meanwhile"):
        remove_line(1, by=librarian)


def test_what_is_changed_while_a_line_is_looked_up_stays(
    librarian: User, source: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    scan(FOX, by=librarian)
    scan(EMMA, by=librarian)
    fetch = lookups.fetch_record

    def meanwhile(client: Any, text: str, **how: Any) -> Any:
        if text == FOX:
            scan(FOX, by=librarian)
            remove_line(2, by=librarian)
            found(OTHER, librarian)
            commit({}, by=librarian)
        return fetch(client, text, **how)

    monkeypatch.setattr(lookups, "fetch_record", meanwhile)
    go_on_with_imports()
    assert lines(librarian) == [(1, FOX, "new", 2)]


def test_line_scanned_when_the_last_one_is_done_is_looked_up_too(
    librarian: User, source: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    scan(FOX, by=librarian)
    end = lookups._end_turn

    def late(batch: ImportBatch, waiting: Any) -> None:
        scan(OTHER, by=librarian)
        end(batch, waiting)

    monkeypatch.setattr(lookups, "_end_turn", late)
    go_on_with_imports()
    monkeypatch.undo()
    assert queue_of(librarian).state == "queued"


def test_book_by_hand_is_in_the_catalogue_at_once_and_its_label_in_the_batch(librarian: User) -> None:
    draft = BookDraft(title="Village Chronicle", contributors=(DraftContributor("Ada Author"),))
    row = add_by_hand(draft, by=librarian)
    book = Book.objects.get()
    assert (row.outcome, row.created_book, list(row.created_copies.all())) == ("added", book, [Copy.objects.get()])
    batch = commit({}, by=librarian)
    assert (batch.phase, batch.state, queue_of(librarian)) == ("applied", "done", None)


def test_line_that_nobody_knew_becomes_the_book_with_its_copies(librarian: User) -> None:
    found(EMMA, librarian, verdict="not_found", outcome="not_found", copies=3)
    add_by_hand(BookDraft(title="Emma", isbns=(EMMA,)), line=1, by=librarian)
    assert (Copy.objects.filter(book__title="Emma").count(), lines(librarian)) == (3, [(1, EMMA, "new", 3)])


def test_book_by_hand_that_is_here_waits_for_an_answer(librarian: User) -> None:
    BookIdentifierFactory(book=BookFactory(title="Emma"), value=EMMA)
    row = add_by_hand(BookDraft(title="Emma", isbns=(EMMA,)), by=librarian)
    assert (row.verdict, row.outcome, Copy.objects.count()) == ("known", "waiting", 0)


def test_emptied_queue_keeps_what_was_brought_in(librarian: User) -> None:
    add_by_hand(BookDraft(title="Village Chronicle"), by=librarian)
    scan(EMMA, by=librarian)
    empty_queue(by=librarian)
    assert (lines(librarian), Book.objects.count()) == ([(1, "Village Chronicle", "new", 1)], 1)


def test_scanning_has_its_turn_beside_a_long_import(librarian: User, source: Stub) -> None:
    ImportBatch.objects.create(phase="applying", state="queued")
    scan(FOX, by=librarian)
    go_on_with_imports()
    assert (lines(librarian), ImportBatch.objects.get(by=None).phase) == ([(1, FOX, "new", 1)], "applied")


def test_batch_with_a_book_by_hand_is_taken_back_as_a_whole(librarian: User) -> None:
    add_by_hand(BookDraft(title="Village Chronicle"), by=librarian)
    found(EMMA, librarian, copies=2)
    batch = commit({}, by=librarian)
    work_through()
    assert (Book.objects.count(), Copy.objects.count()) == (2, 3)
    undo_import(ImportBatch.objects.get(pk=batch.pk), by=librarian)
    work_through()
    assert (Book.objects.count(), Copy.objects.count()) == (0, 0)
