"""By what the book of a draft is found, and by what it is judged whether it is the one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.scans import clean_code
from catalog.drafts import BookDraft
from catalog.normalize.names import name_key
from catalog.normalize.text import match_key, title_key

# What two records must say alike, beside the people, to be one without anybody being asked.
TELLING = ("title", "subtitle", "edition", "publisher", "place", "year", "language", "pages", "format", "series")


@dataclass(frozen=True, slots=True)
class Facts:
    """By what a candidate is judged."""

    title: str
    year: int | None
    publisher: str
    isbns: frozenset[str]
    people: tuple[str, ...]
    telling: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Sought:
    """A draft with all by which it is found, made out once: barcodes, numbers, keys of title and first author.

    ``keys``: in its sources.
    """

    draft: BookDraft
    keys: list[tuple[str, str]]
    barcodes: list[str]
    numbers: list[tuple[str, str]]
    text: tuple[str, str]

    @classmethod
    def of(cls, draft: BookDraft) -> "Sought":
        return cls(draft, keys_of(draft), barcodes_of(draft), numbers_of(draft), text_of(draft))


def facts_of(draft: BookDraft) -> Facts:
    """By what the book of ``draft`` is judged."""
    telling = [getattr(draft, name) for name in TELLING]
    return facts_from(telling, draft.isbns, [name_key(person.name) for person in draft.contributors])


def keys_of(draft: BookDraft) -> list[tuple[str, str]]:
    """Source and key in it, of each source that the draft names."""
    return [(each.source, each.key) for each in draft.sources] if draft.source_key or draft.other_sources else []


def barcodes_of(draft: BookDraft) -> list[str]:
    """The barcodes of the draft's copies, as they are kept."""
    return [code for copy in draft.copies if (code := clean_code(copy.barcode))]


def numbers_of(draft: BookDraft) -> list[tuple[str, str]]:
    """Kind and value of the numbers by which the draft may be found."""
    listed = (
        ("isbn13", draft.isbns), ("isbn_invalid", draft.isbns_invalid), ("lccn", draft.lccns), ("oclc", draft.oclcs),
    )  # fmt: skip
    return [(kind, value[:40]) for kind, values in listed for value in values]


def text_of(draft: BookDraft) -> tuple[str, str]:
    """The keys of the draft's title and first author, who may be nobody."""
    return title_key(draft.title), name_key(draft.contributors[0].name) if draft.contributors else ""


def facts_from(telling: Sequence, isbns: Iterable[str], people: Iterable[str]) -> Facts:
    """By what a book is judged that says ``telling`` (of TELLING), with these ISBNs and keys of people."""
    values = dict(zip(TELLING, telling, strict=True))
    said = tuple(match_key(value) if isinstance(value, str) else value for value in telling)
    return Facts(values["title"], values["year"], match_key(values["publisher"]), frozenset(isbns), tuple(people), said)
