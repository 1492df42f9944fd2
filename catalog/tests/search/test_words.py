"""Words as search sees them, and that both engines keep each of them."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Book
from catalog.queries import search_books
from catalog.search.words import LONGEST, accented_words, name_key, name_keys, other_spellings, runs, words

from .shelf import shelve


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Pride & Prejudice", ["pride", "and", "prejudice"]),
        ("L'Étranger", ["letranger"]),
        ("Moby-Dick; or, The Whale", ["moby", "dick", "or", "the", "whale"]),
        ("Straße", ["strasse"]),
        ("İstanbul ISPARTA ısı", ["istanbul", "isparta", "isi"]),
        ("Ζορμπά ΖΟΡΜΠΑ", ["ζορμπα", "ζορμπα"]),
        ("Мёртвые", ["мертвые"]),
        ("鋼の錬金術師 1", ["鋼", "の", "錬", "金", "術", "師", "1"]),
        ("Vol.2鋼", ["vol", "2", "鋼"]),
        ("채식주의자", list("채식주의자")),
        ("مُوسِيقَى", ["موسيقى"]),
        ("לָרוּץ", ["לרוץ"]),
        ("", []),
        ("🙂 — ?", []),
    ],
)
def test_words_are_folded_and_divided(text: str, found: list[str]) -> None:
    assert words(text) == found
    assert words(unicodedata.normalize("NFD", text)) == found


def test_a_very_long_word_is_cut_alike_wherever_it_stands() -> None:
    assert words("x" * 500) == ["x" * LONGEST]
    assert words("é" * 500 + "猫") == ["e" * LONGEST, "猫"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L'Étranger", [["l", "etranger"]]),
        ("Flann O’Brien", [["o", "brien"]]),
        ("The Night-Time Dog", [["nighttime"]]),
        ("20,000 Leagues", [["20000"]]),
        ("Gödel, Escher", [["goedel"]]),
        ("Go\u0308del", [["goedel"]]),
        ("Plain words only", []),
        ("1998-1999", []),
    ],
)
def test_other_spellings_are_known(text: str, found: list[list[str]]) -> None:
    assert other_spellings(text) == found


def test_initials_of_a_name_are_also_written_together() -> None:
    assert other_spellings("J. K. Rowling", is_name=True) == [["jk"]]
    assert other_spellings("J.R.R. Tolkien", is_name=True) == [["jrr"]]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Jane Austen", "austen, jane"),
        ("J. K. Rowling", "jk rowling"),
        ("J. R. R. Tolkien", "J.R.R. Tolkien"),
        ("Ursula K. Le Guin", "ursula le guin"),
        ("村上春樹", "村上春樹"),
    ],
)
def test_a_whole_name_is_known_in_any_order_and_with_its_initials_as_people_write_them(name: str, typed: str) -> None:
    assert name_key(words(typed)) in name_keys(name)


def test_a_single_name_is_no_whole_name() -> None:
    assert name_keys("Hergé") == set()


def test_characters_without_blanks_stand_together_as_one_run() -> None:
    assert list(runs("鋼の錬 vol 2")) == [("鋼", "の", "錬"), ("vol",), ("2",)]


def test_accents_stay_for_the_stemmers() -> None:
    assert accented_words("Les Étudiées d'hier") == ["les", "étudiées", "dhier"]


LETTERS = st.characters(categories=["L", "M", "N"], exclude_characters="\0")


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(st.text(LETTERS, min_size=1, max_size=12), st.sampled_from(["", " 猫", "-x", "’s", "\u0301", "\U0001f642"]))
def test_every_word_of_a_title_finds_it_again(letters: str, more: str) -> None:
    """Whatever the script, and however new the letter: neither engine drops or divides what words() made."""
    (book,) = shelve(f"{letters}{more}", subtitle="qq")
    try:
        for word in words(f"{letters}{more}"):
            assert book.pk in search_books(word, field="title").pks, (word, [hex(ord(c)) for c in word])
    finally:
        Book.objects.filter(pk=book.pk).delete()
