"""Skeletons of words: what misspelt words have in common with the right ones."""

import pytest

from catalog.search.sounding import skeleton, skeletons_near


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("hary", "harry"), ("cristie", "christie"), ("tolkein", "tolkien"), ("gatsbi", "gatsby"),
        ("dracola", "dracula"), ("dostojevskij", "dostoyevsky"), ("predjudice", "prejudice"), ("steven", "stephen"),
        ("prize", "price"), ("моргарита", "маргарита"), ("φονισα", "φονισσα"),
    ],
)  # fmt: skip
def test_what_sounds_alike_has_one_skeleton(wrong: str, right: str) -> None:
    assert skeleton(wrong) == skeleton(right)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("vowling", "rowling"), ("dikc", "dick"), ("hitchiker", "hitchhikers"), ("huckelberry", "huckleberry"),
        ("gmaes", "games"), ("shakspere", "shakespeare"), ("достоевсий", "достоевский"), ("שלם", "שלום"),
    ],
)  # fmt: skip
def test_one_consonant_wrong_missing_or_swapped_is_near(wrong: str, right: str) -> None:
    assert skeleton(right) in skeletons_near(wrong)


def test_a_word_of_one_letter_has_one_too() -> None:
    assert (skeleton("a"), skeleton("")) == ("a", "")
    assert "" not in skeletons_near("a")
