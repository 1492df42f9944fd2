"""What a BookDraft says that MARC has no place for: kept in a local field, so that our own exports lose nothing.

Field 977, first subfield $2 openshelf, then $a with JSON: the fields of the draft that the rest of the record, read
again, would say otherwise. Long JSON goes on in further fields 977.
"""

import json
import re
from dataclasses import MISSING, fields, replace
from typing import Any

from catalog.drafts import FORMATS, PARTS, ROLES, WARNINGS, BookDraft
from catalog.normalize.text import many_lines, one_line

from .records import Record, first

TAG = "977"
OWN = "openshelf"
LONGEST = 10_000  # characters of one text
MOST = 2_000  # entries of one list
LARGEST = 2**31
EMPTY = BookDraft()
CHOICES = {
    "format": frozenset(key for key, _name in FORMATS),
    "role": frozenset(code for code, _name in ROLES),
    "source": frozenset({"openlibrary", "marc"}),
}
WHOLE = "copies_are_whole"  # what a copy does not say it does not have: the call number of its book
NUMBERS = frozenset({"year", "first_year", "pages", "cover_id", "revision", "price"})
SEVERAL_LINES = frozenset({"description", "note"})
LANGUAGE = re.compile(r"[a-z]{3}")


def with_own_words(draft: BookDraft, record: Record) -> BookDraft:
    """``draft`` with what our own local field of ``record`` says. What is of no right kind is passed over."""
    said, known = _said(record), {each.name for each in fields(BookDraft)}
    read = {name: _read(name, value, getattr(EMPTY, name)) for name, value in said.items() if name in known}
    return replace(draft, **{name: value for name, value in read.items() if value is not None or name in NUMBERS})


def copies_are_whole(record: Record) -> bool:
    """Whether ``record`` says of its copies that those without a call number have none."""
    return _said(record).get(WHOLE) is True


def _said(record: Record) -> dict[str, Any]:
    """What stands in our own local field."""
    texts = [text for text in record.by_tag.get(TAG, ()) if first(text, "2") == OWN]
    try:
        said = json.loads("".join(first(text, "a") for text in texts) or "{}")
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def own_words(draft: BookDraft, read_again: BookDraft) -> str:
    """The JSON for what ``draft`` says otherwise than the record ``read_again``; "" where they are the same."""
    said = draft.as_json()
    other = {each.name for each in fields(BookDraft) if getattr(draft, each.name) != getattr(read_again, each.name)}
    words = {name: said[name] for name in said if name in other}
    if draft.call_number and not all(copy.call_number for copy in draft.copies):
        words[WHOLE] = True
    return json.dumps(words, ensure_ascii=False, separators=(",", ":")) if words else ""


def _read(name: str, value: Any, empty: Any) -> Any:
    """``value`` if it is of the kind of this field, cleaned; None if not."""
    if name in NUMBERS:
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST else None
    if isinstance(empty, bool):
        return value if isinstance(value, bool) else None
    if isinstance(empty, str):
        return _text(name, value)
    if not isinstance(value, list):
        return None
    if name in PARTS:
        return tuple(_part(PARTS[name], each) for each in value[:MOST] if isinstance(each, dict))
    texts = [_text(name, each) for each in value[:MOST]]
    return tuple(text for text in texts if text and (name != "warnings" or text in WARNINGS))


def _part(kind: type, values: dict[str, Any]) -> Any:
    empty = {each.name: "" if each.default is MISSING else each.default for each in fields(kind)}
    read = {name: _read(name, values[name], empty[name]) for name in empty if name in values}
    return kind(**empty | {name: value for name, value in read.items() if value is not None})


def _text(name: str, value: Any) -> str | None:
    if not isinstance(value, str) or (name in CHOICES and value and value not in CHOICES[name]):
        return None
    if name == "language" and value and not LANGUAGE.fullmatch(value):
        return None
    return many_lines(value, LONGEST) if name in SEVERAL_LINES else one_line(value, LONGEST)
