"""What scanners and keyboards add to a code, change in it or lose from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.scans import clean_code, readings


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("C001", "C001"),
        ("  C001\r\n", "C001"),
        ("\tC001\x1d", "C001"),
        ("\x02C001\x03", "C001"),
        ("c001", "C001"),
        ("C 001", "C001"),
        ("C\u00a0001", "C001"),
        ("\ufeffC001\u200b", "C001"),
        ("Ｃ００１", "C001"),
        ("ｃ００１", "C001"),
        ("", ""),
        ("\x00", ""),
    ],
)
def test_code_is_cleaned_of_what_a_scanner_adds(sent: str, stored: str) -> None:
    assert clean_code(sent) == stored


def test_code_is_cut_where_no_scan_is_so_long() -> None:
    assert clean_code("x" * 10_000) == "X" * 200


@pytest.mark.parametrize(
    ("sent", "likeliest_first"),
    [
        ("C001", ["C001"]),
        ("]C1C001\r\n", ["]C1C001", "C001"]),
        ("]c1c001", ["]C1C001", "C001"]),
        ("*C001*", ["*C001*", "C001"]),
        ("]A0*C001*", ["]A0*C001*", "*C001*", "C001"]),
        ("**", ["**"]),
        ("*", ["*"]),
        ("C001*", ["C001*"]),
        ("]C1", ["]C1"]),
        ("", []),
        ("\r\n", []),
    ],
)
def test_scan_stands_for_the_code_with_and_without_the_noise(sent: str, likeliest_first: list[str]) -> None:
    assert readings(sent) == likeliest_first


@pytest.mark.parametrize("sent", ["A123456789012345B", "a123456789012345b", "]F0A123456789012345B"])
def test_scan_loses_the_letters_that_frame_codabar(sent: str) -> None:
    assert readings(sent)[-1] == "123456789012345"


def test_code_that_looks_framed_is_read_as_it_stands_first() -> None:
    assert readings("B000042D")[0] == "B000042D"


def test_number_is_also_read_with_the_zeros_it_may_have_lost() -> None:
    assert readings("0042")[:5] == ["0042", "42", "042", "00042", "000042"]
    assert readings("0042")[-1] == "00000000000042"


def test_code_with_letters_is_not_read_with_other_zeros() -> None:
    assert readings("C0042") == ["C0042"]


@pytest.mark.parametrize("sent", ["0", "0000", "123456789012345"])
def test_number_without_digits_to_fill_up_is_read_as_it_stands(sent: str) -> None:
    assert readings(sent) == [sent]


@given(st.text(max_size=500))
def test_every_text_has_few_readings_that_are_clean_codes(text: str) -> None:
    found = readings(text)
    assert [code for code in found if not code.isprintable() or " " in code or len(code) > 200] == []
    assert len(found) <= 20
