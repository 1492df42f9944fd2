"""Prices as tables write them."""

import re
from decimal import Decimal

from accounts import money

FIGURE = re.compile(r"\d[\d.,'’\s]*")
CODE = re.compile(r"\b([A-Z]{3})\b")
LAST_MARK = re.compile(r"[.,](?=\d*$)")
DOLLARS = frozenset({"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP", "TWD", "JMD", "BBD", "TTD"})
SIGNS = {"$": DOLLARS, "€": {"EUR"}, "£": {"GBP", "EGP", "LBP"}, "¥": {"JPY", "CNY"}, "₹": {"INR"}, "₽": {"RUB"}}


class OtherCurrency(ValueError):
    """The amount is in money that is not the library's."""


def read_amount(text: str, currency: str) -> int | None:
    """The amount in ``text`` ("12,50 €", "CHF 1'299.00", "15.–") in minor units of ``currency``; None without figure.

    Raises OtherCurrency where another currency is named, NotMoney for what is beyond any price.
    """
    found = FIGURE.search(text)
    if not found:
        return None
    if _names_another(text, currency):
        raise OtherCurrency(text)
    minor = money.to_minor(_figure(re.sub(r"[\s'’]", "", found[0]).rstrip(".,"), currency), currency)
    if "-" in text[: found.start()]:
        raise money.NotMoney(text)
    return minor


def _names_another(text: str, currency: str) -> bool:
    codes = [code for code in CODE.findall(text.upper()) if money.is_currency(code)]
    if codes:
        return currency not in codes
    return any(sign in text and currency not in known for sign, known in SIGNS.items())


def _figure(digits: str, currency: str) -> Decimal:
    """A last point or comma divides the cents, unless three digits follow and nothing else tells them from cents."""
    marks = set(re.findall(r"[.,]", digits))
    last = LAST_MARK.search(digits)
    if not last:
        return Decimal(re.sub(r"[.,]", "", digits))
    behind = len(digits) - last.end()
    is_once = digits.count(last[0]) == 1
    is_of_thousands = not is_once or (behind == 3 and len(marks) == 1 and money.digits(currency) != 3)
    if is_of_thousands:
        return Decimal(re.sub(r"[.,]", "", digits))
    return Decimal(f"{re.sub(r'[.,]', '', digits[: last.start()]) or '0'}.{digits[last.end() :] or '0'}")
