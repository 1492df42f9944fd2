"""Writing the local copy of Open Library: many records at once, by the fastest way of each database."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, models, transaction

from accounts.models import Action, User
from accounts.services.actions import recorded
from catalog.models import OfflineIsbn, OfflineLoad, OfflineRecord
from catalog.openlibrary.dump import read_object
from catalog.openlibrary.sieves import NumberSet, isbn_values

# Which records name those of a kind, and how.
NAMED_BY = {"work": ("M",), "author": ("M", "W")}
NAMES = {
    "work": re.compile(r'"/(?:works|w)/OL(\d+)W"'), "author": re.compile(r'"/(?:authors|a)/OL(\d+)A"'),
}  # fmt: skip
SUFFIXES = {"work": "W", "author": "A"}
LONGEST_NUMBER = 12


class Row(NamedTuple):
    """A record to be kept: its key (OL1M), revision, JSON as text, and the ISBNs (``Isbn.value``) of an edition."""

    key: str
    revision: int
    data: str
    isbns: Iterable[str] = ()


@transaction.atomic
def store_records(rows: list[Row], load: OfflineLoad) -> Counter[str]:
    """Keep ``rows`` in the local copy, for ``load``; how many were new, updated, or the same.

    A record that is here in this revision or a later one stays as it is.
    """
    newest: dict[str, Row] = {}
    for row in rows:
        if row.key not in newest or newest[row.key].revision < row.revision:
            newest[row.key] = row
    known = _known(list(newest))
    wanted = [row for key, row in newest.items() if row.revision > known.get(key, -1)]
    updated = [row.key for row in wanted if row.key in known]
    _forget(updated)
    _insert(OfflineRecord, [(row.key, row.revision, load.pk, row.data) for row in wanted])
    _insert(OfflineIsbn, [(isbn, row.key) for row in wanted for isbn in row.isbns])
    return Counter(new=len(wanted) - len(updated), updated=len(updated), same=len(rows) - len(wanted))


@recorded("drop_local_copy")
def drop_local_copy(action: Action, *, by: User | None, now: datetime) -> int:
    """Take the whole local copy away; the number of its records."""
    count = OfflineRecord.objects.count()
    how = "TRUNCATE TABLE" if connection.vendor == "postgresql" else "DELETE FROM"
    with connection.cursor() as cursor:
        for model in (OfflineRecord, OfflineIsbn):
            cursor.execute(f"{how} {model._meta.db_table}")
    OfflineLoad.objects.all().delete()
    action.after = {"records": count}
    return count


def named_by_stored(kind: str) -> NumberSet:
    """The numbers in the keys of the works (or authors; ``kind``) that records of the local copy name."""
    named = NumberSet()
    for suffix in NAMED_BY[kind]:
        records = OfflineRecord.objects.filter(key__endswith=suffix).values_list("data", flat=True)
        for data in records.iterator(chunk_size=2_000):
            for number in NAMES[kind].findall(data):
                if len(number) <= LONGEST_NUMBER:
                    named.add(int(number))
    return named


def count_missing(kind: str) -> int:
    """How many works (or authors; ``kind``) are named in the local copy and are not in it."""
    named = named_by_stored(kind)
    keys = OfflineRecord.objects.filter(key__endswith=SUFFIXES[kind]).values_list("key", flat=True)
    return len(named) - sum(int(key[2:-1]) in named for key in keys.iterator(chunk_size=10_000))


def _known(keys: list[str]) -> dict[str, int]:
    """The revisions of those that are here. The keys are one parameter: binding each takes longer than finding it."""
    is_postgres = connection.vendor == "postgresql"
    among = "= ANY(%s)" if is_postgres else "IN (SELECT value FROM json_each(%s))"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, revision FROM {OfflineRecord._meta.db_table} WHERE key {among}",  # noqa: S608
            [keys if is_postgres else json.dumps(keys)],
        )
        return dict(cursor.fetchall())


def _forget(keys: list[str]) -> None:
    """Take records away that a later revision replaces, with the ISBNs that they bore."""
    if not keys:
        return
    records = OfflineRecord.objects.filter(key__in=keys)
    bore = {isbn for data in records.values_list("data", flat=True) for isbn in isbn_values(read_object(data.encode()))}
    OfflineIsbn.objects.filter(isbn__in=bore, edition_key__in=keys).delete()
    records.delete()


def _insert(model: type[models.Model], rows: list[tuple[Any, ...]]) -> None:
    """Put ``rows`` into the table of ``model``, their values in the order of its columns."""
    if not rows:
        return
    table, columns = model._meta.db_table, [field.column for field in model._meta.concrete_fields if field.column]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)  # noqa: S608
