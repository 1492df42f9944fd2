"""The demo library is of the right size, and is loaded only where it may be."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from stdnum import isbn

from accounts.exceptions import Refused
from catalog.tests.factories import BookFactory
from library_site.demo import years
from library_site.demo.loading import load_demo
from library_site.demo.shelves import DATA
from library_site.demo.signing_in import new_password

BOOKS = json.loads((DATA / "books.json").read_text(encoding="utf-8"))
PEOPLE = json.loads((DATA / "people.json").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_demo_is_as_large_as_a_small_library() -> None:
    assert (len(BOOKS), sum(book["copies"] for book in BOOKS), len(PEOPLE["members"])) == (212, 303, 40)


def test_demo_isbns_are_right_and_there_once() -> None:
    numbers = [book["isbn13"] for book in BOOKS if book["isbn13"]]
    assert [number for number in numbers if not isbn.is_valid(number)] == []
    assert len(set(numbers)) == len(numbers)


def test_demo_plays_two_years_unless_told_otherwise() -> None:
    assert years.YEARS == 2


def test_load_demo_is_refused_where_the_library_is_not_empty(db: None) -> None:
    BookFactory()
    with pytest.raises(Refused) as refusal:
        load_demo(NOW)
    assert refusal.value.code == "not_empty"


def test_passwords_differ_from_installation_to_installation() -> None:
    assert len({new_password() for _each in range(50)}) == 50


def test_remove_demo_says_when_there_is_none(db: None) -> None:
    with pytest.raises(CommandError, match=r"There is no demo library here\."):
        call_command("remove_demo")
