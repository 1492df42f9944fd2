"""Money at the edges: whole minor units inside, Decimal and text outside."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import format_currency, get_currency_name, get_currency_precision, list_currencies

MOST_MINOR = 10**12  # ten thousand million in two digits: above this a figure is a mistake
_LETTERS_BEFORE_DIGITS = re.compile(r"(?<=[^\W\d_])(?=\d)")


class NotMoney(ValueError):
    """A text or number that is no amount of money."""


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def is_currency(code: str) -> bool:
    """Whether ``code`` is a currency of ISO 4217 (as listed by CLDR)."""
    return code in _currencies()


def currency_name(code: str, language: str = "en") -> str:
    """The name of the currency ``code`` in ``language``."""
    return get_currency_name(code, locale=_locale(language))


def digits(currency: str) -> int:
    """How many digits follow the point: 2 for EUR, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)


def to_minor(amount: Decimal, currency: str) -> int:
    """``amount`` in whole minor units (cents), rounded half up.

    Raises NotMoney for what is not finite or beyond any real sum.
    """
    try:
        minor = int((amount.scaleb(digits(currency))).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    except (ArithmeticError, ValueError) as error:
        raise NotMoney(str(amount)) from error
    if abs(minor) > MOST_MINOR:
        raise NotMoney(str(amount))
    return minor


def to_decimal(minor: int, currency: str) -> Decimal:
    """``minor`` units as a Decimal with the currency's digits: 1050 EUR -> Decimal("10.50")."""
    return Decimal(minor).scaleb(-digits(currency)).quantize(Decimal(1).scaleb(-digits(currency)))


def plain(minor: int, currency: str) -> str:
    """``minor`` units as text without a sign for the currency: "10.50". For files and scenarios."""
    return str(to_decimal(minor, currency))


def formatted(minor: int, currency: str, language: str = "en") -> str:
    """``minor`` units as people of ``language`` write it: "€10.50", and letters apart from the figure: "CHF 10.50"."""
    text = format_currency(to_decimal(minor, currency), currency, locale=_locale(language))
    return _LETTERS_BEFORE_DIGITS.sub("\u00a0", text)


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


@cache
def current_currencies() -> frozenset[str]:
    """The currencies in use somewhere today (as listed by CLDR)."""
    territories = get_global("territory_currencies").values()
    return frozenset(code for used in territories for code, _start, end, tender in used if tender and end is None)
