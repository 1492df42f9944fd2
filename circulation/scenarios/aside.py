"""An empty library beside the real one: for as long as a scenario plays, and gone afterwards.

Every table gets an empty temporary one of the same name and shape, which the database looks at first. So the services
find nothing of the library's own, wait for nobody's locks and use up no numbers; and whatever they write is rolled
back with the tables themselves.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from catalog.search.sqlite import TABLES_OF_WORDS

# What SQLite makes, by how the statement begins, and how that begins for something temporary; in this order.
ASIDE = {
    "CREATE TABLE ": "CREATE TEMPORARY TABLE ",
    "CREATE VIRTUAL TABLE ": "CREATE VIRTUAL TABLE temp.",
    'CREATE UNIQUE INDEX "': 'CREATE UNIQUE INDEX temp."',
    "CREATE TRIGGER ": "CREATE TEMPORARY TRIGGER ",
}
MODE = "transaction_mode"  # of a connection to SQLite: how its transactions begin
_is_laid: ContextVar[bool] = ContextVar("_is_laid", default=False)


@contextmanager
def empty_library() -> Iterator[None]:
    """Within, the library is empty and alone; afterwards everything is as it was before, also after an exception.

    May be entered again within: whoever plays many scenarios lays the tables out once. Each entry is empty.
    """
    with _waiting_for_nobody(), transaction.atomic():
        if _is_laid.get():
            yield
        else:
            _lay_aside()
            token = _is_laid.set(True)
            try:
                yield
            finally:
                _is_laid.reset(token)
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
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    kinds = list(ContentType.objects.all())
    with connection.cursor() as cursor:
        statements = _of_sqlite(cursor, tables) if connection.vendor == "sqlite" else _of_postgres(cursor, tables)
        for statement in statements:
            cursor.execute(statement)
    ContentType.objects.bulk_create(kinds)  # every process keeps in mind which number each kind of thing has


def _of_sqlite(cursor, tables: set[str]) -> list[str]:
    """The statements that made the tables, the indexes that keep something unique and the triggers, made temporary.

    The words that search looks through stand in tables of their own, which no model has.
    """
    cursor.execute("SELECT tbl_name, sql FROM main.sqlite_master WHERE sql IS NOT NULL")
    of_ours = [sql for table, sql in cursor.fetchall() if table in {*tables, *TABLES_OF_WORDS}]
    return [re.sub(f"^{kind}", aside, sql) for kind, aside in ASIDE.items() for sql in of_ours if sql.startswith(kind)]


def _of_postgres(cursor, tables: set[str]) -> list[str]:
    """The same; and from then on nothing else is looked at: what was forgotten is an error, not the real table."""
    alike = "INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING IDENTITY INCLUDING GENERATED"
    made = [f'CREATE TEMPORARY TABLE "{table}" (LIKE "{table}" {alike})' for table in sorted(tables)]
    cursor.execute(
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = ANY(%s)"
        " AND indexdef LIKE 'CREATE UNIQUE INDEX %%'",
        [sorted(tables)],
    )
    unique = [re.sub(r" ON \S+ USING ", f' ON pg_temp."{table}" USING ', sql) for table, sql in cursor.fetchall()]
    return [*made, *unique, "SET LOCAL search_path TO pg_temp"]
