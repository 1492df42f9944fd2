"""Text made fit to store, and the keys under which spellings meet."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.normalize.text import cut, fold, many_lines, match_key, one_line, strip_full_stop, strip_isbd, title_key


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  two\t words\n", "two words"),
        ({"type": "/type/text", "value": "inside"}, "inside"),
        ({"value": ["no"]}, ""),
        (1984, "1984"),
        (True, ""),
        (None, ""),
        (["list"], ""),
        ("a\0b\x07c", "a b c"),
        ("lone \ud800 half", "lone half"),
        ("\u202eleft\u200b\ufeff", "left"),
        ("Dostoi\u0308evski", "Dosto\u00efevski"),
        ("Filosofii\ufe20a\ufe21", "Filosofii\u0361a"),
        ("i\u0361a\ufe21", "i\u0361a"),
        (10**30, ""),
    ],
)
def test_one_line_takes_text_from_anything(value, text):
    assert one_line(value) == text


def test_one_line_cuts_at_a_blank():
    assert one_line("word " * 100, 52) == ("word " * 10).rstrip() + "…"
    assert one_line("x" * 600, 500) == "x" * 499 + "…"


def test_one_line_has_no_marks_of_direction_around_it():
    assert one_line("\u200fאב\u200f :\u200f") == "אב\u200f :"


def test_many_lines_keeps_paragraphs():
    assert many_lines("one \r\n\r\ntwo\u2028three\0") == "one\n\ntwo\nthree"


def test_cut_leaves_short_text_alone():
    assert cut("short", 5) == "short"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Kabitā /", "Kabitā"),
        ("Street :", "Street"),
        ("a ; , =", "a"),
        ("C++", "C++"),
        (" :", ""),
        ("北韓 法令集 ／", "北韓 法令集"),
    ],
)
def test_strip_isbd_takes_marks_from_the_end(text, bare):
    assert strip_isbd(text) == bare


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Kabitā.", "Kabitā"),
        ("Kesey, Ken E.", "Kesey, Ken E."),
        ("Read Write Inc.", "Read Write Inc."),
        ("Baa Boom B.B.", "Baa Boom B.B."),
        ("And then...", "And then..."),
        ("works [pseud.].", "works [pseud.]"),
        ("Alsbach Leuchtturm-Verl.", "Alsbach Leuchtturm-Verl."),
        (".", ""),
    ],
)
def test_strip_full_stop_spares_abbreviations(text, bare):
    assert strip_full_stop(text) == bare


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dostoïevski & les Juifs", "dostoievski AND les juifs"),
        ("O'Callaghan", "O’Callaghan"),
        ("Ilʹich", "Il'ich"),
        ("Straße", "STRASSE"),
        ("Włodarski", "Wlodarski"),
        ("Mai\u0361akovski\u012d", "Maiakovskii"),
        ("Fantastic Mr. Fox!", "Fantastic  Mr Fox"),
        ("שָׁלוֹם", "שלום"),
    ],
)
def test_match_key_is_equal_for_spellings(one, other):
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(("one", "other"), [("కొడ", "కడ"), ("กุ", "กู"), ("ハハ", "ババ"), ("Mann", "Manner")])
def test_match_key_differs_for_other_words(one, other):
    assert match_key(one) != match_key(other)


def test_match_key_of_signs_alone_is_the_signs():
    assert (match_key("???"), match_key("C++"), match_key("")) == ("???", "c", "")


def test_title_key_leaves_out_brackets_unless_there_is_nothing_else():
    assert title_key("Superzorro (Serie Morada) [sic]") == "superzorro"
    assert title_key("(Untitled)") == "untitled"


@settings(max_examples=150, deadline=None)
@given(st.text() | st.integers() | st.none() | st.dictionaries(st.text(), st.text()), st.integers(2, 80))
def test_text_and_keys_fit_and_can_be_stored(value, limit):
    text = one_line(value, limit)
    assert len(text) <= limit
    assert "\0" not in text
    assert text.encode() is not None
    assert len(match_key(text, limit)) <= limit
    assert fold(fold(text)) == fold(text)
    assert bool(match_key(text)) is bool(text)


@settings(max_examples=200)
@given(st.text(st.characters(max_codepoint=127)))
def test_fold_makes_the_same_of_plain_letters_among_others_and_alone(text: str) -> None:
    assert fold(f"é {text}") == f"e {fold(text)}".strip()
