"""Open Library with a book in it, a worker that runs, and a book here that may be the same."""

import pytest

from accounts.services.work import beat
from catalog.drafts import BookDraft
from catalog.models import Book
from catalog.services.books import add_book
from catalog.tests.openlibrary.stub import Stub
from catalog.tests.views.pages import FOX, know_the_fox


@pytest.fixture(autouse=True)
def _worker(stub: Stub) -> None:
    """A worker that runs, so that no page says there is none."""
    beat()


@pytest.fixture
def fox(stub: Stub) -> Stub:
    """Open Library knowing one book."""
    know_the_fox(stub)
    return stub


@pytest.fixture
def other_book(fox: Stub) -> Book:
    """A book here with the fox's ISBN and quite another title: publishers use numbers again."""
    return add_book(BookDraft(title="Gardening for Beginners", isbns=(FOX,)), stock=1, by=None)
