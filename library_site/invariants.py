"""What must always be true of the database itself; checked by ``check_invariants``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Exists, ForeignKey, OuterRef


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read within is as it was at one moment: who writes meanwhile causes no false alarm, and waits for
    nothing. Within a transaction of somebody else's it is that one's moment."""
    if connection.in_atomic_block:
        yield
        return
    with _without_locking(), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _without_locking() -> Iterator[None]:
    """SQLite's transactions keep others from writing as soon as they begin; one that only reads need not."""
    backend: Any = connection
    backend.ensure_connection()
    usual = getattr(backend, "transaction_mode", None)
    backend.transaction_mode = "DEFERRED"
    try:
        yield
    finally:
        backend.transaction_mode = usual


def broken() -> Iterator[str]:
    """A sentence for everything that is not as it must be."""
    yield from _file() if connection.vendor == "sqlite" else _orphans()


def _file() -> Iterator[str]:
    """SQLite looks through its file: pages, indexes, constraints, and rows that point to nothing."""
    with connection.cursor() as cursor:
        yield from (answer for [answer] in cursor.execute("PRAGMA integrity_check").fetchall() if answer != "ok")
        for table, row, parent, _number in cursor.execute("PRAGMA foreign_key_check").fetchall():
            yield f"{table} {row} points to a row of {parent} that is not there"


def _orphans() -> Iterator[str]:
    """Rows that point to nothing, by asking for them."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey):
                parent, key = field.related_model, {field.target_field.attname: OuterRef(field.attname)}
                named = model._base_manager.exclude(**{field.attname: None})
                for row in named.exclude(Exists(parent._base_manager.filter(**key))).values_list("pk", flat=True):
                    yield f"{model._meta.db_table} {row} points to a row of {parent._meta.db_table} that is not there"
