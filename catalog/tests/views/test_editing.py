"""A book's page at the desk: editing, its cover, deleting it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Action, User
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Book
from catalog.services.books import edit_book
from catalog.tests.factories import CopyFactory
from catalog.tests.views.pages import HOSTILE, buttons, fields_of, picture
from catalog.tests.views.test_books import FOX, LIST, make
from circulation.services.lost import mark_lost
from circulation.tests.factories import make_loan
from circulation.tests.views.pages import field_errors, messages, outcomes, rows, said, tree

pytestmark = pytest.mark.django_db


def edit(desk: Client, book: Book, **typed: Any) -> Any:
    """Fill in the form of a book that is here and send it."""
    address = f"/desk/books/{book.pk}/"
    return desk.post(address, fields_of(desk.get(address), button="Save") | typed, follow=True)


# --- editing ----------------------------------------------------------------------------------------


def test_edit_changes_what_was_typed_and_nothing_else(desk: Client, librarian: User) -> None:
    book = make(lccns=("85081404",), first_year=1815, published="1996 May", year=1996)
    page = edit(desk, book, title="Emma!", subjects="England")
    assert (messages(page), page.redirect_chain) == (["Saved."], [(f"/desk/books/{book.pk}/", 302)])
    book = Book.objects.get()
    assert (book.title, [s.name for s in book.subjects.all()], book.first_year) == ("Emma!", ["England"], 1815)
    assert (book.published, book.identifiers.get(kind="lccn").value) == ("1996 May", "85081404")
    action = Action.objects.get(verb="edit_book")
    assert (action.by, action.before, action.after) == (
        librarian, {"title": "Emma", "subjects": []}, {"title": "Emma!", "subjects": ["England"]},
    )  # fmt: skip


def test_edit_that_changes_nothing_changes_nothing(desk: Client) -> None:
    book = make(isbns=(FOX,), isbns_10=("0140328726",), isbns_invalid=("12",), description="Two\n\nlines",
                contributors=(DraftContributor("A. (Ann) Other"), DraftContributor("B", role="ill")))  # fmt: skip
    edit(desk, book)
    action = Action.objects.get(verb="edit_book")
    assert (action.before, action.after) == ({}, {})


def test_edit_of_a_book_that_changed_meanwhile_is_shown_once_more_and_saved_the_second_time(desk: Client) -> None:
    book = make()
    address = f"/desk/books/{book.pk}/"
    fields = fields_of(desk.get(address), button="Save") | {"title": "Mine"}
    edit_book(book, BookDraft(title="Theirs"), fields=["title"], by=None)
    page = desk.post(address, fields, follow=True)
    assert (Book.objects.get().title, field_errors(page)) == (
        "Theirs", ["Somebody changed this book while you had it open. Nothing was saved yet."],
    )  # fmt: skip
    again = fields_of(page, button="Save")
    assert again["title"] == "Mine"
    desk.post(address, again)
    assert Book.objects.get().title == "Mine"


def test_edit_sent_twice_is_done_once(desk: Client) -> None:
    book = make()
    address = f"/desk/books/{book.pk}/"
    fields = fields_of(desk.get(address), button="Save") | {"title": "Emma!"}
    pages = [desk.post(address, fields, follow=True) for _ in range(2)]
    assert [messages(page) for page in pages] == [["Saved."]] * 2
    assert Action.objects.filter(verb="edit_book").count() == 1


@pytest.mark.parametrize("typed", [{"title": ""}, {"isbn": "12"}, {"year": "x"}, {"people": "a\x00"}])
def test_edit_that_cannot_be_is_named_and_nothing_is_saved(typed: dict[str, str], desk: Client) -> None:
    page = edit(desk, make(), **typed)
    assert (len(field_errors(page)), Action.objects.filter(verb="edit_book").count()) == (1, 0)


def test_edit_page_shows_copies_with_their_state(desk: Client) -> None:
    book = make(stock=2)
    copies = list(book.copies.order_by("pk"))
    mark_lost(copies[1], by=None)
    found = rows(desk.get(f"/desk/books/{book.pk}/"))
    assert [(row[1], row[5]) for row in found] == [(copies[0].barcode, "Available"), (copies[1].barcode, "Lost")]


def test_ids_of_the_edit_page_are_there_once(desk: Client) -> None:
    page = tree(desk.get(f"/desk/books/{make(stock=1).pk}/"))
    ids = [each.get("id") for each in page.iter() if each.get("id")]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("count", [1, 3])
def test_edit_page_asks_the_database_eleven_times(count: int, desk: Client, django_assert_num_queries: Any) -> None:
    book = make(stock=count, contributors=tuple(DraftContributor(f"P {n}") for n in range(count)))
    for copy in book.copies.all():
        make_loan(copy)
    with django_assert_num_queries(11):
        desk.get(f"/desk/books/{book.pk}/")


# --- covers -----------------------------------------------------------------------------------------


def test_cover_is_uploaded_shown_and_removed(desk: Client, librarian: User) -> None:
    book = make()
    address = f"/desk/books/{book.pk}/"
    page = desk.post(f"{address}cover/", {"picture": SimpleUploadedFile("fox.png", picture())}, follow=True)
    assert messages(page) == ["The cover is stored."]
    assert tree(page).find(".//main//img").get("src").startswith(f"/books/{book.pk}/cover.jpg")
    page = desk.post(f"{address}cover/remove/", fields_of(page, button="Remove the picture"), follow=True)
    assert messages(page) == ["The picture is gone; the drawn cover shows again."]
    assert tree(page).find(".//main//img") is None
    done = Action.objects.filter(verb__endswith="_cover").order_by("pk")
    assert [(action.verb, action.by) for action in done] == [("upload_cover", librarian), ("remove_cover", librarian)]


@pytest.mark.parametrize(("name", "data", "sentence"), [
    ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is no picture that can be read."),
    ("x.html", b"<script>alert(1)</script>", "This is no picture that can be read."),
    ("x.png", picture((10, 10)), "The picture is too small or too large to be a cover."),
    ("x.jpg", b"\xff\xd8\xff" + b"0" * 100, "This is no picture that can be read."),
    ("x.jpg", b"", "Choose a picture first"), ("a" * 300 + ".jpg", picture(), "Choose a picture first"),
])  # fmt: skip
def test_file_that_is_no_cover_is_refused(name: str, data: bytes, sentence: str, desk: Client) -> None:
    book = make()
    page = desk.post(f"/desk/books/{book.pk}/cover/", {"picture": SimpleUploadedFile(name, data)}, follow=True)
    assert ([kind for kind, _text in outcomes(page)], sentence in messages(page)[0]) == (["error"], True)
    assert not hasattr(Book.objects.get(), "cover")


def test_upload_without_a_file_says_what_to_do(desk: Client) -> None:
    page = desk.post(f"/desk/books/{make().pk}/cover/", follow=True)
    assert messages(page) == ["Choose a picture first: JPEG, PNG, GIF or WebP, up to 10 MB."]


@pytest.mark.parametrize("name", ["../../etc/x.png", "x\u202egnp.exe", "<b>.png", "con.php"])
def test_name_of_an_uploaded_file_is_never_used(name: str, desk: Client) -> None:
    desk.post(f"/desk/books/{make().pk}/cover/", {"picture": SimpleUploadedFile(name, picture())})
    stored = Book.objects.get().cover.file.name
    assert (stored.startswith("covers/"), stored.endswith(".jpg"), len(stored)) == (True, True, 35)


# --- deleting ---------------------------------------------------------------------------------------


def test_book_without_copies_is_deleted_also_when_the_button_is_pressed_twice(desk: Client, librarian: User) -> None:
    book = make()
    fields = fields_of(desk.get(f"/desk/books/{book.pk}/"), button="Delete this book")
    for _ in range(2):
        page = desk.post(f"/desk/books/{book.pk}/delete/", fields, follow=True)
        assert (messages(page), page.redirect_chain) == (["“Emma” is deleted."], [(LIST, 302)])
    assert Book.objects.count() == 0
    action = Action.objects.get(verb="delete_book")
    assert (action.by, action.before["title"], action.before["identifiers"]) == (librarian, "Emma", [["isbn13", FOX]])


@pytest.mark.parametrize("is_lent", [False, True])
def test_book_with_copies_is_not_deleted(is_lent: bool, desk: Client) -> None:
    copy = CopyFactory(book=make())
    if is_lent:
        make_loan(copy)
    page = desk.post(f"/desk/books/{copy.book_id}/delete/", follow=True)
    assert outcomes(page) == [("error", "This book has copies. Withdraw them; a book with a history stays.")]
    assert "Delete this book" not in buttons(page)
    assert Book.objects.count() == 1


def test_pages_of_a_deleted_book_are_clear_pages(desk: Client) -> None:
    book = make()
    desk.post(f"/desk/books/{book.pk}/delete/")
    answers = [desk.get(f"/desk/books/{book.pk}/"), desk.post(f"/desk/books/{book.pk}/", {"title": "x"}),
               desk.post(f"/desk/books/{book.pk}/copies/", {"count": "1"}), desk.get(f"/books/{book.pk}/")]  # fmt: skip
    assert [(page.status_code, "There is nothing here" in said(page)) for page in answers] == [(404, True)] * 4


def test_hostile_words_that_are_refused_are_only_words(desk: Client) -> None:
    page = edit(desk, make(), isbn=HOSTILE, title=HOSTILE)
    assert ("<script>alert" in page.content.decode(), len(field_errors(page))) == (False, 1)
