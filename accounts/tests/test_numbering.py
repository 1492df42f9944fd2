"""Own codes: one mistake of a hand, and the code is nobody's."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models.codes import CODE_PATTERN
from accounts.numbering import is_mistyped, numbered_code

SIGNS = string.digits + string.ascii_uppercase
PREFIXES = st.text(string.ascii_uppercase, min_size=1, max_size=4)
NUMBERS = st.integers(1, 10**9)


def is_own(code: str, prefix: str) -> bool:
    """Whether ``code`` is one the library would have made with ``prefix``."""
    number = code[len(prefix) : -1]
    return code.startswith(prefix) and number.isdigit() and code == numbered_code(prefix, int(number))


def test_code_is_prefix_number_and_check_letter() -> None:
    assert numbered_code("M", 42) == "M000042P"
    assert numbered_code("CARD", 1_234_567) == "CARD1234567T"


@given(PREFIXES, NUMBERS)
def test_own_code_is_one_that_can_be_stored_and_is_not_mistyped(prefix: str, number: int) -> None:
    code = numbered_code(prefix, number)
    CODE_PATTERN(code)
    assert (is_own(code, prefix), is_mistyped(code, prefix)) == (True, False)


@given(PREFIXES, NUMBERS)
def test_every_single_wrong_character_is_caught(prefix: str, number: int) -> None:
    code = numbered_code(prefix, number)
    wrong = [code[:at] + sign + code[at + 1 :] for at in range(len(code)) for sign in SIGNS if sign != code[at]]
    assert [each for each in wrong if is_own(each, prefix)] == []


@given(PREFIXES, NUMBERS)
def test_every_swap_of_neighbours_is_caught(prefix: str, number: int) -> None:
    code = numbered_code(prefix, number)
    swapped = [code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(len(code) - 1)]
    assert [each for each in swapped if each != code and is_own(each, prefix)] == []


@given(PREFIXES, NUMBERS)
def test_wrong_digit_and_wrong_check_letter_are_called_mistyped(prefix: str, number: int) -> None:
    code = numbered_code(prefix, number)
    digits = range(len(prefix), len(code) - 1)
    wrong = [code[:at] + sign + code[at + 1 :] for at in digits for sign in string.digits if sign != code[at]]
    wrong += [code[:-1] + letter for letter in string.ascii_uppercase if letter != code[-1]]
    assert [each for each in wrong if not is_mistyped(each, prefix)] == []


def test_card_typed_with_the_prefix_of_barcodes_is_caught() -> None:
    pairs = [(numbered_code("M", number), numbered_code("B", number)) for number in range(1, 2_000)]
    assert [card for card, barcode in pairs if card[1:] == barcode[1:]] == []


@pytest.mark.parametrize(
    "code", ["", "M", "MP", "M42P", "MEMBER12", "B000042P", "M00042P", "M٠٠٠٠٤٢P", "9780306406157"]
)
def test_foreign_code_is_never_called_mistyped(code: str) -> None:
    assert is_mistyped(code, "M") is False
