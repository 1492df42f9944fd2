"""Running numbers are given out once each, whatever happens to who took them."""

import pytest
from django.db import transaction

from accounts.services.numbers import hold, take_numbers
from accounts.tests.threads import at_once

pytestmark = pytest.mark.django_db


def test_numbers_run_on_from_one() -> None:
    assert [list(take_numbers("x")), list(take_numbers("x", 3)), list(take_numbers("x"))] == [[1], [2, 3, 4], [5]]


def test_sequences_run_on_their_own() -> None:
    take_numbers("x", 5)
    assert list(take_numbers("y")) == [1]


def test_number_of_a_transaction_that_failed_is_free_again() -> None:
    @transaction.atomic
    def take_and_fail() -> None:
        take_numbers("x")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        take_and_fail()
    assert list(take_numbers("x")) == [1]


def test_holding_a_sequence_takes_nothing() -> None:
    with transaction.atomic():
        hold("x")
    assert list(take_numbers("x")) == [1]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_numbers_taken_at_once_are_all_different(transactional_db: None) -> None:
    taken = at_once(20, lambda _number: list(take_numbers("x", 3)))
    assert sorted(number for numbers in taken for number in numbers) == list(range(1, 61))
