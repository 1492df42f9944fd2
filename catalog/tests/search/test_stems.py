"""Roots of words by language."""

import pytest

from catalog.search.stems import roots, roots_of


@pytest.mark.parametrize(
    ("language", "word", "other"),
    [
        ("eng", "cats", "cat"),
        ("eng", "running", "run"),
        ("ger", "häuser", "haus"),
        ("ger", "hauser", "haus"),
        ("fre", "chevaux", "cheval"),
        ("fre", "étudiées", "étudier"),
        ("fre", "etudiees", "étudiées"),
        ("spa", "niños", "niño"),
        ("spa", "ninos", "niños"),
        ("rus", "красные", "красная"),
        ("rus", "мёртвые", "мертвая"),
        ("tur", "kitapları", "kitap"),
        ("gre", "πειρασμού", "πειρασμός"),
        ("ara", "الكتاب", "كتاب"),
    ],
)
def test_forms_of_a_word_share_a_root(language: str, word: str, other: str) -> None:
    assert set(roots(word, language)) & set(roots(other, language))


def test_two_languages_never_share_a_root() -> None:
    assert set(roots("chat", "fre")) & set(roots("chat", "eng")) == set()


@pytest.mark.parametrize(
    ("word", "language"),
    [
        ("it", "eng"),
        ("cat", "jpn"),
        ("1984", "eng"),
        ("мир", "eng"),
        ("cat", "rus"),
        ("a1b", "eng"),
        ("x" * 200, "eng"),
    ],
)
def test_short_words_numbers_and_other_scripts_have_no_root(word: str, language: str) -> None:
    assert roots(word, language) == ()


def test_a_root_is_named_once() -> None:
    assert roots_of(["cat", "cats", "it"], "eng") == ["_eng_cat"]
