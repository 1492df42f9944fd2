"""A whole import is taken back as if it had never been, as long as nothing of it was lent."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.exceptions import Refused
from accounts.models import Action, Card, Member
from accounts.services import work
from accounts.tests.factories import MemberFactory
from accounts.tests.threads import at_once
from catalog import invariants
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Author, Book, Copy, Cover, ImportBatch, SearchDocument, SourceRecord, Subject
from catalog.services.books import add_book, snapshot
from catalog.services.copies import add_copies
from catalog.tests.services.files import applied, book, bring_in, claimed, lines, staged, take_back
from circulation.models import Loan
from circulation.services import undoing
from circulation.services.undoing import undo_import
from circulation.tests.factories import make_hold, make_loan
from circulation.tests.services.test_people_rows import loan_row, member_row

pytestmark = pytest.mark.django_db
ISBN, OTHER_ISBN = "9780349101774", "9780684853154"
TABLES = (Book, Author, Subject, Copy, Cover, SourceRecord, SearchDocument, Member, Card, Loan)


def counts() -> list[int]:
    return [table._default_manager.count() for table in TABLES]


def undone(batch: ImportBatch) -> ImportBatch:
    undo_import(batch, by=None)
    return take_back(batch)


def refusal(batch: ImportBatch) -> list[str]:
    with pytest.raises(Refused) as refused:
        undo_import(batch, by=None)
    return refused.value.message.splitlines()


def facts(n: int) -> dict[str, Any]:
    return {
        "contributors": (DraftContributor(f"A. N. Author{n}"), DraftContributor("Jane Austen")), "cover_id": n,
        "subjects": (f"Subject {n}", "Love"), "source": "marc", "source_key": f"k{n}",
    }  # fmt: skip


@pytest.mark.parametrize("chunk", [1, 200])
def test_library_is_as_before(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "CHUNK", chunk)
    here = add_book(BookDraft(title="Emma", isbns=(ISBN,), contributors=(DraftContributor("Jane Austen"),)), by=None)
    before, said = counts(), snapshot(here)
    batch = applied(
        book(1, "Emma", "C1", isbns=(ISBN,)), book(2, "Dune", "C2", "C3", **facts(2)), book(3, "Walden", **facts(3)),
        book(4, "Dune", "C4", **facts(2)), member_row(5, "Mia", "M1"), loan_row(6, "C2", "M1"), if_known="copy",
    )  # fmt: skip
    assert lines(batch, "outcome") == ["copy_added", "added", "added", "copy_added", "added", "added"]
    batch = undone(batch)
    assert (batch.phase, batch.state, lines(batch, "outcome")) == ("undone", "done", ["undone"] * 6)
    assert (counts(), snapshot(here), list(invariants.broken())) == (before, said, [])


def test_what_was_lent_since_forbids_it_and_is_named(librarian: Any) -> None:
    batch = applied(book(1, "Dune", "C1"), book(2, "Emma", "C2"), member_row(3, "Mia", "M1"))
    make_loan(Copy.objects.get(barcode="C1"))
    make_hold(Book.objects.get(title="Emma"), member=Member.objects.get(card_number="M1"))
    assert refusal(batch) == [
        "This import can no longer be taken back as a whole.", "C1 (“Dune”) has been lent or waited for.",
        "Somebody waits or waited for “Emma”.",
        "The member with the card M1 has borrowed, reserved, paid or signed in.",
    ]  # fmt: skip
    assert ImportBatch.objects.get().phase == "applied"


def test_loan_that_came_in_and_was_returned_forbids_it() -> None:
    batch = applied(book(1, "Dune", "C1"), member_row(2, "Mia", "M1"), loan_row(3, "C1", "M1"))
    Loan.objects.update(renewals=1)
    assert "The loan of C1 has gone on: it was returned or renewed." in refusal(batch)


def test_book_that_got_another_copy_since_stays() -> None:
    batch = applied(book(1, "Dune", "C1"), book(2, "Emma"))
    dune = Book.objects.get(title="Dune")
    add_copies(dune, by=None, barcode="MINE")
    batch = undone(batch)
    assert lines(batch, "outcome", "reason") == [
        ("kept", "The book has other copies now, was merged, or somebody waits for it."), ("undone", ""),
    ]  # fmt: skip
    assert ([copy.barcode for copy in Copy.objects.all()], list(Book.objects.all())) == (["MINE"], [dune])
    assert list(invariants.broken()) == []


def test_copy_lent_while_it_is_taken_back_stays() -> None:
    batch = applied(book(1, "Dune", "C1"))
    undo_import(batch, by=None)
    make_loan(Copy.objects.get())
    batch = take_back(batch)
    assert lines(batch, "outcome", "reason") == [("kept", "A copy has been lent or waited for.")]


def test_isbns_a_book_learned_are_forgotten() -> None:
    here = add_book(BookDraft(title="Cooking for Dogs", isbns=(ISBN,)), by=None)
    batch = staged(book(1, "Emma", "C1", isbns=(ISBN, OTHER_ISBN)))
    batch.rows.update(decision="copy")
    batch = undone(bring_in(batch))
    assert snapshot(here)["identifiers"] == [["isbn13", ISBN]]


def test_members_are_as_before() -> None:
    mia = MemberFactory(name="Mia Member", card_number="M1", phone="1")
    noa = MemberFactory(name="Noa", card_number="M2", phone="2")
    batch = applied(member_row(1, "Mia Member", "M1", phone="9"), member_row(2, "Noa", "M2", phone="8"),
                    members="update")  # fmt: skip
    assert lines(batch, "outcome") == ["updated", "updated"]
    Member.objects.filter(pk=noa.pk).update(phone="7")
    batch = undone(batch)
    mia.refresh_from_db()
    noa.refresh_from_db()
    assert (mia.phone, noa.phone) == ("1", "7")
    assert lines(batch, "outcome", "reason") == [("undone", ""), ("kept", "The member was changed since.")]


def test_import_that_is_being_worked_on_cannot_be_taken_back() -> None:
    batch = applied(book(1, "Dune"))
    for phase, state in (("applying", "running"), ("applying", "queued"), ("review", "paused"), ("undone", "done")):
        ImportBatch.objects.update(phase=phase, state=state)
        assert refusal(batch) == ["The import has gone on meanwhile; reload the page."]
    ImportBatch.objects.update(phase="applying", state="paused")
    assert undone(batch).phase == "undone"
    assert list(Action.objects.order_by("pk").values_list("verb", flat=True)) == [
        "start_import", "apply_import", "undo_import",
    ]  # fmt: skip


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_take_every_line_back_once(transactional_db: None) -> None:
    batch = applied(*(book(n, f"Book {n} of many {n * 37}", f"C{n}") for n in range(1, 9)))
    undo_import(batch, by=None)

    def run(_number: int) -> None:
        each = ImportBatch.objects.get(pk=batch.pk)
        if work.claim(each):
            undoing.continue_undoing(each)

    assert at_once(3, run) == [None] * 3
    assert (set(lines(batch, "outcome")), Copy.objects.count(), Book.objects.count()) == ({"undone"}, 0, 0)


def test_taking_back_goes_on_after_a_crash() -> None:
    batch = applied(book(1, "Dune"), book(2, "Emma"))
    undo_import(batch, by=None)
    claimed(batch)
    ImportBatch.objects.update(lease_until=timezone.now() - work.LEASE)
    assert (take_back(batch).phase, Book.objects.count()) == ("undone", 0)
