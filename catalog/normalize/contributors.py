"""Who had which part in a book, out of free text such as "Davis, Jack E., ill." and "Carol Thompson (Editor)"."""

import re

from .names import natural_name, read_name
from .text import fold

# What people did, in their words (folded, without "joint"), as MARC relator codes of drafts.ROLES.
ROLE_WORDS = {
    "author": "aut", "aut": "aut", "writer": "aut", "coauthor": "aut", "co author": "aut", "joint author": "aut",
    "editor": "edt", "ed": "edt", "eds": "edt", "edt": "edt", "editors": "edt", "technical editor": "edt",
    "general editor": "edt", "series editor": "edt", "joint ed": "edt", "hrsg": "edt", "herausgeber": "edt",
    "translator": "trl", "tr": "trl", "trans": "trl", "trl": "trl", "translated by": "trl", "ubersetzer": "trl",
    "illustrator": "ill", "ill": "ill", "illus": "ill", "illustrated by": "ill", "artist": "ill",
    "narrator": "nrt", "nrt": "nrt", "reader": "nrt", "performer": "nrt", "read by": "nrt", "sprecher": "nrt",
    "introduction": "aui", "introd": "aui", "aui": "aui", "foreword": "aui", "introduction by": "aui",
    "preface": "wpr", "pref": "wpr", "wpr": "wpr",
    "afterword": "aft", "aft": "aft",
    "compiler": "com", "comp": "com", "com": "com", "joint comp": "com",
    "photographer": "pht", "pht": "pht", "photos": "pht", "photographs": "pht", "photography": "pht",
    "contributor": "ctb", "ctb": "ctb", "adapter": "ctb", "adaptation": "ctb", "adapted by": "ctb", "designer": "ctb",
    "copy editor": "ctb", "cover art": "ctb", "cover photographs": "ctb", "cover design": "ctb", "consultant": "ctb",
}  # fmt: skip
# Parts that are none in the making of the book: who printed, sold, owned or gave away this copy.
NO_PART = {"publisher", "printer", "former owner", "donor", "bookseller", "distributor", "binder", "engraver"}
COLLECTION = re.compile(r"\bcollection\b.*\(library of congress\)", re.IGNORECASE)
IN_BRACKETS = re.compile(r"\s*\(([^()]{1,80})\)\s*$")


def read_role(text: str) -> str:
    """The relator code for a word such as "Illustrator" or "ed."; "ctb" for a word not known, "" for no part at all."""
    word = fold(text)
    return "" if word in NO_PART else ROLE_WORDS.get(word, "ctb")


def read_contribution(text: str) -> list[tuple[str, str]]:
    """Names (in natural order) and relator codes in one free text; without a role "ctb".

    Several people are divided by tabs; one person may have several parts: "Carol Thompson (Editor, Illustrator)".
    """
    return [person for part in text[:2_000].split("\t") for person in _read_person(part)]


def _read_person(text: str) -> list[tuple[str, str]]:
    if COLLECTION.search(text):
        return []
    bare, words = _without_roles(text.strip())
    name = natural_name(read_name(bare))
    roles = [read_role(word) for word in words] or ["ctb"]
    return [(name, role) for role in dict.fromkeys(roles) if name and role]


def _without_roles(text: str) -> tuple[str, list[str]]:
    """The name and the role words behind it, in brackets or after the last comma."""
    if found := IN_BRACKETS.search(text):
        words = [word.strip() for word in re.split(r"[,&/]", found[1])]
        if all(_is_role(word) for word in words):
            return text[: found.start()], words
    name, comma, last = text.rpartition(",")
    return (name, [last]) if comma and _is_role(last) else (text, [])


def _is_role(word: str) -> bool:
    return fold(word) in ROLE_WORDS or fold(word) in NO_PART
