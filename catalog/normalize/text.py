"""Text from anywhere made fit to store and show, and the keys under which two spellings meet."""

import html
import re
import unicodedata
from functools import lru_cache

TITLE_LENGTH = 500
NAME_LENGTH = 300
LARGEST_NUMBER = 10**18
KEPT = 10_000  # keys of names and titles, which come again and again while many records are read

# Invisible marks that come in by copying: directions, joiners that join nothing, byte order marks.
INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
DIRECTIONS = "\u200e\u200f "  # around a text they say nothing, and hide how it ends; within one they may be meant
ISBD = "/:;,=／：；，＝؛،"  # also as East Asian and Arabic records write them
# Two half marks of a transliteration ligature (ALA-LC) say the same as one double mark over both letters.
LIGATURE_HALVES = re.compile("(.)\N{COMBINING LIGATURE LEFT HALF}(.)\N{COMBINING LIGATURE RIGHT HALF}")
HALF = re.compile("[\N{COMBINING LIGATURE LEFT HALF}\N{COMBINING LIGATURE RIGHT HALF}]")
STRAY_HALVES = dict.fromkeys([0xFE20, 0xFE21])
NUMERIC_ENTITY = re.compile(r"&#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6});")
BRACKETED = re.compile(r"\([^()]*\)|\[[^][]*\]")
# Letters that have no decomposition but that people type without their stroke.
STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼʻʹʺʾʿ`´"))
# What fold() makes of plain ASCII, which most text is: one pass instead of five.
ASCII_FOLDED = {ord(c): c.casefold() if c.isalnum() else " " for c in map(chr, range(128))}
ASCII_FOLDED |= {ord("&"): " and ", ord("'"): "", ord("`"): ""}
ABBREVIATIONS = {
    "inc", "ltd", "co", "corp", "jr", "sr", "dr", "mr", "mrs", "ms", "st", "prof", "rev", "hon", "capt", "etc",
    "vol", "vols", "no", "nos", "nr", "ed", "eds", "bros", "dept", "govt", "pub", "assn", "al", "vs", "op", "ca",
    "cf", "bd", "hrsg", "verl", "esq", "phd", "ph", "ill", "mass", "conn", "calif", "penn", "off", "print",
}  # fmt: skip


def one_line(value: object, limit: int = 10_000) -> str:
    """``value`` as one line of at most ``limit`` characters: NFC, single blanks, nothing invisible.

    Takes str, whole numbers and Open Library's {"type": ..., "value": ...}; anything else is no text and gives "".
    """
    if isinstance(value, str) and len(value) <= limit and value.isascii() and value.isprintable() and "  " not in value:
        return value.strip()  # most texts, and far faster
    return cut(" ".join(_storable(plain_text(value)[: 4 * limit]).split()).strip(DIRECTIONS), limit)


def many_lines(value: object, limit: int = 100_000) -> str:
    """As ``one_line`` but keeping line breaks, as LF."""
    text = plain_text(value)[:limit]
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    lines = text.splitlines()
    return "\n".join(" ".join(_storable(line).split()) for line in lines).strip()


def plain_text(value: object) -> str:
    """The text in a str, a whole number or a {"value": str}; "" for everything else."""
    if isinstance(value, dict):
        value = value.get("value")
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST_NUMBER
    return str(value) if is_number else ""


def cut(text: str, limit: int) -> str:
    """``text`` cut to ``limit`` characters, at a blank where there is one near."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    blank = head.rfind(" ", int(limit * 0.8))
    return (head[:blank] if blank > 0 else head).rstrip() + "…"


def unescape_numbers(text: str) -> str:
    """Numeric character references (&#39;) as characters. Named ones are left: "&amp" may be meant."""
    return text if "&#" not in text else NUMERIC_ENTITY.sub(lambda found: html.unescape(found[0]), text)


def strip_isbd(text: str, marks: str = ISBD) -> str:
    """Without the punctuation that library rules put between areas: "Kabitā /" -> "Kabitā"."""
    return text.rstrip(f"{marks} ").lstrip()


def strip_full_stop(text: str) -> str:
    """Without one final full stop, unless it belongs to an initial, an abbreviation or an ellipsis."""
    text = text.strip()
    if not text.endswith(".") or text.endswith(".."):
        return text
    last = re.split(r"[\s()\[\],-]", text[:-1])[-1].casefold()
    is_short = len(last.strip("'\"")) == 1 and last.isalpha()
    return text if is_short or "." in last or last in ABBREVIATIONS else text[:-1].rstrip()


def fold(text: str) -> str:
    """Casefolded words of letters and digits only, for comparing: no accents, no punctuation, "&" as "and".

    Marks that make a letter another one (vowel signs of Indic scripts, Thai, Japanese voicing) stay.
    """
    if text.isascii():
        return " ".join(text.translate(ASCII_FOLDED).split())
    spread = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ").translate(APOSTROPHES)
    kept = "".join(c for c in unicodedata.normalize("NFKD", spread) if not _is_accent(c))
    letters = (c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in kept.translate(STROKES))
    return " ".join(unicodedata.normalize("NFC", "".join(letters)).split())


def match_key(text: str, limit: int = NAME_LENGTH) -> str:
    """Equal for texts that differ only in case, accents and punctuation. Never empty for a text that is not."""
    return (fold(text) or text.casefold().strip())[:limit].rstrip()


@lru_cache(maxsize=KEPT)
def title_key(title: str) -> str:
    """The match key of a title without its subtitle (Book.match_key): what stands in brackets is left out."""
    bare = BRACKETED.sub(" ", title)
    return match_key(bare if fold(bare) else title, TITLE_LENGTH)


def _is_accent(character: str) -> bool:
    """By Unicode's combining classes: 10-36 points of Hebrew, Arabic and Syriac, from 200 on accents."""
    number = unicodedata.combining(character)
    return 10 <= number <= 36 or number >= 200


def _storable(text: str) -> str:
    """NFC without control characters, lone surrogates and invisible marks."""
    if text.isprintable() and (text.isascii() or not HALF.search(text)):  # most texts, and far faster
        return unicodedata.normalize("NFC", text)
    text = LIGATURE_HALVES.sub("\\1\N{COMBINING DOUBLE INVERTED BREVE}\\2", text).translate(STRAY_HALVES)
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Zs") else c for c in text if not "\ud800" <= c <= "\udfff")
    return unicodedata.normalize("NFC", text.translate(INVISIBLE))
