"""What the worker goes on with in the catalogue. Each function does one piece and says whether there was one.

``should_stop`` says whether the worker was told to stop; what takes long then ends early and loses nothing.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from accounts.models import LibrarySettings
from accounts.services import work
from catalog.models import ImportBatch
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.services.batches import continue_import
from catalog.services.covers import fetch_next_cover
from catalog.services.search import write_stale
from catalog.services.spelling import forget_words
from circulation.queries.stock import stock_for_search


def never() -> bool:
    return False


def go_on_with_imports(should_stop: Callable[[], bool] = never) -> bool:
    batch = work.claim_next(ImportBatch)
    if batch is None:
        return False
    try:
        with batch_client() as client:
            continue_import(batch, client, should_stop=should_stop)
    except OpenLibraryError as error:
        work.try_later(batch, error.message)
    return True


def go_on_with_covers(_should_stop: Callable[[], bool] = never) -> bool:
    if not contact():
        return False
    with batch_client() as client:
        return fetch_next_cover(client)


def go_on_with_search(_should_stop: Callable[[], bool] = never) -> bool:
    """Write some of the search documents that are marked as stale, and forget some of the words that no book has."""
    return write_stale(stock_for_search) + forget_words() > 0


def batch_client(lane: str = "batch", **options: Any) -> OpenLibrary:
    """A client that has time: many retries, no person waiting."""
    return OpenLibrary(contact=contact(), lane=lane, **options)


def contact() -> str:
    """How Open Library can reach whoever runs this library: the environment's word, else the settings'."""
    return settings.OPENLIBRARY_CONTACT or LibrarySettings.current().contact_email
