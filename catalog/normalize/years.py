"""Years of publication out of free text."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
COPYRIGHT_MARK = r"(?:(?<![a-z])c|©|℗|\bcop(?:yright|\.)?|\([cp]\))\s*"
COPYRIGHT_YEAR = re.compile(COPYRIGHT_MARK + r"(\d{4})(?!\d)", re.IGNORECASE)
DECADE = re.compile(r"(?<!\d)(1[4-9]|20)(?:\d[-u?_]|[-u?_]{2})(?!\d)")  # 190u, 190-?, 19--
# What machines write when they do not know (seen in records that came from booksellers).
PLACEHOLDERS = {"1900", "january 1, 1900", "01-01-1900", "1900-01-01", "jan 01, 1900"}
SHORTEST_MUSLIM_OFFSET = 400  # 1403 AH is 1983
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Year:
    """A year of publication, or None and why: year_unclear (a decade), year_future, year_suspect."""

    year: int | None = None
    warning: str = ""


def read_year(text: str, *, this_year: int, is_from_trade: bool = False) -> Year:
    """The year in ``text`` ("2003, c1999", "[1983?]", "October 6th 2015", "1998-1999": the first).

    A year not marked as that of the copyright is preferred. A date of the other calendar is passed over when the
    common one stands beside it. ``this_year`` is the current year: later than the next one is a misprint.
    ``is_from_trade``: the record came from a bookseller, whose "1900" means unknown.
    """
    return _read(text[:LONGEST_TEXT], this_year, is_from_trade)


@lru_cache(maxsize=1_000)
def _read(text: str, this_year: int, is_from_trade: bool) -> Year:
    plain = _western_digits(text)
    if is_from_trade and plain.strip().casefold() in PLACEHOLDERS:
        return Year(warning="year_suspect")
    years = _candidates(plain)
    if not years:
        return Year(warning="year_unclear" if DECADE.search(plain) else "")
    return Year(warning="year_future") if years[0] > this_year + 1 else Year(year=years[0])


def _candidates(plain: str) -> list[int]:
    """The years in ``plain``, the best first."""
    without_marked, without_marks = COPYRIGHT_YEAR.sub(" ", plain), COPYRIGHT_YEAR.sub(r" \1", plain)
    years = [int(year) for year in YEAR.findall(without_marked) or YEAR.findall(without_marks)]
    later = [year for year in years if year - SHORTEST_MUSLIM_OFFSET > years[0]]
    return later or years


def _western_digits(text: str) -> str:
    if text.isascii():
        return text
    normal = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in normal)
