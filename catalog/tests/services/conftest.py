"""Open Library as services ask it: for covers, and for three books."""

from collections.abc import Iterator

import pytest

from catalog.openlibrary.client import OpenLibrary
from catalog.tests.openlibrary.stub import Stub, record, redirect
from catalog.tests.services.lists import ISBN


@pytest.fixture
def source(stub: Stub) -> Iterator[OpenLibrary]:
    with OpenLibrary(lane="batch") as client:
        yield client


@pytest.fixture
def three_books(stub: Stub) -> Iterator[OpenLibrary]:
    """Open Library, which knows three books: OL1M with an ISBN, OL2M and OL3M."""
    stub.tell("/search.json", record({"numFound": 0, "docs": []}))
    stub.tell("/books/OL1M.json", record({"key": "/books/OL1M", "title": "Dune", "isbn_13": [ISBN]}))
    stub.tell("/books/OL2M.json", record({"key": "/books/OL2M", "title": "Emma"}))
    stub.tell("/books/OL3M.json", record({"key": "/books/OL3M", "title": "Ulysses"}))
    stub.tell(f"/isbn/{ISBN}.json", redirect("/books/OL1M.json"))
    with OpenLibrary(lane="batch") as client:
        yield client
