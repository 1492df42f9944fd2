"""Who made a book, out of one cell with one or several names."""

import re
from functools import lru_cache

from catalog.drafts import DraftContributor
from catalog.normalize.contributors import IN_BRACKETS, read_contribution, read_role
from catalog.normalize.names import BEFORE_SURNAME, PART_OF_SURNAME, looks_like_body, natural_name, read_name, sort_name
from catalog.normalize.text import KEPT

DIVIDERS = re.compile(r"\s*[;|\n\t]\s*|\s+/\s+")
AND = re.compile(r"\s+(?:&|and|und|et|y)\s+", re.IGNORECASE)
INITIAL_LAST = re.compile(r"\b\w\.$")
MOST_PEOPLE = 50
LONGEST_CELL = 5_000
OFTEN_SHORT = 200  # such cells come again and again


def read_people(cell: str, role: str = "aut") -> list[DraftContributor]:
    """The people in ``cell``, in natural order of their names, each with the part that is said or else ``role``.

    "Le Guin, Ursula K.; Doe, Jane (ill.)", "John Smith, Mary Jones" and "Smith, John & Jones, Mary" are two each.
    """
    return list(_known_people(cell, role) if len(cell) <= OFTEN_SHORT else _people(cell[:LONGEST_CELL], role))


@lru_cache(maxsize=KEPT)
def _known_people(cell: str, role: str) -> tuple[DraftContributor, ...]:
    return _people(cell, role)


def _people(cell: str, role: str) -> tuple[DraftContributor, ...]:
    parts = DIVIDERS.split(cell)
    is_divided = len(parts) > 1  # then a comma stands within a name
    return tuple(each for part in parts for each in _of_part(part, role, is_divided))[:MOST_PEOPLE]


def person(name: str, role: str = "aut") -> DraftContributor | None:
    """One person by a ``name`` in any order; None for "unknown" and the like."""
    clean = natural_name(read_name(name))
    return DraftContributor(name=clean, sort_name=sort_name(clean), role=role) if clean else None


def _of_part(part: str, role: str, is_divided: bool) -> list[DraftContributor]:
    if IN_BRACKETS.search(part):
        bare = IN_BRACKETS.sub("", part)
        said = [read for _name, read in read_contribution(part)]
        roles = [read for read in said if read != "ctb"] or [_of_word(part) or role]
        return [found for each in roles for found in _named(bare, each, is_divided)]
    return _named(part, role, is_divided)


def _of_word(part: str) -> str:
    found = IN_BRACKETS.search(part)
    return read_role(found[1]).replace("ctb", "") if found else ""


def _named(text: str, role: str, is_divided: bool) -> list[DraftContributor]:
    found = [person(name, role) for name in _apart(text, is_divided)]
    return [each for each in found if each]


def _apart(text: str, is_divided: bool) -> list[str]:
    """The names in ``text``, which has no clear dividers: by "and", and by commas where they are not within names."""
    if looks_like_body(text.replace("&", " and ")):
        return [text]
    return [name for part in _by_and(text) for name in ([part] if is_divided else _by_commas(part))]


def _by_and(text: str) -> list[str]:
    parts = AND.split(text)
    are_whole = all(len(part.split()) > 1 for part in parts)
    return parts if are_whole else [text]


def _by_commas(text: str) -> list[str]:
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    if len(pieces) < 2 or (len(pieces) == 2 and _is_inverted(*pieces)):
        return [text]
    if all(len(piece.split()) > 1 for piece in pieces):
        return pieces
    if len(pieces) % 2 == 0 and all(len(piece.split()) == 1 for piece in pieces[::2]):
        return [f"{family}, {given}" for family, given in zip(pieces[::2], pieces[1::2], strict=True)]
    return [text]


def _is_inverted(family: str, given: str) -> bool:
    """Whether "Le Guin, Ursula K." is one name and not two: by single words, particles and last initials."""
    is_short = len(family.split()) == 1 or len(given.split()) == 1
    starts_as_surname = family.split(maxsplit=1)[0].casefold() in PART_OF_SURNAME | BEFORE_SURNAME
    return is_short or starts_as_surname or bool(INITIAL_LAST.search(given))
