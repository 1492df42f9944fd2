"""Texts are read in the encoding they are in, whatever the leader says."""

import pytest

from catalog.tests.marc.files import draft, iso2709, rows

UNIMARC_TITLE = ("200", "1 ")


def title_of(raw: bytes, *, coding: str, language: str = "eng") -> str:
    fixed = ("008", f"000000s1999    xx {'':17}{language} d")
    return draft(fixed, ("245", "10", b"a" + raw), coding=coding).title


@pytest.mark.parametrize("coding", ["a", " "])
def test_utf_8_whether_the_leader_says_so_or_not(coding: str) -> None:
    assert title_of("Ťažký, 東京".encode(), coding=coding) == "Ťažký, 東京"


MARC_8 = {
    "Café Dvořák": b"Caf\xe2e Dvo\xe9r\xe2ak",
    "Łódź": b"\xa1\xe2od\xe2z",
    "Straße": b"Stra\xc7e",
    "Мир": b"\x1b(NmIR\x1b(B",
    "Λογος": b"\x1b(SNrdrw\x1b(B",
    "שלום": b"\x1b(2ylem\x1b(B",
    "كتاب": b"\x1b(3cJGH\x1b(B",
    "東京 (Tokyo)": b"\x1b$1!D&!0a\x1b(B (Tokyo)",
    "서울": b"\x1b$1oS!oV>\x1b(B",
    "H₂O": b"H\x1bb2\x1bsO",
    "Š by its number": b"&#x0160; by its number",
}


@pytest.mark.parametrize("text", MARC_8)
@pytest.mark.parametrize("coding", [" ", "a"])
def test_marc_8_with_its_scripts_whether_the_leader_says_so_or_not(text: str, coding: str) -> None:
    assert title_of(MARC_8[text], coding=coding) == text


@pytest.mark.parametrize(("text", "language"), [("Élan vital", "eng"), ("Le général", "fre"), ("Señor año", "spa")])
@pytest.mark.parametrize("coding", [" ", "a"])
def test_latin_1_that_says_something_else(text: str, language: str, coding: str) -> None:
    assert title_of(text.encode("latin-1"), coding=coding, language=language) == text


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r"])
def test_encodings_of_russian_systems(encoding: str) -> None:
    assert title_of("Война и мир".encode(encoding), coding=" ") == "Война и мир"


def test_iso_5426_in_unimarc() -> None:
    made = draft((*UNIMARC_TITLE, b"a\x88L'\x89\xc2Ecole fran\xd0caise", b"fM\xc8uller"), coding=" ")
    assert (made.title, made.sort_title, made.statement) == ("L'École française", "ecole francaise", "Müller")


def test_latin_1_in_unimarc() -> None:
    made = draft(("101", "0 ", "afre"), (*UNIMARC_TITLE, "aLe général à Genève".encode("latin-1")), coding=" ")
    assert made.title == "Le général à Genève"


def test_one_field_in_another_encoding() -> None:
    made = draft(("245", "10", "aŠkola č. 1 — žije".encode()), ("653", "  ", b"aCaf\xe2e"), coding="a")
    assert (made.title, made.warnings) == ("Škola č. 1 — žije", ("characters_lost",))


def test_bytes_that_are_no_character_are_told() -> None:
    made = draft(("245", "10", b"a\xe6\x9d\xb1\xe4\xba\xac \xe6\x9d kept \xe6\x9d\xb1"), coding="a")
    assert (made.title, made.warnings) == ("東京 � kept 東", ("characters_lost",))
    assert made.remarks == ["Some characters of the record could not be read. Look for “�” and correct them."]


def test_a_broken_code_of_a_subfield() -> None:
    assert draft(("245", "10", b"\xe2aTitle"), coding=" ").title == "Title"


def test_nul_and_other_control_codes_never_get_into_a_draft() -> None:
    (row,) = rows(iso2709(("245", "10", "aA\x00b\x01c"), ("520", "  ", "aD\x00e"), ("952", "  ", "pB\x001", "aX")))
    assert [row.values[name] for name in ("title", "description")] == ["A b c", "D e"]
    assert row.values["copies"][0]["barcode"] == "B 1"
