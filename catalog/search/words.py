"""Words as search sees them: folded alike in a book's record and in what somebody types."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from catalog.normalize.text import fold

# Scripts written without blanks between words: Thai and Lao, Tibetan, Burmese, Khmer, Chinese, Japanese, ...
# Each of their characters is a word; several in a row are looked for as a phrase.
UNSPACED = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\U0003ffff]")
# "L'Étranger" is looked for as "étranger" too, "O'Brien" as "o brien".
JOINED = re.compile(r"[^\W_]+(?:['’‘ʼ`´][^\W_]+)+")
# Who has no umlauts on the keyboard writes "Mueller".
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
UMLAUT = re.compile(r"\w*[äöüÄÖÜ]\w*")


def words(text: str) -> list[str]:
    """The folded words of ``text`` in order. What is written without blanks falls into single characters."""
    return [part for word in fold(text).split() for part in _parts(word)]


def other_spellings(text: str) -> list[str]:
    """Words of ``text`` as people also write them: without what stands before an apostrophe, without umlauts."""
    text = unicodedata.normalize("NFC", text)
    pieces = [re.sub(r"[^\w]", " ", joined) for joined in JOINED.findall(text)]
    pieces += [word.translate(UMLAUTS) for word in UMLAUT.findall(text)]
    return words(" ".join(pieces)) if pieces else []


def is_unspaced(word: str) -> bool:
    """Whether ``word`` belongs to a script written without blanks."""
    return UNSPACED.match(word) is not None


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """The words of ``text``: each alone, but the characters of a script without blanks that stand together as one."""
    for word in fold(text).split():
        for unspaced, parts in groupby(_parts(word), is_unspaced):
            if unspaced:
                yield tuple(parts)
            else:
                yield from ((part,) for part in parts)


def _parts(word: str) -> list[str]:
    if word.isascii() or not UNSPACED.search(word):
        return [word]
    parts: list[str] = []
    for unspaced, group in groupby(word, is_unspaced):
        characters = list(group)
        parts += characters if unspaced else ["".join(characters)]
    return parts
