"""Which edition is described best."""

import pytest

from catalog.openlibrary.ranking import edition_score, rank_editions

FULL = {
    "isbn_13": ["9780142414125"],
    "works": [{"key": "/works/OL1W"}],
    "publishers": ["Puffin"],
    "publish_date": "May 1999",
    "number_of_pages": 209,
    "covers": [-1, 5],
    "languages": [{"key": "/languages/eng"}],
    "revision": 25,
}


@pytest.mark.parametrize(
    ("change", "score"),
    [
        ({}, 13),
        ({"isbn_13": []}, 8),
        ({"works": []}, 11),
        ({"covers": [-1, None]}, 12),
        ({"publish_date": "n.d."}, 12),
        ({"number_of_pages": 0, "pagination": "vii"}, 13),
        ({"revision": 3}, 12.3),
        ({"languages": None, "publishers": 5}, 11),
    ],
)
def test_edition_score_counts_what_is_known(change, score):
    assert edition_score({**FULL, **change}) == pytest.approx(score)


def test_edition_score_of_another_number_or_language():
    assert edition_score(FULL, isbn="9780306406157") == 8
    assert edition_score(FULL, language="de") == 12
    assert edition_score({}) == 0


def test_rank_editions_puts_the_best_first_and_keeps_the_order_of_equals():
    first, second, best = {"key": "1"}, {"key": "2"}, {"key": "3", **FULL}
    assert rank_editions([first, second, best]) == [best, first, second]
