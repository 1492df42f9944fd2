"""Money, codes and days as people type them."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.forms.fields import CodeField, MoneyField, days_from_text


def problem(field: Any, value: Any) -> list[str]:
    with pytest.raises(ValidationError) as error:
        field.clean(value)
    return [each.code for each in error.value.error_list]


@pytest.mark.parametrize(
    ("currency", "typed", "minor"),
    [
        ("EUR", "10.50", 1050), ("EUR", " 10.5 ", 1050), ("EUR", "10", 1000), ("EUR", "0", 0),
        ("EUR", "\u0661\u0662", 1200),
        ("EUR", "９", 900), ("EUR", "9999999999.99", 999_999_999_999), ("JPY", "1050", 1050), ("KWD", "1.050", 1050),
    ],
)  # fmt: skip
def test_sum_becomes_minor_units(currency: str, typed: str, minor: int) -> None:
    assert MoneyField(currency=currency).clean(typed) == minor


@pytest.mark.parametrize(
    ("currency", "typed", "code"),
    [
        ("EUR", "10.505", "max_decimal_places"), ("JPY", "1.5", "max_decimal_places"), ("EUR", "-1", "min_value"),
        ("EUR", "ten", "invalid"), ("EUR", "10,50", "invalid"), ("EUR", "NaN", "invalid"),
        ("EUR", "Infinity", "invalid"),        ("EUR", "1e999999", "invalid"), ("EUR", "1E2", "invalid"),
        ("EUR", "10000000000", "max_whole_digits"), ("EUR", "", "required"),
        ("EUR", "1\x00", "invalid"), ("EUR", "9" * 5_000, "max_digits"),
    ],
)  # fmt: skip
def test_what_is_no_sum_is_refused(currency: str, typed: str, code: str) -> None:
    assert code in problem(MoneyField(currency=currency), typed)


def test_sum_that_may_be_left_out_is_none() -> None:
    assert MoneyField(currency="EUR", required=False).clean("") is None


@pytest.mark.parametrize(("held", "shown"), [(1050, "10.50"), (5, "0.05"), (None, "None"), ("10.5", "10.5")])
def test_sum_is_shown_as_money_and_what_was_typed_as_typed(held: Any, shown: str) -> None:
    assert str(MoneyField(currency="EUR").prepare_value(held)) == shown


@pytest.mark.parametrize(
    ("held", "typed", "changed"),
    [(1050, "10.50", False), (1050, "10.5", False), (1050, "10.51", True), (None, "", False), (None, "0", True)],
)
def test_sum_has_changed_if_it_is_another_sum(held: Any, typed: str, changed: bool) -> None:
    assert MoneyField(currency="EUR", required=False).has_changed(held, typed) is changed


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("c001", "C001"), (" C 001\r\n", "C001"), ("Ｃ００１", "C001"), ("]C1C001", "C001"), ("*C001*", "C001"),
        ("A12345B", "A12345B"), ("0042", "0042"), ("9780306406157", "9780306406157"), ("X" * 40, "X" * 40),
    ],
)  # fmt: skip
def test_code_is_kept_as_it_stands_on_the_card(typed: str, code: str) -> None:
    assert CodeField().clean(typed) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("C_001", "invalid"), ("-C001", "invalid"), ("C001<b>", "invalid"), ("Käthe", "invalid"), ("X" * 41, "invalid"),
        ("X" * 61, "max_length"), ("C\x00001", "null_characters_not_allowed"), ("", "required"),
    ],
)  # fmt: skip
def test_what_is_no_code_is_refused(typed: str, code: str) -> None:
    assert problem(CodeField(), typed) == [code]


@pytest.mark.parametrize("typed", ["", "   ", "\r\n", "\u200b"])
def test_code_that_may_be_left_out_is_empty(typed: str) -> None:
    assert CodeField(required=False).clean(typed) == ""


@pytest.mark.parametrize(
    ("text", "days"),
    [("1, 7, 14", [1, 7, 14]), ("14 7,1", [1, 7, 14]), ("7,7", [7]), ("", []), (" , ", []), ("-1", [-1])],
)
def test_days_are_read_sorted_and_once_each(text: str, days: list[int]) -> None:
    assert days_from_text(text) == days


@pytest.mark.parametrize("text", ["one", "1.5", "1;2", "9" * 5_000])
def test_what_is_no_list_of_days_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        days_from_text(text)
