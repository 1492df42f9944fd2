"""Faults that no service would make, planted by SQL past every constraint, to see that they are found."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction


class _TakenOut(Exception):
    pass


@contextmanager
def planted(statement: str, *values: int, without: str = "", of: type[models.Model] | None = None) -> Iterator[None]:
    """The library after this ``statement``, which is taken back at the end.

    ``without``: the constraint that would refuse it, of the table ``of`` the model if it is a check.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor, _checks_off(cursor, without, of):
                cursor.execute(statement, values)
            yield
            raise _TakenOut
    except _TakenOut:
        pass


@contextmanager
def _checks_off(cursor: Any, without: str, of: type[models.Model] | None) -> Iterator[None]:
    if without and not of:
        cursor.execute(f"DROP INDEX {without}")
    if connection.vendor == "sqlite":
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        yield
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
        return
    if of:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {of._meta.db_table} DROP CONSTRAINT {without}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    yield
