"""Bytes of library systems from before Unicode as text: MARC-8 with all its scripts, ISO 5426, and what is neither."""

import codecs
import html
import re
import unicodedata
from functools import cache

from pymarc.marc8_mapping import CODESETS, ODD_MAP

NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"
ASCII, ANSEL, EACC = 0x42, 0x45, 0x31
# How MARC-8 changes its alphabet: ESC ( B, ESC ) E, ESC $ 1, ESC $ , 1, and ESC g, b, p, s for single signs.
ESCAPE = re.compile(rb"\x1b(?:([(,)\-])(!?[0-9A-Za-z])|\$([,)\-]?)(1)|([gbps]))")
TO_SECOND = (b")", b"-")
REFERENCE = re.compile(r"&#x[0-9A-Fa-f]{1,6};")

# The upper half of ISO 5426 as libraries used it in UNIMARC, ISO 6630 controls among them (non-sorting words).
ISO_5426 = {
    0x88: "\x98", 0x89: "\x9c",
    0xA1: "¡", 0xA2: "„", 0xA3: "£", 0xA4: "$", 0xA5: "¥", 0xA6: "†", 0xA7: "§", 0xA8: "′", 0xA9: "‘", 0xAA: "“",
    0xAB: "«", 0xAC: "♭", 0xAD: "©", 0xAE: "℗", 0xAF: "®", 0xB0: "ʻ", 0xB1: "ʼ", 0xB2: "‚", 0xB6: "‡", 0xB7: "·",
    0xB8: "″", 0xB9: "’", 0xBA: "”", 0xBB: "»", 0xBC: "♯", 0xBD: "ʹ", 0xBE: "ʺ", 0xBF: "¿",
    0xC0: "\u0309", 0xC1: "\u0300", 0xC2: "\u0301", 0xC3: "\u0302", 0xC4: "\u0303", 0xC5: "\u0304", 0xC6: "\u0306",
    0xC7: "\u0307", 0xC8: "\u0308", 0xC9: "\u0308", 0xCA: "\u030a", 0xCB: "\u0315", 0xCC: "\u0312", 0xCD: "\u030b",
    0xCE: "\u031b", 0xCF: "\u030c", 0xD0: "\u0327", 0xD1: "\u031c", 0xD2: "\u0326", 0xD3: "\u0328", 0xD4: "\u0325",
    0xD5: "\u032e", 0xD6: "\u0323", 0xD7: "\u0324", 0xD8: "\u0332", 0xD9: "\u0333", 0xDA: "\u0329", 0xDB: "\u032d",
    0xE1: "Æ", 0xE2: "Đ", 0xE6: "Ĳ", 0xE8: "Ł", 0xE9: "Ø", 0xEA: "Œ", 0xEC: "Þ",
    0xF1: "æ", 0xF2: "đ", 0xF3: "ð", 0xF5: "ı", 0xF6: "ĳ", 0xF8: "ł", 0xF9: "ø", 0xFA: "œ", 0xFB: "ß", 0xFC: "þ",
}  # fmt: skip
MARKS = {chr(sign) for codeset in CODESETS.values() for sign, is_mark in codeset.values() if is_mark}
MARKS |= {sign for sign in ISO_5426.values() if unicodedata.combining(sign)}
# Both standards put a mark before its letter, Unicode puts it behind.
MARKS_BEFORE = re.compile(f"([{''.join(sorted(MARKS))}]+)(.|$)", re.DOTALL)
ROMANISING = "\ufe20\ufe21\ufe22\ufe23\u0310\u0325\u0332\u0333\u032e\u0324"  # marks that no alphabet has but catalogues
WESTERN_SIGN = re.compile(r"[ØøÆæŒœß¿¡«»“”‘’£€$©℗§†\x98\x9c]|(?<=\d)°")
LATIN_1 = re.compile("[À-ÖØ-öø-ÿŒœŠšŽž“”„‘’–—«»°·€]")  # what texts in it have of its upper half
CODE = re.compile(rb"\x1f[\x80-\xff]*.", re.DOTALL)
UPPER_WORD = re.compile(rb"[\x80-\xff]{3,}")
SMALL_CYRILLIC = re.compile("[а-яё]")
CYRILLIC = ("cp1251", "cp866", "koi8-r")
SIMPLE = "".join(map(chr, range(128)))


def decode_marc8(raw: bytes) -> str:
    """``raw`` (one subfield, beginning in Latin letters) in MARC-8; what cannot be read becomes U+FFFD."""
    text, first, second, done = [], ASCII, ANSEL, 0
    for found in ESCAPE.finditer(raw):
        text.append(_letters(raw[done : found.start()], first, second))
        first, second = _alphabets(found, first, second)
        done = found.end()
    text.append(_letters(raw[done:], first, second))
    return _composed("".join(text)).replace("\x1b", "")


def decode_iso5426(raw: bytes) -> str:
    """``raw`` in ISO 646 and ISO 5426; what cannot be read becomes U+FFFD."""
    return _composed(codecs.charmap_decode(raw, "replace", _iso5426_table())[0])


def decode_windows(raw: bytes) -> str:
    """``raw`` in the encoding of western Windows, which says the same as Latin-1 and more."""
    return unicodedata.normalize("NFC", raw.decode("cp1252", "replace"))


def has_escapes(raw: bytes) -> bool:
    """Whether ``raw`` changes its alphabet in the way of MARC-8."""
    return b"\x1b" in raw and bool(ESCAPE.search(raw))


def looks_composed(raw: bytes, *, iso5426: bool = False, is_western: bool = False) -> bool:
    """Whether the upper half of ``raw`` makes sense as marks before letters; else it is Latin-1 that says otherwise.

    Sense: most marks are followed by a letter they are really put on. ``is_western``: in a language whose letters
    Latin-1 has, where the bytes for "é" and "ñ" are no marks for Czech or Navajo.
    """
    raw = CODE.sub(b" ", raw)
    text = codecs.charmap_decode(raw, "replace", _iso5426_table() if iso5426 else _table(ASCII, ANSEL))[0]
    signs = sum(not sign.isascii() for sign in text)
    marked = MARKS_BEFORE.findall(text)
    good = sum(len(marks) for marks, letter in marked if _is_usual(marks, letter, is_western=is_western))
    in_marks = sum(len(marks) for marks, _letter in marked)
    plain = len(WESTERN_SIGN.findall(text)) if is_western else signs - in_marks - text.count(NO_CHARACTER)
    is_possible = NO_CHARACTER not in text and all(letter.isalpha() for _marks, letter in marked)
    if (is_possible and not is_western) or 2 * (good + plain) > signs:
        return True
    in_words = len(LATIN_1.findall(raw.decode("cp1252", "replace")))
    return 10 * in_words < 8 * sum(byte >= 0x80 for byte in raw)


def cyrillic_encoding(raw: bytes) -> str:
    """The encoding of Russian systems that ``raw`` is in, "" for none: words of several upper bytes, nearly all small
    letters in one of them. Neither Latin-1 nor marks before letters look like that.
    """
    upper = b"".join(UPPER_WORD.findall(raw))
    if 2 * len(upper) < sum(byte >= 0x80 for byte in raw):
        return ""
    counted = {name: len(SMALL_CYRILLIC.findall(upper.decode(name, "replace"))) for name in CYRILLIC}
    best = max(counted, key=lambda name: counted[name])
    return best if 10 * counted[best] > 7 * len(upper) else ""


def _alphabets(found: re.Match[bytes], first: int, second: int) -> tuple[int, int]:
    which, final, which_wide, wide, single = found.groups()
    if single:
        return (ASCII if single == b"s" else single[0], second)
    code = (final or wide)[-1]
    if (which or which_wide) in TO_SECOND:
        return first, code
    return code, second


def _letters(raw: bytes, first: int, second: int) -> str:
    if first == EACC:
        return _east_asian(raw, second)
    return codecs.charmap_decode(raw, "replace", _table(first, second))[0]


def _east_asian(raw: bytes, second: int) -> str:
    """Three bytes a sign; blanks and marks of punctuation outside that grid stand for themselves."""
    text, place = [], 0
    while place < len(raw):
        if raw[place] <= 0x20 or raw[place] >= 0x80:
            text.append(codecs.charmap_decode(raw[place : place + 1], "replace", _table(ASCII, second))[0])
            place += 1
            continue
        code = int.from_bytes(raw[place : place + 3], "big")
        sign = CODESETS[EACC].get(code, (ODD_MAP.get(code, 0), 0))[0]
        text.append(chr(sign) if sign else NO_CHARACTER)
        place += 3
    return "".join(text)


@cache
def _table(first: int, second: int) -> str:
    """The 256 signs of two alphabets together, as codecs take them."""
    lower = [sign if sign < " " else " " if sign == " " else NO_CHARACTER for sign in SIMPLE]
    upper = [NO_CHARACTER] * 128
    for alphabet, half, base in ((first, lower, 0), (second, upper, 0x80)):
        for code, (sign, _) in CODESETS.get(alphabet, {}).items():
            if code & 0x7F > 0x20 or (base and code >= 0x80):
                half[code & 0x7F] = chr(sign)
    return "".join(lower + upper)


@cache
def _iso5426_table() -> str:
    return SIMPLE + "".join(ISO_5426.get(code, NO_CHARACTER) for code in range(0x80, 0x100))


def _composed(text: str) -> str:
    if "&#x" in text:
        text = REFERENCE.sub(lambda found: html.unescape(found[0]), text)
    return unicodedata.normalize("NFC", MARKS_BEFORE.sub(r"\2\1", text))


def _is_usual(marks: str, letter: str, *, is_western: bool) -> bool:
    """Whether languages have the letter with its mark, so that Unicode has them as one sign, or romanising puts it."""
    if not letter.isalpha():
        return False
    sign = unicodedata.normalize("NFC", letter + marks)
    if is_western:
        return len(sign) == 1 and sign <= "\xff"
    is_romanising = len(marks) > 1 or marks in ROMANISING
    return is_romanising or (len(sign) == 1 and (sign <= "\u01b0" or "\u1e00" <= sign <= "\u1eff"))
