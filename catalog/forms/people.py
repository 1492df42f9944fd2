"""People and their parts in a book as lines of text, and back."""

from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.utils.translation import get_language, override

from catalog.drafts import ROLES, DraftContributor
from catalog.normalize.contributors import read_contribution
from catalog.normalize.text import one_line


def people_as_lines(people: Iterable[DraftContributor]) -> str:
    """One person a line; an author's part goes without saying: "Quentin Blake (Illustrator)"."""
    return "\n".join(_as_line(person) for person in people)


def read_people(text: str, known: Iterable[DraftContributor] = ()) -> tuple[DraftContributor, ...]:
    """People from lines such as "Roald Dahl" or "Quentin Blake (illustrator)"; without a part they are authors.

    A line that stands for one of the ``known`` people means that one, whatever brackets are in the name.
    """
    shown = {_as_line(person): (person.name, person.role) for person in known}
    people: dict[tuple[str, str], None] = {}
    for line in filter(None, map(one_line, text.splitlines())):
        people |= dict.fromkeys([shown[line]] if line in shown else _read_line(line))
    return tuple(DraftContributor(name, role=role) for name, role in people)


def _as_line(person: DraftContributor) -> str:
    return person.name if person.role == "aut" else f"{person.name} ({dict(ROLES)[person.role]})"


def _read_line(line: str) -> list[tuple[str, str]]:
    name, bracket, part = line.rpartition(" (")
    code = _parts(get_language() or "").get(part.rstrip(")").casefold()) if bracket and part.endswith(")") else None
    if code:
        return [(name, code)]
    if line.endswith(")") and (read := read_contribution(line)) and read[0][1] != "ctb":
        return read
    return [(line, "aut")]


@cache
def _parts(language: str) -> dict[str, str]:
    """The names of all parts, in every language of the site; where two share a word, ``language`` decides."""
    parts: dict[str, str] = {}
    for code in (*(code for code, _name in settings.LANGUAGES), language):
        with override(code):
            parts |= {str(name).casefold(): role for role, name in ROLES}
    return parts
