"""A book beside what Open Library says of it, and covers of what was found."""

import pytest
from django.core.cache import cache
from django.test import Client

from catalog.drafts import BookDraft
from catalog.models import Book, Cover
from catalog.services.books import edit_book
from catalog.services.covers import remove_cover
from catalog.tests.openlibrary import records
from catalog.tests.openlibrary.stub import Stub, bomb, page, raw, record
from catalog.tests.views.pages import FOX, HOSTILE, fields_of, know_the_fox, links, picture
from circulation.tests.views.pages import messages, outcomes, said, tree, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(desk: Client, stub: Stub) -> Book:
    """The fox, imported."""
    know_the_fox(stub)
    desk.post("/desk/import/save/", {"record": "OL7353617M", "q": FOX}, follow=True)
    return Book.objects.get()


def refresh(book: Book) -> str:
    return f"/desk/books/{book.pk}/refresh/"


def tell_change(stub: Stub, **changes: object) -> None:
    stub.tell("/books/OL7353617M.json", record(records.edition("OL7353617M") | {"revision": 27} | changes))


def compared(response: object) -> list[list[str]]:
    """The rows of the comparison: field, here, there."""
    found = tree(response).findall(".//table/tbody/tr")
    return [[words(cell) for cell in row if cell.tag in ("th", "td")] for row in found]


def test_book_that_says_the_same_differs_in_nothing(desk: Client, book: Book) -> None:
    assert "Nothing differs" in said(desk.get(refresh(book)))


def test_local_and_remote_values_stand_side_by_side(desk: Client, book: Book, stub: Stub) -> None:
    address = f"/desk/books/{book.pk}/"
    typed = {"title": "Mr Fox", "people": "Roald Dahl", "subjects": "Foxes", "description": "", "format": "board"}
    desk.post(address, fields_of(desk.get(address), button="Save") | typed)
    tell_change(stub, physical_format="Paperback", number_of_pages=90, languages=[{"key": "/languages/fre"}])
    rows = {row[0]: row[1:] for row in compared(desk.get(refresh(book)))}
    assert rows["Title edited here"] == ["Mr Fox", "Fantastic Mr. Fox"]
    assert rows["People edited here"] == ["Roald Dahl", "Roald Dahl Tony Ross (Illustrator)"]
    assert (rows["Format edited here"], rows["Pages"], rows["Language"]) == (
        ["Board book", "Paperback"], ["96", "90"], ["English", "French"],
    )  # fmt: skip
    assert rows["Subjects edited here"][0] == "Foxes"


def test_numbers_stand_side_by_side_with_their_kind(desk: Client, book: Book, stub: Stub) -> None:
    tell_change(stub, isbn_13=[FOX, "9780142410349"])
    rows = {row[0]: row[1:] for row in compared(desk.get(refresh(book)))}
    assert rows["Numbers"] == [
        f"{FOX} (ISBN-13) 0140328726 (ISBN-10)", f"{FOX} (ISBN-13) 9780142410349 (ISBN-13) 0140328726 (ISBN-10)",
    ]  # fmt: skip


def test_gaps_are_ticked_and_what_was_typed_or_emptied_here_is_not(desk: Client, book: Book, stub: Stub) -> None:
    address = f"/desk/books/{book.pk}/"
    desk.post(address, fields_of(desk.get(address), button="Save") | {"title": "Mr Fox", "publisher": ""})
    tell_change(stub, series=["Puffin books"])
    ticked = [
        each.get("value") for each in tree(desk.get(refresh(book))).iterfind(".//input[@name='fields']")
        if each.get("checked") is not None
    ]  # fmt: skip
    assert ticked == ["series"]


def test_only_what_is_ticked_is_taken_over(desk: Client, book: Book, stub: Stub) -> None:
    tell_change(stub, title="The Fantastic Mr. Fox", number_of_pages=90)
    desk.get(refresh(book))
    answer = desk.post(refresh(book), {"fields": ["pages"]}, follow=True)
    assert messages(answer) == ["The fields you ticked were taken over."]
    book.refresh_from_db()
    assert (book.title, book.pages, book.source_records.get().revision) == ("Fantastic Mr. Fox", 90, 27)


def test_book_that_was_edited_meanwhile_is_compared_once_more(desk: Client, book: Book, stub: Stub) -> None:
    tell_change(stub, number_of_pages=90)
    sent = fields_of(desk.get(refresh(book)), button="Take over") | {"fields": ["pages"]}
    edit_book(book, BookDraft(pages=97), fields=["pages"], by=None)
    answer = desk.post(refresh(book), sent)
    assert outcomes(answer) == [
        ("error", "Somebody changed this book while you had it open. Nothing was saved yet."),
    ]  # fmt: skip
    assert (compared(answer), Book.objects.get().pages) == ([["Pages edited here", "97", "90"]], 97)
    again = fields_of(answer, button="Take over") | {"fields": ["pages"]}
    assert (desk.post(refresh(book), again).status_code, Book.objects.get().pages) == (302, 90)


def test_comparison_sent_twice_asks_open_library_once(desk: Client, book: Book, stub: Stub) -> None:
    tell_change(stub, number_of_pages=90)
    sent = fields_of(desk.get(refresh(book)), button="Take over") | {"fields": ["pages"]}
    desk.post(refresh(book), sent)
    cache.clear()
    before = len(stub.requests)
    answer = desk.post(refresh(book), sent, follow=True)
    assert (set(messages(answer)), len(stub.requests)) == ({"The fields you ticked were taken over."}, before)


def test_nothing_ticked_changes_nothing_and_says_so(desk: Client, book: Book, stub: Stub) -> None:
    tell_change(stub, title="The Fantastic Mr. Fox")
    desk.get(refresh(book))
    answer = desk.post(refresh(book), follow=True)
    assert (messages(answer), Book.objects.get().title) == (
        ["Nothing was ticked, so nothing was changed."], "Fantastic Mr. Fox",
    )  # fmt: skip


@pytest.mark.parametrize(
    "fields", [["search_text"], ["pk"], ["origins", "\x00"], ["title" * 1000], ["other_languages"]]
)
def test_field_nobody_offered_changes_nothing(fields: list[str], desk: Client, book: Book) -> None:
    before = Book.objects.values().get()
    assert desk.post(refresh(book), {"fields": fields}).status_code == 302
    assert Book.objects.values().get() == before


def test_picture_that_was_removed_is_offered_and_wanted_again(desk: Client, book: Book) -> None:
    remove_cover(book, by=None)
    answer = desk.get(refresh(book))
    assert tree(answer).find(".//main//table//img").get("src") == "/desk/import/cover/8739161/"
    desk.post(refresh(book), {"fields": ["cover"]})
    assert Cover.objects.get().state == "queued"


def test_open_library_down_leads_back_to_the_book_with_a_clear_message(desk: Client, book: Book, stub: Stub) -> None:
    stub.tell("/books/OL7353617M.json", page(503))
    answer = desk.get(refresh(book), follow=True)
    assert answer.redirect_chain == [(f"/desk/books/{book.pk}/", 302)]
    assert outcomes(answer)[0] == (
        "error", "Open Library is out of order at the moment. Try again later, or add the book by hand.",
    )  # fmt: skip


def test_book_that_came_from_nowhere_has_no_comparison(desk: Client, stub: Stub) -> None:
    desk.post("/desk/books/add/", {"title": "Emma", "stock": "0", "copy_type": "1"})
    book = Book.objects.get()
    assert "Compare with Open Library" not in links(desk.get(f"/desk/books/{book.pk}/"))
    answer = desk.get(refresh(book), follow=True)
    assert (answer.redirect_chain, stub.requests) == ([(f"/desk/books/{book.pk}/", 302)], [])


def test_hostile_record_is_only_words(desk: Client, book: Book, stub: Stub) -> None:
    tell_change(stub, title=HOSTILE, series=[HOSTILE], publishers=[HOSTILE], edition_name=HOSTILE)
    answer = desk.get(refresh(book))
    assert ("<script>alert" in answer.content.decode(), "<script>alert('x')</script>" in said(answer)) == (False, True)


# --- covers of what was found -----------------------------------------------------------------------


def test_cover_of_a_result_comes_through_our_own_address(desk: Client, stub: Stub) -> None:
    stub.tell("/b/id/8739161-M.jpg", raw(picture()))
    for _ in range(2):
        answer = desk.get("/desk/import/cover/8739161/")
        assert (answer.status_code, answer.content[:3]) == (200, b"\xff\xd8\xff")
        assert answer.headers["Cache-Control"] == "private, max-age=86400"
    assert (len(stub.requests), "Cookie" in stub.requests[0].headers) == (1, False)


@pytest.mark.parametrize("data", [b"<svg/>", b"<html>", picture((1, 1)), b"\xff\xd8\xff" + b"0" * 2000, b""])
def test_cover_that_is_no_picture_is_not_passed_on(data: bytes, desk: Client, stub: Stub) -> None:
    stub.tell("/b/id/7-M.jpg", raw(data))
    answer = desk.get("/desk/import/cover/7/")
    assert (answer.status_code in (404, 503), answer.content) == (True, b"")


@pytest.mark.parametrize(("reply", "status"), [(page(404), 404), (page(500), 503), (page(429), 503), (bomb(20), 404)])
def test_cover_that_does_not_come_is_an_empty_answer(reply: object, status: int, desk: Client, stub: Stub) -> None:
    cache.clear()
    stub.tell("*", reply)
    assert desk.get("/desk/import/cover/7/").status_code == status


@pytest.mark.parametrize("cover_id", ["0", "9" * 30, "9" * 4400, "-1", "abc", "..", "1.0"])
def test_number_of_a_cover_that_cannot_be_is_not_asked_for(cover_id: str, desk: Client, stub: Stub) -> None:
    assert desk.get(f"/desk/import/cover/{cover_id}/").status_code == 404
    assert stub.requests == []
