"""What the desk hears of a record that is not whole, before and after it is saved."""

import pytest
from django.test import Client

from catalog.tests.openlibrary.stub import Stub, page, record
from catalog.tests.views.pages import FOX, fields_of, know_the_fox
from circulation.tests.views.pages import messages, tree, words

pytestmark = pytest.mark.django_db
IMPORT, SAVE, REVIEW = "/desk/import/", "/desk/import/save/", "/desk/import/review/OL7353617M/"
WORK_MISSING = "A part of the record could not be fetched: authors, subjects or description may be missing."
CAPITALS = "The title is written in capitals."
JAVA = "978-0132567088"


def remarks(response: object) -> list[str]:
    return [words(each) for each in tree(response).iterfind(".//main//span[@class='badge warn wraps']")]


@pytest.fixture
def half_a_fox(stub: Stub) -> Stub:
    """Open Library with its works out of order."""
    know_the_fox(stub)
    stub.tell("/works/OL45804W.json", page(500))
    return stub


def test_whole_record_has_no_remarks(desk: Client, stub: Stub) -> None:
    know_the_fox(stub)
    assert (remarks(desk.get(IMPORT, {"q": FOX})), remarks(desk.get(REVIEW))) == ([], [])


@pytest.mark.parametrize("address", [f"{IMPORT}?q={FOX}", REVIEW])
def test_missing_part_is_remarked_before_it_is_saved(address: str, desk: Client, half_a_fox: Stub) -> None:
    assert remarks(desk.get(address)) == [WORK_MISSING]


def test_missing_part_is_remarked_when_a_new_book_was_saved_unseen(desk: Client, half_a_fox: Stub) -> None:
    sent = {"record": "OL7353617M", "q": FOX}
    first = desk.post(SAVE, fields_of(desk.get(IMPORT, {"q": FOX}), button="Add book and copy"), follow=True)
    assert messages(first)[1:] == [WORK_MISSING]
    again = desk.post(SAVE, fields_of(desk.get(IMPORT, {"q": FOX}), button="Add a copy") | sent, follow=True)
    assert len(messages(again)) == 1


def test_odd_title_is_remarked(desk: Client, stub: Stub) -> None:
    stub.tell("/books/OL1M.json", record({"key": "/books/OL1M", "title": "EL SUPERZORRO"}))
    assert remarks(desk.get(IMPORT, {"q": "OL1M"})) == [CAPITALS]


def test_unknown_isbn_with_a_wrong_check_digit_says_both(desk: Client, stub: Stub) -> None:
    stub.tell("/search.json", record({"docs": []}))
    unknown, wrong = messages(desk.get(IMPORT, {"q": JAVA}))
    assert unknown == "Open Library does not know this book. Check the number, or add the book by hand."
    assert wrong == "The check digit of ISBN 978-0132567088 is wrong. Perhaps it was mistyped."
