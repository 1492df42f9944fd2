"""Adding books from Open Library: what is found, and what is here already."""

from typing import Any

import pytest
from django.test import Client

from catalog.drafts import BookDraft
from catalog.models import Book, SourceRecord
from catalog.services.books import add_book
from catalog.services.copies import add_copies
from catalog.tests.openlibrary.stub import Stub, record
from catalog.tests.views.importing.fox import IMPORT, hits, save
from catalog.tests.views.pages import FOX, buttons, links, title_of
from circulation.tests.views.pages import outcomes, said, tree

pytestmark = pytest.mark.django_db
TWAIN = {
    "key": "/works/OL53908W", "title": "Adventures of Huckleberry Finn", "author_name": ["Mark Twain"],
    "author_key": ["OL18319A"], "first_publish_year": 1876, "cover_i": 8157718, "language": ["eng"],
    "editions": {"docs": [{"key": "/books/OL26964454M", "title": "Adventures of Huckleberry Finn",
                           "isbn": ["9780142437179"]}]},
}  # fmt: skip
JAVA = "978-0132567088"


def test_words_find_works_with_author_year_and_cover_through_our_own_address(desk: Client, stub: Stub) -> None:
    stub.tell("/search.json", record({"docs": [TWAIN, TWAIN | {"key": "/works/OL1W", "title": "Roughing It"}]}))
    found = desk.get(IMPORT, {"q": "twain"})
    assert [each.split(" Add book")[0] for each in hits(found)] == [
        "Adventures of Huckleberry Finn Mark Twain Adventures of Huckleberry Finn Mark Twain (1876)",
        "Adventures of Huckleberry Finn Mark Twain Adventures of Huckleberry Finn Mark Twain (1876)",
    ]
    pictures = [each.get("src") for each in tree(found).iterfind(".//main//img")]
    assert pictures == ["/desk/import/cover/8157718/"] * 2
    assert ("2 books found" in said(found), title_of(found).startswith("twain – Import")) == (True, True)


def test_isbn_shows_the_whole_record(desk: Client, fox: Stub) -> None:
    found = desk.get(IMPORT, {"q": "978-0-14-032872-1"})
    (hit,) = hits(found)
    assert hit == (
        "Fantastic Mr. Fox Roald Dahl Fantastic Mr. Fox Roald Dahl (1988) Puffin · 96 pages · English "
        "Add book and copy : Fantastic Mr. Fox Review first : Fantastic Mr. Fox"
    )


@pytest.mark.parametrize("q", [
    FOX, "978-0-14-032872-1", "0140328726", " ISBN: 0-14-032872-6 ", "]E09780140328721", "OL7353617M", "ol7353617m",
    "https://openlibrary.org/books/OL7353617M/Fantastic_Mr._Fox", "OL45804W",
])  # fmt: skip
def test_isbn_and_key_are_taken_in_any_form(q: str, desk: Client, fox: Stub) -> None:
    fox.tell("/works/OL45804W/editions.json", record({"entries": [{"key": "/books/OL7353617M", "title": "F"}]}))
    assert len(hits(desk.get(IMPORT, {"q": q}))) == 1


def test_nothing_is_asked_before_something_is_typed(desk: Client, stub: Stub) -> None:
    for q in ("", "   "):
        assert desk.get(IMPORT, {"q": q}).status_code == 200
    assert stub.requests == []


def test_words_without_a_find_lead_to_the_form_with_the_words(desk: Client, stub: Stub) -> None:
    stub.tell("/search.json", record({"docs": []}))
    found = desk.get(IMPORT, {"q": "old village pictures"})
    assert "Open Library knows no such book" in hits(found)[0]
    assert links(found)["Add by hand"] == "/desk/books/add/?title=old+village+pictures"


def test_isbn_with_a_wrong_check_digit_is_looked_up_with_a_warning(desk: Client, stub: Stub) -> None:
    stub.tell("/isbn/9780132567088.json", record({
        "key": "/books/OL5M", "title": "Introduction to Java", "isbn_13": ["9780132567088"],
    }))  # fmt: skip
    found = desk.get(IMPORT, {"q": JAVA})
    assert outcomes(found) == [("warning", "The check digit of ISBN 978-0132567088 is wrong. Look whether this is the "
                                "book in your hand.")]  # fmt: skip
    assert len(hits(found)) == 1


def test_book_that_is_here_is_marked_with_its_copies_and_offers_one_more(desk: Client, fox: Stub) -> None:
    save(desk)
    add_copies(Book.objects.get(), by=None)
    for q in (FOX, "fantastic fox"):
        found = desk.get(IMPORT, {"q": q})
        assert "already here (2 copies)" in hits(found)[0]
        assert links(found)["Look at it : Fantastic Mr. Fox"] == f"/desk/books/{Book.objects.get().pk}/"
        assert not any(button.startswith(("Add book", "Review")) for button in buttons(found))


def test_book_entered_by_hand_is_known_by_its_isbn(desk: Client, fox: Stub) -> None:
    add_book(BookDraft(title="Fantastic Mr Fox", isbns=(FOX,)), stock=1, by=None)
    assert "already here (1 copy)" in hits(desk.get(IMPORT, {"q": FOX}))[0]


def test_another_edition_of_the_work_is_pointed_out(desk: Client, stub: Stub) -> None:
    book = add_book(BookDraft(title="Huckleberry Finn"), stock=1, by=None)
    SourceRecord.objects.create(
        book=book, source="openlibrary", key="OL9M", work_key="OL53908W", fetched_at=book.created_at
    )
    stub.tell("/search.json", record({"docs": [TWAIN]}))
    found = desk.get(IMPORT, {"q": "twain"})
    assert "perhaps another edition is here (1 copy)" in hits(found)[0]
    assert "Add book and copy : Adventures of Huckleberry Finn" in buttons(found)


@pytest.mark.parametrize("count", [1, 3])
def test_results_ask_the_database_ten_times(
    count: int, desk: Client, stub: Stub, django_assert_num_queries: Any
) -> None:
    isbns = [FOX, "9780553382563", "9780307277671"][:count]
    for isbn in isbns:
        add_book(BookDraft(title=f"Book {isbn}", isbns=(isbn,)), stock=2, by=None)
    stub.tell("/search.json", record({"docs": [TWAIN | {"editions": {"docs": [{"isbn": [isbn]}]}} for isbn in isbns]}))
    with django_assert_num_queries(10):
        desk.get(IMPORT, {"q": "twain"})
