"""Words as search sees them: folded alike in a book's record and in what somebody types."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from catalog.normalize.text import APOSTROPHES, ASCII_FOLDED, fold

LONGEST = 100  # characters of one word; both engines take no more than some hundreds
# Scripts written without blanks between words: Thai and Lao, Tibetan, Burmese, Khmer, Chinese, Japanese, ...
# Each of their characters is a word; several in a row are looked for as a phrase.
UNSPACED = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\U0003ffff]")
# "L'Étranger" is looked for as "étranger" too, "O'Brien" as "o brien".
APOSTROPHED = re.compile(r"[^\W_]+(?:['’‘ʼ`´][^\W_]+)+")
# "Night-Time" is looked for as "nighttime" too, "20,000" as "20000".
HYPHENED = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)+|\b\d{1,3}(?:[,.'’]\d{3})+\b")
# Plain text that has neither has no other spellings. Looked for one by one they are found faster than together.
JOINT, JOINED, FIGURES = re.compile(r"['`-]"), re.compile(r"[^\W_]['`-][^\W_]"), re.compile(r"[0-9][,.][0-9]")
# "J. K. Rowling" is looked for as "jk" too.
INITIALS = re.compile(r"\b[^\W\d_](?:\.\s?|\s)(?:[^\W\d_](?:\.\s?|\s))+")
# Who has no umlauts on the keyboard writes "Mueller".
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
UMLAUT = re.compile(r"\w*[äöüÄÖÜ]\w*")


def words(text: str) -> list[str]:
    """The folded words of ``text`` in order. What is written without blanks falls into single characters."""
    if text.isascii():
        found = text.translate(ASCII_FOLDED).split()
        return found if len(text) <= LONGEST else [word[:LONGEST] for word in found]
    return [part for word in fold(text).split() for part in _parts(word)]


def other_spellings(text: str, *, is_name: bool = False) -> list[list[str]]:
    """What people also write for pieces of ``text``, each as its words: without what stands before an apostrophe,
    without hyphens, without umlauts; of a name also with its initials together."""
    if text.isascii() and not is_name and not (JOINT.search(text) and JOINED.search(text)) and not FIGURES.search(text):
        return []
    text = " ".join(piece for piece in unicodedata.normalize("NFC", text).split() if len(piece) <= LONGEST)
    pieces = [re.sub(r"\W", " ", found) for found in APOSTROPHED.findall(text)]
    pieces += [re.sub(r"\W", "", found) for found in HYPHENED.findall(text)]
    pieces += [re.sub(r"\W", "", found) for found in INITIALS.findall(text)] if is_name else []
    pieces += [found.translate(UMLAUTS) for found in UMLAUT.findall(text)]
    return [found for found in map(words, dict.fromkeys(pieces)) if found]


def accented_words(text: str) -> list[str]:
    """The words of ``text`` in small letters with their accents: the stemmers of many languages need them."""
    small = unicodedata.normalize("NFC", text).casefold().translate(APOSTROPHES)
    letters = (c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in small)
    return unicodedata.normalize("NFC", "".join(letters)).split()


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


def name_keys(name: str) -> set[str]:
    """``name`` as one word each way it may be typed in full: in any order, with its initials apart, together or left
    out. "" and single words are no full names."""
    found = words(name)
    initials, others = [w for w in found if len(w) == 1], [w for w in found if len(w) > 1]
    ways = (found, [*others, "".join(initials)] if initials else [], others)
    return {key for key in map(name_key, ways) if "_" in key}


def name_key(parts: Iterable[str]) -> str:
    """The words of a name as one word, whatever their order."""
    return "_".join(sorted({part for part in parts if part}))[:LONGEST]


def _parts(word: str) -> list[str]:
    if word.isascii() or not UNSPACED.search(word):
        return [word[:LONGEST]]
    parts: list[str] = []
    for unspaced, group in groupby(word, is_unspaced):
        characters = list(group)
        parts += characters if unspaced else ["".join(characters)[:LONGEST]]
    return parts
