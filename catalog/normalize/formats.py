"""The form of a book, from the many words for it to the keys of ``drafts.FORMATS``."""

import re
from functools import lru_cache

# First match wins: "Audio CD" is audio before it is a disc, "Library Binding" is no library of e-books.
WORDS = [
    ("", r"unknown|unbekannt"),
    ("audio", r"audio|sound|cassette|kassette|mp3|hörbuch|spoken"),
    ("microform", r"micro(?:form|film|fiche)"),
    ("video", r"video|dvd|vhs|blu-?ray|\bfilm"),
    ("sheet_music", r"sheet music|\bscore\b|\bnoten\b|partitur"),
    ("ebook", r"e-?book|electronic|online|kindle|epub|\bpdf\b|digital"),
    ("board", r"board ?book|pappbilderbuch"),
    ("spiral", r"spiral|ring-?bound|ring binder|comb-?bound|loose-?leaf"),
    ("library", r"library|bibliothekseinband"),
    ("paperback", r"paper ?back|soft-?(?:cover|back)|\bpbk|\bpaper\b|taschenbuch|broschiert|broché|poche"),
    ("paperback", r"tapa blanda|rústica|brossura"),
    ("hardcover", r"hard-?(?:cover|back|bound)|\bhbk|\bcloth\b|leather|case-?bound|gebunden|relié|cartonné|tapa dura"),
    ("map", r"\bmaps?\b"),
]
PATTERNS = [(key, re.compile(words, re.IGNORECASE)) for key, words in WORDS]


def read_format(text: str) -> str:
    """The key of FORMATS for ``text`` ("Mass Market Paperback" -> "paperback").

    "other" for a form not in the list, "" when nothing is said or the source does not know.
    """
    return _read(text[:200]) if text.strip() else ""


@lru_cache(maxsize=1_000)
def _read(text: str) -> str:
    return next((key for key, pattern in PATTERNS if pattern.search(text)), "other")
