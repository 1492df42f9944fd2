"""Writing many rows at once. Django's bulk_create takes several times as long, because it makes much of each value."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from django.db import connection, models

FEW = 20  # rows of one statement; for more it pays to draw their keys first
Row = Sequence[Any]


def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Row], *, replacing: Sequence[str] = (),
    known_by: str = "pk",
) -> None:  # fmt: skip
    """Insert ``rows`` into the table of ``model``: the values of its fields ``names``, foreign keys as keys.

    Other fields get their defaults. Nothing is checked but by the database. ``replacing``: where a row with the same
    value of the unique field ``known_by`` is there already it gets these fields of the new one.
    """
    statement = _Statement(model, names)
    values = [statement.values(row) for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement.insert() + statement.replacing(replacing, known_by), values)


def insert_and_key(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> list[int]:
    """As ``insert_rows``; the keys that they got, in the order of ``rows``."""
    rows, meta = list(rows), model._meta
    if len(rows) <= FEW or not connection.in_atomic_block:
        return _insert_returning(model, names, rows)
    keys = _next_keys(meta, len(rows))
    insert_rows(model, (meta.pk.name, *names), [(key, *row) for key, row in zip(keys, rows, strict=True)])
    return keys


def save_new(model: type[models.Model], names: Sequence[str], instances: Sequence[models.Model]) -> None:
    """Insert new ``instances`` with the values of their fields ``names``; they have their keys afterwards."""
    held = attributes(model, names)
    keys = insert_and_key(model, names, [[getattr(each, name) for name in held] for each in instances])
    for each, key in zip(instances, keys, strict=True):
        each.pk, each._state.adding, each._state.db = key, False, connection.alias


def attributes(model: type[models.Model], names: Sequence[str]) -> tuple[str, ...]:
    """The attributes of instances in which the values of the fields ``names`` stand as ``insert_rows`` takes them."""
    return tuple(_column(model, name).attname for name in names)


def as_json(value: Any) -> str:
    """``value`` as text of JSON; what orjson refuses (halves of characters, numbers of many digits) by Python's own."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


def _insert_returning(model: type[models.Model], names: Sequence[str], rows: Sequence[Row]) -> list[int]:
    statement = _Statement(model, names)
    returning = f" RETURNING {connection.ops.quote_name(statement.meta.pk.column)}"
    keys: list[int] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), FEW):
            piece = [statement.values(row) for row in rows[start : start + FEW]]
            cursor.execute(statement.insert(len(piece)) + returning, [value for row in piece for value in row])
            keys += [key for (key,) in cursor.fetchall()]
    return keys


def _next_keys(meta: Any, count: int) -> list[int]:
    """The keys that the next ``count`` rows of a table get, and nobody else."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            drawn = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(drawn, [connection.ops.quote_name(meta.db_table), meta.pk.column, count])
            return [key for (key,) in cursor.fetchall()]
        # Whoever writes to SQLite is alone until the transaction ends.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [meta.db_table])
        last = (cursor.fetchone() or (0,))[0]
    return list(range(last + 1, last + 1 + count))


class _Statement:
    """The INSERT of a table: which columns, and how a value of each is handed to the database."""

    def __init__(self, model: type[models.Model], names: Sequence[str]) -> None:
        self.meta: Any = model._meta
        named = [_column(model, name) for name in names]
        others = [f for f in self.meta.concrete_fields if f not in named and not isinstance(f, models.AutoField)]
        self.columns = [field.column for field in (*named, *others)]
        self.prepare = [(n, prepare) for n, field in enumerate(named) if (prepare := _of_field(field))]
        self.rest = [_prepared(field) for field in others]

    def values(self, row: Row) -> list[Any]:
        values = [*row, *self.rest]
        for n, prepare in self.prepare:
            values[n] = prepare(values[n])
        return values

    def insert(self, rows: int = 1) -> str:
        quote = connection.ops.quote_name
        columns, holes = ", ".join(map(quote, self.columns)), ", ".join(["%s"] * len(self.columns))
        listed = ", ".join([f"({holes})"] * rows)
        return f"INSERT INTO {quote(self.meta.db_table)} ({columns}) VALUES {listed}"  # noqa: S608 - names of our own tables

    def replacing(self, names: Sequence[str], known_by: str) -> str:
        quote, key = connection.ops.quote_name, self.meta.pk if known_by == "pk" else self.meta.get_field(known_by)
        columns = [quote(self.meta.get_field(name).column) for name in names]
        given = ", ".join(f"{column} = excluded.{column}" for column in columns)
        return f" ON CONFLICT ({quote(key.column)}) DO UPDATE SET {given}" if names else ""


def _column(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _of_field(field: models.Field) -> Callable[[Any], Any] | None:
    """How the database wants values of ``field``, where that is not as Python has them."""
    if isinstance(field, models.JSONField):
        return as_json
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, models.DateField):
        return connection.ops.adapt_datefield_value
    return None


def _prepared(field: Any) -> Any:
    """The default of ``field`` as the database wants it."""
    prepare, value = _of_field(field), field.get_default()
    return prepare(value) if prepare else value
