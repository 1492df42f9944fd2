"""Who had which part: the relator codes of MARC 21 and UNIMARC, and their words, as the roles of drafts."""

from catalog.drafts import ROLES
from catalog.normalize.contributors import read_role
from catalog.normalize.text import strip_isbd

from .remembering import remembered

OURS = frozenset(code for code, _name in ROLES)
TERMS = {
    "aut": "author", "edt": "editor", "trl": "translator", "ill": "illustrator", "nrt": "narrator",
    "aui": "author of introduction", "wpr": "writer of preface", "aft": "author of afterword", "com": "compiler",
    "pht": "photographer", "ctb": "contributor",
}  # fmt: skip
OTHER_CODES = {
    "cre": "aut", "dis": "aut", "jnt": "aut", "wac": "ctb", "win": "aui", "wfw": "aui", "art": "ill", "spk": "nrt",
    "rda": "nrt", "edc": "edt", "edm": "edt", "red": "edt", "pbd": "edt",
}  # fmt: skip
# Parts that are none in the making of the book (as in normalize.contributors.NO_PART).
NO_PART = frozenset({
    "pbl", "prt", "fmo", "own", "dnr", "bsl", "dst", "bnd", "egr", "etr", "prm", "pup", "mfr", "mfp", "dbp", "sll",
    "auc", "cns", "his", "dpt", "ins", "dte", "ato", "ppm", "lel",
})  # fmt: skip
OF_UNIMARC = {
    "070": "aut", "100": "aut", "330": "aut", "205": "ctb", "340": "edt", "651": "edt", "650": "pbl", "730": "trl",
    "440": "ill", "040": "ill", "550": "nrt", "590": "nrt", "080": "aui", "075": "aft", "220": "com", "600": "pht",
    "610": "prt", "310": "dst", "320": "dnr", "390": "fmo", "350": "egr", "110": "bnd", "160": "bsl", "745": "prt",
}  # fmt: skip


@remembered
def role_of_code(code: str) -> str:
    """The role for $4 of MARC 21 ("trl", an address that ends in it) or UNIMARC ("730"); "" for no part at all."""
    code = code.strip().rstrip("./").rsplit("/", 1)[-1].casefold()
    code = OF_UNIMARC.get(code, code)
    if code in NO_PART:
        return ""
    return code if code in OURS else OTHER_CODES.get(code, "ctb")


@remembered
def role_of_term(term: str) -> str:
    """The role for the word in $e, for example "editor,"; "" for no part at all."""
    bare = strip_isbd(term.strip()).rstrip(". ")
    return next((code for code, word in TERMS.items() if word == bare.casefold()), "") or read_role(bare)


def roles_of(codes: list[str], terms: list[str]) -> list[str] | None:
    """Every role that codes or else terms name, each once. None when nothing is said; empty for no part at all."""
    named = [role_of_code(code) for code in codes] or [role_of_term(term) for term in terms]
    if not named:
        return None
    return list(dict.fromkeys(role for role in named if role))
