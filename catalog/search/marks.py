"""What a book can be narrowed down by, as tokens of the index: its language, its authors, whether a copy is in, ...

Filters, the order by popularity and samples are then words like any others, and cost as little.
"""

from dataclasses import dataclass
from functools import lru_cache

# OUT is borne by books without a copy that is in: they are few, and few are quickly left out of many.
ALL, HIDDEN, OUT = "__all", "__hid", "__out"
POPULARITIES = 8  # of times lent: none, once, up to 3, 7, 15, 31, 63, more
SAMPLES = 14  # sample n holds one book in two to the power of n
# Facets by the letter of their tokens. A book has BRANCH for each where a copy stands or was lent last, IN_AT for those
# where one is in.
LANGUAGE, FORMAT, AUTHOR, SUBJECT, BRANCH, LOCATION, DECADE, IN_AT = "l", "f", "a", "s", "b", "o", "d", "i"
YEAR, CENTURY, POPULARITY, SAMPLE = "y", "c", "p", "r"
FIRST_YEAR, LAST_YEAR = 0, 9999
_MIX, _MIX_AGAIN = 2_654_435_761, 2_246_822_507  # odd and large: neighbours land far apart


@dataclass(frozen=True, slots=True)
class Facet:
    """One value of one facet: ``letter`` says of which, ``value`` is a key, a code or a name."""

    letter: str
    value: str

    @property
    def token(self) -> str:
        return mark(self.letter, self.value)


@lru_cache(maxsize=20_000)
def mark(letter: str, value: object) -> str:
    """The token of a value. Names are written in hexadecimal: tokens are letters and digits."""
    text = str(value)
    return f"__{letter}_{text.encode().hex() if letter == LOCATION else text.lower()}"


def facet_of(short: str) -> Facet:
    """The facet behind a token without its leading underscores, as documents keep it ("l_eng")."""
    letter, _, value = short.partition("_")
    return Facet(letter, bytes.fromhex(value).decode() if letter == LOCATION else value)


def popularity(times_lent: int) -> int:
    """The class of popularity, 0 to POPULARITIES - 1: each holds books lent twice as often as the one below."""
    return min(POPULARITIES - 1, (times_lent + 1).bit_length() - 1)


def samples(pk: int) -> list[str]:
    """The samples that the book ``pk`` is in: the same for ever, and no sample prefers old books or new ones."""
    mixed = (pk * _MIX) & 0xFFFF_FFFF
    mixed = ((mixed ^ mixed >> 16) * _MIX_AGAIN) & 0xFFFF_FFFF
    mixed ^= mixed >> 13
    zeros = (mixed & -mixed).bit_length() - 1 if mixed else SAMPLES
    return [mark(SAMPLE, n) for n in range(1, min(zeros, SAMPLES) + 1)]


def years(first: int, last: int) -> list[str]:
    """The tokens that together say "a year from ``first`` to ``last``": whole centuries and decades as one."""
    tokens, year, last = [], max(first, FIRST_YEAR), min(last, LAST_YEAR)
    while year <= last:
        if year % 100 == 0 and year + 99 <= last:
            tokens.append(mark(CENTURY, year // 100))
            year += 100
        elif year % 10 == 0 and year + 9 <= last:
            tokens.append(mark(DECADE, year // 10))
            year += 10
        else:
            tokens.append(mark(YEAR, year))
            year += 1
    return tokens


def of_year(year: int | None) -> list[str]:
    """The tokens of a book's year; none where it is not known."""
    if not year:
        return []
    return [mark(YEAR, year), mark(DECADE, year // 10), mark(CENTURY, year // 100)]
