"""BookDraft: what any source says about one edition, before it is a Book. The one thing importers hand over."""

from dataclasses import MISSING, dataclass, field, fields
from operator import attrgetter, itemgetter
from typing import Any

from django.utils.translation import gettext_lazy as _

# MARC relator codes (id.loc.gov/vocabulary/relators) of the parts people play in books here.
ROLES = [
    ("aut", _("Author")),
    ("edt", _("Editor")),
    ("trl", _("Translator")),
    ("ill", _("Illustrator")),
    ("nrt", _("Narrator")),
    ("aui", _("Author of introduction")),
    ("wpr", _("Author of preface")),
    ("aft", _("Author of afterword")),
    ("com", _("Compiler")),
    ("pht", _("Photographer")),
    ("ctb", _("Contributor")),
]
FORMATS = [
    ("paperback", _("Paperback")),
    ("hardcover", _("Hardcover")),
    ("library", _("Library binding")),
    ("board", _("Board book")),
    ("spiral", _("Spiral bound")),
    ("audio", _("Audio")),
    ("ebook", _("E-book")),
    ("video", _("Video")),
    ("microform", _("Microform")),
    ("sheet_music", _("Sheet music")),
    ("map", _("Map")),
    ("other", _("Other")),
]
IDENTIFIER_KINDS = [
    ("isbn13", _("ISBN-13")),
    ("isbn10", _("ISBN-10")),
    ("isbn_invalid", _("ISBN (wrong)")),
    ("lccn", _("LCCN")),
    ("oclc", _("OCLC number")),
]
# What a reader of sources may have against a record: code -> words for the desk.
WARNINGS = {
    "title_missing": _("The record has no title."),
    "title_capitals": _("The title is written in capitals."),
    "isbn_invalid": _("An ISBN in the record is wrong: its check digit or its length does not fit."),
    "year_unclear": _("The record names only a decade of publication."),
    "year_future": _("The year of publication lies in the future and was left out."),
    "year_suspect": _("The year 1900 means “unknown” in this record and was left out."),
    "contributors_incomplete": _("Not every author could be fetched. Look at the book itself, or compare later."),
    "characters_lost": _("Some characters of the record could not be read. Look for “�” and correct them."),
    "work_missing": _("A part of the record could not be fetched: authors, subjects or description may be missing."),
}


LONGEST_KEY = 60  # in a source; what is longer is none


@dataclass(frozen=True, slots=True)
class DraftContributor:
    """Somebody who had a part in the book. ``key`` is the identity in the source, for example OL26320A, or empty."""

    name: str
    sort_name: str = ""
    role: str = "aut"
    key: str = ""


@dataclass(frozen=True, slots=True)
class CopyDraft:
    """One copy as a source describes it. Codes and dates as given (days as YYYY-MM-DD); all may be empty.

    ``price``: in whole minor units. ``barcode`` empty: it gets the next one of the library's own. ``branch`` and
    ``copy_type`` are codes; unknown ones are the library's to map.
    """

    barcode: str = ""
    branch: str = ""
    copy_type: str = ""
    call_number: str = ""
    location: str = ""
    price: int | None = None
    condition: str = ""
    note: str = ""
    acquired_on: str = ""
    withdrawn_on: str = ""
    lost_on: str = ""
    damaged_on: str = ""


@dataclass(frozen=True, slots=True)
class DraftSource:
    """A record of a source that a book came from or was compared with: what BookDraft says of the first of them."""

    source: str
    key: str
    work_key: str = ""
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One record of a file, as every reader of files hands it over: understood, or with a ``problem`` in words.

    ``n``: its number in the file, from 1. ``raw``: enough to write it out again for correction. ``what``: "book",
    "member" or "loan". ``values``: the draft's ``as_json``; empty where there is a problem. ``draft``: of a book, where
    the reader has it at hand.
    """

    n: int
    raw: str
    what: str = "book"
    values: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    draft: "BookDraft | None" = None


@dataclass(frozen=True, slots=True)
class BookDraft:
    """One edition as a source describes it, already cleaned. Every field may be empty; none is None but numbers."""

    title: str = ""
    subtitle: str = ""
    sort_title: str = ""
    statement: str = ""
    edition: str = ""
    contributors: tuple[DraftContributor, ...] = ()
    isbns: tuple[str, ...] = ()  # valid, as ISBN-13 without hyphens, in the source's order
    isbns_10: tuple[str, ...] = ()  # the ten-digit forms that were given, for display
    isbns_invalid: tuple[str, ...] = ()  # the digits as given; still searchable
    lccns: tuple[str, ...] = ()
    oclcs: tuple[str, ...] = ()
    publisher: str = ""
    publishers: tuple[str, ...] = ()  # all of them
    place: str = ""
    published: str = ""  # the date as given
    year: int | None = None
    first_year: int | None = None  # of the work
    language: str = ""  # MARC code: "eng", "ger"
    other_languages: tuple[str, ...] = ()
    pages: int | None = None
    pagination: str = ""
    format: str = ""  # a key of FORMATS
    format_text: str = ""
    series: str = ""
    subjects: tuple[str, ...] = ()
    description: str = ""
    description_is_of_work: bool = False
    call_number: str = ""  # proposed from Dewey or LC
    cover_id: int | None = None
    source: str = ""
    source_key: str = ""  # of the edition: OL7353617M
    work_key: str = ""
    revision: int | None = None
    other_sources: tuple[DraftSource, ...] = ()
    warnings: tuple[str, ...] = field(default=())  # codes of WARNINGS
    copies: tuple[CopyDraft, ...] = ()

    @property
    def remarks(self) -> list[str]:
        """The warnings in words for the desk."""
        return [str(WARNINGS[code]) for code in self.warnings if code in WARNINGS]

    @property
    def sources(self) -> list[DraftSource]:
        """All records of sources that it names, the first one first."""
        own = [DraftSource(self.source, self.source_key, self.work_key, self.revision)] if self.source_key else []
        return [each for each in (*own, *self.other_sources) if each.key and len(each.key) <= LONGEST_KEY]

    def as_json(self) -> dict[str, Any]:
        """The draft as JSON values, to be kept in ImportRow.draft."""
        values = _values_of(self)
        for name in LISTS:
            values[name] = list(values[name])
        for name in PARTS:
            values[name] = [_values_of(part) for part in getattr(self, name)]
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "BookDraft":
        """The draft that ``as_json`` wrote. Keys of a later version are left out, what lacks is empty."""
        found = _values_in(cls, values)
        for n in AT_LISTS:
            found[n] = tuple(found[n])
        for n, kind in AT_PARTS:
            found[n] = tuple([kind(*_values_in(kind, each)) for each in found[n]])
        return cls(*found)


LISTS = tuple(each.name for each in fields(BookDraft) if each.default == ())
PARTS: dict[str, Any] = {"contributors": DraftContributor, "copies": CopyDraft, "other_sources": DraftSource}
KINDS: tuple[Any, ...] = (BookDraft, *PARTS.values())
READ = {kind: attrgetter(*kind.__slots__) for kind in KINDS}
READ_JSON = {kind: itemgetter(*kind.__slots__) for kind in KINDS}
EMPTY = {kind: {each.name: "" if each.default is MISSING else each.default for each in fields(kind)} for kind in KINDS}
AT_LISTS = [BookDraft.__slots__.index(name) for name in LISTS]
AT_PARTS = [(BookDraft.__slots__.index(name), kind) for name, kind in PARTS.items()]


def _values_of(part: Any) -> dict[str, Any]:
    """The fields of a draft or a part of one: what dataclasses.asdict says ten times slower, copying every word."""
    return dict(zip(part.__slots__, READ[type(part)](part), strict=True))


def _values_in(kind: type, values: dict[str, Any]) -> list[Any]:
    """The values of the fields of a draft or a part of one, in their order."""
    try:
        return list(READ_JSON[kind](values))
    except KeyError:
        return list(READ_JSON[kind](EMPTY[kind] | values))
