"""Money: whole minor units inside, Decimal and text outside, for currencies of 0, 2 and 3 digits."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import money

NBSP = "\u00a0"


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_digits_are_those_of_the_currency(currency: str, digits: int) -> None:
    assert money.digits(currency) == digits


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("10.50", "EUR", 1050),
        ("0.005", "EUR", 1),
        ("0.0049", "EUR", 0),
        ("1.015", "EUR", 102),
        ("1.025", "EUR", 103),
        ("-0.005", "EUR", -1),
        ("2.5", "JPY", 3),
        ("3.5", "JPY", 4),
        ("0.4999", "JPY", 0),
        ("1.2345", "KWD", 1235),
        ("0", "EUR", 0),
        ("-0", "EUR", 0),
        ("1E+3", "EUR", 100_000),
    ],
)
def test_amount_becomes_minor_units_rounded_half_up(amount: str, currency: str, minor: int) -> None:
    assert money.to_minor(Decimal(amount), currency) == minor


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+30", "1E+999999", "10000000000.01"])
def test_what_is_no_sum_of_money_is_refused(amount: str) -> None:
    with pytest.raises(money.NotMoney):
        money.to_minor(Decimal(amount), "EUR")


def test_largest_sum_is_ten_thousand_million() -> None:
    assert money.to_minor(Decimal("10000000000.00"), "EUR") == money.MOST_MINOR


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(1050, "EUR", "10.50"), (5, "EUR", "0.05"), (-5, "EUR", "-0.05"), (1050, "JPY", "1050"), (1050, "KWD", "1.050")],
)
def test_minor_units_are_written_plainly_with_the_digits_of_the_currency(minor: int, currency: str, text: str) -> None:
    assert money.plain(minor, currency) == text


@given(st.integers(-money.MOST_MINOR, money.MOST_MINOR), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_minor_units_survive_the_way_there_and_back(minor: int, currency: str) -> None:
    assert money.to_minor(money.to_decimal(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "language", "text"),
    [
        (123_456, "EUR", "en", "€1,234.56"),
        (123_456, "EUR", "de", f"1.234,56{NBSP}€"),
        (-50, "EUR", "en", "-€0.50"),
        (1050, "JPY", "en", "¥1,050"),
        (1050, "KWD", "en", f"KWD{NBSP}1.050"),
        (1050, "CHF", "en", f"CHF{NBSP}10.50"),
        (1050, "CHF", "de", f"10,50{NBSP}CHF"),
        (-1050, "USD", "de", f"-10,50{NBSP}$"),
        (1050, "CAD", "en", "CA$10.50"),
        (100, "EUR", "de-AT", f"€{NBSP}1,00"),
        (100, "EUR", "no language", "€1.00"),
    ],
)
def test_sum_is_written_as_readers_of_the_language_write_it(
    minor: int, currency: str, language: str, text: str
) -> None:
    assert money.formatted(minor, currency, language) == text


@pytest.mark.parametrize(
    ("code", "is_one"), [("EUR", True), ("eur", False), ("", False), ("XYZ1", False), ("€", False)]
)
def test_currency_is_a_code_of_iso_4217(code: str, is_one: bool) -> None:
    assert money.is_currency(code) is is_one


def test_currencies_of_today_are_currencies_and_not_those_of_yesterday() -> None:
    today = money.current_currencies()
    assert {code for code in today if not money.is_currency(code)} == set()
    assert {"EUR", "JPY", "KWD"} <= today
    assert {"DEM", "FRF", "ITL"} & today == set()


def test_currency_has_a_name_in_the_language_of_the_reader() -> None:
    assert (money.currency_name("USD"), money.currency_name("USD", "de")) == ("US Dollar", "US-Dollar")
