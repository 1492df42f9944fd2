"""People and bodies of a record: names in both orders, their parts in the book, their numbers in authority files."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from catalog.drafts import DraftContributor
from catalog.normalize.names import SUFFIX, natural_name, read_name
from catalog.normalize.text import fold, one_line, strip_full_stop, strip_isbd

from .records import subfields
from .relators import roles_of

MOST_CONTRIBUTORS = 50
KEY_LENGTH = 60
OPEN_LIBRARY = "(OpenLibrary)"
AUTHORITY = re.compile(r"\([\w-]{2,20}\)\S+|https?://\S+")
FULLER_FORM = re.compile(r"\s*\([^()]*\)$")
# Words before a name in a statement of responsibility that say that its bearer is not the author.
OTHER_PART = re.compile(
    r"\b(?:ed|eds|edit\w*|trans\w*|illus\w*|ill|introd\w*|foreword|preface|hrsg|herausgeg\w*|übers\w*|compil\w*|photo\w*|"
    r"traduit|traduction|traducción|sous la dir\w*|préf\w*|prólogo|with)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody as a field names them. ``roles`` is None where it does not say; ``of_work``: made a part of the book."""

    name: str
    sort_name: str
    key: str = ""
    roles: tuple[str, ...] | None = None
    of_work: bool = False


def contributors(named: Iterable[tuple[Named, bool]], statement: str) -> tuple[DraftContributor, ...]:
    """The people in order, each once for each part; with each the word whether it is the main entry.

    Somebody whose part is not said is an author in the main entry or where the ``statement`` of responsibility
    names them first; else a contributor.
    """
    people: dict[tuple[str, str], DraftContributor] = {}
    for person, is_main in named:
        for role in _roles(person, is_main, statement):
            made = DraftContributor(person.name, person.sort_name, role, person.key)
            people.setdefault((person.name, role), made)
        if len(people) >= MOST_CONTRIBUTORS:
            break
    parts = {name for name, role in people if role != "ctb"}
    return tuple(p for (name, role), p in people.items() if role != "ctb" or name not in parts)


@lru_cache(maxsize=5_000)
def person_of(text: str) -> Named | None:
    """The person in a field 100 or 700 of MARC 21; None without a name."""
    found = _sorted_out(text)
    name = strip_isbd(one_line(found.get("a", [""])[0], 300))
    if "," not in name:  # the indicator that should say so is wrong in many records
        parts = [name.rstrip(","), *found.get("b", []), *(f", {_bare(title)}" for title in found.get("c", [])[:1])]
        whole = read_name(" ".join(parts).replace(" , ", ", "))
        return _named(whole, whole, found)
    heading = read_name(FULLER_FORM.sub("", name))
    suffixes = [_bare(word) for word in found.get("c", []) if SUFFIX.fullmatch(_bare(word))]
    natural = natural_name(heading) if heading.count(",") != 1 else _turned(heading)
    return _named(" ".join([natural, *suffixes]), ", ".join([heading, *suffixes]), found)


@lru_cache(maxsize=5_000)
def body_of(text: str) -> Named | None:
    """The body or meeting in a field 110, 111, 710 or 711 of MARC 21; None without a name."""
    found = _sorted_out(text)
    parts = [value for code, value in subfields(text) if code in "abcdnq"]
    name = read_name(" ".join(parts))
    return _named(name, name, found)


def authority_key(values: Iterable[str]) -> str:
    """The first number of an authority file that says whose it is: "(DE-588)118572121", an address, OL26320A."""
    for value in values:
        key = value.strip().replace(") ", ")")
        if key.startswith(OPEN_LIBRARY):
            return key[len(OPEN_LIBRARY) :][:KEY_LENGTH]
        if AUTHORITY.fullmatch(key) and len(key) <= KEY_LENGTH:
            return key
    return ""


def _sorted_out(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, value in subfields(text):
        found.setdefault(code, []).append(value)
    return found


def _named(name: str, sort_name: str, found: dict[str, list[str]]) -> Named | None:
    if not name:
        return None
    roles = roles_of(found.get("4", []), found.get("e", []) + found.get("j", []))
    return Named(
        name=name,
        sort_name=sort_name,
        key=authority_key(found.get("0", [])),
        roles=None if roles is None else tuple(roles),
        of_work="t" in found,
    )


def _roles(person: Named, is_main: bool, statement: str) -> tuple[str, ...]:
    if person.roles is not None:
        return person.roles
    if is_main or (not person.of_work and _is_stated_author(person, statement)):
        return ("aut",)
    return ("ctb",)


def _is_stated_author(person: Named, statement: str) -> bool:
    """Whether the first part of "A. Smith and B. Jones ; illustrated by C. Brown" names the person as an author."""
    first = statement.split(";", 1)[0]
    family = person.sort_name.split(",", 1)[0]
    place = first.casefold().find(family.casefold()) if family else -1
    return place >= 0 and not OTHER_PART.search(first)


def _turned(heading: str) -> str:
    family, _comma, given = heading.partition(",")
    return strip_full_stop(f"{given.strip()} {family.strip()}") if fold(given) else heading


def _bare(text: str) -> str:
    return strip_isbd(one_line(text, 100))
