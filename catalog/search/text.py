"""Text as search sees it: the folded words of a book, and what to look for among them."""

import re
import unicodedata

from catalog.normalize.text import fold

MOST_WORDS = 12
LONGEST_TEXT = 1_000
# Scripts written without blanks between words: Thai and Lao, Tibetan, Burmese, Khmer, Chinese, Japanese, ...
UNSPACED = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\U0003ffff]")
# "L'Étranger" is looked for as "étranger" too, "O'Brien" as "o brien".
JOINED = re.compile(r"[^\W_]+(?:['’‘ʼ`´][^\W_]+)+")


def words(text: str) -> list[str]:
    """The folded words of ``text``, each once, at most MOST_WORDS."""
    return list(dict.fromkeys(fold(text[:LONGEST_TEXT]).split()))[:MOST_WORDS]


def document(parts: list[str]) -> str:
    """The folded words of all ``parts``, a blank before and after each: " wor" finds words by their start."""
    text = unicodedata.normalize("NFC", " ".join(parts))
    pieces = [re.sub(r"[^\w]", " ", joined) for joined in JOINED.findall(text)]
    return f" {' '.join(filter(None, (fold(text), fold(' '.join(pieces)))))} "


def pattern(word: str) -> str:
    """What to look for in a document to find ``word``: its start, or anywhere in scripts written without blanks."""
    return word if UNSPACED.search(word) else f" {word}"
