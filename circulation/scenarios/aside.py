"""An empty library beside the real one: for as long as a scenario plays, and gone afterwards.

Every table gets an empty temporary one of the same name and shape, which the database looks at first. So the services
find nothing of the library's own, wait for nobody's locks and use up no numbers; and whatever they write is rolled
back with the tables themselves.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, transaction

MODE = "transaction_mode"  # of a connection to SQLite: how its transactions begin


@contextmanager
def empty_library() -> Iterator[None]:
    """Within, the library is empty and alone; afterwards everything is as it was before, also after an exception."""
    with _waiting_for_nobody(), transaction.atomic():
        _lay_aside()
        yield
        transaction.set_rollback(True)


@contextmanager
def _waiting_for_nobody() -> Iterator[None]:
    """On SQLite the transaction begins as a reader: temporary tables need no lock that the desk would wait for."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    usual = getattr(connection, MODE)
    setattr(connection, MODE, "DEFERRED")
    try:
        yield
    finally:
        setattr(connection, MODE, usual)


def _lay_aside() -> None:
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in _of_sqlite(cursor, set(tables)):
                cursor.execute(statement)
        else:
            for table in tables:
                name = connection.ops.quote_name(table)
                cursor.execute(f"CREATE TEMPORARY TABLE {name} (LIKE {name} INCLUDING ALL)")
            cursor.execute("SET LOCAL search_path TO pg_temp")  # what was forgotten is an error, not the real table


def _of_sqlite(cursor, tables: set[str]) -> list[str]:
    """The statements that made the tables and the indexes that keep something unique, made temporary."""
    cursor.execute(
        "SELECT type, tbl_name, sql FROM main.sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index')"
    )
    rows = [(kind, sql) for kind, table, sql in cursor.fetchall() if table in tables]
    made = [re.sub(r"^CREATE TABLE ", "CREATE TEMPORARY TABLE ", sql) for kind, sql in rows if kind == "table"]
    unique = [sql for kind, sql in rows if kind == "index" and sql.startswith("CREATE UNIQUE INDEX")]
    return made + [re.sub(r'^CREATE UNIQUE INDEX "', 'CREATE UNIQUE INDEX temp."', sql) for sql in unique]
