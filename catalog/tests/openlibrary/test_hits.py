"""Hits of the search, recorded and invented."""

import pytest
from hypothesis import given, settings

from catalog.openlibrary.normalize import SearchHit, search_hits

from . import records
from .test_normalize import ANY_JSON


def test_search_hits_of_a_recorded_answer():
    assert search_hits(records.search("bookshelf_dr_stone_vol_1")) == (
        SearchHit(
            work_key="OL37805541W",
            edition_key="OL38630032M",
            title="Dr. STONE, Vol. 1",
            authors=("Riichiro Inagaki",),
            first_year=2018,
            cover_id=12821031,
            isbns=("9786076340486", "9781974702619", "9788417490096", "9784088811840"),
        ),
    )


def test_search_hits_prefer_the_edition_that_fits():
    doc = {
        "key": "/works/OL45804W",
        "title": "Fantastic Mr Fox",
        "author_name": ["Roald Dahl"],
        "cover_i": 6498519,
        "language": ["eng", "ger"],
        "first_publish_year": 1970,
        "editions": {
            "docs": [
                {
                    "key": "/books/OL12743345M",
                    "title": "Der fantastische Mister Fox.",
                    "isbn": ["3499138549", "978-3-499-13854-6 (pbk.)"],
                    "language": ["ger"],
                    "cover_i": 7,
                }
            ]
        },
    }
    assert search_hits({"docs": [doc]}) == (
        SearchHit(
            work_key="OL45804W",
            edition_key="OL12743345M",
            title="Der fantastische Mister Fox",
            authors=("Roald Dahl",),
            first_year=1970,
            cover_id=7,
            isbns=("9783499138546",),
            language="ger",
        ),
    )


@pytest.mark.parametrize(
    ("doc", "keys"),
    [
        ({"key": "/works/OL10910782M", "title": "Orphan"}, [("", "OL10910782M")]),
        ({"key": "OL2626638W", "title": "Of 2013"}, [("OL2626638W", "")]),
        ({"key": "/works/OL1W", "title": "T", "cover_edition_key": "OL2M"}, [("OL1W", "OL2M")]),
        ({"key": "/works/OL1W"}, []),
        ({"title": "No key"}, []),
        (
            {"key": "/works/OL1W", "title": {"value": "T"}, "author_name": "One", "isbn": 5, "editions": []},
            [("OL1W", "")],
        ),
        (None, []),
    ],
)
def test_search_hits_need_a_key_and_a_title(doc, keys):
    assert [(hit.work_key, hit.edition_key) for hit in search_hits({"docs": [doc]})] == keys


@pytest.mark.parametrize("name", ["teecaud_limit_5_q_denver", "brenna_limit_5_q_Denver_CO", "swift_twitter_tear_gas"])
def test_search_hits_lose_no_recorded_hit(name):
    answer = records.search(name)
    assert len(search_hits(answer)) == len(answer["docs"]) > 0


def test_search_hits_has_a_limit():
    assert len(search_hits({"docs": [{"key": "/works/OL1W", "title": "T"}] * 500})) == 100


@settings(max_examples=80, deadline=None)
@given(ANY_JSON)
def test_search_hits_never_fails(value):
    search_hits(value)
    search_hits({"docs": value})
    search_hits({"docs": [value, {"key": "/works/OL1W", "title": value, "editions": {"docs": [value]}}]})
