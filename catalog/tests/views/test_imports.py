"""A file at the desk: sent, its columns named, looked through, decided, brought in, taken back."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from accounts.services.work import beat
from catalog.drafts import BookDraft, SourceRow
from catalog.files import folder
from catalog.models import Book, ColumnMapping, Copy, ImportBatch
from catalog.services.books import add_book
from catalog.tasks import go_on_with_imports
from catalog.tests.services.files import applied, book, staged
from catalog.tests.views.pages import HOSTILE, buttons, fields_of, links
from circulation.tests.factories import make_loan
from circulation.tests.views.pages import field_errors, outcomes, rows, said

pytestmark = pytest.mark.django_db
IMPORT, UPLOAD = "/desk/import/", "/desk/import/upload/"
ISBN = "9780349101774"
TABLE = b"Title;Author;ISBN;Barcode\r\nEmma;Jane Austen;9780141439587;C1\r\n;;;C2\r\nDune;Frank Herbert;;C1\r\n"


def page_of(batch: ImportBatch) -> str:
    return f"{IMPORT}{batch.pk}/"


def send(desk: Client, data: bytes, name: str = "books.csv", **typed: Any) -> Any:
    fields = fields_of(desk.get(IMPORT), button="Read the file")
    return desk.post(UPLOAD, fields | {"file": SimpleUploadedFile(name, data)} | typed, follow=True)


def press(desk: Client, batch: ImportBatch, button: str) -> Any:
    page = desk.get(page_of(batch))
    what = {"Bring in": "apply", "Throw away": "discard", "Take the whole import back": "undo"}[button]
    return desk.post(f"{page_of(batch)}{what}/", fields_of(page, button=button), follow=True)


def test_table_is_sent_its_columns_named_and_brought_in(desk: Client, librarian: User) -> None:
    answer = send(desk, TABLE)
    batch = ImportBatch.objects.get()
    assert (answer.redirect_chain[-1][0], batch.by, batch.phase) == (f"{page_of(batch)}columns/", librarian, "mapping")
    fields = fields_of(answer, button="Read the file")
    assert [fields[f"column-{n}"] for n in range(4)] == ["title", "authors", "isbn", "barcode"]
    answer = desk.post(f"{page_of(batch)}columns/", fields, follow=True)
    assert (ImportBatch.objects.get().phase, ColumnMapping.objects.count()) == ("staging", 1)
    go_on_with_imports()
    answer = desk.get(page_of(batch))
    assert [row[2] for row in rows(answer)] == [
        "new", "wrong The record has no title.", "wrong Line 2 has the barcode C1 too, for another book.",
    ]  # fmt: skip
    assert ("New: 1 · Wrong: 2" in said(answer), Book.objects.count()) == (True, 0)
    answer = press(desk, batch, "Bring in")
    assert ImportBatch.objects.get().phase == "applying"
    go_on_with_imports()
    answer = desk.get(page_of(batch))
    assert "Added: 1 · Failed: 2" in said(answer)
    assert ([copy.barcode for copy in Copy.objects.all()], "Bring in" in buttons(answer)) == (["C1"], False)


def test_wrong_lines_are_a_file_to_be_corrected(desk: Client) -> None:
    send(desk, TABLE)
    batch = ImportBatch.objects.get()
    desk.post(f"{page_of(batch)}columns/", fields_of(desk.get(f"{page_of(batch)}columns/"), button="Read the file"))
    go_on_with_imports()
    assert links(desk.get(page_of(batch)))["Wrong lines as a file"] == f"{page_of(batch)}wrong/"
    answer = desk.get(f"{page_of(batch)}wrong/")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="import-{batch.pk}-wrong.csv"'
    assert b"".join(answer.streaming_content).decode("utf-8-sig").splitlines() == [
        "Title,Author,ISBN,Barcode,Reason", ",,,C2,The record has no title.",
        'Dune,Frank Herbert,,C1,"Line 2 has the barcode C1 too, for another book."',
    ]  # fmt: skip


def test_column_that_is_needed_must_be_named(desk: Client) -> None:
    send(desk, TABLE)
    where = f"{page_of(ImportBatch.objects.get())}columns/"
    fields = fields_of(desk.get(where), button="Read the file") | {"column-0": "", "column-2": ""}
    answer = desk.post(where, fields)
    assert ("Say which column is: Title." in said(answer), ImportBatch.objects.get().phase) == (True, "mapping")


@pytest.mark.parametrize(("data", "name", "sentence"), [
    (b"", "a.csv", "The file is empty."), (b"%PDF-1.7", "a.pdf", "This is no file that can be brought in"),
    (b"\xd0\xcf\x11\xe0", "a.xls", "This is a spreadsheet. Save it as CSV"),
])  # fmt: skip
def test_file_that_cannot_be_read_says_why_and_leaves_nothing(
    data: bytes, name: str, sentence: str, desk: Client
) -> None:
    answer = send(desk, data, name)
    assert [error.partition(": ")[2].startswith(sentence) for error in field_errors(answer)] == [True]
    assert (ImportBatch.objects.count(), list(folder().glob("*"))) == (0, [])


def test_file_sent_twice_is_one_import(desk: Client) -> None:
    fields = fields_of(desk.get(IMPORT), button="Read the file")
    for _ in range(2):
        desk.post(UPLOAD, fields | {"file": SimpleUploadedFile("books.csv", TABLE)})
    assert (ImportBatch.objects.count(), len(list(folder().glob("*")))) == (1, 1)


def test_huge_file_is_refused_before_it_is_stored(desk: Client, mine: Client, client: Client) -> None:
    for browser, length in ((desk, 300_000_000), (mine, 300_000_000), (mine, 20_000_000), (client, 1_000_000)):
        answer = browser.post(UPLOAD, b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(length))
        assert (answer.status_code, "files to be brought in up to 50 MB" in said(answer)) == (413, True)


def test_doubtful_lines_are_shown_beside_what_is_here_and_decided(desk: Client) -> None:
    add_book(BookDraft(title="Cooking for Dogs", isbns=(ISBN,)), by=None)
    batch = staged(book(1, "Emma", isbns=(ISBN,)), book(2, "Dune"), book(3, "Walden", isbns=(ISBN,)))
    answer = desk.get(f"{page_of(batch)}?show=doubtful")
    assert [row[0] for row in rows(answer)] == ["1", "3"]
    assert "Cooking for Dogs" in rows(answer)[0][3]
    fields = fields_of(answer, button="Keep what was decided on this page")
    assert {name for name in fields if name.startswith("line-")} == {"line-1", "line-3"}
    desk.post(f"{page_of(batch)}decide/", fields | {"line-1": "new", "line-2": "nonsense"})
    assert list(batch.rows.order_by("n").values_list("decision", flat=True)) == ["new", "", ""]
    desk.post(f"{page_of(batch)}decide/", {"all": "on", "decision": "skip"})
    assert list(batch.rows.order_by("n").values_list("decision", flat=True)) == ["skip", "", "skip"]


def test_import_is_thrown_away(desk: Client) -> None:
    batch = staged(book(1, "Emma"))
    answer = press(desk, batch, "Throw away")
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count(), "Thrown away" in said(answer)) == ("cancelled", 0, True)
    assert not {"Bring in", "Throw away"} & set(buttons(answer))


def test_import_is_taken_back_unless_something_was_lent(desk: Client) -> None:
    batch = applied(book(1, "Emma", "C1"))
    other = applied(book(1, "Dune", "C2"))
    make_loan(Copy.objects.get(barcode="C2"))
    assert outcomes(press(desk, other, "Take the whole import back")) == [
        ("error", "This import can no longer be taken back as a whole."),
        ("error", "C2 (“Dune”) has been lent or waited for."),
    ]  # fmt: skip
    press(desk, batch, "Take the whole import back")
    go_on_with_imports()
    assert list(Book.objects.values_list("title", flat=True)) == ["Dune"]
    assert "Taken back" in said(desk.get(page_of(batch)))


def test_how_it_is_brought_in_is_changed_before_it_is(desk: Client) -> None:
    batch = staged(book(1, "Emma"))
    fields = fields_of(desk.get(page_of(batch)), button="Save")
    desk.post(f"{page_of(batch)}options/", fields | {"make_copies": "3", "if_known": "copy"})
    batch.refresh_from_db()
    assert (batch.options["make_copies"], batch.options["if_known"]) == (3, "copy")
    answer = desk.post(f"{page_of(batch)}options/", fields | {"make_copies": "999"})
    assert "Ensure this value is less than" in said(answer)


def test_bar_moves_while_a_file_is_read(desk: Client) -> None:
    beat()
    batch = staged(book(1, "Emma"))
    ImportBatch.objects.update(phase="staging", state="running", file="x", done=3, total=4)
    answer = desk.get(page_of(batch))
    assert (answer.headers["Refresh"], "3 of 4 kB read" in said(answer)) == ("4", True)


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_lines_to_be_looked_through_asks_as_often_for_many(
    count: int, desk: Client, django_assert_num_queries: Any
) -> None:
    titles = ["", "Emma", "Dune", "Walden"]
    for n in range(1, count + 1):
        add_book(BookDraft(title=titles[n], isbns=(f"978{n}",)), by=None)
    batch = staged(*(book(n, titles[n], isbns=(f"978{n}",)) for n in range(1, count + 1)))
    with django_assert_num_queries(12):
        assert len(rows(desk.get(page_of(batch)))) == count


def test_hostile_lines_are_only_words(desk: Client) -> None:
    batch = staged(book(1, HOSTILE, publisher=HOSTILE, isbns=(HOSTILE,)), SourceRow(2, HOSTILE, problem=HOSTILE))
    assert "<script>alert" not in desk.get(page_of(batch)).content.decode()


def test_members_are_brought_in_by_whoever_may_manage_members(desk: Client, librarian: User) -> None:
    send(desk, b"Name;Card number\nMia Member;M1\n", "members.csv")
    batch = ImportBatch.objects.get()
    where = f"{page_of(batch)}columns/"
    desk.post(where, fields_of(desk.get(where), button="Read the file"))
    go_on_with_imports()
    assert rows(desk.get(page_of(batch)))[0][1:3] == ["Mia Member M1", "new"]
    librarian.groups.get().permissions.remove(librarian.groups.get().permissions.get(codename="manage_members"))
    assert outcomes(press(desk, batch, "Bring in"))[0][0] == "error"
    assert ImportBatch.objects.get().phase == "review"


def test_an_isbn_that_is_none_is_shown_before_it_comes_in(desk: Client) -> None:
    data = b'{"what":"book","title":"Emma","isbns_invalid":["9780141439580"]}\n'
    send(desk, data, "books.jsonl")
    go_on_with_imports()
    assert rows(desk.get(page_of(ImportBatch.objects.get())))[0][1] == "Emma ISBN (wrong) 9780141439580"
