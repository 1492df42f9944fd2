"""Whatever number of a page was typed, a page that exists is shown."""

import pytest
from django.test import RequestFactory

from accounts.paging import page_of
from accounts.tests.anything import NUMBERS, TEXTS, text


@pytest.mark.parametrize(("asked", "number"), [("", 1), ("2", 2), ("3", 3), ("4", 3), ("0", 3), ("-1", 3), ("x", 1)])
def test_page_that_is_asked_for_or_one_that_is_there(asked: str, number: int) -> None:
    assert page_of(RequestFactory().get("/", {"page": asked}), range(60)).number == number


def test_page_of_anything_is_one_that_is_there() -> None:
    for asked in (*TEXTS, *NUMBERS):
        page = page_of(RequestFactory().get("/", {"page": text(asked)}), range(60))
        assert page.number in (1, 2, 3), asked[:20]
