"""Words of one root, by the language of the book: who looks for "cats" finds "The Cat"."""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

import snowballstemmer

# MARC code -> algorithm of the Snowball project.
STEMMERS = {
    "ara": "arabic", "arm": "armenian", "baq": "basque", "cat": "catalan", "cze": "czech", "dan": "danish",
    "dut": "dutch", "eng": "english", "epo": "esperanto", "est": "estonian", "fin": "finnish", "fre": "french",
    "ger": "german", "gle": "irish", "gre": "greek", "hin": "hindi", "hun": "hungarian", "ind": "indonesian",
    "ita": "italian", "lit": "lithuanian", "nep": "nepali", "nob": "norwegian", "nor": "norwegian", "per": "persian",
    "pol": "polish", "por": "portuguese", "rum": "romanian", "rus": "russian", "spa": "spanish", "srp": "serbian",
    "swe": "swedish", "tam": "tamil", "tur": "turkish", "yid": "yiddish",
}  # fmt: skip
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


def stem(word: str, language: str) -> str:
    """The token for the root of ``word`` in ``language`` (MARC code), "" where there is none.

    Tokens of two languages are never equal, so that a French root finds no English word.
    """
    if len(word) < SHORTEST or language not in STEMMERS or not word.isalpha():
        return ""
    return f"_{language}_{_root(word, STEMMERS[language])}"


def stems(words: Iterable[str], language: str) -> list[str]:
    """The tokens for the roots of ``words`` in ``language``, those that have one."""
    if language not in STEMMERS:
        return []
    return [token for token in (stem(word, language) for word in words) if token]


@lru_cache(maxsize=200_000)
def _root(word: str, algorithm: str) -> str:
    return _stemmer(algorithm).stemWord(word)


@cache
def _stemmer(algorithm: str) -> Any:
    return snowballstemmer.stemmer(algorithm)
