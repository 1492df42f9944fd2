"""APA, 7th edition. Titles keep the capitals they are catalogued with: which of them are names no program knows."""

import re

from catalog.normalize.names import BEFORE_SURNAME

from .facts import Facts, Person
from .wording import Reference, capital, edition_of, reference

MOST_NAMES = 20
ONE, MANY = 0, 1
PARTS = re.compile(r"[^\W\d_][^-]*")
ROLES = {"edt": ("Ed.", "Eds."), "com": ("Comp.", "Comps."), "trl": ("Trans.", "Trans.")}


def apa(facts: Facts) -> Reference:
    """A reference of APA's list: "Austen, J. (2004). Pride and prejudice (2nd ed.). Oxford University Press."."""
    lead, date = _lead(facts), f"({facts.year or 'n.d.'})"
    publisher = "" if facts.published_itself else facts.publisher
    before, after = ([lead, date], [publisher]) if lead else ([], [date, publisher])
    found = reference(before, facts, after, beside_title=_in_brackets(facts))
    if facts.first_year and facts.year and facts.first_year < facts.year:
        return found._replace(after=f"{found.after} (Original work published {facts.first_year})")
    return found


def _lead(facts: Facts) -> str:
    names = _names([_inverted(person) for person in facts.leaders], before_last=", & ")
    return f"{names} ({_role(facts.leading_role, facts.leaders)})" if facts.leading_role in ROLES else names


def _names(names: list[str], before_last: str) -> str:
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[: MOST_NAMES - 1])}, . . . {names[-1]}"
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + before_last + names[-1]


def _in_brackets(facts: Facts) -> str:
    """Who else had a part, and the edition: "(R. Pevear & L. Volokhonsky, Trans.; 2nd ed.)"."""
    parts = []
    for role, people in facts.others():
        names = [_upright(person) for person in people]
        between = " & " if len(names) < 3 else ", & "
        parts.append(f"{_names(names, between)}, {_role(role, people)}")
    said = "; ".join(filter(None, (*parts, capital(edition_of(facts.edition)))))
    return f"({said})" if said else ""


def _role(role: str, people: list[Person]) -> str:
    return ROLES[role][MANY if len(people) > 1 else ONE]


def _inverted(person: Person) -> str:
    family, initials = _parts(person)
    return ", ".join(filter(None, (family, initials, person.suffix))) or person.name


def _upright(person: Person) -> str:
    family, initials = _parts(person)
    name = " ".join(filter(None, (initials, family))) or person.name
    return ", ".join(filter(None, (name, person.suffix)))


def _parts(person: Person) -> tuple[str, str]:
    """The family name with what belongs to it, and the initials: "Maupassant, Guy de" -> "de Maupassant", "G."."""
    given = person.given.split()
    particles: list[str] = []
    while given and given[-1] in BEFORE_SURNAME:
        particles.insert(0, given.pop())
    return " ".join([*particles, *filter(None, [person.family])]), " ".join(map(_initials, given))


def _initials(word: str) -> str:
    """ "Jean-Paul" -> "J.-P.", "J.R.R." -> "J. R. R."."""
    return " ".join(filter(None, ("-".join(map(_initial, PARTS.findall(piece))) for piece in word.split("."))))


def _initial(part: str) -> str:
    return f"{part[0].upper()}."
