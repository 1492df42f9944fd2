"""MLA, 9th edition: an entry of the list of works cited. A date that is not known is left out."""

from .facts import Facts
from .wording import Reference, capital, edition_of, reference

LEADS = {"edt": ("editor", "editors"), "com": ("compiler", "compilers"), "trl": ("translator", "translators")}
BY = {"edt": "edited by", "com": "compiled by", "trl": "translated by"}


def mla(facts: Facts) -> Reference:
    """An entry: "Austen, Jane. Pride and Prejudice. 2nd ed., Oxford University Press, 2004."."""
    lead = "" if facts.published_itself else _lead(facts)
    return reference([lead], facts, [_rest(facts)])


def _lead(facts: Facts) -> str:
    names = [person.name for person in facts.leaders]
    if not names:
        return ""
    first, word = facts.leaders[0].inverted, LEADS.get(facts.leading_role)
    comma = "," if len(names) > 1 and first != names[0] else ""
    shown = [f"{first}, et al."] if len(names) > 2 else [f"{first}{comma} and {names[1]}" if len(names) == 2 else first]
    return ", ".join(shown + ([word[len(names) > 1]] if word else []))


def _rest(facts: Facts) -> str:
    by = [f"{BY[role]} {_upright([person.name for person in people])}" for role, people in facts.others()]
    parts = [*by, edition_of(facts.edition), facts.publisher, str(facts.year or "")]
    return capital(", ".join(part for part in parts if part))


def _upright(names: list[str]) -> str:
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
