"""Cells: nothing is reckoned, and what is meant comes back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.tables.cells import as_meant, harmless, in_one_cell, out_of_cell


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+41 44 1", "'+41 44 1"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("'Salem's Lot", "'Salem's Lot"),
        ("A=1", "A=1"),
        ("", ""),
    ],
)
def test_harmless_guards_what_would_be_reckoned_and_as_meant_takes_the_guard_away(text, cell):
    assert harmless(text) == cell
    assert as_meant(cell) == text


def test_as_meant_reads_what_other_exports_wrap_up():
    assert as_meant('="0439023483"') == "0439023483"
    assert as_meant("=1+1") == "=1+1"


@settings(max_examples=50)
@given(st.text("'=+-@\t\r\n＝ab", max_size=8))
def test_harmless_comes_back_whatever_the_text(text):
    assert as_meant(harmless(text)) == text


@settings(max_examples=50)
@given(st.lists(st.text("|\\ab ", min_size=1, max_size=6).map(str.strip), min_size=1, max_size=4))
def test_lists_come_back_out_of_one_cell(texts):
    cell = in_one_cell(texts)
    assert out_of_cell(cell) == (texts if cell else [])
