"""Totals and facets, counted and reckoned."""

import pytest

from accounts.models import Branch
from accounts.queries import default_branch
from catalog.models import Book
from catalog.queries import search_books
from catalog.search import counting, finding
from catalog.search.counting import IN, Total
from catalog.search.engine import engine
from catalog.search.expressions import Words
from catalog.search.filters import Filters
from catalog.search.marks import Facet
from catalog.services.search import index_book, index_books
from catalog.tests.factories import CopyFactory

from .shelf import shelve

pytestmark = pytest.mark.django_db


def test_few_hits_are_counted_with_all_they_have_in_common() -> None:
    shelve("One Cat", "Two Cats", language="eng", year=1991, format="paperback")
    shelve("Die Cat", language="ger", year=1999)
    shelve("A Dog", language="eng")
    found = search_books("cat")
    assert (found.total, found.facets.is_exact) == (Total(3), True)
    assert found.facets.counts == {"l_eng": 2, "l_ger": 1, "d_199": 3, "f_paperback": 2}


@pytest.mark.parametrize(("most", "counted"), [(1, 1), (39, 39), (40, 40), (41, 40), (1 << 40, 40)])
def test_hits_are_counted_no_further_than_asked(most: int, counted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shelve(*["Cat"] * 40, "Dog")
    monkeypatch.setattr(engine(), "TOLD_FROM", 3, raising=False)  # PostgreSQL's: where so many are in one of eight
    assert counting.count(Words(("cat",)), most) == counted


@pytest.mark.parametrize("first", [100, 40, 10])  # enough at once; a finer one is needed; far too coarse
def test_many_hits_are_reckoned_from_a_sample_and_say_so(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    books = Book.objects.bulk_create(
        Book(pk=n, title="Cat", sort_title="cat", match_key="cat", language="ger" if n % 4 == 1 else "eng")
        for n in range(1, 1_201)  # by their keys the sample is drawn
    )
    index_books([book.pk for book in books])
    monkeypatch.setattr(finding, "NARROW", 10)
    monkeypatch.setattr(engine(), "COUNTED", 200)
    monkeypatch.setattr(counting, "SAMPLED", 100)
    monkeypatch.setattr(counting, "FIRST_SAMPLE", first)
    monkeypatch.setattr(counting, "highest_key", lambda: 1_200)
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


@pytest.fixture
def reckoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Facets are reckoned from one book in eight, or there are none; totals are counted."""
    monkeypatch.setattr(finding, "NARROW", 2)
    monkeypatch.setattr(counting, "SAMPLED", 4)


def put(book: Book, branch: Branch) -> None:
    CopyFactory(book=book, home_branch=branch, current_branch=branch)
    index_book(book)


def test_what_is_in_and_what_each_branch_has_is_counted_though_the_rest_is_reckoned(reckoned: None) -> None:
    main, north = default_branch(), Branch.objects.create(code="N", name="North")
    books = shelve(*(["Cat"] * 40), language="eng")
    for book, branch in zip(books, [main, north, north], strict=False):
        put(book, branch)
    at_main, at_north = f"b_{main.pk}", f"b_{north.pk}"
    everywhere = search_books("cat").facets
    assert [(everywhere.counts[token], everywhere.about(token)) for token in (IN, at_main, at_north)] == [
        (3, False), (1, False), (2, False),
    ]  # fmt: skip
    assert (everywhere.about("l_eng"), everywhere.counts["l_eng"] <= 40) == (True, True)
    chosen = search_books("cat", filters=Filters(facets=(Facet("b", str(north.pk)),)))
    assert chosen.facets.counts == {at_north: 2, IN: 2, "l_eng": 2}


def test_what_was_chosen_is_known_of_every_hit(reckoned: None) -> None:
    books = shelve(*(["Cat"] * 21), language="eng")
    for book in books[:20]:
        put(book, default_branch())
    chosen = Filters(facets=(Facet("l", "eng"),), is_available=True)
    facets = search_books("cat", filters=chosen).facets
    assert [(facets.counts[token], facets.about(token)) for token in ("l_eng", IN)] == [(20, False), (20, False)]


def test_no_number_is_larger_than_the_total(reckoned: None, monkeypatch: pytest.MonkeyPatch) -> None:
    shelve(*(["Cat"] * 17), language="eng")
    monkeypatch.setattr(counting, "_rounded", lambda number: number * 9)
    assert set(search_books("cat").facets.counts.values()) <= {17}


@pytest.mark.parametrize(
    ("number", "rounded"), [(0, 0), (7, 7), (99, 99), (100, 100), (1_234, 1_200), (17_498, 17_000), (999, 1_000)]
)
def test_reckoned_numbers_have_two_digits(number: int, rounded: int) -> None:
    assert counting._rounded(number) == rounded
