"""Which branch a book is at, and where a copy of it is in, as search has it after whatever happens to the copies."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

import catalog.invariants
import circulation.invariants
from accounts.models import Action, Branch, User
from accounts.queries import default_branch
from catalog.drafts import BookDraft
from catalog.models import Book, Copy
from catalog.queries import search_books
from catalog.search import counting, finding
from catalog.search.counting import IN
from catalog.search.filters import Filters
from catalog.search.marks import BRANCH, Facet
from catalog.services.books import add_book
from catalog.services.copies import edit_copy
from catalog.tests.factories import CopyFactory
from circulation.services.copies import clear_copy, withdraw_copy
from circulation.services.holds import trap_copy
from circulation.services.loans import return_copy
from circulation.services.lost import mark_found, mark_lost
from circulation.services.search import tell_search_of_copies
from circulation.services.undo import undo
from circulation.tests.factories import make_hold, make_loan

pytestmark = pytest.mark.django_db


@pytest.fixture
def main() -> Branch:
    return default_branch()


@pytest.fixture
def north() -> Branch:
    return Branch.objects.create(code="NORTH", name="North")


@pytest.fixture
def book(main: Branch, north: Branch) -> Book:
    """One copy at each of the two branches."""
    book = add_book(BookDraft(title="Sea"), by=None)
    for branch in (main, north):
        CopyFactory(book=book, home_branch=branch, current_branch=branch)
    tell_search_of_copies(book.pk)
    return book


def counts(**filters: object) -> dict[str, int]:
    """How many hits "sea" has in each branch, and how many are in, with these filters."""
    found = search_books("sea", filters=Filters(**filters)).facets.counts
    return {name: number for name, number in found.items() if name == IN or name.startswith(f"{BRANCH}_")}


def is_in(*branches: Branch) -> list[bool]:
    """At which of these branches search finds a copy that is in; and everything is as it is counted now."""
    assert [*catalog.invariants.broken(), *circulation.invariants.broken()] == []
    chosen = [Filters(facets=(Facet(BRANCH, str(branch.pk)),), is_available=True) for branch in branches]
    return [bool(search_books("sea", filters=each).pks) for each in chosen]


def test_a_copy_that_is_in_elsewhere_is_not_in_here(book: Book, main: Branch, north: Branch) -> None:
    lent = make_loan(book.copies.get(home_branch=north))
    assert is_in(main, north) == [True, False]
    return_copy(lent.copy, branch=north, by=None)
    assert is_in(main, north) == [True, True]


def test_counts_of_branches_and_of_what_is_in_are_of_the_same_copy(book: Book, main: Branch, north: Branch) -> None:
    make_loan(book.copies.get(home_branch=north))
    at_main, at_north = f"b_{main.pk}", f"b_{north.pk}"
    assert counts() == {at_main: 1, at_north: 1, IN: 1}
    assert counts(is_available=True) == {at_main: 1, IN: 1}
    assert counts(facets=(Facet(BRANCH, str(north.pk)),)) == {at_main: 1, at_north: 1}
    assert counts(facets=(Facet(BRANCH, str(main.pk)),)) == {at_main: 1, at_north: 1, IN: 1}


def test_counts_of_many_hits_are_of_the_same_copy_too(
    book: Book, main: Branch, north: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_book(BookDraft(title="Sea"), by=None)
    make_loan(book.copies.get(home_branch=north))
    monkeypatch.setattr(finding, "NARROW", 1)
    monkeypatch.setattr(counting, "SAMPLED", 10)
    assert counts() == {f"b_{main.pk}": 1, f"b_{north.pk}": 1, IN: 1}
    assert counts(is_available=True) == {f"b_{main.pk}": 1, IN: 1}


def test_a_book_is_at_the_branch_where_its_copy_was_taken_back(book: Book, main: Branch, north: Branch) -> None:
    withdraw_copy(book.copies.get(home_branch=main), by=None)
    copy = make_loan(book.copies.get(home_branch=north)).copy
    return_copy(copy, branch=main, by=None)
    assert (is_in(main, north), counts()) == ([True, False], {f"b_{main.pk}": 1, IN: 1})


@pytest.mark.parametrize(
    ("happens", "then"),
    [
        (lambda copy, _main: edit_copy(copy, current_branch=_main, by=None), [True, False]),
        (lambda copy, _main: withdraw_copy(copy, by=None), [True, False]),
        (lambda copy, _main: clear_copy(withdraw_copy(copy, by=None), state="withdrawn", by=None), [True, True]),
        (lambda copy, _main: mark_lost(copy, by=None), [True, False]),
        (lambda copy, main: mark_found(mark_lost(copy, by=None), branch=main, by=None), [True, False]),
        (lambda copy, north: make_hold(copy.book) and trap_copy(copy, branch=copy.home_branch, by=None), [True, False]),
    ],
    ids=["moved", "withdrawn", "back", "lost", "found elsewhere", "kept"],
)
def test_what_happens_to_a_copy_is_told(
    book: Book, main: Branch, north: Branch, happens: Callable[[Copy, Branch], object], then: list[bool]
) -> None:
    happens(book.copies.get(home_branch=north), main)
    assert is_in(main, north) == then


def test_a_copy_that_is_out_and_moves_in_the_records_is_out_there(book: Book, main: Branch, north: Branch) -> None:
    loan = make_loan(book.copies.get(home_branch=main))
    edit_copy(loan.copy, home_branch=north, by=None)
    assert is_in(main, north) == [False, True]
    return_copy(loan.copy, branch=main, by=None)
    assert is_in(main, north) == [True, True]


def test_a_return_elsewhere_that_is_taken_back_is_out_where_it_was(
    book: Book, main: Branch, north: Branch, librarian: User
) -> None:
    loan = make_loan(book.copies.get(home_branch=north))
    mark_lost(book.copies.get(home_branch=main), by=None)
    return_copy(loan.copy, branch=main, by=librarian)
    assert is_in(main, north) == [True, False]
    undo(Action.objects.get(verb="return"), by=librarian, now=timezone.now() + timedelta(minutes=1))
    assert (is_in(main, north), counts()) == ([False, False], {f"b_{north.pk}": 1})
