"""What the worker goes on with in the catalogue. Each function does one piece and says whether there was one.

``should_stop`` says whether the worker was told to stop; what takes long then ends early and loses nothing.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from accounts.models import LibrarySettings
from accounts.services import work
from accounts.services.collecting import seldom_collected
from catalog.models import ImportBatch
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.services.applying import continue_applying
from catalog.services.covers import fetch_next_cover
from catalog.services.lookups import continue_lookups, is_looked_up
from catalog.services.search import write_stale
from catalog.services.spelling import forget_words
from catalog.services.staging import stage_file
from circulation.queries.stock import stock_for_search
from circulation.services.importing import APPLIERS, judges_of
from circulation.services.readers import read_rows
from circulation.services.undoing import continue_undoing

COLLECTING = ImportBatch.Phase.COLLECTING
OTHERS = [phase for phase in ImportBatch.Phase.values if phase != COLLECTING]


def never() -> bool:
    return False


def go_on_with_imports(should_stop: Callable[[], bool] = never) -> bool:
    """A turn for whoever is scanning, and one for the oldest other import, however long that one takes in all."""
    is_scanned = _turn_for(should_stop, phase=COLLECTING)
    return _turn_for(should_stop, phase__in=OTHERS) or is_scanned


def _turn_for(should_stop: Callable[[], bool], **only: Any) -> bool:
    batch = work.claim_next(ImportBatch, **only)
    if batch is None:
        return False
    go_on_with_import(batch, should_stop=should_stop)
    return True


def go_on_with_import(
    batch: ImportBatch, should_stop: Callable[[], bool] = never, on_step: Callable[[], None] = lambda: None
) -> None:
    """Give a claimed ``batch`` a turn at whatever it waits for. ``on_step`` is called whenever some of it is done."""
    if is_looked_up(batch):
        try:
            with batch_client() as client:
                continue_lookups(batch, client, lambda _row: on_step(), should_stop)
        except OpenLibraryError as error:
            work.try_later(batch, error.message)
    elif batch.phase == ImportBatch.Phase.STAGING:
        with seldom_collected():
            stage_file(batch, read_rows, judges_of(batch), should_stop=should_stop, on_chunk=lambda _lines: on_step())
    elif batch.phase == ImportBatch.Phase.APPLYING:
        with seldom_collected():
            continue_applying(batch, APPLIERS, should_stop=should_stop, on_chunk=lambda _done: on_step())
    elif batch.phase == ImportBatch.Phase.UNDOING:
        continue_undoing(batch, should_stop=should_stop, on_chunk=lambda _done: on_step())


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
