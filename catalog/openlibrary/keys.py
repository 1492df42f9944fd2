"""The names Open Library gives its records: OL7353617M an edition, OL45804W a work, OL26320A an author."""

import re

FOLDERS = {"M": "books", "W": "works", "A": "authors"}
OLID = re.compile(r"OL([1-9]\d{0,11})([AMW])", re.IGNORECASE)
PATH = re.compile(r"/(?:books|works|authors|[bwa])/(OL[1-9]\d{0,11}[AMW])")


def read_olid(text: object) -> str:
    """The key in ``text`` as people paste it: "ol7353617m", "/books/OL7353617M", an address of the page; "" if none."""
    if not isinstance(text, str):
        return ""
    path = text.strip()[:500].split("?")[0]
    found = OLID.fullmatch(path.rsplit("/", 1)[-1].removesuffix(".json")) or re.search(
        r"/(?:books|works|authors)/" + OLID.pattern + r"(?:/|$)", path, re.IGNORECASE
    )
    return f"OL{found[1]}{found[2].upper()}" if found else ""


def olid_of(key: object) -> str:
    """The short form of a key in a record: "/books/OL1M" (in old dumps "/b/OL1M") -> "OL1M"; "" if it is none."""
    found = PATH.fullmatch(key) if isinstance(key, str) else None
    return found[1] if found else ""


def path_of(olid: str) -> str:
    """The path of a record: "OL1M" -> "/books/OL1M". Raises: ValueError for anything that is no key."""
    if not OLID.fullmatch(olid):
        raise ValueError(f"{olid!r} is no key of Open Library")
    return f"/{FOLDERS[olid[-1].upper()]}/{olid.upper()}"
