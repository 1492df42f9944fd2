"""A BookDraft as a record of MARC 21, in the fields where every other system looks for it."""

import re

from catalog.drafts import BookDraft, CopyDraft, DraftContributor
from catalog.normalize.names import SUFFIX, looks_like_body
from catalog.normalize.text import match_key

from . import marc21
from .money_and_days import write_price
from .own import OWN, TAG, own_words
from .records import SUBFIELD, Record
from .relators import TERMS

LONGEST_FIELD = 9_999  # bytes, because the directory has four digits for it
SAFE = 2_400  # characters, which are never more than that in UTF-8
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
NOT_IN_FILES = re.compile(r"[\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # what JSON leaves as it is, but XML does not bear
KINDS = {"audio": "i", "video": "g", "map": "e", "sheet_music": "c", "other": "r"}
ITEMS = {"ebook": "o", "microform": "a"}
BINDINGS = ("paperback", "hardcover", "library", "board", "spiral")
DEWEY = re.compile(r"\d{3}(?:\.\d+)?")
KEY = re.compile(r"\(([^()]+)\)(.+)", re.DOTALL)
LONGEST_ARTICLE = 9


def record_of(draft: BookDraft, *, digits: int = 2) -> Record:
    """The record of ``draft`` and its copies, from which the same draft is read. ``digits``: of the currency."""
    fields = [(tag, text) for tag, text in _fields(draft, digits) if text]
    fields.sort(key=_place)
    record = Record(_leader(draft), fields)
    said = own_words(draft, marc21.book_draft(record, digits=digits))
    if not said:
        return record
    said = NOT_IN_FILES.sub(lambda found: f"\\u{ord(found[0]):04x}", said)
    own = [(TAG, _field("  ", ("2", OWN), ("a", part))) for part in _parts(said)]
    return Record(record.leader, sorted([*fields, *own], key=_place))


def _place(field: tuple[str, str]) -> str:
    """By tag; but people and bodies stay in the order of the title page."""
    return "700" if field[0].startswith("7") else field[0]


def _leader(draft: BookDraft) -> str:
    return f"00000n{KINDS.get(draft.format, 'a')}m a2200000uc 4500"


def _fields(draft: BookDraft, digits: int) -> list[tuple[str, str]]:
    people = draft.contributors
    main = people[:1] if people and people[0].role == "aut" else ()
    return [
        *_numbers(draft),
        ("008", _fixed(draft)),
        ("041", _field("0 ", *(("a", code) for code in _languages(draft))) if draft.other_languages else ""),
        *([_call_number(draft.call_number)] if draft.call_number else []),
        *(_person("1", person) for person in main),
        ("245", _title(draft, bool(main))),
        ("250", _field("  ", ("a", draft.edition))),
        (
            "264",
            _field(" 1", ("a", draft.place), *(("b", name) for name in _publishers(draft)), ("c", draft.published)),
        ),
        ("300", _field("  ", ("a", draft.pagination or (f"{draft.pages} p." if draft.pages else "")))),
        ("490", _series(draft.series)),
        *(("520", _field("  ", ("a", part))) for text in draft.description.split("\n\n") for part in _parts(text)),
        *(("650", _subject(subject)) for subject in draft.subjects),
        *(_person("7", person) for person in people[len(main) :]),
        *(("952", _copy(copy, digits)) for copy in draft.copies),
    ]


def _field(indicators: str, *values: tuple[str, str]) -> str:
    """The text of a field, without what is empty; "" when all of it is."""
    kept = "".join(f"{SUBFIELD}{code}{CONTROLS.sub(' ', value)}" for code, value in values if value)
    return kept and indicators + kept


def _parts(text: str) -> list[str]:
    """``text`` in pieces that fit into a field each."""
    if len(text) < LONGEST_FIELD and len(text.encode("utf-8", "replace")) < LONGEST_FIELD - 50:
        return [text]
    return [text[place : place + SAFE] for place in range(0, len(text), SAFE)]


def _numbers(draft: BookDraft) -> list[tuple[str, str]]:
    system, number = _source(draft)
    binding = (draft.format_text or draft.format) if _is_binding(draft) else ""
    first, *others = draft.isbns or ("",)
    return [
        ("001", CONTROLS.sub(" ", number)),
        ("003", CONTROLS.sub(" ", system)),
        *(("010", _field("  ", ("a", number))) for number in draft.lccns),
        ("020", _field("  ", ("a", first), ("q", binding)) if first else ""),
        *(("020", _field("  ", ("a", isbn))) for isbn in (*others, *draft.isbns_10)),
        *(("020", _field("  ", ("z", isbn))) for isbn in draft.isbns_invalid),
        *(("035", _field("  ", ("a", f"(OCoLC){number}"))) for number in draft.oclcs),
    ]


def _is_binding(draft: BookDraft) -> bool:
    """Whether the words for the form belong to the ISBN, as "(paperback)" does, or to the title, as "[video]" does."""
    return draft.format in BINDINGS and bool(draft.isbns)


def _source(draft: BookDraft) -> tuple[str, str]:
    if draft.source == "openlibrary":
        return ("OpenLibrary", draft.source_key) if draft.source_key else ("", "")
    found = KEY.fullmatch(draft.source_key)
    return (found[1], found[2]) if found else ("", "")


def _fixed(draft: BookDraft) -> str:
    year = f"{draft.year:04d}" if draft.year and draft.year < 10_000 else "    "
    first = f"{draft.first_year:04d}" if draft.first_year and draft.first_year < 10_000 else ""
    kind = "r" if first and draft.year else "s" if draft.year else "n"
    language = draft.language if len(draft.language) == 3 and draft.language.isascii() else "   "
    dates = f"{kind}{year}{first:4}"
    return f"000000{dates}xx {'':5}{ITEMS.get(draft.format, ' ')}{'':11}{language} d"


def _languages(draft: BookDraft) -> list[str]:
    return [code for code in (draft.language, *draft.other_languages) if code]


def _call_number(text: str) -> tuple[str, str]:
    """Dewey where it is a number of Dewey's; everything else is the library's own."""
    return ("082", _field("04", ("a", text))) if DEWEY.fullmatch(text) else ("099", _field("  ", ("a", text)))


def _publishers(draft: BookDraft) -> tuple[str, ...]:
    return draft.publishers or ((draft.publisher,) if draft.publisher else ())


def _title(draft: BookDraft, has_main: bool) -> str:
    indicators = f"{int(has_main)}{_not_sorted(draft.title, draft.sort_title)}"
    carrier = f"[{draft.format_text}]" if draft.format_text and not _is_binding(draft) else ""
    return _field(indicators, ("a", draft.title), ("h", carrier), ("b", draft.subtitle), ("c", draft.statement))


def _not_sorted(title: str, sorted_by: str) -> int:
    """How many characters stand before the word by which the title is sorted."""
    if match_key(title, 500) == sorted_by:
        return 0
    ends = [n for n in range(1, LONGEST_ARTICLE + 1) if n < len(title) and not title[n - 1].isalnum()]
    return next((n for n in ends if match_key(title[n:], 500) == sorted_by), 0)


def _series(series: str) -> str:
    name, divider, number = series.rpartition(" ; ")
    return _field("0 ", ("a", name), ("v", number)) if divider else _field("0 ", ("a", series))


def _subject(subject: str) -> str:
    head, *divisions = subject.split(" -- ")
    return _field(" 4", ("a", head), *(("x", division) for division in divisions))


def _person(digit: str, person: DraftContributor) -> tuple[str, str]:
    part = [("e", TERMS.get(person.role, "")), ("4", person.role), ("0", _authority(person.key))]
    name = person.sort_name or person.name
    if name == person.name and looks_like_body(name):
        return f"{digit}10", _field("2 ", ("a", name), *part)
    if "," not in name:
        return f"{digit}00", _field("0 ", ("a", name), *part)
    heading, _comma, suffix = name.rpartition(", ")
    if "," in heading and SUFFIX.fullmatch(suffix):
        return f"{digit}00", _field("1 ", ("a", heading), ("c", suffix), *part)
    return f"{digit}00", _field("1 ", ("a", name), *part)


def _authority(key: str) -> str:
    return f"(OpenLibrary){key}" if re.fullmatch(r"OL\d+A", key) else key


def _copy(copy: CopyDraft, digits: int) -> str:
    """As Koha has it; in capital letters what Koha keeps elsewhere: condition, and since when a copy is gone."""
    notes = copy.note.split("\n")
    return _field(
        "  ",
        ("0", "1" if copy.withdrawn_on else ""),
        ("1", "1" if copy.lost_on else ""),
        ("4", "1" if copy.damaged_on else ""),
        ("a", copy.branch),
        ("b", copy.branch),
        ("c", copy.location),
        ("d", copy.acquired_on),
        ("o", copy.call_number),
        ("p", copy.barcode),
        ("v", "" if copy.price is None else write_price(copy.price, digits)),
        *(("x", line) for line in notes),
        ("y", copy.copy_type),
        ("D", copy.damaged_on),
        ("K", copy.condition),
        ("L", copy.lost_on),
        ("W", copy.withdrawn_on),
    )
