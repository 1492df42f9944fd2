"""Adding books from Open Library with one click, or a scan and Enter; what is doubtful is asked."""

import pytest
from django.test import Client

from accounts.models import Action, Branch, User
from catalog.models import Book, Copy, Cover, SourceRecord
from catalog.tests.openlibrary.stub import Stub, record
from catalog.tests.views.importing.fox import IMPORT, SAVE, hits, save
from catalog.tests.views.pages import FOX, fields_of, links
from circulation.tests.views.pages import messages, outcomes, said, tree, words

pytestmark = pytest.mark.django_db


def test_one_click_saves_the_book_and_its_first_copy(desk: Client, librarian: User, fox: Stub) -> None:
    answer = save(desk)
    book, copy = Book.objects.get(), Copy.objects.get()
    assert (book.title, book.year, book.pages, copy.book) == ("Fantastic Mr. Fox", 1988, 96, book)
    assert [(c.author.name, c.role) for c in book.contributors.all()] == [("Roald Dahl", "aut"), ("Tony Ross", "ill")]
    assert outcomes(answer) == [
        ("success", f"“Fantastic Mr. Fox” is in the catalogue. Its copy has the barcode {copy.barcode}")
    ]
    assert [(action.verb, action.by) for action in Action.objects.all()] == [("save_draft", librarian)]
    assert (Cover.objects.get().source_id, Cover.objects.get().state) == (8739161, "queued")
    source = SourceRecord.objects.get()
    assert (source.key, source.work_key, source.payload["edition"]["key"]) == (
        "OL7353617M", "OL45804W", "/books/OL7353617M",
    )  # fmt: skip


def test_scan_and_enter_saves_and_the_box_is_ready_for_the_next(desk: Client, fox: Stub) -> None:
    box = tree(desk.get(IMPORT)).find(".//input[@name='q']")
    assert (box.get("autofocus"), box.get("data-scan")) == ("", "")
    found = tree(desk.get(IMPORT, {"q": FOX}))
    focused = [each for each in found.iter() if each.get("autofocus") is not None]
    assert [words(each) for each in focused] == ["Add book and copy : Fantastic Mr. Fox"]
    answer = save(desk)
    assert answer.redirect_chain == [(IMPORT, 302)]
    box = tree(answer).find(".//input[@name='q']")
    assert (box.get("autofocus"), box.get("value")) == ("", None)


def test_save_of_one_of_many_results_comes_back_to_them(desk: Client, fox: Stub) -> None:
    answer = save(desk, "fantastic fox")
    assert answer.redirect_chain == [(f"{IMPORT}?q=fantastic+fox", 302)]
    assert "already here (1 copy)" in hits(answer)[0]


def test_what_was_added_today_is_listed_for_its_labels(desk: Client, fox: Stub) -> None:
    answer = save(desk)
    copy = Copy.objects.get()
    assert fields_of(answer, button="Labels as PDF")["copies"] == str(copy.pk)
    assert links(answer)["Fantastic Mr. Fox"] == f"/desk/books/{copy.book_id}/"


def test_first_copy_stands_at_the_branch_of_the_desk(desk: Client, fox: Stub) -> None:
    east = Branch.objects.create(code="EAST", name="East")
    desk.post(f"/desk/branch/{east.pk}/")
    save(desk)
    assert Copy.objects.get().home_branch == east


def test_book_that_is_here_gets_a_copy_and_no_double(desk: Client, fox: Stub) -> None:
    save(desk)
    answer = save(desk, button="Add a copy")
    newest = Copy.objects.order_by("pk").last()
    assert outcomes(answer) == [("success", f"A copy of “Fantastic Mr. Fox” was added: {newest.barcode}")]
    assert (Book.objects.count(), Copy.objects.count()) == (1, 2)


def test_stale_page_adds_nothing_to_what_came_meanwhile(desk: Client, fox: Stub) -> None:
    fields = fields_of(desk.get(IMPORT, {"q": FOX}), button="Add book and copy")
    save(desk)
    answer = desk.post(SAVE, fields, follow=True)
    assert messages(answer) == ["“Fantastic Mr. Fox” is here already. Nothing was added."]
    assert (Book.objects.count(), Copy.objects.count()) == (1, 1)


def test_button_pressed_twice_adds_once_and_says_so_twice(desk: Client, fox: Stub) -> None:
    fields = fields_of(desk.get(IMPORT, {"q": FOX}), button="Add book and copy")
    answers = [desk.post(SAVE, fields, follow=True) for _ in range(2)]
    assert (Book.objects.count(), Copy.objects.count(), Action.objects.count()) == (1, 1, 1)
    assert outcomes(answers[0]) == outcomes(answers[1])


def test_edit_of_a_librarian_is_never_overwritten(desk: Client, fox: Stub) -> None:
    save(desk)
    address = f"/desk/books/{Book.objects.get().pk}/"
    desk.post(address, fields_of(desk.get(address), button="Save") | {"title": "Mr Fox (our title)"})
    save(desk, button="Add a copy")
    assert Book.objects.get().title == "Mr Fox (our title)"


@pytest.mark.parametrize(
    "value", ["", "OL1A", "OL0M", "../../etc/passwd", "x" * 41, "OL7353617M\n", "\x00", "1", "<b>"]
)
def test_record_that_is_none_is_refused(value: str, desk: Client, stub: Stub) -> None:
    answer = desk.post(SAVE, {"record": value, "q": "fox"}, follow=True)
    assert outcomes(answer) == [("error", "This record cannot be fetched by its key. Search again.")]
    assert (stub.requests, Book.objects.count()) == ([], 0)


def test_record_without_a_title_leads_to_the_form(desk: Client, stub: Stub) -> None:
    stub.tell("/books/OL5M.json", record({"key": "/books/OL5M", "isbn_13": [FOX]}))
    answer = desk.post(SAVE, {"record": "OL5M", "q": FOX}, follow=True)
    assert outcomes(answer) == [("error", "The record has no title. Catalogue the book by hand.")]
    assert answer.redirect_chain == [(f"/desk/books/add/?isbn={FOX}", 302)]
    assert Book.objects.count() == 0


def test_doubtful_match_asks(desk: Client, other_book: Book) -> None:
    answer = save(desk)
    assert "Is it the same book?" in said(answer)
    assert links(answer)["Gardening for Beginners"] == f"/desk/books/{other_book.pk}/"
    assert (Book.objects.count(), Copy.objects.count()) == (1, 1)


@pytest.mark.parametrize(("button", "books", "copies"), [
    ("Yes: add a copy to it", 1, 2), ("No: add it as a new book", 2, 2),
])  # fmt: skip
def test_answer_to_a_doubtful_match_is_followed_once(
    button: str, books: int, copies: int, desk: Client, other_book: Book
) -> None:
    fields = fields_of(save(desk), button=button)
    for _ in range(2):
        answer = desk.post(SAVE, fields, follow=True)
        assert [kind for kind, _text in outcomes(answer)] == ["success"]
    assert (Book.objects.count(), Copy.objects.count()) == (books, copies)
