"""The page of the scan queue: what is told of each scan, how its lines are dealt with, with and without JavaScript."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Branch, User
from accounts.services.work import beat
from accounts.tests.factories import MemberFactory
from catalog.drafts import BookDraft
from catalog.models import Book, Copy, ImportBatch, ImportRow
from catalog.queries import default_copy_type
from catalog.services import scanning
from catalog.tests.factories import BookFactory, BookIdentifierFactory, CopyFactory
from catalog.tests.services.pictures import photo_of
from catalog.tests.views.pages import HOSTILE, fields_of, links, title_of
from circulation.tests.views.pages import field_errors, outcomes, said

pytestmark = pytest.mark.django_db
SCAN = "/desk/scan/"
FOX, EMMA = "9780140328721", "9780141439587"


@pytest.fixture(autouse=True)
def _worker(db: None) -> None:
    beat()


def scan(desk: Client, text: str) -> list[tuple[str, str]]:
    return told(desk.post(SCAN, {"scan": text}, follow=True))


def told(answer: Any) -> list[tuple[str, str]]:
    """The outcomes of the page, without the empty ones that wait for the script."""
    return [(kind, text) for kind, text in outcomes(answer) if text]


def as_script(desk: Client, path: str, values: dict[str, Any]) -> dict[str, Any]:
    return desk.post(path, values, headers={"accept": "application/json"}).json()


def line(librarian: User, isbn: str = EMMA, **values: Any) -> ImportRow:
    row = scanning.scan(isbn, by=librarian).row
    ImportRow.objects.filter(pk=row.pk if row else 0).update(**values)
    return ImportRow.objects.get(raw=isbn)


def change(desk: Client, do: str, **values: Any) -> list[tuple[str, str]]:
    return told(desk.post(f"{SCAN}lines/change/", {"do": do} | values, follow=True))


def choices(**changes: Any) -> dict[str, Any]:
    branch = Branch.objects.all()[0].code
    return {"branch": branch, "copy_type": default_copy_type().code, "if_known": "nothing"} | changes


# --- what is told of a scan -----------------------------------------------------------------------


def test_scan_is_told_at_once_and_stands_on_the_page(desk: Client) -> None:
    assert scan(desk, f"]E0{FOX}") == [("success", "Line 1: 978-0-14-032872-1. It is being looked up.")]
    assert scan(desk, "0-14-032872-6") == [
        ("warning", "978-0-14-032872-1 again: line 1 stands for 2 copies now.")
    ]  # fmt: skip
    page = desk.get(SCAN)
    assert ("1 line is being looked up." in said(page), title_of(page)[:14]) == (True, "Scan queue (1)")


def test_book_that_is_here_is_told_with_its_copies(desk: Client) -> None:
    book = BookIdentifierFactory(book=BookFactory(title="Emma"), value=EMMA).book
    CopyFactory(book=book)
    assert scan(desk, EMMA) == [
        ("warning", "“Emma” is here already, with 1 copy. Add one more? Say so in line 1.")
    ]  # fmt: skip


def test_two_numbers_in_one_scan_are_two_lines(desk: Client) -> None:
    assert [kind for kind, _text in scan(desk, FOX + EMMA)] == ["success"]
    assert list(ImportRow.objects.order_by("n").values_list("raw", flat=True)) == [FOX, EMMA]


def test_what_is_no_isbn_is_told_for_what_it_is_and_makes_no_line(desk: Client) -> None:
    MemberFactory(name="Mia", card_number="1234567890")
    CopyFactory(book=BookFactory(title="Emma"), barcode="B0000017")
    expected = {
        "": "Scan an ISBN first.",
        "9780140328722": "The check digit of ISBN 9780140328722 is wrong. Scan it again. "
        "If the book has it so, add it by hand.",
        "1234567890": "That is the card of Mia. Scan the ISBN of a book.",
        "*B0000017*": "B0000017 is our own label, on a copy of “Emma”. Scan the ISBN.",
        "4006381333931": "4006381333931 is no ISBN: those begin with 978 or 979. "
        "Look for another barcode, or add the book by hand.",
        "Village Chronicle": "“Village Chronicle” is no ISBN. A book without one is added by hand, below.",
    }
    assert {text: scan(desk, text) for text in expected} == {
        text: [("error", words)] for text, words in expected.items()
    }  # fmt: skip
    assert (ImportRow.objects.count(), scan(desk, "x" * 3_000)[0][0], scan(desk, "\0" + HOSTILE)[0][0]) == (
        0, "error", "error",
    )  # fmt: skip


def test_wrong_isbn_is_filled_into_the_form_by_hand(desk: Client) -> None:
    page = desk.post(SCAN, {"scan": "9780140328722"}, follow=True)
    assert fields_of(page, button="Save book and copy")["isbn"] == "9780140328722"
    answer = as_script(desk, SCAN, {"scan": "9780140328722"})
    assert (answer["sound"], answer["fill"]) == ("error", {"isbn": "9780140328722"})


def test_script_is_told_the_same_and_sent_again_it_counts_once(desk: Client) -> None:
    sent = {"scan": FOX, "key": "key-of-the-scan"}
    answers = [as_script(desk, SCAN, sent) for _ in range(2)]
    text = "Line 1: 978-0-14-032872-1. It is being looked up."
    assert answers == [{"level": "success", "sound": "success", "text": text, "fill": {}}] * 2
    assert as_script(desk, SCAN, sent | {"scan": EMMA})["text"].startswith("Line 2:")
    assert list(ImportRow.objects.values_list("copies", flat=True)) == [1, 1]


# --- photos ---------------------------------------------------------------------------------------


def test_photo_of_two_books_is_two_lines(desk: Client) -> None:
    photo = SimpleUploadedFile("photo.jpg", photo_of(EMMA, FOX))
    answer = desk.post(f"{SCAN}photo/", {"photo": photo}, follow=True)
    assert list(ImportRow.objects.order_by("n").values_list("raw", flat=True)) == [EMMA, FOX]
    assert told(answer)[0][0] == "success"


def test_photo_that_cannot_be_read_is_told(desk: Client) -> None:
    answers = [desk.post(f"{SCAN}photo/", sent, follow=True)
               for sent in ({}, {"photo": SimpleUploadedFile("a.jpg", b"no picture")})]  # fmt: skip
    assert [told(answer) for answer in answers] == [
        [("error", "Take or choose a photo first.")],
        [("error", "This is no picture that can be read. Use JPEG, PNG or WebP.")],
    ]


# --- lines ----------------------------------------------------------------------------------------


def test_lines_are_answered_counted_and_removed(desk: Client, librarian: User) -> None:
    here = BookFactory(title="Emma")
    line(librarian, verdict="doubtful", matched_book=here, draft=BookDraft(title="Emma", isbns=(EMMA,)).as_json())
    line(librarian, FOX, verdict="not_found", outcome="not_found", reason="Nobody knows it.")
    assert "Not found (1)" in said(desk.get(SCAN))
    assert change(desk, "1:new") == [("success", "Line 1: it becomes a new book.")]
    assert change(desk, "copies", **{"copies-1-1": "3", "copies-2-1": "1"}) == [
        ("success", "The numbers of copies are kept.")
    ]  # fmt: skip
    assert change(desk, "copies", **{"copies-1-3": "many"}) == [("error", "A line is for 1 to 500 copies.")]
    assert list(ImportRow.objects.order_by("n").values_list("decision", "copies")) == [("new", 3), ("", 1)]
    assert change(desk, "2:again") == [("success", "Line 2 is looked up again.")]
    assert change(desk, "2:remove") == [("success", "Line 2 is removed.")]
    gone = "This line was dealt with meanwhile; look at the queue again."
    assert [change(desk, "2:remove"), change(desk, "2:copy")] == [[("error", gone)]] * 2
    odd = [("error", "The queue has changed meanwhile; look at it again.")]
    assert [change(desk, do) for do in ("", "0:new", "1:marry", "x" * 99)] == [odd] * 4


def test_number_that_was_changed_elsewhere_meanwhile_stays(desk: Client, librarian: User) -> None:
    line(librarian, copies=5)
    change(desk, "copies", **{"copies-1-1": "1"})
    assert ImportRow.objects.get().copies == 5


def test_another_person_s_lines_are_not_shown_nor_touched(desk: Client, admin_user: User) -> None:
    line(admin_user)
    assert (change(desk, "1:remove")[0][0], ImportRow.objects.count()) == ("error", 1)
    assert "Scan the first ISBN" in said(desk.get(SCAN))


@pytest.mark.parametrize("lines", [1, 3])
def test_number_of_queries_does_not_grow_with_the_lines(
    desk: Client, librarian: User, lines: int, django_assert_num_queries: Any
) -> None:  # fmt: skip
    for n in range(lines):
        line(librarian, f"97801404390{n}0", verdict="known", matched_book=CopyFactory().book, draft={"title": "A"})
    with django_assert_num_queries(14):
        assert desk.get(SCAN).status_code == 200


def test_script_gets_what_is_new_and_no_more(desk: Client, librarian: User) -> None:
    line(librarian)
    first = desk.get(f"{SCAN}lines/").json()
    assert ([each["id"] for each in first["lines"]], first["waits"], first["counts"]["looking"]) == (
        ["line-1"],
        True,
        1,
    )
    assert desk.get(f"{SCAN}lines/?seen={first['seen']}").json() == {"seen": first["seen"]}
    line(librarian, verdict="new", draft={"title": "Emma"})
    second = desk.get(f"{SCAN}lines/?seen={first['seen']}").json()
    assert (second["waits"], "Emma" in second["lines"][0]["html"], "seen=" in str(second["parts"])) == (
        False, True, False,
    )  # fmt: skip


def test_page_without_javascript_looks_again_by_itself_only_while_something_is_looked_up(
    desk: Client, librarian: User
) -> None:  # fmt: skip
    row = line(librarian)
    assert b'<noscript><meta http-equiv="refresh"' in desk.get(SCAN).content
    ImportRow.objects.filter(pk=row.pk).update(verdict="new", draft={"title": HOSTILE})
    page = desk.get(SCAN)
    assert (b"http-equiv" in page.content, b"<script>alert" in page.content) == (False, False)


# --- bringing in, and by hand ----------------------------------------------------------------------


def test_ready_lines_are_brought_in_with_the_choices_and_the_rest_stays(desk: Client, librarian: User) -> None:
    line(librarian, verdict="new", draft={"title": "Emma"})
    line(librarian, FOX, verdict="not_found", outcome="not_found")
    assert "1 new book, 1 copy · 1 line stays in the queue" in said(desk.get(SCAN))
    answer = desk.post(f"{SCAN}commit/", choices(location=" Attic "))
    batch = ImportBatch.objects.get(phase="applying")
    assert (answer.url, batch.options["location"]) == (f"/desk/import/{batch.pk}/", "Attic")
    assert fields_of(desk.get(SCAN), button="Add to the catalogue")["location"] == "Attic"
    assert desk.get(f"/desk/import/{ImportBatch.objects.get(phase='collecting').pk}/").url == SCAN


def test_labels_of_exactly_this_batch_are_offered(desk: Client, librarian: User) -> None:
    CopyFactory()
    row = scanning.add_by_hand(BookDraft(title="Village Chronicle"), by=librarian)
    page = desk.post(f"{SCAN}commit/", choices(), follow=True)
    assert "Print labels for exactly this batch" in said(page)
    fields = fields_of(page, button="Labels as PDF")
    assert (fields["batch"], row.created_copies.count()) == (str(row.batch_id), 1)


def test_nothing_ready_or_a_wrong_choice_is_told(desk: Client) -> None:
    answer = desk.post(f"{SCAN}commit/", choices(), follow=True)
    assert told(answer)[0][0] == "error"
    answer = desk.post(f"{SCAN}commit/", choices(branch="nowhere"))
    assert [error.split(":")[0] for error in field_errors(answer)] == ["Branch"]


def test_choices_are_kept_until_the_next_queue(desk: Client) -> None:
    assert as_script(desk, f"{SCAN}choices/", choices(if_known="copy"))["text"] == "The choices are kept."
    assert fields_of(desk.get(SCAN), button="Add to the catalogue")["if_known"] == "copy"


def test_book_in_three_fields_is_there_at_once_and_told_with_its_barcode(desk: Client) -> None:
    answer = desk.post(f"{SCAN}by-hand/", {"title": "Village Chronicle", "author": "Ada Author"}, follow=True)
    copy = Copy.objects.get()
    text = f"“Village Chronicle” is in the catalogue. Its copy has the barcode {copy.barcode}."
    assert told(answer) == [("success", text)]
    assert copy.book.origins["title"] == "librarian"


def test_line_that_nobody_knew_fills_the_form_and_becomes_the_book(desk: Client, librarian: User) -> None:
    line(librarian, verdict="not_found", outcome="not_found")
    page = desk.get(SCAN)
    address = next(href for text, href in links(page).items() if text.startswith("Add by hand"))
    fields = fields_of(desk.get(address), button="Save book and copy")
    assert (fields["isbn"], fields["line"]) == (EMMA, "1")
    desk.post(f"{SCAN}by-hand/", fields | {"title": "Emma"})
    assert (Book.objects.get().identifiers.get().value, ImportRow.objects.get().outcome) == (EMMA, "added")


def test_mistakes_in_the_form_by_hand_lose_nothing(desk: Client) -> None:
    answer = desk.post(f"{SCAN}by-hand/", {"title": "", "author": HOSTILE, "isbn": "12345"})
    assert [error.split(":")[0] for error in field_errors(answer)] == ["Title", "ISBN"]
    assert fields_of(answer, button="Save book and copy")["author"] == HOSTILE
    answer = desk.post(f"{SCAN}by-hand/", {"title": "Emma", "line": "7"})
    assert "dealt with meanwhile" in said(answer)


def test_emptied_queue_is_told(desk: Client, librarian: User) -> None:
    line(librarian)
    assert told(desk.post(f"{SCAN}empty/", {}, follow=True)) == [("success", "The queue is empty.")]
    assert ImportRow.objects.count() == 0
