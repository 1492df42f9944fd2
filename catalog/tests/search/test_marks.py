"""Tokens of what a search can be narrowed down by."""

from collections import Counter

import pytest

from catalog.search import marks
from catalog.search.marks import Facet, facet_of, popularity, samples, years


@pytest.mark.parametrize(
    ("facet", "token"),
    [
        (Facet("l", "eng"), "__l_eng"),
        (Facet("a", "12"), "__a_12"),
        (Facet("o", "Main stacks"), "__o_4d61696e20737461636b73"),
        (Facet("o", "Ünten"), "__o_c39c6e74656e"),
    ],
)
def test_a_facet_is_a_token_and_is_read_back(facet: Facet, token: str) -> None:
    assert (facet.token, facet_of(token[2:])) == (token, facet)


def test_popularity_doubles_from_class_to_class() -> None:
    assert [popularity(n) for n in (0, 1, 2, 3, 4, 7, 8, 63, 64, 127, 9_999)] == [0, 1, 1, 2, 2, 3, 3, 6, 6, 7, 7]


def test_each_sample_holds_half_of_the_one_before_wherever_in_the_catalogue() -> None:
    for first in (1, 100_000, 5_000_000):
        found = Counter(token for pk in range(first, first + 4_096) for token in samples(pk))
        assert all(abs(found[f"__r_{n}"] - 4_096 / 2**n) <= 4_096 / 2**n * 0.35 for n in range(1, 6))


def test_a_sample_lies_within_the_next_larger_one() -> None:
    assert all(samples(pk) == [f"__r_{n + 1}" for n in range(len(samples(pk)))] for pk in range(1, 500))


@pytest.mark.parametrize(
    ("first", "last", "tokens"),
    [
        (1990, 1990, ["__y_1990"]),
        (1990, 1999, ["__d_199"]),
        (1900, 1999, ["__c_19"]),
        (1998, 2012, ["__y_1998", "__y_1999", "__d_200", "__y_2010", "__y_2011", "__y_2012"]),
        (1890, 2005, ["__d_189", "__c_19", "__y_2000", "__y_2001", "__y_2002", "__y_2003", "__y_2004", "__y_2005"]),
        (2005, 2004, []),
        (-5, 9, ["__d_0"]),
    ],
)
def test_a_span_of_years_is_said_in_centuries_decades_and_years(first: int, last: int, tokens: list[str]) -> None:
    assert years(first, last) == tokens


def test_a_book_bears_its_year_its_decade_and_its_century() -> None:
    assert (marks.of_year(1984), marks.of_year(None)) == (["__y_1984", "__d_198", "__c_19"], [])
