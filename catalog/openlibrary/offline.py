"""Answering from the local copy of Open Library: the same records as the service gives, in milliseconds."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Max, Q

from catalog.isbn import Isbn
from catalog.models import OfflineIsbn, OfflineLoad, OfflineRecord

from .client import OpenLibrary
from .contributors import author_keys, missing_authors
from .errors import OpenLibraryError
from .hits import edition_isbns
from .json_values import items, key_of, read_json
from .keys import olid_of
from .lookup import MOST_AUTHOR_CALLS
from .ranking import rank_editions
from .records import FetchedRecord

MOST_AUTHORS = 50
MOST_EDITIONS = 100  # with one ISBN

logger = logging.getLogger(__name__)


def find_by_isbn(isbn: Isbn, *, language: str = "") -> FetchedRecord | None:
    """The edition with this ISBN in the local copy that is described best, its work and its authors; None if none.

    ``language``: of the library (MARC or ISO 639-1 code); an edition in it is preferred.
    """
    keys = OfflineIsbn.objects.filter(isbn=isbn.value).order_by("edition_key").values_list("edition_key", flat=True)
    rows = _rows(keys[:MOST_EDITIONS])
    editions = {olid: edition for olid, (edition, _load) in rows.items() if isbn.value in edition_isbns(edition)}
    if not editions:
        return None
    best = rank_editions(list(editions.values()), isbn=isbn.value, language=language)[0]
    olid = next(olid for olid, edition in editions.items() if edition is best)
    return _whole(best, rows[olid][1])


def find_by_key(olid: str) -> FetchedRecord | None:
    """The edition ``olid`` (OL7353617M) in the local copy, its work and its authors; None if it is not there."""
    found = _rows([olid]).get(olid) if olid.endswith("M") else None
    return _whole(*found) if found else None


def complete(record: FetchedRecord, client: OpenLibrary) -> FetchedRecord:
    """``record`` from the local copy with the work and the authors that are not there, where Open Library has them.

    Most of those were merged into others. What cannot be had stays missing: it raises nothing.
    """
    try:
        with client.lookup():
            if not record.work and (olid := work_key(record.edition)):
                work = _asked(partial(client.work, olid))
                record = replace(record, work=work, authors={**_authors(record.edition, work), **record.authors})
            for olid in missing_authors(record)[:MOST_AUTHOR_CALLS]:
                if author := _asked(partial(client.author, olid)):
                    record = replace(record, authors={**record.authors, f"/authors/{olid}": author})
    except OpenLibraryError as error:
        logger.info("Open Library: the local copy lacks a part, and: %s", error)
    return record


def date_of_copy() -> date | None:
    """The day of the newest dumps in the local copy; None while there is no such copy."""
    return OfflineLoad.objects.aggregate(day=Max("as_of"))["day"]


def work_key(edition: dict[str, Any]) -> str:
    """The key (OL1W) of the work of an edition; "" if it names none."""
    keys = (olid_of(key_of(work)) for work in items(edition.get("works")))
    return next((key for key in keys if key.endswith("W")), "")


def _whole(edition: dict[str, Any], load_number: int) -> FetchedRecord:
    olid = work_key(edition)
    work = _records([olid]).get(olid, {}) if olid else {}
    return FetchedRecord(edition, work, _authors(edition, work), as_of=_day_of(load_number))


def _authors(edition: dict[str, Any], work: dict[str, Any]) -> dict[str, Any]:
    return {f"/authors/{olid}": author for olid, author in _records(author_keys(edition, work)[:MOST_AUTHORS]).items()}


def _records(olids: Iterable[str]) -> dict[str, dict[str, Any]]:
    return {olid: record for olid, (record, _load) in _rows(olids).items()}


def _rows(olids: Iterable[str]) -> dict[str, tuple[dict[str, Any], int]]:
    """Key -> the record and the number of its load. One that cannot be used is left out: the service may know it."""
    wanted = list(olids)
    rows = OfflineRecord.objects.filter(key__in=wanted).values_list("key", "data", "load_number") if wanted else []
    read = {olid: (_read(data), load) for olid, data, load in rows}
    return {olid: read[olid] for olid in wanted if olid in read and read[olid][0]}


def _read(data: str) -> dict[str, Any]:
    try:
        record = read_json(data.encode())
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _asked(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``ask`` gives; {} when Open Library does not have it. Raises what says that asking on makes no sense."""
    try:
        return ask()
    except OpenLibraryError as error:
        if error.code != "not_found":
            raise
        return {}


def _day_of(load_number: int) -> date | None:
    """The day for which a record of this load holds: later dumps of the same selection did not change it."""
    same = OfflineLoad.objects.filter(pk=load_number).values("selection")
    later = Q(state=OfflineLoad.State.DONE, selection__in=same)
    return OfflineLoad.objects.filter(Q(pk=load_number) | later).aggregate(day=Max("as_of"))["day"]
