"""Copies out of the cells of a row: barcode, price, days and states, or why one of them cannot be understood."""

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts import money
from accounts.scans import readings
from catalog.drafts import CopyDraft
from catalog.models import Copy
from catalog.normalize.text import many_lines, one_line

from .amounts import OtherCurrency, read_amount
from .cells import ROUNDED
from .columns import CellProblem, Facts, Row
from .states import read_condition, read_state_day, read_states

CODE = re.compile(r"[A-Z0-9][A-Z0-9./+-]{0,39}\Z")  # as accounts.models.codes.CODE_PATTERN
MOST_COPIES = 500
CONDITIONS = frozenset(Copy.Condition.values)
STATE_DAYS = ("withdrawn_on", "lost_on", "damaged_on")
BARCODES_APART = str.maketrans({"|": " ", ";": " ", ",": " ", "\n": " ", "\t": " "})
TEXTS = {"branch": 40, "copy_type": 40, "location": 80}
SAYS_A_COPY = ("barcode", "copies", "price", "location", "acquired_on", "copy_note", "copy_state", "branch")


def read_code(text: str, called: str) -> str:
    """A code (barcode, card number) as it is kept; "" for none. Raises CellProblem, ``called`` saying of what."""
    is_rounded = ROUNDED.fullmatch(text)
    if not text or (CODE.match(text) and not is_rounded):
        return text
    code = next((code for code in readings(text) if CODE.match(code)), "")
    if not code or is_rounded:
        message = _(
            "The %(what)s “%(text)s” cannot be used: capital letters A to Z, digits and . / + - only, beginning with "
            "a letter or digit. If a spreadsheet has rounded it, format the column as text and fill it again."
        )
        raise CellProblem(message % {"what": called, "text": one_line(text, 60)})
    return code


def read_barcode(text: str) -> str:
    """As ``read_code`` for a copy."""
    return text if CODE.match(text) and not ROUNDED.fullmatch(text) else read_code(text, _("barcode"))


def read_day_cell(text: str, name: str, facts: Facts) -> str:
    """The day in the column ``name`` as YYYY-MM-DD, "yes" counting from today; "" for none. Raises CellProblem."""
    if not text or (len(text) == 10 and text[4] == text[7] == "-" and _is_day(text)):
        return text
    try:
        return read_state_day(text, day_first=facts.orders.get(name, facts.day_first), today=facts.today)
    except ValueError as error:
        raise CellProblem(not_a_day(text)) from error


def not_a_day(text: str) -> str:
    """What to say of a cell that should be a day."""
    message = _("“%(text)s” is no day that the calendar has, in the order in which this column is written. Write it "
                "as YYYY-MM-DD.")  # fmt: skip
    return message % {"text": one_line(text, 60)}


def price_of(text: str, currency: str) -> tuple[int | None, str]:
    """The price in minor units; or None and, where it is in other money, a remark that keeps it."""
    if not text:
        return None, ""
    try:
        return read_amount(text, currency), ""
    except OtherCurrency:
        return None, _("Price: %(price)s") % {"price": one_line(text, 60)}
    except money.NotMoney as error:
        message = _("“%(text)s” is no price. Write it like 12.50.")
        raise CellProblem(message % {"text": one_line(text, 60)}) from error


def condition_of(text: str) -> str:
    """The key of a condition, given as key or in words."""
    return text if text in CONDITIONS or not text else read_condition(text)


def copies_of(row: Row, facts: Facts) -> tuple[CopyDraft, ...]:
    """The copies that a row of any table speaks of. Raises CellProblem."""
    if not any(name in row for name in SAYS_A_COPY):
        return ()
    barcodes = [read_barcode(code) for cell in row.get("barcode", ()) for code in _codes_in(cell)]
    count = _count(row, len(barcodes))
    if not count:
        return ()
    barcodes += [""] * (count - len(barcodes))
    details = _details(row, facts)
    return tuple(CopyDraft(barcode=code, **details) for code in barcodes)


def _codes_in(cell: str) -> list[str]:
    """One barcode, even with blanks in it, or several where each of the parts could be one."""
    parts = cell.translate(BARCODES_APART).split()
    is_list = cell.split() != parts or all(len(part) > 4 for part in parts)
    return parts if is_list else [cell]


def _count(row: Row, known: int) -> int:
    if "copies" not in row:
        return known or 1
    text = row["copies"][0].strip().removesuffix(".0")
    if not (text.isascii() and text.isdigit()) or int(text[:9]) > MOST_COPIES:
        message = _("“%(text)s” is no number of copies. Write a whole number from 0 to %(most)d.")
        raise CellProblem(message % {"text": one_line(text, 60), "most": MOST_COPIES})
    return max(int(text), known)


def _details(row: Row, facts: Facts) -> dict[str, Any]:
    found: dict[str, Any] = {name: one_line(row[name][0], most) for name, most in TEXTS.items() if name in row}
    found["call_number"] = one_line(row.get("copy_call_number", [""])[0], 60)
    price, remark = price_of(row.get("price", [""])[0], facts.currency)
    found["price"] = price
    found["note"] = many_lines("\n".join(filter(None, (*row.get("copy_note", ()), remark))), 2_000)
    found["condition"] = condition_of(row.get("condition", [""])[0])
    found["acquired_on"] = read_day_cell(row.get("acquired_on", [""])[0], "acquired_on", facts)
    states = read_states(row.get("copy_state", [""])[0], facts.today)
    for name in STATE_DAYS:
        found[name] = read_day_cell(row.get(name, [""])[0], name, facts) or states.get(name, "")
    return found


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
