"""Prices as people write them."""

import pytest

from accounts.money import NotMoney
from catalog.tables.amounts import OtherCurrency, read_amount


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("12,50 €", "EUR", 1250),
        ("€ 12,5", "EUR", 1250),
        ("1.299,00", "EUR", 129900),
        ("1,299.00", "USD", 129900),
        ("$1,299", "USD", 129900),
        ("$9.95", "CAD", 995),
        ("CHF 1'299.50", "CHF", 129950),
        ("Fr. 15.–", "CHF", 1500),
        ("1.299", "EUR", 129900),
        ("1.299", "KWD", 1299),
        ("1 299,00", "EUR", 129900),
        ("12", "JPY", 12),
        ("0", "EUR", 0),
        ("gratis", "EUR", None),
    ],
)
def test_read_amount_reads_every_notation(text, currency, minor):
    assert read_amount(text, currency) == minor


@pytest.mark.parametrize(("text", "currency"), [("USD 5", "EUR"), ("£5", "EUR"), ("5 €", "CHF"), ("$5", "EUR")])
def test_read_amount_takes_no_other_money_for_the_librarys(text, currency):
    with pytest.raises(OtherCurrency):
        read_amount(text, currency)


@pytest.mark.parametrize("text", ["-5", "9" * 30])
def test_read_amount_refuses_what_is_no_price(text):
    with pytest.raises(NotMoney):
        read_amount(text, "EUR")
