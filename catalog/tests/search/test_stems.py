"""Roots of words by language."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from catalog.search.stems import _root, roots, roots_of


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


def test_threads_do_not_mix_up_their_words() -> None:
    words = [f"{start}{end}" for start in map(chr, range(97, 123)) for end in ("ationally", "fulnesses", "ingly", "s")]
    one_by_one = [_root(word, "english") for word in words]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            runs = list(threads.map(lambda _n: [_root(word, "english") for word in words], range(8)))
    finally:
        sys.setswitchinterval(usual)
    assert runs == [one_by_one] * 8
