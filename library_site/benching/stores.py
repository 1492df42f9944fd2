"""Puts many rows into a table at once, past the models, but with every column and default that they have."""

import csv
import io
import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, JSONField, Model
from django.db.models.fields import NOT_PROVIDED
from django.utils import timezone

Stored = Sequence[Any]


class Store:
    """The table of ``model``. Each row brings ``columns`` ("title", "book_id"); all others get their defaults.

    What the rows bring is written as it is: texts, numbers, and what ``stored`` made of anything else.
    """

    def __init__(self, model: type[Model], *columns: str) -> None:
        self.table, self.columns = model._meta.db_table, columns
        self._fields = {field.attname: field for field in model._meta.concrete_fields if not field.generated}
        self._key = model._meta.pk if isinstance(model._meta.pk, AutoField) else None
        counted = [self._key.attname] if self._key else []
        given = {*counted, *columns}
        self._rest = [
            field
            for name, field in self._fields.items()
            if name not in given and getattr(field, "db_default", NOT_PROVIDED) is NOT_PROVIDED
        ]
        self._all = [self._fields[name] for name in (*counted, *columns)] + self._rest
        self._last = -1

    def stored(self, column: str, value: Any) -> Any:
        """``value`` as the database keeps it in ``column``."""
        return _stored(self._fields[column], value)

    def add(self, rows: Collection[Stored]) -> Sequence[int]:
        """Write ``rows`` and return the keys they got, in their order; none where the rows bring their key."""
        rest = tuple(_default(field) for field in self._rest)
        keys = self._next_keys(len(rows)) if self._key else ()
        whole: Iterable[Stored]
        if self._key:
            whole = ((key, *row, *rest) for key, row in zip(keys, rows, strict=True))
        else:
            whole = ((*row, *rest) for row in rows)
        if connection.vendor == "postgresql":
            self._copy(whole)
        else:
            self._insert(whole)
        return keys

    def _insert(self, rows: Iterable[Stored]) -> None:
        marks = ", ".join(["%s"] * len(self._all))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {self.table} ({_names(self._all)}) VALUES ({marks})", list(rows))  # noqa: S608

    def _copy(self, rows: Iterable[Stored]) -> None:
        """Every text is in quotation marks, so that none is taken for an end of the file; an empty one is no NULL."""
        file = io.StringIO()
        csv.writer(file, quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
        may_lack = [field for field in self._all if field.null]
        options = "FORMAT csv" + (f", FORCE_NULL ({_names(may_lack)})" if may_lack else "")
        sql = f"COPY {self.table} ({_names(self._all)}) FROM STDIN ({options})"
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(sql) as copy:
            copy.write(file.getvalue())

    def _next_keys(self, count: int) -> Sequence[int]:
        assert self._key
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                    [self.table, self._key.column, count],
                )
                return [key for (key,) in cursor.fetchall()]
            if self._last < 0:
                cursor.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = %s", [self.table])
                self._last = cursor.fetchone()[0] or 0
        keys = range(self._last + 1, self._last + count + 1)
        self._last += count
        return keys


def _default(field: Field) -> Any:
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        return _stored(field, timezone.now())
    return _stored(field, field.get_default())


def _stored(field: Field, value: Any) -> Any:
    if isinstance(field, JSONField):
        return None if value is None else json.dumps(value, cls=field.encoder)
    return field.get_db_prep_save(value, connection)


def _names(fields: Iterable[Field]) -> str:
    return ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
