"""Words for the person waiting."""

import pytest
from django.utils.translation import override

from catalog.openlibrary.errors import FAILURES, MESSAGES, PASSING, OpenLibraryError


@pytest.mark.parametrize("code", MESSAGES)
def test_every_code_has_a_message_that_says_what_to_do(code):
    with override("en"):
        message = OpenLibraryError(code, "secret detail").message
    assert message.endswith(".")
    assert message.count(". ") >= 1
    assert "secret" not in message


def test_message_of_a_rest_names_the_minutes():
    with override("en"):
        one, ten = (OpenLibraryError("unavailable", retry_after=seconds).message for seconds in (20, 600))
    assert "for 1 minute." in one
    assert "for 10 minutes." in ten


def test_passing_failures_are_failures():
    assert PASSING < FAILURES < set(MESSAGES)
