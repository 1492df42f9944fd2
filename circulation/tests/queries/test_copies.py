"""COPY: what a copy is right now, and how many of a book there are."""

from datetime import date
from itertools import product

import pytest

from accounts.models import Branch
from catalog.models import Copy
from catalog.tests.factories import BookFactory, CopyFactory, CopyTypeFactory
from circulation.models import Loan
from circulation.queries.copies import Stock, available_copies, stock_of, with_availability
from circulation.services.loans import return_copy
from circulation.tests.factories import make_loan, zurich

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
STATES = ("withdrawn_on", "lost_on", "damaged_on")


def statuses() -> list[tuple[str, object]]:
    return list(with_availability(Copy.objects.order_by("pk")).values_list("status", "due_at"))


def make_copy(*, lent: bool = False, lendable: bool = True, **states) -> Copy:
    """A copy in any combination of states, also in those the services do not allow."""
    copy = CopyFactory(copy_type=CopyTypeFactory())
    if lent:
        make_loan(copy, now=zurich("2026-03-02T10:00"))
    if not lendable:
        type(copy.copy_type).objects.filter(pk=copy.copy_type_id).update(is_lendable=False)
    Copy.objects.filter(pk=copy.pk).update(**states)
    return copy


@pytest.mark.parametrize(("how", "status"), [
    ({}, "available"), ({"lendable": False}, "not_lendable"), ({"damaged_on": DAY}, "damaged"),
    ({"lost_on": DAY}, "lost"), ({"withdrawn_on": DAY}, "withdrawn"),
])  # fmt: skip
def test_copy_6_copy_that_is_in(how: dict, status: str) -> None:
    make_copy(**how)
    assert statuses() == [(status, None)]


@pytest.mark.parametrize("how", [{}, {"lendable": False}, {"damaged_on": DAY}, {"lost_on": DAY}])
def test_copy_7_copy_that_is_lent_is_on_loan_whatever_else_it_is(how: dict) -> None:
    make_copy(lent=True, **how)
    assert statuses() == [("on_loan", Loan.objects.get().due_at)]


def test_loan_that_is_over_does_not_count(branch: Branch) -> None:
    loan = make_loan()
    return_copy(loan.copy, branch=branch, by=None)
    assert statuses() == [("available", None)]


@pytest.mark.parametrize(("how", "stock"), [
    ({}, Stock(1, 1)), ({"lent": True}, Stock(1, 0)), ({"lendable": False}, Stock(1, 0)),
    ({"damaged_on": DAY}, Stock(1, 0)), ({"damaged_on": DAY, "lent": True}, Stock(1, 0)),
    ({"lendable": False, "lent": True}, Stock(1, 0)), ({"damaged_on": DAY, "lendable": False}, Stock(1, 0)),
    ({"damaged_on": DAY, "lendable": False, "lent": True}, Stock(1, 0)),
    ({"lost_on": DAY}, None), ({"withdrawn_on": DAY}, None),
])  # fmt: skip
def test_copy_8_stock_of_one_copy(how: dict, stock: Stock | None) -> None:
    """Withdrawn and lost copies are not stock; stock that cannot be taken home is not available."""
    copy = make_copy(**how)
    assert stock_of([copy.book]) == ({copy.book_id: stock} if stock else {})


def test_every_combination_of_states_is_counted_once() -> None:
    book = BookFactory()
    for lent, lendable, *states in product([False, True], repeat=5):
        copy = make_copy(lent=lent, lendable=lendable, **{s: DAY for s, on in zip(STATES, states, strict=True) if on})
        Copy.objects.filter(pk=copy.pk).update(book=book)
    in_use = with_availability(book.copies.filter(withdrawn_on=None, lost_on=None))
    assert stock_of([book]) == {book.pk: Stock(8, 1)}
    assert (in_use.count(), in_use.filter(status="available").count()) == (8, 1)


def test_old_loans_do_not_multiply_copies(branch: Branch) -> None:
    copy = CopyFactory()
    CopyFactory(book=copy.book)
    for _each in range(3):
        return_copy(make_loan(copy).copy, branch=branch, by=None)
    assert stock_of([copy.book]) == {copy.book_id: Stock(2, 2)}
    make_loan(copy)
    assert stock_of([copy.book]) == {copy.book_id: Stock(2, 1)}


def test_stock_of_many_books_is_one_query(django_assert_num_queries) -> None:
    books = [CopyFactory().book for _each in range(3)]
    empty = BookFactory()
    with django_assert_num_queries(1):
        assert stock_of([*books, empty]) == {book.pk: Stock(1, 1) for book in books}


def test_copies_that_can_be_lent_now() -> None:
    book = BookFactory()
    first, second = CopyFactory(book=book), CopyFactory(book=book)
    for fields in ({"lost_on": DAY}, {"damaged_on": DAY}, {"withdrawn_on": DAY}):
        CopyFactory(book=book, **fields)
    make_loan(CopyFactory(book=book))
    assert list(available_copies(book)) == [first, second]
