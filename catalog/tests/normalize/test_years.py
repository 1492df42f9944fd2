"""Years out of the dates that are really written."""

import pytest

from catalog.normalize.years import Year, read_year


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1998", 1998),
        ("October 6th 2015", 2015),
        ("2018-Sep-04", 2018),
        ("novembre 2000", 2000),
        ("new - Image Cascade Publishing, 1999", 1999),
        ("[1983?]", 1983),
        ("1998-99", 1998),
        ("2003, c1999", 2003),
        ("c1999", 1999),
        ("©1998, 1999 printing", 1999),
        ("cop. 1987", 1987),
        ("Dec 1999", 1999),
        ("1403 [1983]", 1983),
        ("5743 [1983]", 1983),
        ("１９８４", 1984),
        ("२००३", 2003),
        ("1900", 1900),
        ("1012", None),
        ("[n.d.]", None),
        ("????", None),
        ("20071231", None),
        ("", None),
    ],
)
def test_read_year_finds_the_year(text, year):
    assert read_year(text, this_year=2026) == Year(year)


@pytest.mark.parametrize(
    ("text", "warning"),
    [("190u", "year_unclear"), ("190-?", "year_unclear"), ("19--", "year_unclear"), ("2099", "year_future")],
)
def test_read_year_says_why_there_is_none(text, warning):
    assert read_year(text, this_year=2026) == Year(None, warning)


def test_read_year_takes_next_year():
    assert read_year("2027", this_year=2026) == Year(2027)


def test_read_year_doubts_what_booksellers_write_for_unknown():
    assert read_year("January 1, 1900", this_year=2026, is_from_trade=True) == Year(None, "year_suspect")
    assert read_year("January 1, 1987", this_year=2026, is_from_trade=True) == Year(1987)
