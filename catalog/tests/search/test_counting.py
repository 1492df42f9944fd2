"""Totals and facets, counted and reckoned."""

import pytest

from catalog.models import Book
from catalog.queries import search_books
from catalog.search import counting, finding
from catalog.search.counting import Total
from catalog.search.engine import engine
from catalog.services.search import index_books

from .shelf import shelve

pytestmark = pytest.mark.django_db


def test_few_hits_are_counted_with_all_they_have_in_common() -> None:
    shelve("One Cat", "Two Cats", language="eng", year=1991, format="paperback")
    shelve("Die Cat", language="ger", year=1999)
    shelve("A Dog", language="eng")
    found = search_books("cat")
    assert (found.total, found.facets.is_exact) == (Total(3), True)
    assert found.facets.counts == {"l_eng": 2, "l_ger": 1, "d_199": 3, "f_paperback": 2}


def test_many_hits_are_reckoned_from_a_sample_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    books = Book.objects.bulk_create(
        Book(title="Cat", sort_title="cat", match_key="cat", language="ger" if n % 4 == 0 else "eng")
        for n in range(1_200)
    )
    index_books([book.pk for book in books])
    monkeypatch.setattr(finding, "NARROW", 10)
    monkeypatch.setattr(engine(), "COUNTED", 200)
    monkeypatch.setattr(counting, "SAMPLED", 100)
    monkeypatch.setattr(counting, "GUESSED_FROM", 3)
    found = search_books("cat", per_page=1)
    assert (found.total.is_exact, found.facets.is_exact) == (False, False)
    assert abs(found.total.number - 1_200) < 240
    assert abs(found.facets.counts["l_ger"] - 300) < 120


def test_what_is_within_the_limit_is_counted_though_its_facets_are_reckoned(monkeypatch: pytest.MonkeyPatch) -> None:
    shelve(*(["Cat"] * 40), language="eng")
    monkeypatch.setattr(finding, "NARROW", 10)
    monkeypatch.setattr(counting, "SAMPLED", 10)
    found = search_books("cat")
    assert (found.total, found.facets.is_exact) == (Total(40), False)


@pytest.mark.parametrize(
    ("number", "rounded"), [(0, 0), (7, 7), (99, 99), (100, 100), (1_234, 1_200), (17_498, 17_000), (999, 1_000)]
)
def test_reckoned_numbers_have_two_digits(number: int, rounded: int) -> None:
    assert counting._rounded(number) == rounded
