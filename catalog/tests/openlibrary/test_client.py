"""Questions to Open Library, and how its answers are judged and remembered."""

import threading
import time
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from django.core.cache import cache
from django.db import connection

from catalog.isbn import read_isbn
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.openlibrary.lanes import INTERACTIVE

from . import records
from .stub import page, raw, record, redirect, reset, silence

NO_DOCS = {"numFound": 0, "docs": []}
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 2_000


def code_of(ask, *args, **kwargs):
    with pytest.raises(OpenLibraryError) as failed:
        ask(*args, **kwargs)
    return failed.value.code


def last_query(stub):
    return {name: values[0] for name, values in parse_qs(stub.requests[-1].query).items()}


@pytest.mark.parametrize("contact", ["", "  ", "\r\n", "図書館"])
def test_client_without_a_contact_asks_nothing(settings, contact, memory_cache):
    settings.OPENLIBRARY_CONTACT = contact
    with OpenLibrary() as client:
        assert code_of(client.edition, "OL1M") == "no_contact"


def test_client_names_product_site_and_contact(settings, stub):
    settings.SITE_URL = "https://library.example.org"
    stub.tell("/books/OL1M.json", record({"key": "/books/OL1M"}))
    with OpenLibrary("libra\r\nrian@example.org") as client:
        client.edition("OL1M")
    assert (
        stub.requests[0].headers["User-Agent"] == "Openshelf/0.1 (+https://library.example.org; librarian@example.org)"
    )


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({"title": "Dune", "author": "Herbert"}, {"title": "Dune", "author": "Herbert"}),
        ({"title": 'a "b" (c): d/e [f] ~g* !h AND i'}, {"title": "a b c d e f g h and i"}),
        ({"q": "well-known -not C++ OR x"}, {"q": "well-known not C or x"}),
        ({"q": "978-0-306-40615-7"}, {"isbn": "9780306406157"}),
        ({"isbn": "0306406152", "language": "ger"}, {"isbn": "9780306406157", "lang": "de"}),
        ({"isbn": "978-0132567088"}, {"isbn": "9780132567088"}),
        ({"q": "twain", "language": "en"}, {"q": "twain", "lang": "en"}),
        ({"title": "x" * 5_000}, {"title": "x" * 299 + "…"}),
    ],
)
def test_search_sends_plain_words(stub, client_of_openlibrary, asked, sent):
    stub.tell("/search.json", record(NO_DOCS))
    assert client_of_openlibrary.search(**asked, limit=500) == NO_DOCS
    query = last_query(stub)
    assert query.pop("fields").startswith("key,title,")
    assert query == {**sent, "limit": "100"}


@pytest.mark.parametrize("asked", [{}, {"q": "ab"}, {"q": "The"}, {"q": "()"}, {"isbn": "nonsense"}, {"title": "  "}])
def test_search_asks_nothing_for_too_little(stub, client_of_openlibrary, asked):
    assert code_of(client_of_openlibrary.search, **asked) == "too_short"
    assert stub.requests == []


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"null", b"[]", b"[{}]", b'{"docs": {}}', b"{}", b'{"docs": [', b"ConnectionError()", b'"\xff"'],
)
def test_search_refuses_answers_that_are_none(stub, client_of_openlibrary, body):
    stub.tell("/search.json", raw(body))
    assert code_of(client_of_openlibrary.search, q="twain") == "bad_answer"


def test_search_that_answers_nonsense_is_left_alone(stub, client_of_openlibrary):
    stub.tell("/search.json", raw(b"<html>Temporarily offline</html>"))
    codes = [code_of(client_of_openlibrary.search, q=f"twain {n}") for n in range(7)]
    assert codes == ["bad_answer"] * 5 + ["unavailable"] * 2
    assert len(stub.requests) == 5


@pytest.mark.parametrize("headers", [{"Content_Type": "text/html"}, {}])
def test_search_takes_json_whatever_it_is_called(stub, client_of_openlibrary, headers):
    stub.tell("/search.json", raw(b'\xef\xbb\xbf{"docs": []}', **headers))
    assert client_of_openlibrary.search(q="twain") == {"docs": []}


def test_records_are_fetched_by_key(stub, client_of_openlibrary):
    for path, value in (
        ("/books/OL7353617M.json", records.edition("OL7353617M")),
        ("/works/OL45804W.json", records.work("OL45804W")),
        ("/authors/OL34184A.json", records.author("OL34184A")),
    ):
        stub.tell(path, record(value))
    assert client_of_openlibrary.edition("OL7353617M")["title"] == "Fantastic Mr. Fox"
    assert client_of_openlibrary.work("ol45804w")["key"] == "/works/OL45804W"
    assert client_of_openlibrary.author("/authors/OL34184A")["name"] == "Roald Dahl"


@pytest.mark.parametrize("key", ["OL1W", "OL1A", "x", "", "OL1M/../../x"])
def test_edition_asks_only_for_keys_of_editions(stub, client_of_openlibrary, key):
    assert code_of(client_of_openlibrary.edition, key) == "not_found"
    assert stub.requests == []


@pytest.mark.parametrize(
    "value", [{}, {"key": "/books/OL2M"}, {"key": "/works/OL1M"}, {"key": ["/books/OL1M"]}, [], "x"]
)
def test_edition_refuses_another_record(stub, client_of_openlibrary, value):
    stub.tell("/books/OL1M.json", record(value))
    expected = "bad_answer" if value != {"key": "/works/OL1M"} else None
    if expected:
        assert code_of(client_of_openlibrary.edition, "OL1M") == expected
    else:
        assert client_of_openlibrary.edition("OL1M") == value


def merged(kind, key, location):
    return record({"key": f"/{kind}/{key}", "type": {"key": "/type/redirect"}, "location": location})


def test_work_follows_mergers(stub, client_of_openlibrary):
    stub.tell("/works/OL1W.json", merged("works", "OL1W", "/works/OL2W"))
    stub.tell("/works/OL2W.json", merged("works", "OL2W", "/works/OL3W"))
    stub.tell("/works/OL3W.json", record({"key": "/works/OL3W", "title": "Here"}))
    assert client_of_openlibrary.work("OL1W")["title"] == "Here"


@pytest.mark.parametrize("location", ["/works/OL1W", "/works/OL2W", "/authors/OL9A", "https://evil.example", None, 7])
def test_work_merged_in_a_circle_or_into_nothing_is_a_bad_answer(stub, client_of_openlibrary, location):
    stub.tell("/works/OL1W.json", merged("works", "OL1W", location))
    stub.tell("/works/OL2W.json", merged("works", "OL2W", "/works/OL1W"))
    assert code_of(client_of_openlibrary.work, "OL1W") == "bad_answer"


def test_work_merged_too_often_is_a_bad_answer(stub, client_of_openlibrary):
    for number in range(1, 9):
        stub.tell(f"/works/OL{number}W.json", merged("works", f"OL{number}W", f"/works/OL{number + 1}W"))
    assert code_of(client_of_openlibrary.work, "OL1W") == "bad_answer"
    assert len(stub.requests) == 6


def test_deleted_records_are_not_found(stub, client_of_openlibrary):
    stub.tell("/books/OL1M.json", record({"key": "/books/OL1M", "type": {"key": "/type/delete"}}))
    assert code_of(client_of_openlibrary.edition, "OL1M") == "not_found"


def test_edition_by_isbn_follows_the_redirect(stub, client_of_openlibrary):
    stub.tell("/isbn/9780140328721.json", redirect("/books/OL7353617M.json"))
    stub.tell("/books/OL7353617M.json", record(records.edition("OL7353617M")))
    assert client_of_openlibrary.edition_by_isbn(read_isbn("0140328726"))["key"] == "/books/OL7353617M"


def test_edition_by_isbn_follows_a_merger(stub, client_of_openlibrary):
    stub.tell("/isbn/9780140328721.json", merged("books", "OL1M", "/books/OL7353617M"))
    stub.tell("/books/OL7353617M.json", record(records.edition("OL7353617M")))
    assert client_of_openlibrary.edition_by_isbn(read_isbn("0140328726"))["key"] == "/books/OL7353617M"


def test_edition_key_by_isbn_asks_for_both_forms(stub, client_of_openlibrary):
    stub.tell("/api/books", record({"ISBN:0140328726": {"key": "/books/OL7353617M", "title": "x"}}))
    assert client_of_openlibrary.edition_key_by_isbn(read_isbn("0140328726")) == "OL7353617M"
    assert last_query(stub)["bibkeys"] == "ISBN:9780140328721,ISBN:0140328726"


@pytest.mark.parametrize("answer", [{}, {"ISBN:x": []}, {"ISBN:x": {"key": 5}}, {"ISBN:x": {"key": "/works/OL1W"}}])
def test_edition_key_by_isbn_of_nothing(stub, client_of_openlibrary, answer):
    stub.tell("/api/books", record(answer))
    assert client_of_openlibrary.edition_key_by_isbn(read_isbn("0140328726")) == ""


def test_work_editions_leaves_out_what_is_none(stub, client_of_openlibrary):
    stub.tell(
        "/works/OL1W/editions.json", record({"entries": [{"key": "/books/OL1M"}, {"key": "/works/OL2W"}, None, 5, {}]})
    )
    assert client_of_openlibrary.work_editions("OL1W") == [{"key": "/books/OL1M"}]


def test_work_doc_is_that_work_or_nothing(stub, client_of_openlibrary):
    stub.tell(
        "/search.json", record({"docs": [{"key": "/works/OL2W"}, None, {"key": "/works/OL1W", "author_name": ["A"]}]})
    )
    assert client_of_openlibrary.work_doc("OL1W")["author_name"] == ["A"]
    assert last_query(stub)["q"] == "key:/works/OL1W"
    assert client_of_openlibrary.work_doc("OL3W") == {}


def test_cover_is_a_picture(stub, client_of_openlibrary):
    stub.tell("/b/id/42-L.jpg", raw(JPEG))
    assert client_of_openlibrary.cover(42) == JPEG
    assert last_query(stub) == {"default": "false"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (page(404), "not_found"),
        (raw(b"GIF89a" + b"\0" * 37), "not_found"),
        (page(200), "bad_answer"),
        (raw(b""), "bad_answer"),
        (redirect("https://evil.example/x.jpg"), "bad_answer"),
        (raw(b"\xff\xd8\xff" + b"x" * (10 << 20)), "too_large"),
    ],
)
def test_cover_refuses_what_is_none(stub, client_of_openlibrary, answer, code):
    stub.tell("/b/id/42-S.jpg", answer)
    assert code_of(client_of_openlibrary.cover, 42, "S") == code


@pytest.mark.parametrize(
    ("number", "size"), [(-1, "L"), (0, "L"), (1, "XL"), ("1/../2", "L"), (None, "L"), (True, "S")]
)
def test_cover_asks_only_for_covers(stub, client_of_openlibrary, number, size):
    assert code_of(client_of_openlibrary.cover, number, size) == "not_found"
    assert stub.requests == []


def test_lookup_shares_one_deadline(stub):
    stub.tell("*", silence(0.4))
    with OpenLibrary(lane=replace(INTERACTIVE, lookup_seconds=0.6, silence_seconds=0.25, attempts=1)) as client:
        started = time.monotonic()
        with client.lookup():
            for key in ("OL1M", "OL2M", "OL3M", "OL4M"):
                assert code_of(client.edition, key) == "timed_out"
    assert time.monotonic() - started < 0.75
    assert len(stub.requests) == 3


def test_two_people_may_wait_and_the_third_hears_busy_at_once(stub):
    lane = replace(INTERACTIVE, silence_seconds=0.5, attempts=1)
    stub.tell("*", silence(0.4))
    ready = threading.Barrier(3)

    def wait():
        with OpenLibrary(lane=lane) as client:
            ready.wait()
            code_of(client.edition, "OL1M")
        connection.close()  # this thread's own

    waiting = [threading.Thread(target=wait) for _ in range(2)]
    for thread in waiting:
        thread.start()
    ready.wait()
    time.sleep(0.2)
    started = time.monotonic()
    with OpenLibrary(lane=lane) as client:
        assert code_of(client.edition, "OL2M") == "busy"
    assert time.monotonic() - started < 0.2
    for thread in waiting:
        thread.join()
    stub.tell("*", page(404))
    with OpenLibrary() as client:
        assert code_of(client.edition, "OL3M") == "not_found"


def test_place_is_given_back_after_a_failure(stub, client_of_openlibrary):
    stub.tell("*", reset())
    for key in ("OL1M", "OL2M"):
        with OpenLibrary(lane=replace(INTERACTIVE, attempts=1)) as client:
            assert code_of(client.edition, key) == "unavailable"
    stub.tell("*", page(404))
    assert code_of(client_of_openlibrary.edition, "OL3M") == "not_found"


@pytest.mark.parametrize(
    ("family", "ask", "answers"),
    [
        ("record", lambda client: client.edition("OL1M"), (raw(b"<html>"), record({"key": "/books/OL1M"}))),
        ("search", lambda client: client.search(q="twain"), (raw(b"<html>"), record(NO_DOCS))),
        ("covers", lambda client: client.cover(17), (raw(b"<html>" * 500), raw(JPEG))),
    ],
    ids=["record", "search", "covers"],
)
def test_breaker_forgets_only_when_an_answer_makes_sense(stub, client_of_openlibrary, family, ask, answers):
    stub.tell("*", *answers)
    level = f"openlibrary:{family}:level"
    cache.set(level, 2)
    assert code_of(ask, client_of_openlibrary) == "bad_answer"
    assert cache.get(level) in (2, 3)
    cache.delete(f"openlibrary:{family}:open")
    ask(client_of_openlibrary)
    assert cache.get(level) is None
