"""Our own columns: a BookDraft as rows of a table (one a copy), and the same draft out of them again, exactly."""

from collections.abc import Iterable
from typing import Any

from accounts import money
from catalog.drafts import FORMATS, ROLES, BookDraft, CopyDraft, DraftContributor, DraftSource
from catalog.isbn import find_isbns
from catalog.normalize.formats import read_format
from catalog.normalize.languages import read_language
from catalog.normalize.names import sort_name
from catalog.normalize.titles import sort_title

from .cells import in_one_cell, out_of_cell
from .columns import Facts, Row
from .copies import condition_of, price_of, read_barcode, read_day_cell

KEY = "openshelf_book"
WHOLE = {"copies_are_whole": True}  # in what is kept of a row: what its copies do not say they do not have
TEXTS = (
    "title", "subtitle", "statement", "edition", "publisher", "place", "published", "language", "pagination",
    "format", "format_text", "series", "call_number", "description",
)  # fmt: skip
# name -> the largest that the database keeps
NUMBERS = {"year": 9_999, "first_year": 9_999, "pages": 2**31 - 1, "cover_id": 2**62, "revision": 2**31 - 1}
LISTS = {
    "isbn": "isbns", "isbn10": "isbns_10", "isbn_wrong": "isbns_invalid", "lccn": "lccns", "oclc": "oclcs",
    "subjects": "subjects", "other_languages": "other_languages",
}  # fmt: skip
SOURCE = ("source", "source_key", "work_key")
COPY_TEXTS = {
    "barcode": "barcode", "branch": "branch", "copy_type": "copy_type", "copy_call_number": "call_number",
    "location": "location", "condition": "condition", "copy_note": "note",
}  # fmt: skip
DAYS = ("acquired_on", "withdrawn_on", "lost_on", "damaged_on")
BOOK_COLUMNS = (
    KEY, "title", "subtitle", "authors", "isbn", "publisher", "place", "published", "year", "language", "edition",
    "pages", "format", "series", "call_number", "subjects", "description", "statement", "pagination", "format_text",
    "first_year", "other_languages", "isbn10", "isbn_wrong", "lccn", "oclc", "sort_title", "authors_sorted_as",
    "author_keys", "cover_id", "source", "source_key", "work_key", "revision", "other_sources",
)  # fmt: skip
COPY_COLUMNS = (
    "barcode", "branch", "copy_type", "copy_call_number", "location", "price", "currency", "condition", "copy_note",
    "acquired_on", "withdrawn_on", "lost_on", "damaged_on",
)  # fmt: skip
COLUMNS = BOOK_COLUMNS + COPY_COLUMNS
ROLE_CODES = frozenset(code for code, _label in ROLES)
SOURCES = frozenset({"openlibrary", "marc"})
FORMAT_KEYS = frozenset(key for key, _label in FORMATS)


def rows_of(key: str, draft: BookDraft, currency: str) -> list[list[str]]:
    """The rows of COLUMNS for ``draft``: one for each copy, one if it has none. ``key`` is in all of them."""
    book = _book_cells(key, draft)
    head = [book.get(name, "") for name in BOOK_COLUMNS]
    return [head + _copy_cells(copy, currency) for copy in draft.copies] or [head + [""] * len(COPY_COLUMNS)]


def draft_of(rows: list[Row], facts: Facts) -> BookDraft:
    """The draft that ``rows`` (all of one book) say. What is said of the book itself counts in the first of them.

    What a person wrote into the table is taken as well as it can be. Raises CellProblem.
    """
    row = rows[0]
    values: dict[str, Any] = {name: _text(row, name) for name in TEXTS}
    values |= {name: _number(_text(row, name), most) for name, most in NUMBERS.items()}
    values |= {name: tuple(filter(None, out_of_cell(_text(row, column)))) for column, name in LISTS.items()}
    values |= {name: _text(row, name) for name in SOURCE}
    values["language"] = _language(values["language"])
    values["format"] = _format(values["format"])
    values["isbns"], wrong = _isbns(values["isbns"])
    values["isbns_invalid"] = tuple(dict.fromkeys((*values["isbns_invalid"], *wrong)))
    values["sort_title"] = _text(row, "sort_title") or sort_title(values["title"], values["language"])
    values["publishers"] = (values["publisher"],) if values["publisher"] else ()
    values["contributors"] = _contributors(row)
    values["other_sources"] = tuple(filter(None, map(_source, out_of_cell(_text(row, "other_sources")))))
    values["copies"] = tuple(copy for copy in (_copy(each, facts) for each in rows) if copy)
    values["warnings"] = () if values["title"] else ("title_missing",)
    return BookDraft(**values)


def _book_cells(key: str, draft: BookDraft) -> dict[str, str]:
    cells = {KEY: key} | {name: getattr(draft, name) for name in (*TEXTS, *SOURCE)}
    cells |= {name: "" if getattr(draft, name) is None else str(getattr(draft, name)) for name in NUMBERS}
    cells |= {column: in_one_cell(getattr(draft, name)) for column, name in LISTS.items()}
    if draft.sort_title != sort_title(draft.title, draft.language):
        cells["sort_title"] = draft.sort_title
    people = draft.contributors
    cells["authors"] = in_one_cell(map(_with_role, people))
    sorted_as = ["" if each.sort_name == sort_name(each.name) else each.sort_name for each in people]
    cells["authors_sorted_as"] = in_one_cell(sorted_as) if any(sorted_as) else ""
    keys = [each.key for each in people]
    cells["author_keys"] = in_one_cell(keys) if any(keys) else ""
    cells["other_sources"] = in_one_cell(map(_source_cell, draft.other_sources))
    return cells


def _source_cell(each: DraftSource) -> str:
    revision = "" if each.revision is None else str(each.revision)
    return in_one_cell([each.source, each.key, each.work_key, revision])


def _copy_cells(copy: CopyDraft, currency: str) -> list[str]:
    cells = {column: getattr(copy, name) for column, name in COPY_TEXTS.items()}
    cells |= {name: getattr(copy, name) for name in DAYS}
    if copy.price is not None:
        cells |= {"price": money.plain(copy.price, currency), "currency": currency}
    return [cells.get(name, "") for name in COPY_COLUMNS]


def _with_role(person: DraftContributor) -> str:
    """The name, and its part in brackets where it is not that of an author."""
    is_plain = person.role == "aut" and not _role_behind(person.name)
    return person.name if is_plain else f"{person.name} ({person.role})"


def _role_behind(text: str) -> str:
    return text[-4:-1] if text.endswith(")") and text[-6:-4] == " (" and text[-4:-1] in ROLE_CODES else ""


def _contributors(row: Row) -> tuple[DraftContributor, ...]:
    people = out_of_cell(_text(row, "authors"))
    sorted_as, keys = out_of_cell(_text(row, "authors_sorted_as")), out_of_cell(_text(row, "author_keys"))
    found = []
    for n, text in enumerate(people):
        role = _role_behind(text)
        name = text[:-6] if role else text
        if name:
            given = sorted_as[n] if n < len(sorted_as) else ""
            key = keys[n] if n < len(keys) else ""
            found.append(DraftContributor(name, given or sort_name(name), role or "aut", key))
    return tuple(found)


def _source(text: str) -> DraftSource | None:
    source, key, work_key, revision, *_more = [*out_of_cell(text), "", "", "", ""]
    known = source in SOURCES and key
    return DraftSource(source, key, work_key, _number(revision, NUMBERS["revision"])) if known else None


def _copy(row: Row, facts: Facts) -> CopyDraft | None:
    if not any(name in row for name in COPY_COLUMNS if name != "currency"):
        return None
    texts = {name: _text(row, column) for column, name in COPY_TEXTS.items()}
    texts["barcode"] = read_barcode(texts["barcode"])
    texts["condition"] = condition_of(texts["condition"])
    price, remark = price_of(f"{_text(row, 'price')} {_text(row, 'currency')}".strip(), facts.currency)
    texts["note"] = "\n".join(filter(None, (texts["note"], remark)))
    days = {name: read_day_cell(_text(row, name), name, facts) for name in DAYS}
    return CopyDraft(**texts, **days, price=price)


def _text(row: Row, name: str) -> str:
    cells = row.get(name)
    return cells[0] if cells else ""


def _number(text: str, most: int) -> int | None:
    text = text.strip().removesuffix(".0")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    return number if number is not None and number <= most else None


def _language(text: str) -> str:
    return text if not text or (len(text) == 3 and text.isalpha() and text.islower()) else read_language(text)


def _format(text: str) -> str:
    return text if text in FORMAT_KEYS else read_format(text)


def _isbns(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those that are right and those that are not, in the form in which they are kept."""
    texts = list(texts)
    if all(map(_is_isbn, texts)):
        return tuple(dict.fromkeys(texts)), ()
    found = [isbn for text in texts for isbn in find_isbns(text)]
    right, wrong = ([isbn.value for isbn in found if isbn.is_valid == is_valid] for is_valid in (True, False))
    return tuple(dict.fromkeys(right)), tuple(dict.fromkeys(wrong))


def _is_isbn(text: str) -> bool:
    """Whether ``text`` is an ISBN-13 in the form in which it is kept."""
    if len(text) != 13 or not (text.isascii() and text.isdigit()) or not text.startswith(("978", "979")):
        return False
    digits = [int(digit) for digit in text]
    return (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0 and not text.startswith("9790")
