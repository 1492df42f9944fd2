"""The order of the shelf: call numbers as text that sorts as the shelf stands, whatever system they are of."""

import re

from .text import fold

KEY_LENGTH = 255
# A cutter ("C6" in "QA76.5 .C6", "T649" in "823.912 T649") is a letter with a fraction: T649 stands before T65.
PIECE = re.compile(r"(?<=[ .])([A-Z])(\d+)|(\d+)(?:\.(\d+))?|([^\W\d_]+)")
FRACTION = str.maketrans("0123456789", "abcdefghij")
# Kinds of pieces in the order of the shelf, and what ends one: digits, because they come before letters in the
# alphabet of every language that a database may sort by; marks and blanks do not everywhere count.
END, NUMBER, WORD = "0", "1", "2"


def shelf_key(call_number: str) -> str:
    """What to sort ``call_number`` by: "823.9 ROW" before "823.91 A" before "1000", "QA9" before "QA76.5".

    Numbers count as numbers, what follows their point as a fraction, letters without case and accents. Empty for a
    call number without any.
    """
    return "".join(_key(*found.groups()) for found in PIECE.finditer(call_number))[:KEY_LENGTH]


def _key(cutter: str | None, of_cutter: str | None, whole: str | None, fraction: str | None, word: str | None) -> str:
    if cutter:
        return _word(cutter) + _number("0", of_cutter or "")
    if whole:
        return _number(whole, fraction or "")
    return _word(word or "")


def _number(whole: str, fraction: str) -> str:
    """First how many digits there are, then the digits: so 9 comes before 10."""
    digits = str(int(whole))
    return f"{NUMBER}{len(digits):02}{digits}{_plain(fraction).translate(FRACTION)}{END}"


def _plain(digits: str) -> str:
    return "".join(str(int(digit)) for digit in digits)


def _word(word: str) -> str:
    return f"{WORD}{fold(word).replace(' ', '')}{END}"
