"""Loads a data set into the library: whole or not at all."""

import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import LibrarySettings, Member
from catalog.models import Author, Book, Subject
from library_site.benching.borrowers import Borrowers
from library_site.benching.shelves import Shelves
from library_site.benching.tables import BadData, Folder, Row

BATCH = 2_000


class Loaded(NamedTuple):
    """So many rows of the file ``name`` were loaded in so many seconds."""

    name: str
    rows: int
    seconds: float


def is_empty() -> bool:
    """Whether the library has neither books nor members."""
    return not any(model._default_manager.exists() for model in (Book, Author, Subject, Member))


@transaction.atomic
def load(folder: Folder, tell: Callable[[str, int, int], None]) -> list[Loaded]:
    """Load every file of ``folder`` in one transaction; memory does not grow with the number of rows.

    ``tell`` is told of the file, of the rows loaded and of how many there are. A library that was not set up counts
    as set up afterwards, so that its pages show. Raises BadData and what the database refuses.
    """
    LibrarySettings.objects.filter(pk=1, set_up_at=None).update(set_up_at=timezone.now())
    shelves = Shelves()
    borrowers = Borrowers(shelves, _loans_by_member(folder))
    steps = {
        "authors": shelves.take_authors,
        "subjects": shelves.take_subjects,
        "publishers": shelves.take_publishers,
        "places": shelves.take_places,
        "titles": shelves.take_titles,
        "copies": shelves.take_copies,
        "members": borrowers.take_members,
        "loans_past": borrowers.take_loans_past,
        "loans_active": borrowers.take_loans_active,
    }
    return [_load_file(folder, name, take, tell) for name, take in steps.items()]


def gather_statistics() -> None:
    """Let PostgreSQL's planner know of the new rows at once; it would find out by itself within minutes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _load_file(
    folder: Folder, name: str, take: Callable[[list[Row]], None], tell: Callable[[str, int, int], None]
) -> Loaded:
    total, done, began = folder.count(name), 0, time.monotonic()
    tell(name, done, total)
    for rows in folder.batches(name, BATCH):
        try:
            take(rows)
        except ValueError as error:
            raise BadData(f"{name}.csv, ids {rows[0]['id']} to {rows[-1]['id']}: {error}") from error
        done += len(rows)
        tell(name, done, total)
    return Loaded(name, done, time.monotonic() - began)


def _loans_by_member(folder: Folder) -> Counter[str]:
    return Counter(row["member_id"] for name in ("loans_past", "loans_active") for row in folder.rows(name))
