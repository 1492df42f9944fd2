"""What is remembered of the answers, and what is not."""

import pytest
from django.core.cache import cache

from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.remembered import RECORD_KEPT

from . import records
from .stub import page, raw, record
from .test_client import NO_DOCS, code_of


def test_answers_are_remembered(stub, client_of_openlibrary):
    stub.tell("/search.json", record(NO_DOCS))
    stub.tell("/books/OL1M.json", record({"key": "/books/OL1M"}))
    stub.tell("/books/OL2M.json", page(404))
    for _ in range(3):
        client_of_openlibrary.search(q="twain")
        client_of_openlibrary.edition("OL1M")
        assert code_of(client_of_openlibrary.edition, "OL2M") == "not_found"
    assert stub.paths == ["/search.json", "/books/OL1M.json", "/books/OL2M.json"]


def test_failures_are_not_remembered(stub, client_of_openlibrary):
    stub.tell("/books/OL1M.json", page(403), raw(b"<html>"), record({"key": "/books/OL1M"}))
    assert code_of(client_of_openlibrary.edition, "OL1M") == "blocked"
    assert code_of(client_of_openlibrary.edition, "OL1M") == "bad_answer"
    assert client_of_openlibrary.edition("OL1M") == {"key": "/books/OL1M"}


def test_client_that_wants_it_fresh_asks_again(stub, client_of_openlibrary):
    stub.tell(
        "/books/OL1M.json", record({"key": "/books/OL1M", "revision": 1}), record({"key": "/books/OL1M", "revision": 2})
    )
    client_of_openlibrary.edition("OL1M")
    with OpenLibrary(is_fresh_wanted=True) as fresh:
        assert fresh.edition("OL1M")["revision"] == 2
    assert client_of_openlibrary.edition("OL1M")["revision"] == 2


@pytest.mark.django_db
def test_answers_are_remembered_in_the_database_cache(settings, stub):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "openshelf_cache"}
    }
    cache.clear()
    stub.tell("/works/OL45804W.json", record(records.work("OL45804W")))
    with OpenLibrary() as client:
        assert client.work("OL45804W") == client.work("OL45804W") == records.work("OL45804W")
    assert len(stub.requests) == 1
    cache.clear()


def test_batches_remember_nothing_but_use_what_is_remembered(stub, client_of_openlibrary):
    stub.tell("/books/OL1M.json", record({"key": "/books/OL1M"}))
    stub.tell("/books/OL2M.json", page(404))
    with OpenLibrary(lane="batch") as batch:
        for _ in range(2):
            batch.edition("OL1M")
            assert code_of(batch.edition, "OL2M") == "not_found"
        assert stub.paths == ["/books/OL1M.json", "/books/OL2M.json"] * 2
        client_of_openlibrary.edition("OL1M")
        batch.edition("OL1M")
    assert len(stub.requests) == 5


def test_records_are_remembered_for_a_day():
    assert RECORD_KEPT == 24 * 3600
