"""Filters, asked of one document."""

import pytest

from catalog.search.filters import Filters
from catalog.search.marks import Facet

GERMAN, SMITH, NORTH, SOUTH = Facet("l", "ger"), Facet("a", "7"), Facet("b", "1"), Facet("b", "2")


@pytest.mark.parametrize(("filters", "fits"), [
    (Filters(), True),
    (Filters((GERMAN, SMITH)), True), (Filters((GERMAN, Facet("a", "77"))), False),
    (Filters((NORTH,)), True), (Filters((SOUTH,)), True),
    (Filters(is_available=True), True),
    (Filters((NORTH,), is_available=True), False), (Filters((SOUTH,), is_available=True), True),
    (Filters(since=1999), True), (Filters(until=1999), True), (Filters(since=1990, until=1998), False),
    (Filters(since=2000), False), (Filters(until=1998), False),
])  # fmt: skip
def test_document_fits_what_was_chosen(filters: Filters, fits: bool) -> None:
    assert filters.fits("a_7 b_1 b_2 d_199 l_ger", "i_2", 1999) is fits


@pytest.mark.parametrize("filters", [Filters(since=0), Filters(until=2000), Filters(is_available=True)])
def test_document_of_no_year_and_no_copy_fits_none_of_these(filters: Filters) -> None:
    assert not filters.fits("l_ger", "", 0)
