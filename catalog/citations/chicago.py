"""Chicago, 17th edition: an entry of the bibliography."""

from .facts import Facts
from .wording import Reference, capital, edition_of, listed, reference

MOST_NAMES, SHOWN = 10, 7
LEADS = {"edt": ("ed.", "eds."), "com": ("comp.", "comps."), "trl": ("trans.", "trans.")}
BY = {"edt": "Edited by", "com": "Compiled by", "trl": "Translated by"}


def chicago(facts: Facts) -> Reference:
    """An entry: "Austen, Jane. Pride and Prejudice. 2nd ed. Oxford: Oxford University Press, 2004."."""
    by = [f"{BY[role]} {listed([person.name for person in people])}" for role, people in facts.others()]
    return reference([_lead(facts)], facts, [*by, capital(edition_of(facts.edition)), _imprint(facts)])


def _lead(facts: Facts) -> str:
    leaders = facts.leaders
    if not leaders:
        return ""
    first, *others = [leaders[0].inverted, *(person.name for person in leaders[1:])]
    if len(leaders) > MOST_NAMES:
        names = f"{', '.join([first, *others[: SHOWN - 1]])}, et al."
    elif len(others) == 1 and first == leaders[0].name:
        names = f"{first} and {others[0]}"
    else:
        names = f"{', '.join([first, *others[:-1]])}, and {others[-1]}" if others else first
    word = LEADS.get(facts.leading_role)
    return f"{names}, {word[len(leaders) > 1]}" if word else names


def _imprint(facts: Facts) -> str:
    where = ": ".join(filter(None, (facts.place, facts.publisher)))
    return ", ".join(filter(None, (where, str(facts.year or "n.d."))))
