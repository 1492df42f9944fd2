"""What Open Library says, beside what is here."""

from collections.abc import Iterator
from typing import Any

import pytest

from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Book
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.services.books import add_book
from catalog.services.copies import add_copies
from catalog.services.importing import save_draft
from catalog.services.looking import Hit, fetch_record, look_up
from catalog.tests.openlibrary.stub import Stub, page, record, redirect

pytestmark = pytest.mark.django_db
ISBN, OTHER_ISBN = "9780349101774", "9780684853154"
EDITION = {"key": "/books/OL1M", "title": "The Wasp Factory", "isbn_13": [ISBN], "works": [{"key": "/works/OL1W"}],
           "publish_date": "1990", "covers": [17], "languages": [{"key": "/languages/eng"}]}  # fmt: skip
WORK = {"key": "/works/OL1W", "title": "The Wasp Factory", "authors": [{"author": {"key": "/authors/OL1A"}}]}
DOC = {
    "key": "/works/OL1W", "title": "The Wasp Factory", "author_name": ["Iain Banks"], "author_key": ["OL1A"],
    "first_publish_year": 1984, "cover_i": 17,
    "editions": {"docs": [{"key": "/books/OL1M", "isbn": [ISBN], "language": ["eng"]}]},
}  # fmt: skip
OTHER_DOC = {"key": "/works/OL2W", "title": "Cooking for Dogs"}


@pytest.fixture
def source(stub: Stub) -> Iterator[OpenLibrary]:
    stub.tell("/search.json", record({"docs": [DOC, OTHER_DOC]}))
    stub.tell("/books/OL1M.json", record(EDITION))
    stub.tell("/works/OL1W.json", record(WORK))
    stub.tell("/authors/OL1A.json", record({"key": "/authors/OL1A", "name": "Iain Banks"}))
    stub.tell(f"/isbn/{ISBN}.json", redirect("/books/OL1M.json"))
    with OpenLibrary() as client:
        yield client


def hits(source: OpenLibrary, text: str) -> list[Hit]:
    return look_up(source, text, language="en").hits


def beside(hit: Hit) -> tuple[Book | None, Book | None]:
    return hit.here and hit.here.book, hit.akin and hit.akin.book


def imported(**facts: Any) -> Book:
    facts = {"title": "The Wasp Factory", "source": "openlibrary", "source_key": "OL1M", "work_key": "OL1W"} | facts
    return save_draft(BookDraft(**facts), by=None).book


def test_words_find_what_fits(source: OpenLibrary) -> None:
    found = look_up(source, "wasp factory", language="en")
    assert (found.isbn, [hit.draft for hit in found.hits]) == (None, [None, None])
    assert found.hits[0] == Hit("OL1M", "The Wasp Factory", "", ("Iain Banks",), 1984, 17, "eng")
    assert (found.hits[1].record, found.hits[1].title) == ("OL2W", "Cooking for Dogs")


@pytest.mark.parametrize("text", [ISBN, "0-349-10177-9", "OL1M", "https://openlibrary.org/books/OL1M/The_Wasp_Factory"])
def test_number_finds_one_book_with_its_whole_record(source: OpenLibrary, text: str) -> None:
    (hit,) = hits(source, text)
    assert (hit.record, hit.title, hit.people, hit.year, hit.cover_id, hit.language, beside(hit)) == (
        "OL1M", "The Wasp Factory", ("Iain Banks",), 1990, 17, "eng", (None, None),
    )  # fmt: skip
    assert hit.draft.isbns == (ISBN,)


def test_wrong_isbn_is_looked_for_and_said_to_be_wrong(stub: Stub, source: OpenLibrary) -> None:
    wrong = {"key": "/books/OL5M", "title": "Java", "isbn_13": ["9780132567088"]}
    stub.tell("/search.json", record({"docs": []}))
    stub.tell("/isbn/9780132567088.json", record(wrong))
    found = look_up(source, "978-0132567088", language="en")
    assert (found.isbn.is_valid, found.hits[0].draft.isbns_invalid) == (False, ("9780132567088",))


@pytest.mark.parametrize("text", ["wasp factory", ISBN, "OL1M"])
def test_same_edition_is_marked_as_here_with_its_copies(source: OpenLibrary, text: str) -> None:
    book = imported()
    (copy, _other) = add_copies(book, count=2, by=None)
    copy.withdrawn_on = copy.acquired_on
    copy.save()
    hit = hits(source, text)[0]
    assert (beside(hit), hit.here.copies) == ((book, None), 2)


@pytest.mark.parametrize("text", ["wasp factory", ISBN])
def test_book_by_hand_with_the_isbn_is_marked_as_here(source: OpenLibrary, text: str) -> None:
    book = add_book(BookDraft(title="The Wasp Factory", isbns=(ISBN,)), by=None)
    assert beside(hits(source, text)[0]) == (book, None)


@pytest.mark.parametrize("text", ["wasp factory", "OL1M"])
def test_other_edition_of_the_work_is_akin(source: OpenLibrary, text: str) -> None:
    book = imported(source_key="OL7M", isbns=(OTHER_ISBN,))
    assert beside(hits(source, text)[0]) == (None, book)


def test_book_that_may_be_the_same_is_akin(source: OpenLibrary) -> None:
    book = add_book(BookDraft(title="Cooking for Dogs", isbns=(ISBN,)), by=None)
    assert beside(hits(source, ISBN)[0]) == (None, book)


def test_hits_that_have_nothing_to_do_with_ours_stand_alone(source: OpenLibrary) -> None:
    add_book(BookDraft(title="Cooking for Dogs", contributors=(DraftContributor("A"),)), by=None)
    assert [beside(hit) for hit in hits(source, "dogs")] == [(None, None), (None, None)]


@pytest.mark.parametrize("known", [1, 3])
def test_hits_are_put_beside_ours_in_four_queries(
    source: OpenLibrary, django_assert_num_queries: Any, known: int
) -> None:
    for number in range(known):
        imported(source_key=f"OL{number + 7}M", isbns=(OTHER_ISBN,) if number else (ISBN,), title=f"Title {number}")
    with django_assert_num_queries(4):
        assert beside(hits(source, "wasp factory")[0])[0] is not None


@pytest.mark.parametrize(("language", "key"), [("en", "OL1M"), ("fr", "OL5M")])
def test_of_a_work_the_edition_in_the_language_of_the_library_is_found(
    language: str, key: str, stub: Stub, source: OpenLibrary
) -> None:
    french = EDITION | {"key": "/books/OL5M", "languages": [{"key": "/languages/fre"}]}
    stub.tell("/works/OL1W/editions.json", record({"entries": [EDITION, french]}))
    assert [hit.record for hit in look_up(source, "OL1W", language=language).hits] == [key]


@pytest.mark.parametrize("text", ["", "wasp", "OL1A", "9790060115615", "\0", "x" * 5_000])
def test_what_is_neither_key_nor_isbn_is_not_fetched(stub: Stub, source: OpenLibrary, text: str) -> None:
    with pytest.raises(OpenLibraryError) as failed:
        fetch_record(source, text, language="en")
    assert (failed.value.code, stub.paths) == ("not_found", [])


@pytest.mark.parametrize("text", ["wasp factory", ISBN, "OL1M"])
def test_source_that_is_out_of_order_is_said_to_be(stub: Stub, source: OpenLibrary, text: str) -> None:
    stub.answers.clear()
    stub.tell("*", page(500))
    with pytest.raises(OpenLibraryError) as failed:
        look_up(source, text, language="en")
    assert failed.value.code == "unavailable"
