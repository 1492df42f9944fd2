"""JSON lines: one object a line with ``what`` it is. Our own export, written and read."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, BinaryIO

import orjson
from django.utils.translation import gettext as _

from accounts import money
from catalog.drafts import PARTS, BookDraft, CopyDraft, DraftContributor, DraftSource, SourceRow
from catalog.files import FileRefused

from . import own
from .cells import in_one_cell
from .columns import CellProblem, Facts, Row, Spec
from .copies import condition_of, read_barcode, read_day_cell
from .records import LONGEST_RAW, storable

LONGEST_LINE = 4_000_000  # bytes
LONGEST_TEXT = 100_000
LONGEST_LIST = 10_000
ABOUT = "library"  # the first line, of the export itself
VERSION = 1
TEXT_LISTS = {"isbns", "isbns_10", "isbns_invalid", "lccns", "oclcs", "publishers", "other_languages", "subjects",
              "warnings"}  # fmt: skip
TRUTHS = {"description_is_of_work"}


def about_line(currency: str) -> bytes:
    """The first line of an export: the version of its format and the money its prices are in."""
    return line({"what": ABOUT, "version": VERSION, "currency": currency})


def book_line(draft: BookDraft) -> bytes:
    """``draft`` as a line; what is empty is left out."""
    values = {name: value for name, value in draft.as_json().items() if value not in ("", [], None, False)}
    for name in PARTS:
        if name in values:
            values[name] = [{k: v for k, v in each.items() if v not in ("", None)} for each in values[name]]
    return line({"what": "book"} | values)


def line(values: dict[str, Any]) -> bytes:
    """``values`` as a line."""
    return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


def read_jsonl(stream: BinaryIO, specs: Sequence[Spec], *, facts: Facts) -> Iterator[SourceRow]:
    """The lines of ``stream`` as rows; ``specs`` say what members and loans must look like.

    Raises FileRefused("empty", "other_kind") where the first line is no object.
    """
    by_what, currency, is_first = {spec.what: spec for spec in specs}, facts.currency, True
    n, whole_copies = 0, dict[str, bool]()
    while text := stream.readline(LONGEST_LINE):
        n += 1
        whole = _whole(stream, text)
        if not text.strip(b"\xef\xbb\xbf \t\r\n"):
            continue
        values = _object(text) if whole else None
        if is_first and not isinstance(values, dict):
            raise FileRefused("other_kind", _("This is no file of JSON lines: its first line is no object."))
        is_first = False
        if isinstance(values, dict) and values.get("what") == ABOUT:
            whole_copies = own.WHOLE
            currency = values["currency"] if money.is_currency(str(values.get("currency"))) else currency
            continue
        row = _row(n, text, values, by_what=by_what, facts=facts, currency=currency)
        yield replace(row, values=row.values | whole_copies) if row.what == "book" and row.values else row
    if is_first:
        raise FileRefused("empty", _("The file is empty."))


def _whole(stream: BinaryIO, text: bytes) -> bool:
    """Whether ``text`` is a whole line; the rest of one that is too long is passed over."""
    is_whole = len(text) < LONGEST_LINE or text.endswith(b"\n")
    while len(text) >= LONGEST_LINE and not text.endswith(b"\n"):
        text = stream.readline(LONGEST_LINE)
    return is_whole


def _object(text: bytes) -> Any:
    try:
        return orjson.loads(text.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return None


def _row(n: int, text: bytes, values: Any, *, by_what: dict[str, Spec], facts: Facts, currency: str) -> SourceRow:
    raw = storable(text.decode("utf-8", "replace").rstrip("\r\n"))
    if not isinstance(values, dict):
        problem = _("This line is no JSON object, or it is too long. Each line must be one whole object.")
        return SourceRow(n, raw[:LONGEST_RAW], problem=problem)
    what = values.pop("what", None)
    if what not in by_what:
        problem = _("The line does not say what it is: “what” must be “book”, “member” or “loan”.")
        return SourceRow(n, raw, problem=problem)
    try:
        if b"\\u0000" in text:
            raise CellProblem(_("The line has a character (NUL) that belongs into no text. Take it out."))
        found = _book(values, facts, currency) if what == "book" else by_what[what].make(_as_row(values), facts)
    except CellProblem as problem:
        return SourceRow(n, raw, what, problem=str(problem))
    if isinstance(found, BookDraft):
        return SourceRow(n, raw, what, found.as_json(), draft=found)
    return SourceRow(n, raw, what, found or {})


def _as_row(values: dict[str, Any]) -> Row:
    """Values of a member or loan as a table would have them, to be looked at in the same way."""
    row: Row = {}
    for name, value in values.items():
        if isinstance(value, list):
            cell = in_one_cell(_text(each, name) for each in value)
        elif isinstance(value, bool):
            cell = "1" if value else "0"
        else:
            cell = _text("" if value is None else value, name)
        if cell:
            row[name] = [cell]
    return row


def _book(values: dict[str, Any], facts: Facts, currency: str) -> BookDraft:
    """The draft, if its values are of the right kinds. Raises CellProblem."""
    found: dict[str, Any] = {}
    for each in fields(BookDraft):
        if (value := values.get(each.name)) is not None:
            found[each.name] = _value(each.name, value, facts, currency)
    found["format"] = found.get("format", "") if found.get("format") in own.FORMAT_KEYS else ""
    return BookDraft(**found)


def _value(name: str, value: Any, facts: Facts, currency: str) -> Any:
    if name in PARTS:
        read = {"contributors": _person, "copies": lambda each: _copy(each, facts, currency), "other_sources": _source}
        return tuple(read[name](each) for each in _objects(value, name))
    if name in TEXT_LISTS:
        return tuple(_text(each, name) for each in _listed(value, name))
    if name in own.NUMBERS:
        return _number(value, name, own.NUMBERS[name])
    if name in TRUTHS:
        return value is True
    return _text(value, name)


def _person(values: dict[str, Any]) -> DraftContributor:
    person = DraftContributor(**{each.name: _text(values.get(each.name, ""), each.name)
                                 for each in fields(DraftContributor) if each.name in values})  # fmt: skip
    if not person.name or person.role not in own.ROLE_CODES:
        raise CellProblem(_wrong("contributors"))
    return person


def _source(values: dict[str, Any]) -> DraftSource:
    texts = [_text(values.get(name, ""), name) for name in ("source", "key", "work_key")]
    if texts[0] not in own.SOURCES or not texts[1]:
        raise CellProblem(_wrong("other_sources"))
    revision = values.get("revision")
    number = None if revision is None else _number(revision, "revision", own.NUMBERS["revision"])
    return DraftSource(texts[0], texts[1], texts[2], number)


def _copy(values: dict[str, Any], facts: Facts, currency: str) -> CopyDraft:
    found: dict[str, Any] = {
        each.name: _text(values[each.name], each.name)
        for each in fields(CopyDraft)
        if each.name in values and each.name != "price"
    }
    for name in own.DAYS:
        found[name] = read_day_cell(found.get(name, ""), name, facts)
    price = values.get("price")
    if price is not None:
        price = _number(price, "price", money.MOST_MINOR)
        if currency != facts.currency:
            remark = _("Price: %(price)s") % {"price": f"{money.plain(price, currency)} {currency}"}
            found["note"], price = "\n".join(filter(None, (found.get("note", ""), remark))), None
    found |= {"barcode": read_barcode(found.get("barcode", "")), "condition": condition_of(found.get("condition", ""))}
    return CopyDraft(**found, price=price)


def _text(value: Any, name: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise CellProblem(_wrong(name))
    return value


def _number(value: Any, name: str, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise CellProblem(_wrong(name))
    return value


def _listed(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > LONGEST_LIST:
        raise CellProblem(_wrong(name))
    return value


def _objects(value: Any, name: str) -> list[dict[str, Any]]:
    if not all(isinstance(each, dict) for each in _listed(value, name)):
        raise CellProblem(_wrong(name))
    return value


def _wrong(name: str) -> str:
    return _("“%(name)s” is not of the right kind, or too long. See how an export of this library writes it.") % {
        "name": name
    }
