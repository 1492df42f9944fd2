"""The consonants of a word: what most misspellings leave as it is, and by which words that look alike are found."""

import re

from .words import LONGEST

MOST_KEPT = 40
TWICE = re.compile(r"(.)\1+")
# Letters that sound alike count as one: "cristie" is "Christie", "Dostojevskij" is "Dostoyevsky".
SOFT_C = re.compile(r"c(?=[eiy])")
ALIKE = str.maketrans({"c": "k", "q": "k", "z": "s", "x": "s", "w": "f", "v": "f", "ς": "σ"})
# Of each alphabet the letters that are left out behind the first one, and those that may be missing or wrong.
ALPHABETS = [
    ("aeiouyjhw", "bdfgklmnprst"),
    ("аеиоуыэюяьъ", "бвгджзклмнпрстфхцчшщ"),
    ("αεηιουω", "βγδζθκλμνξπρστφχψ"),
    ("וי", "אבגדהזחטכלמנסעפצקרשת"),
    ("اويى", "بتثجحخدذرزسشصضطظعغفقكلمنه"),
]
NO_ALPHABET = ("", "")


def skeleton(word: str) -> str:
    """The first letter of ``word`` and the consonants behind it, letters that sound alike as one, none twice."""
    word = word[:LONGEST].replace("ph", "f").replace("ck", "k")
    word = SOFT_C.sub("s", word)
    silent = _alphabet(word)[0]
    kept = word[:1] + "".join(c for c in word[1:] if c not in silent)
    return TWICE.sub(r"\1", kept.translate(ALIKE))[:MOST_KEPT]


def skeletons_near(word: str) -> set[str]:
    """The skeleton of ``word`` and all that one letter missing, too many, wrong or swapped would make of it."""
    bones = skeleton(word)
    vowels, consonants = _alphabet(bones)
    near = {bones}
    for n in range(len(bones)):
        head, letter, tail = bones[:n], bones[n : n + 1], bones[n + 1 :]
        near.add(head + tail)
        near.add(head + tail[:1] + letter + tail[1:])
        near |= {head + letter + other + tail for other in consonants}
        near |= {head + other + tail for other in (consonants if n else consonants + vowels)}
    return {TWICE.sub(r"\1", each)[:MOST_KEPT] for each in near if each}


def _alphabet(word: str) -> tuple[str, str]:
    first = word[:1].translate(ALIKE)
    return next((each for each in ALPHABETS if first and first in each[0] + each[1]), NO_ALPHABET)
