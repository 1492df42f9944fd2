"""Open Library through the API: searched, saved, saved again."""

import pytest

from accounts.models import User
from accounts.tests.api.programs import Program, problem_of
from catalog.models import Book, Copy
from catalog.tests.factories import BookFactory
from catalog.tests.openlibrary.stub import Stub, page, record
from catalog.tests.views.pages import FOX, know_the_fox
from circulation.tests.factories import make_loan

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(librarian: User, stub: Stub) -> Program:
    know_the_fox(stub)
    return Program(librarian)


def test_book_is_saved_once_with_a_copy(program: Program) -> None:
    new = program.ask("POST", "save", {"isbn": FOX})
    again = program.ask("POST", "save", {"isbn": FOX})
    book = Book.objects.get()
    assert (new.status_code, new.headers["Location"], again.status_code) == (201, f"/api/v1/books/{book.pk}", 200)
    assert (new.json()["outcome"], again.json()["outcome"]) == ("added", "known")
    assert (new.json()["copies"], again.json()["copies"]) == ([Copy.objects.get().barcode], [])
    assert new.json()["book"]["open_library_key"] == "OL7353617M"


def test_request_that_comes_again_saves_no_second_copy(program: Program) -> None:
    body = {"olid": "OL7353617M", "if_known": "copy"}
    first, second = (program.ask("POST", "save", body, Idempotency_Key="k1") for _n in range(2))
    assert (first.content, second.headers["Idempotency-Replayed"]) == (second.content, "true")
    assert (second.status_code, second.headers["Location"]) == (201, first.headers["Location"])
    assert Copy.objects.count() == 1


def test_saved_books_are_listed_and_deleted_until_they_were_lent(program: Program) -> None:
    BookFactory()
    saved = program.ask("POST", "save", {"isbn": FOX}).json()["id"]
    assert [each["id"] for each in program.ask("GET", "saved").json()["results"]] == [saved]
    make_loan(Copy.objects.get())
    kept = program.ask("DELETE", f"saved/{saved}")
    assert (problem_of(kept), kept.json()["reasons"][0]["code"]) == ((409, "refused"), "was_lent")


def test_book_of_open_library_never_lent_is_deleted_others_are_not_found(program: Program) -> None:
    own, saved = BookFactory(), program.ask("POST", "save", {"isbn": FOX}).json()["id"]
    answers = [program.ask("DELETE", f"saved/{pk}").status_code for pk in (own.pk, saved, saved)]
    assert (answers, list(Book.objects.all())) == ([404, 204, 404], [own])


def test_search_tells_what_is_here(program: Program) -> None:
    before = program.ask("GET", f"search?q={FOX}").json()["results"]
    saved = program.ask("POST", "save", {"isbn": FOX}).json()["id"]
    after = program.ask("GET", f"search?q={FOX}").json()["results"]
    assert [(each["title"], each["authors"], each["here"]) for each in (*before, *after)] == [
        ("Fantastic Mr. Fox", ["Roald Dahl"], None), ("Fantastic Mr. Fox", ["Roald Dahl"], saved),
    ]  # fmt: skip


def test_what_open_library_does_not_know_is_said(program: Program) -> None:
    assert program.ask("GET", "search?q=9780141439587").json() == {"results": [], "as_of": None}
    assert problem_of(program.ask("POST", "save", {"isbn": "9780141439587"})) == (404, "not_found")


def test_open_library_that_does_not_answer_is_not_our_fault(program: Program, stub: Stub) -> None:
    stub.tell("/search.json", page(500))
    answer = program.ask("GET", "search?q=fox+tales")
    assert (problem_of(answer), answer.json()["reasons"][0]["code"]) == ((502, "source_unavailable"), "unavailable")


def test_words_find_works(program: Program, stub: Stub) -> None:
    stub.tell("/search.json", record({"docs": [{"key": "/works/OL1W", "title": "Roughing It"}]}))
    found = program.ask("GET", "search?q=roughing").json()["results"]
    assert [(each["record"], each["title"]) for each in found] == [("OL1W", "Roughing It")]


@pytest.mark.parametrize("body", [{}, {"isbn": FOX, "olid": "OL1M"}, {"isbn": "12"}, {"olid": "OL1A1"}, {"isbn": 12}])
def test_save_needs_one_number_that_makes_sense(body: dict, program: Program) -> None:
    assert problem_of(program.ask("POST", "save", body)) == (400, "invalid")
