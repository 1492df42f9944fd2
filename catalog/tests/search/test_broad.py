"""Going down the index of many hits. Many are few here: the limits are lowered."""

from collections import Counter
from collections.abc import Callable

import pytest

from catalog.models import Book
from catalog.queries import search_books
from catalog.search import broad, finding
from catalog.search.documents import Stock
from catalog.search.engine import engine
from catalog.search.expressions import Words
from catalog.search.filters import Filters
from catalog.search.finding import Found
from catalog.search.highest import with_the_highest
from catalog.search.marks import Facet
from catalog.services.search import index_book, set_stock
from catalog.tests.factories import CopyFactory

from .shelf import shelve

pytestmark = pytest.mark.django_db

SEA = Words(("sea",))
SORTS = ("newest", "title", "author", "year", "popularity")


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "NARROW", 2)
    monkeypatch.setattr(broad, "NARROW", 2)


@pytest.fixture
def library() -> None:
    shelve("Sea", "The Sea", "Sea and Sand", "A Sea Story", by="Zoe Sea", year=1990, language="eng")
    shelve("Deep Sea", "Sea Fish", "Old Sea", lent={"Sea Fish": 9, "Old Sea": 70}, year=2001, language="ger")
    shelve("Ships", "Waves", by="Ann Sea", lent={"Waves": 3}, year=1955, language="eng")
    shelve("Nets", "Ropes", description="On the sea.")


def titles(found: Found) -> list[str]:
    names = dict(Book.objects.values_list("pk", "title"))
    return [names[pk] for pk in found.pks]


def walk(text: str, by_number: bool, **how: object) -> list[str]:
    """The titles of all pages of two, by the numbers of the pages or each from where the one before ended."""
    found, shown = search_books(text, per_page=2, **how), []
    for page in range(2, 20):
        shown += titles(found)
        if not found.has_next:
            return shown
        found = search_books(text, per_page=2, page=page, after="" if by_number else found.after, **how)
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize(("by_number", "far"), [(True, 1), (True, 10), (False, 1)])
def test_the_very_title_comes_first_then_tiers_then_the_popular_then_the_newest(
    library: None, many: None, monkeypatch: pytest.MonkeyPatch, by_number: bool, far: int
) -> None:
    monkeypatch.setattr(engine(), "FAR", far)
    assert walk("sea", by_number) == [
        "The Sea", "Sea",
        "Old Sea", "Sea Fish", "Deep Sea", "A Sea Story", "Sea and Sand",
        "Waves", "Ships",
        "Ropes", "Nets",
    ]  # fmt: skip


@pytest.mark.parametrize("way", ["walked", "all sorted", "highest sorted"])
@pytest.mark.parametrize("by_number", [True, False])
@pytest.mark.parametrize("sort", SORTS)
def test_an_order_is_the_same_of_many_hits_as_of_few(
    library: None, monkeypatch: pytest.MonkeyPatch, sort: str, by_number: bool, way: str
) -> None:
    monkeypatch.setattr(broad, "FEW_OF", 0 if way == "highest sorted" else 99)
    few = titles(search_books("sea", sort=sort))
    monkeypatch.setattr(finding, "NARROW", 2)
    monkeypatch.setattr(broad, "NARROW", 2)
    monkeypatch.setattr(engine(), "COLLECTED", 2 if way == "walked" else 99)
    monkeypatch.setattr(broad, "_is_soon_met", lambda total, _wanted: total > engine().COLLECTED)
    assert walk("sea", by_number, sort=sort) == few
    assert len(few) == 11


@pytest.mark.parametrize(("column", "wanted", "value", "found"), [
    ("times_lent", 1, None, ["Old Sea"]),
    ("times_lent", 2, None, ["Old Sea", "Sea Fish"]),
    ("times_lent", 1, 70, ["Old Sea", "Sea Fish"]),  # there may be none after the place among those as popular
    ("year", 1, None, ["Deep Sea", "Old Sea", "Sea Fish"]),
    ("year", 1, 1990, ["A Sea Story", "Sea", "Sea and Sand", "Ships", "The Sea", "Waves"]),
    ("year", 9, 1990, None),  # so many are not found within a few steps
    ("year", 1, 0, None),
])  # fmt: skip
def test_the_highest_are_looked_for_among_those_that_surely_hold_them(
    library: None, column: str, wanted: int, value: int | None, found: list[str] | None
) -> None:
    narrowed = with_the_highest(SEA, column, wanted, value)
    keys = engine().newest(narrowed, limit=99, offset=0, before=None)
    assert (narrowed == SEA) is (found is None)
    assert found is None or sorted(Book.objects.filter(pk__in=keys).values_list("title", flat=True)) == found


@pytest.mark.parametrize(("total", "wanted", "is_met"), [
    (900, 20, False), (2_000, 20, True), (2_000, 25, True), (2_000, 26, False), (1_001, 20, False),
])  # fmt: skip
def test_an_order_is_walked_along_where_hits_are_many_and_frequent(
    library: None, monkeypatch: pytest.MonkeyPatch, total: int, wanted: int, is_met: bool
) -> None:
    monkeypatch.setattr(engine(), "COLLECTED", 1_000)
    monkeypatch.setattr(engine(), "WALKED", 50)
    monkeypatch.setattr(broad, "highest_key", lambda: 4_000)
    assert broad._is_soon_met(total, wanted) is is_met


@pytest.mark.parametrize("by_number", [True, False])
@pytest.mark.parametrize("sort", SORTS)
def test_every_book_is_listed_in_order_but_the_hidden(
    library: None, monkeypatch: pytest.MonkeyPatch, sort: str, by_number: bool
) -> None:
    (gone,) = shelve("Gone Sea", year=1960)
    CopyFactory(book=gone, withdrawn_on="2026-01-01")
    index_book(gone)
    few = titles(search_books("", sort=sort))
    monkeypatch.setattr(finding, "NARROW", 2)
    assert walk("", by_number, sort=sort) == few
    assert (len(few), "Gone Sea" in few) == (11, False)


def test_filters_hold_for_many_hits(library: None, many: None) -> None:
    german = Filters(facets=(Facet("l", "ger"),))
    assert walk("sea", False, filters=german) == ["Old Sea", "Sea Fish", "Deep Sea"]
    assert walk("sea", True, filters=Filters(since=1950, until=1960), sort="title") == ["Ships", "Waves"]


def test_a_book_of_the_very_title_is_first_though_many_of_that_title_are_filtered_out(
    many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broad, "MOST_EXACT", 2)
    shelve("Sea", language="ger")
    shelve("Sea", "Sea", "Sea", lent={"Sea": 5}, language="eng")
    shelve("Sea Fish", "Sea Birds", lent={"Sea Fish": 9, "Sea Birds": 9}, language="ger")
    german = search_books("sea", filters=Filters(facets=(Facet("l", "ger"),)))
    assert titles(german) == ["Sea", "Sea Birds", "Sea Fish"]


@pytest.mark.parametrize("after", ["x", "1-2", "1-2-x", "9-9-9999999999999999999999", "-1", "²-²-²", "1--2"])
def test_a_place_that_cannot_be_read_is_the_beginning(library: None, many: None, after: str) -> None:
    assert titles(search_books("sea", per_page=2, after=after)) == ["The Sea", "Sea"]
    assert titles(search_books("sea", per_page=1, sort="newest", after=after)) == ["Ropes"]


def test_a_place_beyond_the_end_shows_nothing(library: None, many: None) -> None:
    assert titles(search_books("sea", after="99-0-1")) == []
    assert titles(search_books("sea", sort="newest", after="0")) == []


def lend(book: Book, times: int) -> None:
    set_stock([book.pk], lambda pks: {pk: Stock(times_lent=times) for pk in pks})


def rename(book: Book) -> None:
    Book.objects.filter(pk=book.pk).update(title="Nets", description="Of the sea.")
    index_book(book)


@pytest.mark.parametrize("change", [rename, lambda book: lend(book, 500), lambda book: book.delete()])
@pytest.mark.parametrize(
    ("sort", "is_few"),
    [("relevance", True), ("relevance", False), ("newest", False), ("title", False), ("popularity", False)],
)
def test_pages_end_and_hardly_repeat_though_the_last_book_of_each_changes_its_place(
    library: None, monkeypatch: pytest.MonkeyPatch, is_few: bool, sort: str, change: Callable[[Book], object]
) -> None:
    """``is_few``: each tier is ranked book by book, but all hits are too many for that."""
    monkeypatch.setattr(finding, "NARROW", 2)
    monkeypatch.setattr(broad, "NARROW", 99 if is_few else 2)
    shown: Counter[int] = Counter()
    found = search_books("sea", per_page=3, sort=sort)
    for page in range(2, 9):
        shown.update(found.pks)
        if not found.has_next:
            break
        change(Book.objects.get(pk=found.pks[-1]))
        found = search_books("sea", per_page=3, page=page, after=found.after, sort=sort)
    assert (found.has_next, max(shown.values()) <= 2) == (False, True)
    assert len(shown) >= 8  # of eleven, of which three have moved


def test_a_tier_that_was_ranked_book_by_book_goes_on_so_when_a_few_more_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "NARROW", 2)
    monkeypatch.setattr(broad, "NARROW", 4)
    shelve("Sea and Sand", "Sea of Salt", "Sea Fish", "Deep Sea")
    ranked = titles(search_books("sea"))
    found = search_books("sea", per_page=2)
    shelve("Sea Snails", lent={"Sea Snails": 1})
    for most, goes_on in [(8, ranked[1:]), (4, ["Sea Fish", "Sea of Salt"])]:
        monkeypatch.setattr(broad, "MOST_RANKED", most)
        assert titles(search_books("sea", per_page=3, page=2, after=found.after))[: len(goes_on)] == goes_on


def test_a_page_beyond_the_end_is_empty(library: None, many: None) -> None:
    found = search_books("sea", page=10**9)
    assert (titles(found), found.has_next, found.total.number) == ([], False, 11)
