"""Two books: plain, with something in every table, or with their copies lent."""

from datetime import timedelta

import pytest

from catalog.models import (
    AlsoBorrowed,
    Book,
    Subject,
)
from catalog.services.search import index_books
from catalog.tests.factories import AuthorFactory, BookFactory, CopyFactory
from circulation.tests.factories import make_hold, make_loan
from circulation.tests.services.merging.two_books import NOW, described


@pytest.fixture
def two() -> tuple[Book, Book]:
    """Two books, each found by search."""
    return BookFactory(searchable=True), BookFactory(searchable=True)


@pytest.fixture
def full(two: tuple[Book, Book]) -> tuple[Book, Book]:
    """Two books about which something is said in every table."""
    for n, book in enumerate(two):
        subject = Subject.objects.create(name=f"S{n}", match_key=f"s{n}")
        described(book, f"978055338256{n}", AuthorFactory(), subject)
        make_loan(CopyFactory(book=book), now=NOW)
        CopyFactory(book=book)
        for minutes in (0, 10):
            make_hold(book, now=NOW + timedelta(minutes=minutes + 3 * n))
    third = BookFactory(searchable=True)
    for pair in ((two[0], third, 6), (two[1], third, 9), (third, two[1], 7), (two[0], two[1], 5)):
        AlsoBorrowed.objects.create(book=pair[0], other=pair[1], readers=pair[2])
    index_books([book.pk for book in two])
    return two


@pytest.fixture
def lent(two: tuple[Book, Book]) -> tuple[Book, Book]:
    """Two books, the one copy of each on loan."""
    for book in two:
        make_loan(CopyFactory(book=book), now=NOW)
    return two
