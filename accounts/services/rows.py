"""Writing many rows at once. Django's bulk_create takes several times as long, because it makes much of each value."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, models

VALUES_AT_ONCE = 10_000  # in one statement; SQLite takes some 32,000
Row = Sequence[Any]


def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Row], *, replacing: Sequence[str] = ()
) -> None:
    """Insert ``rows`` into the table of ``model``: the values of its fields ``names``, foreign keys as keys.

    Other fields get their defaults. Nothing is checked but by the database. ``replacing``: where a row with the same
    primary key is there already it gets these fields of the new one.
    """
    statement = _Statement(model, names)
    values = [statement.values(row) for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement.insert(1) + statement.replacing(replacing), values)


def insert_and_key(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> list[int]:
    """As ``insert_rows``; the keys that the database gave, in the order of ``rows``."""
    statement = _Statement(model, names)
    values = [statement.values(row) for row in rows]
    at_once = max(1, VALUES_AT_ONCE // len(statement.columns))
    keys: list[int] = []
    with connection.cursor() as cursor:
        for start in range(0, len(values), at_once):
            piece = values[start : start + at_once]
            cursor.execute(statement.insert(len(piece)) + statement.returning(), [v for row in piece for v in row])
            keys += [key for (key,) in cursor.fetchall()]
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

    def insert(self, rows: int) -> str:
        quote = connection.ops.quote_name
        holes = f"({', '.join(['%s'] * len(self.columns))})"
        columns = ", ".join(map(quote, self.columns))
        return f"INSERT INTO {quote(self.meta.db_table)} ({columns}) VALUES {', '.join([holes] * rows)}"  # noqa: S608 - names of our own tables

    def returning(self) -> str:
        return f" RETURNING {connection.ops.quote_name(self.meta.pk.column)}"

    def replacing(self, names: Sequence[str]) -> str:
        quote = connection.ops.quote_name
        columns = [quote(self.meta.get_field(name).column) for name in names]
        given = ", ".join(f"{column} = excluded.{column}" for column in columns)
        return f" ON CONFLICT ({quote(self.meta.pk.column)}) DO UPDATE SET {given}" if names else ""


def _column(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _of_field(field: models.Field) -> Callable[[Any], Any] | None:
    """How the database wants values of ``field``, where that is not as Python has them."""
    if isinstance(field, models.JSONField):
        return json.dumps
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.DateField):
        return _day
    return None


def _moment(value: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _day(value: date | None) -> Any:
    return connection.ops.adapt_datefield_value(value)


def _prepared(field: Any) -> Any:
    """The default of ``field`` as the database wants it."""
    prepare, value = _of_field(field), field.get_default()
    return prepare(value) if prepare else value
