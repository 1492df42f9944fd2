"""Adding books from Open Library after a look at the record, and after correcting it."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Action, User
from catalog.models import Book, Copy
from catalog.tests.openlibrary.stub import Stub, page
from catalog.tests.views.importing.fox import IMPORT, REVIEW, SAVE, save
from catalog.tests.views.pages import FOX, fields_of, know_the_fox, links, title_of
from circulation.tests.views.pages import messages, outcomes, said

pytestmark = pytest.mark.django_db


def test_review_is_one_click_away_and_filled_in(desk: Client, fox: Stub) -> None:
    found = desk.get(IMPORT, {"q": FOX})
    assert links(found)["Review first : Fantastic Mr. Fox"] == REVIEW
    filled = fields_of(desk.get(REVIEW), button="Save book")
    names = ("isbn", "title", "people", "publisher", "year", "pages", "language", "stock")
    assert [filled[name] for name in names] == [
        FOX, "Fantastic Mr. Fox", "Roald Dahl\nTony Ross (Illustrator)", "Puffin", "1988", "96", "eng", "1",
    ]  # fmt: skip
    assert (Book.objects.count(), Action.objects.count()) == (0, 0)


def test_reviewed_record_is_saved_as_it_was_left(desk: Client, librarian: User, fox: Stub) -> None:
    typed = {"title": "Mr Fox", "people": "Roald Dahl", "year": "", "stock": "3", "location": "Hall"}
    answer = desk.post(REVIEW, fields_of(desk.get(REVIEW), button="Save book") | typed, follow=True)
    book = Book.objects.get()
    assert (book.title, [c.author.name for c in book.contributors.all()], book.year, book.publisher) == (
        "Mr Fox", ["Roald Dahl"], None, "Puffin",
    )  # fmt: skip
    assert set(book.copies.values_list("location", flat=True)) == {"Hall"}
    codes = " ".join(book.copies.order_by("pk").values_list("barcode", flat=True))
    assert messages(answer) == [f"“Mr Fox” is in the catalogue. Its copies have the barcodes {codes}"]
    assert (book.origins["title"], book.origins["publisher"]) == ("librarian", "openlibrary")
    assert {action.by for action in Action.objects.all()} == {librarian}


def test_reviewed_record_sent_twice_is_saved_once(desk: Client, fox: Stub) -> None:
    fields = fields_of(desk.get(REVIEW), button="Save book") | {"title": "Mr Fox", "stock": "2"}
    answers = [desk.post(REVIEW, fields, follow=True) for _ in range(2)]
    assert (Book.objects.count(), Copy.objects.count()) == (1, 2)
    assert [action.verb for action in Action.objects.order_by("pk")] == ["save_draft", "edit_book"]
    assert [kind for kind, _text in outcomes(answers[1])] == ["success"]


def test_form_that_comes_again_is_answered_without_asking_open_library(desk: Client, fox: Stub) -> None:
    reviewed = fields_of(desk.get(REVIEW), button="Save book") | {"stock": "2"}
    added = fields_of(desk.get(IMPORT, {"q": FOX}), button="Add book and copy") | {"add_copy": "on"}
    for address, fields in ((REVIEW, reviewed), (SAVE, added)):
        desk.post(address, fields)
        cache.clear()
        before = list(fox.paths)
        assert [kind for kind, _text in outcomes(desk.post(address, fields, follow=True))][:1] == ["success"]
        assert fox.paths == before
    assert (Book.objects.count(), Copy.objects.count()) == (1, 3)


def test_reviewed_record_sent_again_with_other_words_changes_nothing_and_says_so(desk: Client, fox: Stub) -> None:
    fields = fields_of(desk.get(REVIEW), button="Save book") | {"title": "Mr Fox"}
    desk.post(REVIEW, fields)
    answer = desk.post(REVIEW, fields | {"title": "Mrs Fox"})
    assert (answer.status_code, Book.objects.get().title) == (409, "Mr Fox")
    assert "This form was sent before" in said(answer)


def test_record_that_came_meanwhile_asks_and_loses_nothing_that_was_typed(desk: Client, fox: Stub) -> None:
    fields = fields_of(desk.get(REVIEW), button="Save book") | {"title": "Mr Fox", "stock": "2"}
    save(desk)
    answer = desk.post(REVIEW, fields, follow=True)
    assert "“Fantastic Mr. Fox” is here already." in said(answer)
    assert "No: add it as a new book" not in said(answer)
    again = fields_of(answer, button="Save book")
    assert (again["title"], again["stock"], Copy.objects.count()) == ("Mr Fox", "2", 1)
    desk.post(REVIEW, again | {"decision": "copy"})
    assert (Book.objects.get().title, Copy.objects.count()) == ("Fantastic Mr. Fox", 3)


@pytest.mark.parametrize(("decision", "books"), [("copy", 1), ("new", 2)])
def test_review_of_a_doubtful_record_asks_on_the_form(
    decision: str, books: int, desk: Client, other_book: Book
) -> None:
    fields = fields_of(desk.get(REVIEW), button="Save book") | {"title": "Mr Fox"}
    answer = desk.post(REVIEW, fields, follow=True)
    assert "“Gardening for Beginners” is here and may be this book." in said(answer)
    desk.post(REVIEW, fields_of(answer, button="Save book") | {"decision": decision})
    assert (Book.objects.count(), Copy.objects.count()) == (books, 2)


def test_review_of_what_open_library_does_not_know_leads_to_the_form(desk: Client, stub: Stub) -> None:
    for asked, address in (("OL5M", "/desk/books/add/"), (FOX, f"/desk/books/add/?isbn={FOX}"),
                           ("Emma", "/desk/books/add/?title=Emma")):  # fmt: skip
        answer = desk.get(f"/desk/import/review/{asked}/", follow=True)
        assert answer.redirect_chain == [(address, 302)]
        assert [kind for kind, _text in outcomes(answer)] == ["error"]


def test_review_sent_while_open_library_is_down_loses_nothing_that_was_typed(desk: Client, fox: Stub) -> None:
    fields = fields_of(desk.get(REVIEW), button="Save book") | {"title": "Mr Fox", "description": "Typed\nwith care"}
    cache.clear()  # or the record would be remembered
    fox.tell("/books/OL7353617M.json", page(503))
    answer = desk.post(REVIEW, fields)
    assert "Nothing is lost: what you filled in stands here." in said(answer)
    assert fields_of(answer, button="Save book") == fields | {"csrfmiddlewaretoken": csrf(answer)}
    assert Book.objects.count() == 0
    know_the_fox(fox)
    desk.post(REVIEW, fields_of(answer, button="Save book"))
    assert (Book.objects.get().title, Book.objects.get().description) == ("Mr Fox", "Typed\nwith care")


def test_review_with_a_field_that_cannot_be_names_it(desk: Client, fox: Stub) -> None:
    answer = desk.post(REVIEW, fields_of(desk.get(REVIEW), button="Save book") | {"title": "", "year": "MM"})
    assert (answer.status_code, Book.objects.count()) == (200, 0)
    assert title_of(answer).startswith("Error:")


def csrf(response: Any) -> str:
    return fields_of(response, button="Save book")["csrfmiddlewaretoken"]
