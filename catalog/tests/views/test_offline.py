"""Adding books from the local copy of Open Library, without the internet."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.services.work import beat
from catalog.models import Book, ImportBatch, ImportRow, OfflineLoad, SourceRecord
from catalog.openlibrary.sieves import isbn_values
from catalog.services.batches import start_import
from catalog.services.offline import Row, store_records
from catalog.tasks import go_on_with_imports
from catalog.tests.openlibrary import records
from catalog.tests.openlibrary.stub import Stub, page, record
from catalog.tests.views.pages import FOX, fields_of
from circulation.tests.views.pages import outcomes, said

pytestmark = pytest.mark.django_db
IMPORT = "/desk/import/"
FROM_COPY = "Answered from the local copy of Open Library, as of 31 October 2026."
UNKNOWN = "9780553382563"


@pytest.fixture(autouse=True)
def local_copy(memory_cache: None, settings: Any) -> None:
    """The fox in a local copy; nobody to ask, for no contact is set."""
    settings.OPENLIBRARY_CONTACT = ""
    beat()  # a worker, so that no page says there is none
    found = [records.edition("OL7353617M"), records.work("OL45804W"), records.author("OL34184A")]
    rows = [Row(each["key"][each["key"].index("OL") :], 1, json.dumps(each), isbn_values(each)) for each in found]
    store_records(rows, OfflineLoad.objects.create(identity="x", selection="isbns", as_of=date(2026, 10, 31)))


def test_isbn_is_answered_from_the_copy_which_the_page_says(desk: Client) -> None:
    found = desk.get(IMPORT, {"q": FOX})
    assert ("Roald Dahl" in said(found), FROM_COPY in said(found), outcomes(found)) == (True, True, [])


def test_scanned_book_is_reviewed_and_saved_from_the_copy(desk: Client) -> None:
    review = desk.get("/desk/import/review/OL7353617M/")
    assert FROM_COPY in said(review)
    desk.post("/desk/import/review/OL7353617M/", fields_of(review, button="Save book"))
    book = Book.objects.get()
    assert (book.title, book.copies.count()) == ("Fantastic Mr. Fox", 1)
    assert SourceRecord.objects.get().payload["work"] == records.work("OL45804W")


def test_book_is_saved_with_one_button_from_the_copy(desk: Client) -> None:
    desk.post(f"{IMPORT}save/", fields_of(desk.get(IMPORT, {"q": FOX}), button="Add book and copy"))
    assert (Book.objects.get().title, SourceRecord.objects.get().key) == ("Fantastic Mr. Fox", "OL7353617M")


def test_batch_takes_from_the_copy_what_it_has_and_lets_the_rest_wait() -> None:
    batch = start_import([FOX, UNKNOWN], by=None)
    assert go_on_with_imports()
    outcomes = list(batch.rows.order_by("n").values_list("outcome", flat=True))
    assert outcomes == [ImportRow.Outcome.ADDED, ImportRow.Outcome.WAITING]
    assert "whom to write to" in batch.rows.get(n=2).reason
    assert ImportBatch.objects.get().state == ImportBatch.State.QUEUED


def test_command_takes_from_the_copy_without_a_contact(capsys: Any) -> None:
    call_command("import_openlibrary", FOX, no_covers=True)
    assert capsys.readouterr().out.splitlines()[-1] == "1 lines: 1 added"


def test_isbn_that_is_not_in_the_copy_says_so_and_why_nobody_was_asked(desk: Client) -> None:
    [(_kind, text)] = outcomes(desk.get(IMPORT, {"q": UNKNOWN}))
    assert "Open Library wants to know whom to write to." in text
    assert "The local copy of Open Library, as of 31 October 2026, does not have this ISBN." in text


def test_words_say_that_they_need_the_service(desk: Client, settings: Any, stub: Stub) -> None:
    settings.OPENLIBRARY_CONTACT = "library@example.org"
    stub.tell("*", page(503))
    [(_kind, text)] = outcomes(desk.get(IMPORT, {"q": "fantastic fox"}))
    assert "Words can be searched for at Open Library only; ISBNs are also looked up in the local copy." in text


def test_comparing_asks_the_service_where_it_can_and_the_copy_where_nobody_can_be_asked(
    desk: Client, settings: Any, stub: Stub
) -> None:
    start_import([FOX], by=None)
    go_on_with_imports()
    address = f"/desk/books/{Book.objects.get().pk}/refresh/"
    assert "Nothing differs" in said(desk.get(address))
    settings.OPENLIBRARY_CONTACT = "library@example.org"
    stub.tell("/books/OL7353617M.json", record(records.edition("OL7353617M") | {"number_of_pages": 90}))
    assert "90" in said(desk.get(address))
