"""Names of people and bodies: as shown, as sorted, and when two spellings are one."""

import re
from functools import lru_cache

from .text import KEPT, NAME_LENGTH, match_key, one_line, strip_full_stop, strip_isbd

NOBODY = re.compile(r"[\W_]*(?:unknown|unknown author|n/?a|none|not available|dramatization)?[\W_]*", re.IGNORECASE)
# "1835-1910", "1947-", "b. 1862", "d. 1582", "1661?-1731", "fl. 1600", "4th cent."
DATES = re.compile(
    r"[,\s]+\(?(?:(?:b|d|fl|ca|active|approximately)\.?\s*)?\d{3,4}\??(?:\s*[-–]\s*(?:(?:ca|d)\.?\s*)?(?:\d{3,4}\??)?)?\.?\)?"
    r"(?:\s+or\s+\d{3,4})?[,.\s]*$",
    re.IGNORECASE,
)
DIGIT = re.compile(r"\d")
SUFFIX = re.compile(r"(?:jr|sr|jun|sen|ii|iii|iv|ph\.?\s?d|m\.?d|d\.?d|esq|rndr|obe|cbe)\.?", re.IGNORECASE)
# Words that follow a family name in an inverted heading without being a given name: "Teresa of Avila, Saint".
TITLE_WORD = re.compile(
    r"(?:saint|st|sir|lord|lady|dame|pope|king|queen|emperor|prince(?:ss)?|count(?:ess)?|duke|earl|baron(?:ess)?|graf|"
    r"freiherr|dr|prof|rev|mrs?|ms|bishop|cardinal)\b",
    re.IGNORECASE,
)
BODY_WORD = re.compile(
    r"\b(?:academy|administration|agency|archives?|assembly|assoc(?:iation)?|authority|books|bros|bureau|cent(?:er|re)|"
    r"club|co|collection|college|commission|committee|communit(?:y|ies)|company|conference|congr[eè]so?s?|convegno|"
    r"corp(?:oration)?|council|dept|department|editors|enterprises|federation|foundation|gallery|gesellschaft|"
    r"government|group|inc|initiative|institut[eo]?|international|kolloquium|kongress|konferen[tz]\w*|"
    r"laborator(?:y|ies)|league|library|ltd|meeting|ministry|museum|muzeum|network|office|orchestra|organi[sz]ation|"
    r"parliament|project|publications?|publish(?:ers|ing)|school|seminar|service|societ\w*|staff|studios|survey|"
    r"symposium|team|trust|universi\w+|verlag|workshop|united states|great britain)\b",
    re.IGNORECASE,
)
# Before a family name and sorted with it (Le Guin, Du Maurier), or sorted after the given name (von, de).
PART_OF_SURNAME = {
    "le", "la", "les", "l'", "du", "des", "lo", "del", "della", "di", "dal", "mac", "mc", "o'", "ó", "st.", "saint",
    "san", "santa", "vander",
}  # fmt: skip
BEFORE_SURNAME = {
    "von", "van", "der", "den", "ter", "ten", "de", "da", "do", "dos", "das", "zu", "zur", "zum", "vom", "y", "e",
    "af", "av", "bin", "ibn", "bint", "d'", "'t", "ap",
}  # fmt: skip
WRITTEN_IN = re.compile(r"[A-Za-z\u00C0-\u024F\u0370-\u052F\u1E00-\u1FFF]")  # Latin, Greek, Cyrillic


def read_name(value: object) -> str:
    """A name as given, cleaned; "" for "unknown" and the like."""
    name = strip_full_stop(strip_isbd(one_line(value, NAME_LENGTH)))
    return "" if NOBODY.fullmatch(name) else name


@lru_cache(maxsize=KEPT)
def sort_name(name: str, *, is_body: bool = False) -> str:
    """The form to sort by: "Ursula K. Le Guin" -> "Le Guin, Ursula K.", "Guy de Maupassant" -> "Maupassant, Guy de".

    Left as they are: names already inverted, single names, people "of" a place, names of bodies and meetings
    (``is_body`` or by their words) and names in scripts other than Latin, Greek and Cyrillic.
    """
    if is_body or looks_like_body(name) or not WRITTEN_IN.match(name.lstrip("\"'ʻʼ(. ")):
        return name
    words, suffix = _without_suffix(name)
    if any("," in word for word in words) or "of" in words or len(words) < 2:
        return name
    start = _start_of_surname(words)
    given = " ".join(words[:start])
    return ", ".join(part for part in (" ".join(words[start:]), given, suffix) if part)


def natural_name(name: str) -> str:
    """An inverted heading turned round, without dates: "Davis, Jack E., 1950-" -> "Jack E. Davis"."""
    bare = strip_full_stop(DATES.sub("", name).strip(", "))
    family, comma, given = (part.strip() for part in bare.partition(","))
    if (
        not comma
        or not given
        or "," in given
        or looks_like_body(bare)
        or TITLE_WORD.match(given)
        or SUFFIX.fullmatch(given)
    ):
        return bare
    return f"{given} {family}"


@lru_cache(maxsize=KEPT)
def name_key(name: str) -> str:
    """The key under which a name is found again (Author.match_key).

    Equal for "Mark Twain" and "Twain, Mark, 1835-1910.".
    """
    bare = name if looks_like_body(name) else DATES.sub("", name).strip(", ")
    return match_key(sort_name(bare), NAME_LENGTH)


@lru_cache(maxsize=KEPT)
def looks_like_body(name: str) -> bool:
    """Whether ``name`` is that of a body, a place or a meeting: one of their words, or digits that are no dates."""
    bare = DATES.sub("", name) if DIGIT.search(name) else name
    return bool(re.search(r"\d|\w \(|[&+@]|\. [A-Z]\w+\. [A-Z]\w{3}", bare) or BODY_WORD.search(bare))


def _without_suffix(name: str) -> tuple[list[str], str]:
    words = name.split()
    if len(words) > 2 and words[0].endswith(",") and SUFFIX.fullmatch(words[0].rstrip(",")):
        return words[1:], words[0].rstrip(",")  # "Jr, Louis A. Perez"
    if len(words) > 2 and SUFFIX.fullmatch(words[-1]):
        return [*words[:-2], words[-2].rstrip(",")], words[-1]
    return words, ""


def _start_of_surname(words: list[str]) -> int:
    """The index of the first word of the family name."""
    start = len(words) - 1
    while start > 1 and _belongs_to_surname(words[start - 1]):
        start -= 1
    return start


def _belongs_to_surname(word: str) -> bool:
    """A particle written with a capital belongs to the family name whatever it is: "De Bhaldraithe", "Van Vogt"."""
    lowered = word.casefold()
    return lowered in PART_OF_SURNAME or (word[0].isupper() and lowered in BEFORE_SURNAME)
