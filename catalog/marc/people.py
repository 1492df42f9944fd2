"""People and bodies of a record: names in both orders, their parts in the book, their numbers in authority files."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.drafts import DraftContributor
from catalog.normalize.names import SUFFIX, natural_name, read_name
from catalog.normalize.text import fold, one_line, strip_full_stop, strip_isbd

from .records import subfields
from .relators import roles_of
from .remembering import remembered

MOST_CONTRIBUTORS = 50
KEY_LENGTH = 60
OPEN_LIBRARY = "(OpenLibrary)"
AUTHORITY = re.compile(r"\([\w-]{2,20}\)\S+|https?://\S+")
FULLER_FORM = re.compile(r"\s*\([^()]*\)$")
# Words of a statement of responsibility about the people beside them, by the roles of drafts.
PART_WORDS = re.compile(
    r"\b(?:(?P<edt>eds?\b|edit\w*|hrsg|hg\b|herausgeg\w*|herausgeber\w*|sous la dir\w*|a cura di|bajo la dir\w*)|"
    r"(?P<trl>trans(?:l\w*|\b)|übers\w*|übertr\w*|tradu\w*|trad\b|vertaald|перев\w*|пер\b)|"
    r"(?P<ill>illus\w*|ill\b|pictures|drawings|zeichnungen|bilder|disegni)|"
    r"(?P<aui>introd\w*|foreword|einleit\w*|introduzione|vorwort|avant-propos)|(?P<wpr>prefac\w*|préfac\w*|pref\b|prólogo)|"
    r"(?P<aft>afterword|nachwort|postfac\w*)|(?P<com>compil\w*|comp\b)|(?P<pht>photo\w*|fotogr\w*|fotos?\b)|"
    r"(?P<nrt>read by|narrat\w*|gelesen)|(?P<ctb>with|mit|avec|adapt\w*|bearb\w*))",
    re.IGNORECASE,
)
BEHIND = re.compile(
    r"[,(]\s*(?P<edt>editors?|eds?|hrsg|hg|éds?|dir)\b|[,(]\s*(?P<trl>translators?|übers)\b", re.IGNORECASE
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

    Whose part is not said had the one that the ``statement`` of responsibility says, else is an author in the main
    entry and a contributor elsewhere.
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


@remembered
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


@remembered
def body_of(text: str) -> Named | None:
    """The body or meeting in a field 110, 111, 710 or 711 of MARC 21; None without a name."""
    found = _sorted_out(text)
    parts = [value for code, value in subfields(text) if code in "abcdnq"]
    name = read_name(" ".join(parts))
    return _named(name, name, found)


def authority_key(values: Iterable[str]) -> str:
    """The first number of an authority file that says whose it is: "(DE-588)118572121", an address, OL26320A."""
    for value in values:
        key = one_line(value)
        key = key.replace(" ", "") if key.startswith("(") else key
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
    stated = "" if person.of_work else _stated_role(person.sort_name, statement)
    return (stated or ("aut" if is_main else "ctb"),)


def _stated_role(sort_name: str, statement: str) -> str:
    """What "A. Smith and B. Jones ; edited by C. Brown" says of the bearer of this name; "" where it does not."""
    family = sort_name.partition(",")[0].casefold()
    for n, part in enumerate(statement.split(";")):
        place = part.casefold().find(family)
        if place < 0:
            continue
        words = [found.lastgroup for found in PART_WORDS.finditer(part, 0, place)]
        behind = BEHIND.search(part, place)
        if behind and not words:
            return behind.lastgroup or ""
        return (words[-1] or "") if words else "aut" if n == 0 else ""
    return ""


def _turned(heading: str) -> str:
    family, _comma, given = heading.partition(",")
    return strip_full_stop(f"{given.strip()} {family.strip()}") if fold(given) else heading


def _bare(text: str) -> str:
    return strip_isbd(one_line(text, 100))
