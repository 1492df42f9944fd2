"""What the worker goes on with in the catalogue. Each function does one piece and says whether there was one."""

from typing import Any

from django.conf import settings

from accounts.models import LibrarySettings
from accounts.services import work
from catalog.models import ImportBatch
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.services.batches import continue_import
from catalog.services.covers import fetch_next_cover


def go_on_with_imports() -> bool:
    batch = work.claim_next(ImportBatch)
    if batch is None:
        return False
    try:
        with batch_client() as client:
            continue_import(batch, client)
    except OpenLibraryError as error:
        work.try_later(batch, error.message)
    return True


def go_on_with_covers() -> bool:
    if not contact():
        return False
    with batch_client() as client:
        return fetch_next_cover(client)


def batch_client(lane: str = "batch", **options: Any) -> OpenLibrary:
    """A client that has time: many retries, no person waiting."""
    return OpenLibrary(contact=contact(), lane=lane, **options)


def contact() -> str:
    """How Open Library can reach whoever runs this library: the environment's word, else the settings'."""
    return settings.OPENLIBRARY_CONTACT or LibrarySettings.current().contact_email
