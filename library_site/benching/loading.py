"""Loads a data set into the library: whole or not at all."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from accounts.models import Card, LibrarySettings, Member
from catalog.models import Author, Book, BookIdentifier, Contributor, Copy, Subject
from catalog.search.engine import engine
from catalog.services.search import rebuild
from circulation.models import Loan
from circulation.queries.stock import stock_for_search
from library_site.benching.borrowers import Borrowers
from library_site.benching.indexes import without_indexes
from library_site.benching.shelves import Shelves
from library_site.benching.tables import BadData, Folder, Row

BATCH = 5_000
FILLED: list[type[Model]] = [
    Author, Subject, Book, Contributor, Book.subjects.through, BookIdentifier, Copy, Card, Member, Loan,
]  # fmt: skip

Tell = Callable[[str, int, int], None]


class Loaded(NamedTuple):
    """So many rows of the file ``name`` were loaded in so many seconds."""

    name: str
    rows: int
    seconds: float


def is_empty() -> bool:
    """Whether the library has neither books nor members."""
    return not any(model._default_manager.exists() for model in (Book, Author, Subject, Member))


def load(folder: Folder, tell: Tell) -> list[Loaded]:
    """Load every file of ``folder`` in one transaction; of the rows memory keeps the keys only.

    ``tell`` is told of the file, of the rows loaded and of how many there are. A library that was not set up counts
    as set up afterwards, so that its pages show. Raises BadData and what the database refuses.
    """
    with _settings_for_one_load(), transaction.atomic():
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
        with without_indexes(FILLED):
            loaded = [_load_file(folder, name, take, tell) for name, take in steps.items()]
            tell("indexes", 0, 1)
    return loaded


def build_search(tell: Tell) -> Loaded:
    """Write the search documents of the books that were loaded, as ``rebuild_search`` does."""
    total, began = Book.objects.count(), time.monotonic()
    tell("search", 0, total)
    rebuild(stock_for_search, tell=lambda done, _after: tell("search", done, total))
    engine().tidy()
    return Loaded("documents", total, time.monotonic() - began)


def gather_statistics() -> None:
    """Let PostgreSQL's planner know of the new rows at once; it would find out by itself within minutes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


@contextmanager
def _settings_for_one_load() -> Iterator[None]:
    """SQLite with much memory, and without a look at every foreign key: all keys are those of rows just written."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("PRAGMA cache_size=-256000")
    try:
        yield
    finally:
        connection.close()  # the next one has the usual settings


def _load_file(folder: Folder, name: str, take: Callable[[list[Row]], None], tell: Tell) -> Loaded:
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
