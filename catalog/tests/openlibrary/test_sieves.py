"""Finding the wanted lines in whole blocks."""

import pytest

from catalog.isbn import read_isbn
from catalog.openlibrary.dump import read_line
from catalog.openlibrary.hits import edition_isbns
from catalog.openlibrary.sieves import (
    BothSieves,
    EveryLine,
    IsbnSieve,
    KeySieve,
    LanguageSieve,
    NumberSet,
    isbn_values,
)

from . import records
from .dumps import author, edition, work

TEA = "9780142414125"
OTHERS = [edition(1, "9780306406157"), edition(2), edition(3, "9780553382563", isbn_10=["0553382568"])]


def sifted(sieve, *lines):
    """The lines that ``sieve`` finds in a block of them and wants."""
    block = "".join(f"{each}\n" for each in lines).encode()
    starts = sorted({block.rfind(b"\n", 0, place) + 1 for place in sieve.places(block)})
    candidates = [block[start : block.index(b"\n", start)] for start in starts]
    return [text.decode() for text in candidates if sieve.wants(read_line(text))]


@pytest.mark.parametrize(
    "isbns",
    [
        {"isbn_13": [TEA]},
        {"isbn_10": ["0142414123"]},
        {"isbn_10": ["x", "0142414123"]},
        {"isbn_13": ["978-0-14-241412-5"]},
        {"isbn_13": ["978-0-14-241412-5 (hardcover)"]},
        {"isbn_13": [" 9780142414125"]},
        {"isbn_13": ["9780306406157\t9780142414125"]},
        {"isbn_10": ["01424141230306406152"]},
        {"isbn_10": ["0142414123 2"]},
        {"isbn_10": ["142414123"]},
        {"isbn_10": "0142414123"},
        {"isbn": ["0142414123"]},
        {"isbn_13": ["97801424141255"], "isbn_10": ["ISBN 0-14-241412-3"]},
        {"isbn_13": ["978014241412512"]},
        {"isbn_13": ["978\u20100142414125"]},
    ],
)
def test_isbn_sieve_finds_an_isbn_however_it_is_written(isbns):
    wanted = edition(7, **isbns)
    assert sifted(IsbnSieve([read_isbn(TEA)]), *OTHERS, wanted, *OTHERS) == [wanted]


def test_isbn_sieve_finds_an_isbn_with_a_wrong_check_digit_and_an_x():
    wrong, with_x = edition(7, "9780142414126"), edition(8, isbn_10=["043942089x"])
    sieve = IsbnSieve([read_isbn("9780142414126"), read_isbn("978-0-439-42089-1")])
    assert sifted(sieve, *OTHERS, wrong, with_x) == [wrong, with_x]


def test_isbn_sieve_leaves_out_what_only_looks_like_it():
    invalid, title = edition(8, isbn_invalid=[TEA]), edition(9, title=f'"isbn_13": ["{TEA}"]')
    assert sifted(IsbnSieve([read_isbn(TEA)]), *OTHERS, invalid, title) == []


def test_isbn_sieve_looks_at_no_line_twice_where_nothing_is_wanted():
    block = "".join(f"{each}\n" for each in OTHERS).encode()
    assert IsbnSieve([read_isbn(TEA)]).places(block) == []


@pytest.mark.parametrize("name", ["OL22842654M", "OL24503867M", "OL24605334M", "OL14065582M", "OL1002068M", "OL1M"])
def test_isbn_values_of_recorded_editions_are_those_of_the_hits(name):
    assert isbn_values(records.edition(name)) == edition_isbns(records.edition(name))


@pytest.mark.parametrize(
    "text",
    [
        TEA, "0142414123", "043942089X", "043942089x", "0142414124", "9780142414126", "9790345246805", "9791234567896",
        "9780000000002", "0000000000", "4006381333931", "675093686", "", "B0001ABCDE", "٠١٤٢٤١٤١٢٣", None, 142414123,
        {"value": TEA}, "978014241412X",
    ],
)  # fmt: skip
def test_isbn_values_of_a_text_are_those_of_the_hits(text):
    for name in ("isbn_13", "isbn_10"):
        assert isbn_values({name: [text]}) == edition_isbns({name: [text]})


@pytest.mark.parametrize(
    "facts",
    [
        {"languages": [{"key": "/languages/ger"}]},
        {"languages": [{"key": "/languages/eng"}, {"key": "/languages/ger"}]},
        {"languages": [{"key": "/l/ger"}]},
        {"language_code": "de"},
        {"languages": [], "language_code": "ger"},
    ],
)
def test_language_sieve_finds_a_language(facts):
    others = [*OTHERS, edition(5, languages=[{"key": "/languages/eng"}]), edition(6, languages=[])]
    wanted = edition(7, **facts)
    assert sifted(LanguageSieve(["ger"]), *others, wanted) == [wanted]


def test_both_sieves_want_what_both_want():
    german, english = ({"languages": [{"key": f"/languages/{code}"}]} for code in ("ger", "eng"))
    lines = [edition(5, TEA, **english), edition(6, TEA, **german), edition(7, **german)]
    assert sifted(BothSieves(IsbnSieve([read_isbn(TEA)]), LanguageSieve(["ger"])), *lines) == [lines[1]]


def test_every_line_is_wanted():
    assert sifted(EveryLine(), *OTHERS) == OTHERS


def test_key_sieve_wants_the_numbers_named():
    numbers = NumberSet()
    numbers.add(2)
    old = "/type/work\t/w/OL2W\t1\t2008\t{}"
    assert sifted(KeySieve("work", numbers), work(1), work(2), old, work(22)) == [work(2), old]
    assert sifted(KeySieve("author", numbers), author(1), author(2)) == [author(2)]


def test_number_set_holds_small_and_very_large_numbers():
    numbers, put_in = NumberSet(), [0, 7, 8, 60_000_000, 2**28 - 1, 2**28, 999_999_999_999]
    for number in put_in * 2:
        numbers.add(number)
    around = {each + step for each in put_in for step in (-1, 0, 1) if each + step >= 0}
    assert sorted(number for number in around if number in numbers) == sorted([*put_in])
    assert len(numbers) == len(put_in)
