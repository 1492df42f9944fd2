"""From a number to a record, the long way when the short one is barred."""

import pytest

from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.openlibrary.lookup import FetchedRecord, fetch_by_isbn, fetch_by_key

from . import records
from .stub import page, raw, record, redirect

ISBN = "9780142414125"
EDITION = records.edition("OL22842654M")
WORK = records.work("OL5702375W")
DOC = {
    "key": "/works/OL5702375W",
    "title": "Three Cups of Tea",
    "author_key": ["OL1434011A", "OL2660280A"],
    "author_name": ["Greg Mortenson", "David Oliver Relin"],
    "editions": {"docs": [{"key": "/books/OL22842654M", "isbn": [ISBN]}]},
}
NO_DOCS = {"numFound": 0, "docs": []}


@pytest.fixture
def library(stub):
    """The stub knowing one book in every way."""
    stub.tell("/search.json", record({"docs": [DOC]}))
    stub.tell("/books/OL22842654M.json", record(EDITION))
    stub.tell("/works/OL5702375W.json", record(WORK))
    stub.tell(f"/isbn/{ISBN}.json", redirect("/books/OL22842654M.json"))
    for key in ("OL1434011A", "OL2660280A"):
        stub.tell(f"/authors/{key}.json", record(records.author(key)))
    return stub


def code_of(fetch, *args):
    with pytest.raises(OpenLibraryError) as failed:
        fetch(*args)
    return failed.value.code


def test_fetch_by_isbn_takes_three_requests(library, client_of_openlibrary):
    fetched = fetch_by_isbn(client_of_openlibrary, "978-0-14-241412-5")
    assert fetched == FetchedRecord(edition=EDITION, work=WORK, authors={}, search_doc=DOC)
    assert library.paths == ["/search.json", "/books/OL22842654M.json", "/works/OL5702375W.json"]


def test_fetch_by_isbn_answers_the_second_time_from_memory(library, client_of_openlibrary):
    first = fetch_by_isbn(client_of_openlibrary, ISBN)
    assert fetch_by_isbn(client_of_openlibrary, ISBN) == first
    assert len(library.requests) == 3


@pytest.mark.parametrize(
    "answer",
    [
        record(NO_DOCS),
        page(500),
        raw(b"<html>"),
        record({"docs": [None, 5, {}, {"key": 7, "editions": {"docs": "x"}}]}),
        record({"docs": [{**DOC, "editions": {"docs": [{"key": "/books/OL1M", "isbn": ["9780306406157"]}]}}]}),
    ],
)
def test_fetch_by_isbn_does_without_the_index(library, client_of_openlibrary, answer):
    library.tell("/search.json", answer)
    fetched = fetch_by_isbn(client_of_openlibrary, ISBN)
    assert (fetched.edition, fetched.work, fetched.search_doc) == (EDITION, WORK, {})
    assert [fetched.authors[key]["name"] for key in ("/authors/OL1434011A", "/authors/OL2660280A")] == DOC[
        "author_name"
    ]


def test_fetch_by_isbn_never_takes_an_edition_without_the_number(library, client_of_openlibrary):
    other = {"key": "/books/OL1M", "isbn_13": ["9780306406157"]}
    library.tell(
        "/search.json", record({"docs": [{**DOC, "editions": {"docs": [{"key": "/books/OL1M", "isbn": [ISBN]}]}}]})
    )
    library.tell("/books/OL1M.json", record(other))
    assert fetch_by_isbn(client_of_openlibrary, ISBN).edition == EDITION
    library.tell("/isbn/9780142414552.json", redirect("/books/OL1M.json"))
    assert code_of(fetch_by_isbn, client_of_openlibrary, "9780142414552") == "not_found"


def test_fetch_by_isbn_asks_the_older_interface_last(library, client_of_openlibrary):
    library.tell("/search.json", record(NO_DOCS))
    library.tell(f"/isbn/{ISBN}.json", raw(b"MaxRetryError()"))
    library.tell("/api/books", record({f"ISBN:{ISBN}": {"key": "/books/OL22842654M"}}))
    assert fetch_by_isbn(client_of_openlibrary, ISBN).edition == EDITION
    library.tell("/isbn/9780306406157.json", raw(b"MaxRetryError()"))
    library.tell("/api/books", record({}))
    assert code_of(fetch_by_isbn, client_of_openlibrary, "9780306406157") == "bad_answer"


def test_fetch_by_isbn_of_an_unknown_number_takes_two_requests(library, client_of_openlibrary):
    library.tell("/search.json", record(NO_DOCS))
    assert code_of(fetch_by_isbn, client_of_openlibrary, "9780306406157") == "not_found"
    assert library.paths == ["/search.json", "/isbn/9780306406157.json"]


def test_fetch_by_isbn_finds_a_wrong_number(library, client_of_openlibrary):
    wrong = {"key": "/books/OL5M", "title": "Wrong", "isbn_13": ["978-0132567088"]}
    library.tell("/search.json", record(NO_DOCS))
    library.tell("/isbn/9780132567088.json", redirect("/books/OL5M.json"))
    library.tell("/books/OL5M.json", record(wrong))
    assert fetch_by_isbn(client_of_openlibrary, "9780132567088") == FetchedRecord(edition=wrong)


def test_fetch_by_isbn_of_words_asks_nothing(library, client_of_openlibrary):
    assert code_of(fetch_by_isbn, client_of_openlibrary, "twain") == "not_found"
    assert library.requests == []


@pytest.mark.parametrize(("answer", "code"), [(page(429, Retry_After="90"), "limited"), (page(403), "blocked")])
def test_fetch_by_isbn_does_not_go_on_when_told_to_stop(library, client_of_openlibrary, answer, code):
    library.tell("/search.json", answer)
    assert code_of(fetch_by_isbn, client_of_openlibrary, ISBN) == code
    assert len(library.requests) == 1


def test_fetch_by_isbn_finds_an_edition_without_a_work(library, client_of_openlibrary):
    orphan = {"key": "/books/OL8M", "title": "Alone", "isbn_10": ["0306406152"], "authors": [{"key": "/authors/OL1A"}]}
    doc = {"key": "/works/OL8M", "author_key": ["OL1A"], "author_name": ["One"]}
    library.tell("/search.json", record({"docs": [doc]}))
    library.tell("/books/OL8M.json", record(orphan))
    assert fetch_by_isbn(client_of_openlibrary, "0306406152") == FetchedRecord(edition=orphan, search_doc=doc)


def test_fetch_by_key_of_an_edition(library, client_of_openlibrary):
    fetched = fetch_by_key(client_of_openlibrary, "https://openlibrary.org/books/OL22842654M/Three_cups_of_tea")
    assert (fetched.edition, fetched.work, sorted(fetched.authors)) == (
        EDITION,
        WORK,
        ["/authors/OL1434011A", "/authors/OL2660280A"],
    )
    assert len(library.requests) == 4


def test_fetch_by_key_of_a_work_takes_its_best_edition(library, client_of_openlibrary):
    entries = [{"key": "/books/OL1M", "title": "Poor"}, EDITION, {"key": "/books/OL2M", "isbn_10": ["0306406152"]}]
    library.tell("/works/OL5702375W/editions.json", record({"entries": entries}))
    fetched = fetch_by_key(client_of_openlibrary, "OL5702375W")
    assert (fetched.edition, fetched.work) == (EDITION, WORK)


def test_fetch_by_key_of_a_merged_work_keeps_the_new_key(library, client_of_openlibrary):
    library.tell(
        "/works/OL1W.json",
        record({"key": "/works/OL1W", "type": {"key": "/type/redirect"}, "location": "/works/OL5702375W"}),
    )
    library.tell("/works/OL5702375W/editions.json", record({"entries": [EDITION]}))
    assert fetch_by_key(client_of_openlibrary, "OL1W").work == WORK


def test_fetch_by_key_of_a_work_without_editions(library, client_of_openlibrary):
    library.tell("/works/OL5702375W/editions.json", record({"entries": []}))
    assert code_of(fetch_by_key, client_of_openlibrary, "OL5702375W") == "not_found"


@pytest.mark.parametrize("key", ["OL34184A", "9780142414125", "", None, "OL99999999M"])
def test_fetch_by_key_of_anything_else(library, client_of_openlibrary, key):
    assert code_of(fetch_by_key, client_of_openlibrary, key) == "not_found"


def test_authors_reached_through_a_merger_count_under_the_old_key(library, client_of_openlibrary):
    library.tell(
        "/authors/OL1434011A.json",
        record({"key": "/authors/OL1434011A", "type": "/type/redirect", "location": "/authors/OL9A"}),
    )
    library.tell("/authors/OL9A.json", record({"key": "/authors/OL9A", "name": "Greg"}))
    fetched = fetch_by_key(client_of_openlibrary, "OL22842654M")
    assert fetched.authors["/authors/OL1434011A"] == {"key": "/authors/OL9A", "name": "Greg"}


def test_many_authors_are_named_by_the_index(library, client_of_openlibrary):
    keys = [f"OL{number}A" for number in range(1, 9)]
    work = {**WORK, "authors": [{"author": {"key": f"/authors/{key}"}} for key in keys]}
    doc = {"key": WORK["key"], "author_key": keys[:6], "author_name": [f"Author {key}" for key in keys[:6]]}
    library.tell("/works/OL5702375W.json", record(work))
    library.tell("/search.json", record({"docs": [doc]}))
    library.tell("/authors/OL7A.json", record({"key": "/authors/OL7A", "name": "Seven"}))
    fetched = fetch_by_key(client_of_openlibrary, "OL22842654M")
    assert fetched.search_doc == doc
    assert fetched.authors == {"/authors/OL7A": {"key": "/authors/OL7A", "name": "Seven"}}
    assert library.paths[2:] == ["/search.json", "/authors/OL7A.json", "/authors/OL8A.json"]


def test_a_person_gets_the_edition_even_when_the_work_fails(library, client_of_openlibrary):
    library.tell("/works/OL5702375W.json", raw(b"<html>"))
    fetched = fetch_by_isbn(client_of_openlibrary, ISBN)
    assert (fetched.edition, fetched.work) == (EDITION, {})


def test_a_batch_does_not_take_half_a_record(library):
    library.tell("/works/OL5702375W.json", raw(b"<html>"))
    with OpenLibrary(lane="batch") as client:
        assert code_of(fetch_by_isbn, client, ISBN) == "bad_answer"


def test_a_batch_takes_an_edition_whose_work_is_gone(library):
    library.tell("/works/OL5702375W.json", page(404))
    with OpenLibrary(lane="batch") as client:
        assert fetch_by_isbn(client, ISBN).work == {}
