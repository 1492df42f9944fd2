"""Copies through the API."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.api.programs import Program, problem_of
from catalog.models import Copy
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.tests.factories import make_loan

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(librarian: User) -> Program:
    return Program(librarian)


def test_copy_is_added_with_its_barcode_or_the_next_one(program: Program) -> None:
    book = BookFactory()
    given = program.ask("POST", "copies", {"book": book.pk, "barcode": " c-77 ", "price": "12.00"})
    made = program.ask("POST", "copies", {"book": book.pk})
    assert [(each.status_code, each.json()["status"]) for each in (given, made)] == [(201, "available")] * 2
    assert (given.json()["barcode"], given.json()["price"], made.json()["price"]) == ("C-77", "12.00", None)


def test_copy_on_loan_says_until_when_and_stays(program: Program) -> None:
    loan = make_loan()
    said = program.ask("GET", f"copies/{loan.copy_id}").json()
    assert (said["status"], said["due_at"] is not None) == ("on_loan", True)
    gone = program.ask("DELETE", f"copies/{loan.copy_id}")
    assert (problem_of(gone), gone.json()["reasons"][0]["code"]) == ((409, "refused"), "was_lent")


def test_copy_is_changed_and_deleted(program: Program) -> None:
    copy = CopyFactory(location="Attic")
    seen = program.ask("GET", f"copies/{copy.pk}").headers["ETag"]
    changed = program.ask("PATCH", f"copies/{copy.pk}", {"barcode": "NEW-1"}, If_Match=seen).json()
    assert (changed["barcode"], changed["location"]) == ("NEW-1", "Attic")
    assert problem_of(program.ask("DELETE", f"copies/{copy.pk}", If_Match=seen)) == (412, "changed")
    assert (program.ask("DELETE", f"copies/{copy.pk}").status_code, Copy.objects.count()) == (204, 0)


def test_barcode_of_another_copy_is_refused(program: Program) -> None:
    taken, copy = CopyFactory(), CopyFactory()
    answer = program.ask("PATCH", f"copies/{copy.pk}", {"barcode": taken.barcode})
    assert (problem_of(answer), answer.json()["reasons"][0]["code"]) == ((409, "refused"), "barcode_taken")


def test_copies_are_filtered_by_book_and_barcode(program: Program) -> None:
    copy = CopyFactory()
    CopyFactory()
    for query in (f"book={copy.book_id}", f"barcode={copy.barcode.lower()}"):
        assert program.ask("GET", f"copies?fields=id&{query}").json()["results"] == [{"id": copy.pk}]


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_copies_takes_four_queries(count: int, program: Program, django_assert_num_queries: Any) -> None:
    CopyFactory.create_batch(count)
    answer = program.ask_counted("copies", 4, django_assert_num_queries)
    assert len(answer.json()["results"]) == count
