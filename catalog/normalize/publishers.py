"""Publishers and places of publication."""

import re
from dataclasses import dataclass
from functools import lru_cache

from .text import KEPT, NAME_LENGTH, cut, match_key, one_line, strip_full_stop, strip_isbd

PLACE_LENGTH = 200
LONGEST_GIVEN = 1_000
MOST_PUBLISHERS = 20
UNKNOWN = re.compile(
    r"[\W_]*(?:s\W+[nl]|n/?a|unknown(?: publisher)?|(?:publisher|place of publication) not identified|\d{4})?[\W_]*",
    re.IGNORECASE,
)
YEAR_BEHIND = re.compile(r",\s*\[?c?\d{4}[].]*$")
PLACE_BEFORE = re.compile(r"\[([^][]{2,60})\]\s+(?=\S)")  # "[Chicago] University of Chicago Press"


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who published and where. ``publishers`` has all of them, ``publisher`` is the first."""

    publisher: str = ""
    publishers: tuple[str, ...] = ()
    place: str = ""


def read_imprint(publishers: list[str], places: list[str]) -> Imprint:
    """Publishers and place, without library punctuation; "s.n." and "S.l." are unknown.

    "Place : Publisher" in one string is divided; the place is used where ``places`` has none.
    """
    names: dict[str, str] = {}
    found = [_tidy(one_line(place, LONGEST_GIVEN), PLACE_LENGTH) for place in places[:MOST_PUBLISHERS]]
    for publisher in publishers[:MOST_PUBLISHERS]:
        place, name = _divide(one_line(publisher, LONGEST_GIVEN))
        found.append(place)
        names.setdefault(match_key(name), name)
    listed = tuple(name for name in names.values() if name)
    place = next((place.rstrip("?") for place in found if place), "")
    return Imprint(publisher=listed[0] if listed else "", publishers=listed, place=place)


@lru_cache(maxsize=KEPT)
def _divide(text: str) -> tuple[str, str]:
    place, colon, name = text.partition(" : ")
    if not colon and (before := PLACE_BEFORE.match(text)):
        place, colon, name = before[1], ":", text[before.end() :]
    return (_tidy(place, PLACE_LENGTH), _tidy_name(name)) if colon else ("", _tidy_name(text))


@lru_cache(maxsize=KEPT)
def _tidy(text: str, limit: int) -> str:
    text = strip_isbd(text)
    if text.startswith("[") and text.count("[") == 1 and text.rstrip("].,").count("]") == 0:
        text = text.replace("[", "", 1)
    if text.count("]") > text.count("["):
        text = text.replace("]", "", 1)
    return "" if UNKNOWN.fullmatch(text) else cut(strip_isbd(text), limit)


def _tidy_name(text: str) -> str:
    return _tidy(strip_full_stop(YEAR_BEHIND.sub("", text)), NAME_LENGTH)
