"""Prices and days of copies, as systems of all countries write them."""

import re
from datetime import date
from decimal import Decimal

from .remembering import remembered

AMOUNT = re.compile(r"(?<![\d.,])\d{1,9}(?:[.,' ]\d{3})*(?:[.,]\d{1,3})?(?![\d.,])")
LARGEST = 10**12
ISO = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?!\d)")
SLASHED = re.compile(r"(\d{1,2})([/.])(\d{1,2})[/.](\d{4})(?!\d)")


@remembered
def read_price(text: str, digits: int = 2) -> int | None:
    """The amount in ``text`` ("$12.95", "12,95 EUR", "1.234,50") in whole minor units of so many ``digits``."""
    found = AMOUNT.search(text)
    if not found:
        return None
    amount = re.sub(r"[' ]", "", found[0])
    whole, mark, fraction = re.match(r"(.*?)(?:([.,])(\d{1,2}|\d{3}(?=$)))?$", amount).groups()  # type: ignore[union-attr]
    if mark and len(fraction) == 3 and digits != 3:  # "1.234" is more than a thousand
        whole, fraction = whole + fraction, ""
    plain = re.sub(r"[.,]", "", whole) + (f".{fraction}" if fraction else "")
    minor = round(Decimal(plain).scaleb(digits))
    return minor if minor < LARGEST else None


def write_price(minor: int, digits: int = 2) -> str:
    """``minor`` units as a decimal number with a point."""
    return str(Decimal(minor).scaleb(-digits))


@remembered
def read_day(text: str) -> str:
    """The day in ``text`` as YYYY-MM-DD: from ISO forms, 5/21/2002 (month first unless it is none), 21.5.2002."""
    if found := ISO.match(text.strip()):
        return _day(*found.groups())
    if found := SLASHED.match(text.strip()):
        one, mark, other, year = found.groups()
        return (mark == "/" and _day(year, one, other)) or _day(year, other, one)
    return ""


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
