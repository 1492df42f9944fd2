"""Takes indexes off tables while many rows come in: making them once is much less work than keeping them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import Model

OF_SQLITE = """
    SELECT 'DROP INDEX "' || name || '"', sql FROM sqlite_master
    WHERE type = 'index' AND tbl_name = %s AND sql NOT LIKE 'CREATE UNIQUE%%' ORDER BY name"""
OF_POSTGRES = """
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = %s::regclass AND NOT indisunique"""
FOREIGN_KEYS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
        format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'"""


@contextmanager
def without_indexes(models: list[type[Model]]) -> Iterator[None]:
    """Without the indexes of ``models`` that guard nothing, and in PostgreSQL without their foreign keys.

    At the end all are made again, and the foreign keys checked. To be used in a transaction, which brings everything
    back if the load fails.
    """
    postgres = connection.vendor == "postgresql"
    if postgres:
        connection.check_constraints()  # a table with rows yet to be checked is not changed
    with connection.cursor() as cursor:
        taken: list[tuple[str, str]] = []
        for sql in (OF_POSTGRES, FOREIGN_KEYS) if postgres else (OF_SQLITE,):
            for model in models:
                cursor.execute(sql, [model._meta.db_table])
                taken += cursor.fetchall()
        for drop, _make in taken:
            cursor.execute(drop)
        yield
        for _drop, make in taken:
            cursor.execute(make)
