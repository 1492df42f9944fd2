"""What a table says of the state of a copy, in words or as yes and no."""

import re
from datetime import date

from catalog.normalize.text import fold

from .dates import read_day

NO = {"", "0", "no", "n", "false", "nein", "non", "faux", "nicht", "falsch", "none", "null"}
YES = {"1", "yes", "y", "true", "x", "ja", "wahr", "oui", "vrai", "si", "verdadero", "v"}
# What words of a state mean: field of CopyDraft -> beginnings of words.
STATES = {
    "lost_on": r"lost|missing|verloren|vermisst|perdu|manquant|perdid|extraviad",
    "withdrawn_on": r"withdrawn|weeded|discard|ausgeschieden|ausgesondert|makuliert|elimin|retirad|baja\b|expurg",
    "damaged_on": r"damaged|repair|beschadigt|defekt|reparatur|endommag|abime|danad|deteriorad",
}
PATTERNS = {name: re.compile(rf"\b(?:{words})") for name, words in STATES.items()}
CONDITIONS = [
    ("poor", re.compile(r"\b(?:poor|bad|schlecht|mauvais|malo|mediocre)")),
    ("worn", re.compile(r"\b(?:worn|fair|used|acceptable|abgenutzt|gebraucht|use\b|usad|desgastad|moyen)")),
]


def read_state_day(text: str, *, day_first: bool, today: date) -> str:
    """Since when: a day, or "yes", which counts from ``today``. Empty: not so. Raises ValueError."""
    word = fold(text)
    if word in NO:
        return ""
    if word in YES:
        return today.isoformat()
    day = read_day(text, day_first=day_first, today=today)
    return day.isoformat() if day else ""


def read_states(text: str, today: date) -> dict[str, str]:
    """The fields of a copy that a word such as "lost" or "ausgeschieden" means, as of ``today``."""
    words = fold(text)
    return {name: today.isoformat() for name, pattern in PATTERNS.items() if pattern.search(words)}


def read_condition(text: str) -> str:
    """The key of Copy.Condition for a word; "" where nothing is said."""
    words = fold(text)
    return next((key for key, pattern in CONDITIONS if pattern.search(words)), "good" if words else "")
