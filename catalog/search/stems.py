"""Words of one root, by the language of the book: who looks for "cats" finds "The Cat"."""

from collections.abc import Iterable
from functools import cache
from itertools import chain
from threading import Lock
from typing import Any

import Stemmer

from catalog.normalize.text import fold

from .words import LONGEST

# MARC code -> algorithm of the Snowball project.
STEMMERS = {
    "ara": "arabic", "arm": "armenian", "baq": "basque", "cat": "catalan", "cze": "czech", "dan": "danish",
    "dut": "dutch", "eng": "english", "epo": "esperanto", "est": "estonian", "fin": "finnish", "fre": "french",
    "ger": "german", "gle": "irish", "gre": "greek", "hin": "hindi", "hun": "hungarian", "ind": "indonesian",
    "ita": "italian", "lit": "lithuanian", "nep": "nepali", "nob": "norwegian", "nor": "norwegian", "per": "persian",
    "pol": "polish", "por": "portuguese", "rum": "romanian", "rus": "russian", "spa": "spanish", "srp": "serbian",
    "swe": "swedish", "tam": "tamil", "tur": "turkish", "yid": "yiddish",
}  # fmt: skip
# First and last letter of the scripts of those that are not, or not only, written in Latin letters.
SCRIPTS = {
    "ara": ("\u0600", "\u06ff"), "arm": ("\u0530", "\u058f"), "gre": ("\u0370", "\u03ff"), "hin": ("\u0900", "\u097f"),
    "nep": ("\u0900", "\u097f"), "per": ("\u0600", "\u06ff"), "rus": ("\u0400", "\u04ff"), "srp": ("a", "\u04ff"),
    "tam": ("\u0b80", "\u0bff"), "yid": ("\u0590", "\u05ff"),
}  # fmt: skip
LATIN = ("a", "\u024f")
SHORTEST = 3
# Words so common that whoever types them does not mean that a book without them is wrong.
_COMMON = """
a an and are as at be by for from in is it its of on or that the this to was with
am auf aus das dem den der des die ein eine einem einen einer im ist mit und von zu zum zur
au aux avec ces dans de du en et la le les par pour sur un une
con del e el los las para por que una y
al che da dei della di gli i il lo per
do em na no o os um uma het een van voor och att det ett og
"""  # English, German, French, Spanish, Italian; Portuguese, Dutch and Scandinavian ones
STOP_WORDS = frozenset(_COMMON.split())
KEPT = 100_000  # words of a language with their roots
ONE_AT_A_TIME = Lock()  # a stemmer keeps the word it works on: two threads at it get roots of neither word


class _Roots(dict[str, tuple[str, ...]]):
    """The tokens for the roots of words in one language, by word: those that were asked for before are at hand."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __missing__(self, accented: str) -> tuple[str, ...]:
        if len(self) >= KEPT:
            self.clear()
        self[accented] = found = _tokens(accented, self.language)
        return found


_roots_in = cache(_Roots)


def roots(accented: str, language: str) -> tuple[str, ...]:
    """The tokens for the root of the word ``accented`` in ``language`` (MARC code), none where it has no root.

    Of a word with accents also the root that it has without them: many people type none, and many stemmers take
    "étudiées" and "etudiees" for different words. Tokens of two languages are never equal, so that a French root
    finds no English word.
    """
    return _roots_in(language)[accented] if language in STEMMERS else ()


def roots_of(accented: Iterable[str], language: str) -> list[str]:
    """The tokens for the roots of all these words in ``language``, each once."""
    if language not in STEMMERS:
        return []
    return list(dict.fromkeys(chain.from_iterable(map(_roots_in(language).__getitem__, accented))))


def _tokens(accented: str, language: str) -> tuple[str, ...]:
    if len(accented) < SHORTEST or not _is_word(accented, language):
        return ()
    algorithm = STEMMERS[language]
    plain = fold(accented)
    if plain == accented:
        return (f"_{language}_{_root(plain, algorithm)}",)
    found = dict.fromkeys(fold(root) for root in (_root(accented, algorithm), _root(plain, algorithm)))
    return tuple(f"_{language}_{root}" for root in found if root and " " not in root)


def _is_word(word: str, language: str) -> bool:
    """Whether ``word`` is made of letters that ``language`` is written with."""
    first, last = SCRIPTS.get(language, LATIN)
    return len(word) <= LONGEST and first <= word[0] <= last and not any(c.isdigit() for c in word)


def _root(word: str, algorithm: str) -> str:
    with ONE_AT_A_TIME:
        return _stemmer(algorithm).stemWord(word)


@cache
def _stemmer(algorithm: str) -> Any:
    return Stemmer.Stemmer(algorithm, 0)  # what is found is kept here
