"""Answers from the local copy are those of the service."""

import json
from dataclasses import replace
from datetime import date

import pytest

from catalog.isbn import read_isbn
from catalog.models import OfflineLoad, OfflineRecord
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.openlibrary.lookup import fetch_by_key
from catalog.openlibrary.normalize import book_draft
from catalog.openlibrary.offline import complete, date_of_copy, find_by_isbn, find_by_key
from catalog.openlibrary.records import FetchedRecord
from catalog.openlibrary.sieves import isbn_values
from catalog.services.looking import fetch_record
from catalog.services.offline import Row, store_records

from . import records
from .dumps import edition, line
from .stub import page, record

pytestmark = pytest.mark.django_db
ISBN = read_isbn("9780142414125")
EDITION, WORK = records.edition("OL22842654M"), records.work("OL5702375W")
AUTHORS = {f"/authors/{olid}": records.author(olid) for olid in ("OL1434011A", "OL2660280A")}
DAY = date(2026, 10, 31)


def load_of(day=DAY, selection="everything", state="done"):
    return OfflineLoad.objects.create(identity=f"{day}", selection=selection, as_of=day, state=state)


def keep(*found, load=None):
    """Store these records as the dump has them."""
    rows = [
        Row(each["key"].rsplit("/", 1)[-1], each.get("revision", 1), json.dumps(each), isbn_values(each))
        for each in found
    ]
    store_records(rows, load or load_of())


def value(text):
    return json.loads(text.split("\t")[4])


@pytest.fixture
def copy(memory_cache):
    keep(EDITION, WORK, *AUTHORS.values())


def test_find_by_isbn_gives_edition_work_and_authors(copy):
    assert find_by_isbn(ISBN) == FetchedRecord(EDITION, WORK, AUTHORS, as_of=DAY)
    assert find_by_isbn(read_isbn("0142414123")) == find_by_isbn(ISBN)


def test_find_by_isbn_answers_what_the_service_would(copy, stub, client_of_openlibrary):
    for path, found in {"books/OL22842654M": EDITION, "works/OL5702375W": WORK, **AUTHORS}.items():
        stub.tell(f"/{path.lstrip('/')}.json", record(found))
    from_service = fetch_by_key(client_of_openlibrary, "OL22842654M")
    assert replace(find_by_key("OL22842654M"), as_of=None) == from_service
    assert find_by_isbn(ISBN).as_json() == from_service.as_json()
    assert book_draft(find_by_isbn(ISBN)) == book_draft(from_service)


@pytest.mark.parametrize("count", [1, 3])
def test_find_by_isbn_needs_five_queries(count, django_assert_num_queries):
    load = load_of()
    for number in range(1, count + 1):
        keep(value(edition(number, ISBN.value, work=number, authors=[1, 2])), load=load)
    with django_assert_num_queries(5):
        assert find_by_isbn(ISBN).edition["key"] == "/books/OL1M"


@pytest.mark.parametrize("isbn", ["9780140328721", "9780142414126"])
def test_find_by_isbn_knows_nothing_of_others(copy, isbn):
    assert find_by_isbn(read_isbn(isbn)) is None


def test_find_by_isbn_prefers_what_is_described_best_and_the_language(memory_cache):
    rich = value(edition(2, ISBN.value, publishers=["P"], number_of_pages=9, languages=[{"key": "/languages/eng"}]))
    german = value(edition(1, ISBN.value, languages=[{"key": "/languages/ger"}], publishers=["P"], number_of_pages=9))
    keep(rich, german, value(edition(3, ISBN.value)))
    assert find_by_isbn(ISBN, language="eng").edition == rich
    assert find_by_isbn(ISBN, language="de").edition == german


def test_find_by_key_answers_editions_only(copy):
    assert find_by_key("OL22842654M").edition == EDITION
    assert [find_by_key(olid) for olid in ("OL1M", "OL5702375W", "OL1434011A")] == [None] * 3


def test_a_record_that_cannot_be_used_counts_as_missing(copy):
    OfflineRecord.objects.filter(key="OL5702375W").update(data='{"title": ' + "[" * 99 + "]" * 99 + "}")
    assert replace(find_by_isbn(ISBN), as_of=None) == FetchedRecord(EDITION)
    OfflineRecord.objects.filter(key="OL22842654M").update(data="[]")
    assert find_by_isbn(ISBN) is None


def test_old_inner_keys_lead_to_work_and_authors(memory_cache):
    old = value(edition(1, ISBN.value, work=7, authors=[8]).replace("/works/", "/w/").replace("/authors/", "/a/"))
    keep(old, {**WORK, "key": "/works/OL7W", "authors": []}, value(line("OL8A", name="Ada")))
    found = find_by_isbn(ISBN)
    assert (found.work["key"], list(found.authors)) == ("/works/OL7W", ["/authors/OL8A"])
    assert [person.name for person in book_draft(found).contributors if person.role == "aut"] == ["Ada"]


def test_complete_asks_for_a_merged_work_and_a_merged_author(stub, client_of_openlibrary):
    keep(EDITION, AUTHORS["/authors/OL1434011A"])
    redirect = {"key": "/works/OL5702375W", "type": {"key": "/type/redirect"}, "location": "/works/OL6W"}
    stub.tell("/works/OL5702375W.json", record(redirect))
    stub.tell("/works/OL6W.json", record({**WORK, "key": "/works/OL6W"}))
    stub.tell("/authors/OL2660280A.json", record(AUTHORS["/authors/OL2660280A"]))
    found = fetch_record(client_of_openlibrary, ISBN.value, language="eng")
    assert (found.work["key"], found.authors) == ("/works/OL6W", AUTHORS)
    assert stub.paths == ["/works/OL5702375W.json", "/works/OL6W.json", "/authors/OL2660280A.json"]


def test_complete_asks_nothing_when_nothing_is_missing(copy, stub, client_of_openlibrary):
    assert fetch_record(client_of_openlibrary, "OL22842654M", language="eng").work == WORK
    assert stub.paths == []


def test_complete_takes_what_it_has_when_the_service_is_away(stub, client_of_openlibrary):
    keep(EDITION)
    stub.tell("*", page(503))
    found = complete(find_by_isbn(ISBN), client_of_openlibrary)
    assert (found.edition, found.work, found.authors) == (EDITION, {}, {})
    assert set(stub.paths) == {"/works/OL5702375W.json"}


def test_complete_goes_on_when_the_work_is_gone(stub, client_of_openlibrary):
    keep({**EDITION, "authors": [{"key": key} for key in AUTHORS]})
    stub.tell("*", page(404))
    stub.tell("/authors/OL1434011A.json", record(AUTHORS["/authors/OL1434011A"]))
    found = complete(find_by_isbn(ISBN), client_of_openlibrary)
    assert (found.work, list(found.authors)) == ({}, ["/authors/OL1434011A"])


def test_fetch_record_answers_without_a_contact(copy, settings):
    settings.OPENLIBRARY_CONTACT = ""
    with OpenLibrary() as client:
        assert fetch_record(client, ISBN.value, language="eng").edition == EDITION
        with pytest.raises(OpenLibraryError) as refused:
            fetch_record(client, "9780140328721", language="eng")
    assert refused.value.code == "no_contact"


def test_fetch_record_asks_the_service_for_what_is_not_there_or_must_be_fresh(copy, stub, client_of_openlibrary):
    with pytest.raises(OpenLibraryError):
        fetch_record(client_of_openlibrary, "OL1M", language="eng")
    fresh = {**EDITION, "title": "Fresh"}
    stub.tell("/books/OL22842654M.json", record(fresh))
    assert fetch_record(client_of_openlibrary, "OL22842654M", language="eng").edition == EDITION
    assert fetch_record(client_of_openlibrary, "OL22842654M", language="eng", is_local_wanted=False).edition == fresh


@pytest.mark.parametrize(
    ("later", "day"),
    [
        ([], DAY),
        ([(date(2026, 11, 30), "everything", "done")], date(2026, 11, 30)),
        ([(date(2026, 11, 30), "everything", "running")], DAY),
        ([(date(2026, 11, 30), "ger", "done")], DAY),
        ([(date(2026, 9, 30), "everything", "done")], DAY),
    ],
)
def test_the_day_of_a_record_is_that_of_the_last_dump_that_could_have_changed_it(copy, later, day):
    for each in later:
        load_of(*each)
    assert find_by_isbn(ISBN).as_of == day


def test_date_of_copy_is_that_of_its_newest_dump(memory_cache):
    assert date_of_copy() is None
    load_of(date(2026, 9, 30))
    load_of(DAY)
    assert date_of_copy() == DAY
