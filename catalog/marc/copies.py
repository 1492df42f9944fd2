"""Copies in a record: 952 of Koha (and ours), 852 of the standard with 876, 949 and 999 of Sirsi, 995 of UNIMARC."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from catalog.drafts import CopyDraft
from catalog.normalize.text import many_lines, one_line

from .money_and_days import read_day, read_price
from .records import Record, subfields

MOST_COPIES = 2_000
CODE, CALL_NUMBER, LOCATION, NOTE = 40, 60, 80, 2_000  # longest of each
BARCODE = re.compile(r"[A-Za-z]{0,4}\d{5,}[A-Za-z]?")
NO = ("", "0")  # what Koha has where a copy is not lost, damaged or withdrawn
CONDITIONS = ("good", "worn", "poor")

Values = dict[str, list[str]]


def copies_of(record: Record, digits: int = 2) -> tuple[CopyDraft, ...]:
    """The copies of a record, from the first kind of field that holds any. ``digits``: of the library's currency."""
    for tags, read in READERS:
        if any(tag in record.by_tag for tag in tags):
            found: dict[str, CopyDraft] = {}
            for n, copy in enumerate(read(record, digits)):
                found.setdefault(copy.barcode or f" {n}", copy)
            if found:
                return tuple(found.values())[:MOST_COPIES]
    return ()


def _koha(record: Record, digits: int) -> Iterator[CopyDraft]:
    for text in record.by_tag["952"]:
        given = _values(text)
        if not given.keys() & {"p", "o", "y", "i"} or not given.keys() & {"a", "b", "p"}:
            continue  # other systems keep notes in 952
        yield CopyDraft(
            barcode=_one(given, "p"),
            branch=_one(given, "a") or _one(given, "b"),
            copy_type=_one(given, "y"),
            call_number=_one(given, "o", CALL_NUMBER),
            location=_one(given, "c", LOCATION),
            price=_price(given, "vg", digits),
            condition=_one(given, "K") if _one(given, "K") in CONDITIONS else "",
            note=_note(given, "xz"),
            acquired_on=_day(given, "d"),
            withdrawn_on=_day(given, "W") or _since_today(given, "0"),
            lost_on=_day(given, "L") or _since_today(given, "1"),
            damaged_on=_day(given, "D") or _since_today(given, "4"),
        )


def _standard(record: Record, digits: int) -> Iterator[CopyDraft]:
    """852, where each $p is a copy, or each 876 that follows it. Without either a copy only where it has a place."""
    items = [_values(text) for text in record.texts("876")]
    for text in record.by_tag.get("852", []) or [""]:
        given = _values(text)
        place = CopyDraft(
            branch=_one(given, "b") or _one(given, "a"),
            copy_type=_one(given, "g"),
            call_number=_joined(given, text, "khijm"),
            location=_last(given, "c"),
            price=_price(given, "9y", digits, only_money=True),
            note=_note(given, "z"),
            acquired_on=_day(given, "d") or _day(given, "y"),
        )
        of_this = [item for item in items if not _link(item) or not _link(given) or _link(item) == _link(given)]
        for barcode in given.get("p", []):
            yield replace(place, barcode=one_line(barcode, CODE))
        if "p" not in given:
            yield from (_item(place, item, digits) for item in of_this if "p" in item)
            if not items and place.call_number and given.keys() & {"b", "c"}:
                yield place


def _item(place: CopyDraft, item: Values, digits: int) -> CopyDraft:
    return replace(
        place,
        barcode=_one(item, "p"),
        price=_price(item, "c", digits),
        acquired_on=_day(item, "d"),
        location=_last(item, "l") or place.location,
        note=_note(item, "z") or place.note,
    )


def _sirsi(tag: str) -> Callable[[Record, int], Iterator[CopyDraft]]:
    def read(record: Record, digits: int) -> Iterator[CopyDraft]:
        for text in record.by_tag[tag]:
            given = _values(text)
            barcode = next((_one(given, code) for code in "ipb" if BARCODE.fullmatch(_one(given, code))), "")
            if not barcode or not given.keys() & set("almth"):
                continue
            yield CopyDraft(
                barcode=barcode,
                branch=_one(given, "m") or ("" if _one(given, "b") == barcode else _one(given, "b")),
                copy_type=_one(given, "t"),
                call_number=_one(given, "h", CALL_NUMBER) or _joined(given, text, "av"),
                location=_one(given, "l", LOCATION) or ("" if _one(given, "c").isdecimal() else _one(given, "c")),
                price=None if _one(given, "p") == barcode else _price(given, "p", digits),
                note=_note(given, "oz"),
                acquired_on=_day(given, "u"),
            )

    return read


def _unimarc(record: Record, digits: int) -> Iterator[CopyDraft]:
    for text in record.by_tag["995"]:
        given = _values(text)
        if "f" not in given and not ("k" in given and given.keys() & {"b", "c"}):
            continue
        yield CopyDraft(
            barcode=_one(given, "f"),
            branch=_one(given, "b") or _one(given, "c") or _one(given, "a"),
            copy_type=_one(given, "r"),
            call_number=_one(given, "k", CALL_NUMBER),
            location=_one(given, "e", LOCATION),
            price=_price(given, "p", digits, only_money=True),
            note=_note(given, "u"),
            acquired_on=_day(given, "5"),
            withdrawn_on=_since_today(given, "3"),
            lost_on=_since_today(given, "2"),
        )


READERS: list[tuple[tuple[str, ...], Callable[[Record, int], Iterator[CopyDraft]]]] = [
    (("952",), _koha),
    (("852", "876"), _standard),
    (("949",), _sirsi("949")),
    (("999",), _sirsi("999")),
    (("995",), _unimarc),
]


def _values(text: str) -> Values:
    found: Values = {}
    for code, value in subfields(text):
        found.setdefault(code, []).append(value)
    return found


def _one(given: Values, code: str, limit: int = CODE) -> str:
    return one_line(given[code][0], limit) if code in given else ""


def _last(given: Values, code: str) -> str:
    return one_line(given[code][-1], LOCATION) if code in given else ""


def _joined(given: Values, text: str, codes: str) -> str:
    """The parts of a call number in the order they stand in."""
    if not given.keys() & set(codes):
        return ""
    return one_line(" ".join(value for code, value in subfields(text) if code in codes), CALL_NUMBER)


def _note(given: Values, codes: str) -> str:
    lines = [value for code in codes for value in given.get(code, [])]
    return many_lines("\n".join(lines), NOTE) if lines else ""


def _price(given: Values, codes: str, digits: int, *, only_money: bool = False) -> int | None:
    """The price in the first of these subfields that has one; ``only_money``: whole numbers may mean something else."""
    for code in codes:
        for value in given.get(code, []):
            price = read_price(value, digits) if not only_money or re.search(r"[.,]\d\d?\b|[$€£]", value) else None
            if price is not None and not read_day(value):
                return price
    return None


def _day(given: Values, code: str) -> str:
    return next((day for day in map(read_day, given.get(code, [])) if day), "")


def _since_today(given: Values, code: str) -> str:
    """A copy that is lost (or the like) since nobody says when is so since it was brought in."""
    is_so = code in given and given[code][0].strip() not in NO
    return datetime.now(UTC).date().isoformat() if is_so else ""


def _link(given: Values) -> str:
    return next((value.split(".")[0] for code in "83" for value in given.get(code, [])), "")
