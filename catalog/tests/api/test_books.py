"""Books through the API."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.tests.api.programs import Program, problem_of
from catalog.models import Book, Copy
from catalog.services.merged import remember
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.tests.factories import make_loan

pytestmark = pytest.mark.django_db
EMMA = {
    "title": "Emma", "isbns": ["0-14-143958-0"], "contributors": [{"name": "Jane Austen"}, {"name": "Fiona Stafford",
    "role": "edt"}], "subjects": ["England", "England"], "year": 2003, "language": "eng", "copies": 2, "price": "9.50",
}  # fmt: skip


@pytest.fixture
def program(librarian: User) -> Program:
    return Program(librarian)


def test_book_is_added_with_its_copies(program: Program) -> None:
    answer = program.ask("POST", "books", EMMA)
    said = answer.json()
    book = Book.objects.get(title="Emma")
    assert (answer.status_code, answer.headers["Location"], said["id"]) == (201, f"/api/v1/books/{book.pk}", book.pk)
    assert [(each["name"], each["role"]) for each in said["contributors"]] == [
        ("Jane Austen", "aut"), ("Fiona Stafford", "edt"),
    ]  # fmt: skip
    assert (said["identifiers"][0], said["subjects"]) == ({"kind": "isbn13", "value": "9780141439587"}, ["England"])
    assert (said["copies"], said["available"], said["open_library_key"], said["cover"]) == (2, 2, None, None)
    assert list(Copy.objects.values_list("price_minor", flat=True)) == [950, 950]


def test_book_whose_isbn_is_here_is_refused_unless_it_is_said_to_be_another(program: Program) -> None:
    program.ask("POST", "books", EMMA)
    again = program.ask("POST", "books", EMMA)
    assert (problem_of(again), again.json()["reasons"][0]["code"]) == ((409, "refused"), "isbn_here")
    assert program.ask("POST", "books", EMMA | {"is_another": True}).status_code == 201


def test_patch_changes_what_it_names_and_put_the_whole_description(program: Program) -> None:
    where = program.ask("POST", "books", EMMA).headers["Location"]
    patched = program.ask("PATCH", where, {"publisher": "Penguin"}).json()
    assert (patched["title"], patched["publisher"], patched["year"]) == ("Emma", "Penguin", 2003)
    put = program.ask("PUT", where, {"title": "Emma", "isbns": ["9780141439587"]}).json()
    assert (put["publisher"], put["year"], put["contributors"], put["copies"]) == ("", None, [], 2)


def test_book_that_was_changed_meanwhile_is_not_overwritten(program: Program) -> None:
    where = program.ask("POST", "books", EMMA).headers["Location"]
    seen = program.ask("GET", where).headers["ETag"]
    assert program.ask("GET", where, If_None_Match=seen).status_code == 304
    assert program.ask("PATCH", where, {"series": "Classics"}, If_Match=seen).status_code == 200
    late = program.ask("PATCH", where, {"series": "Novels"}, If_Match=seen)
    assert (problem_of(late), Book.objects.get().series) == ((412, "changed"), "Classics")


def test_book_never_lent_goes_with_its_copies(program: Program) -> None:
    where = program.ask("POST", "books", EMMA).headers["Location"]
    assert (program.ask("DELETE", where).status_code, Book.objects.count(), Copy.objects.count()) == (204, 0, 0)


def test_book_that_was_lent_stays_with_all_its_copies(program: Program) -> None:
    loan = make_loan()
    other = CopyFactory(book=loan.copy.book)
    answer = program.ask("DELETE", f"books/{other.book_id}")
    assert (problem_of(answer), answer.json()["reasons"][0]["code"]) == ((409, "refused"), "was_lent")
    assert Copy.objects.count() == 2


def test_readers_see_no_book_whose_every_copy_was_withdrawn(program: Program, member_user: User) -> None:
    hidden = CopyFactory(withdrawn_on=date(2026, 3, 1)).book
    readers = [Program(), Program(member_user)]
    assert [problem_of(each.ask("GET", f"books/{hidden.pk}")) for each in readers] == [(404, "not_found")] * 2
    assert [each.ask("GET", "books").json()["results"] for each in readers] == [[], []]
    assert program.ask("GET", f"books/{hidden.pk}").json()["title"] == hidden.title


def test_readers_change_nothing(member_user: User) -> None:
    book = BookFactory()
    asked = [(Program(), 401, "not_signed_in"), (Program(member_user), 403, "not_allowed")]
    for program, status, code in asked:
        for method, where in (("POST", "books"), ("PUT", f"books/{book.pk}"), ("DELETE", f"books/{book.pk}")):
            assert problem_of(program.ask(method, where, {"title": "X"})) == (status, code)


def test_book_that_was_merged_is_found_where_it_went(program: Program, librarian: User) -> None:
    old, kept = BookFactory(title="Emma"), BookFactory(title="Emma, 2nd")
    remember(old, kept.pk, timezone.now())
    Book.objects.filter(pk=old.pk).delete()
    moved = program.ask("GET", f"books/{old.pk}")
    assert (problem_of(moved), moved.headers["Location"]) == ((301, "moved"), f"/api/v1/books/{kept.pk}")
    assert problem_of(program.ask("PATCH", f"books/{old.pk}", {"title": "X"})) == (404, "not_found")


def test_books_are_filtered_by_isbn_author_and_subject(program: Program) -> None:
    emma = program.ask("POST", "books", EMMA).json()
    BookFactory()
    author = emma["contributors"][0]["author"]
    subject = Book.objects.get(pk=emma["id"]).subjects.get().pk
    for query in ("isbn=0141439580", "isbn=978-0-14-143958-7", f"author={author}", f"subject={subject}"):
        found = program.ask("GET", f"books?fields=id&{query}").json()["results"]
        assert (query, found) == (query, [{"id": emma["id"]}])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"isbns": ["123"]}, "isbns.0"), ({"isbns": ["9780141439587", "abc"]}, "isbns.1"),
        ({"year": "2003"}, "year"), ({"title": ""}, "title"), ({"price": 9}, "price"),
        ({"contributors": [{"name": "A", "role": "xyz"}]}, "contributors.0.role"), ({"price": "9.505"}, "price"),
        ({"language": "english"}, "language"), ({"copies": 501}, "copies"), ({"copy_type": 999}, "copy_type"),
        ({"title": 7}, "title"), ({"title": "a\0b"}, "title"), ({"contributors": [[]]}, "contributors.0"),
    ],
)  # fmt: skip
def test_book_that_makes_no_sense_is_not_added(changes: dict, field: str, program: Program) -> None:
    answer = program.ask("POST", "books", EMMA | changes)
    assert (problem_of(answer), list(answer.json()["errors"]), Book.objects.count()) == ((400, "invalid"), [field], 0)


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_books_takes_seven_queries(count: int, program: Program, django_assert_num_queries: Any) -> None:
    for _n in range(count):
        CopyFactory(book=BookFactory(searchable=True))
    answer = program.ask_counted("books", 7, django_assert_num_queries)
    assert len(answer.json()["results"]) == count
