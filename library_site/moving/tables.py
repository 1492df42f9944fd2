"""The rows of one table from the library's database to another, and the numbers the next rows get there."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

CHUNK = 2_000
OnRows = Callable[[int], None]


def tables() -> list[type[models.Model]]:
    """Every table the models have, those of relations included; not the one that says what was migrated."""
    models_of_all = apps.get_models(include_auto_created=True)
    return [model for model in models_of_all if model._meta.managed and not model._meta.proxy]


def table_names() -> set[str]:
    """Every table that ``migrate`` makes, as far as the models know them."""
    return {model._meta.db_table for model in tables()} | {MigrationRecorder.Migration._meta.db_table}


@contextmanager
def in_one_transaction(target: Any) -> Iterator[None]:
    """All of what is written to ``target``, or nothing. Foreign keys are checked at its end."""
    with target.cursor() as cursor:
        cursor.execute("BEGIN")
    try:
        yield
    except BaseException:
        with target.cursor() as cursor:
            cursor.execute("ROLLBACK")
        raise
    with target.cursor() as cursor:
        cursor.execute("COMMIT")


def hold_still() -> None:
    """Keep everybody from writing until the transaction ends. An SQLite library is held by its transaction alone."""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in tables())
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def empty(target: Any) -> None:
    """Take away what ``migrate`` put into the tables of ``target``."""
    names = [target.ops.quote_name(model._meta.db_table) for model in tables()]
    with target.cursor() as cursor:
        if target.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(names)}")
        else:
            for name in names:
                cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - a table of a model


def copy_rows(model: type[models.Model], target: Any, on_rows: OnRows) -> int:
    """Copy all rows of ``model`` to ``target``, a few thousand at a time; how many."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields)).iterator(CHUNK)
    ready = ([field.get_db_prep_save(value, target) for field, value in zip(fields, row, strict=True)] for row in rows)
    columns = [target.ops.quote_name(field.column) for field in fields]
    table = target.ops.quote_name(model._meta.db_table)
    put = _copied if target.vendor == "postgresql" else _inserted
    count = 0
    while chunk := list(islice(ready, CHUNK)):
        put(target, table, columns, chunk)
        count += len(chunk)
        on_rows(len(chunk))
    return count


def _copied(target: Any, table: str, columns: list[str], rows: Sequence[Sequence[Any]]) -> None:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with target.wrap_database_errors, target.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _inserted(target: Any, table: str, columns: list[str], rows: Sequence[Sequence[Any]]) -> None:
    marks = ", ".join(["%s"] * len(columns))
    with target.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608 - names of a model


def count_in(target: Any, model: type[models.Model]) -> int:
    """How many rows of ``model`` there are in ``target``."""
    with target.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {target.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - a table of a model
        return cursor.fetchone()[0]


def go_on_counting(target: Any) -> None:
    """Let the next rows of ``target`` get the numbers they would have got here: none is given a second time."""
    with target.cursor() as cursor:
        for statement in target.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)
        for table, column, last in _last_numbers():
            _set_last(cursor, target.vendor, table, column, last)


def _last_numbers() -> list[tuple[str, str, int]]:
    """Table, column and the last number given, for every table that counts its rows."""
    found = []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            last = dict(cursor.fetchall())
            counted = [model._meta for model in tables() if last.get(model._meta.db_table)]
            return [(meta.db_table, str(meta.pk.column), last[meta.db_table]) for meta in counted]
        for each in connection.introspection.sequence_list():
            cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {each['name']}")  # noqa: S608 - from the database itself
            [[last_value]] = cursor.fetchall()
            if last_value and each["table"] in table_names():
                found.append((each["table"], each["column"], last_value))
    return found


def _set_last(cursor: Any, vendor: str, table: str, column: str, last: int) -> None:
    if vendor == "postgresql":
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, column, last])
        return
    cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
    cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
