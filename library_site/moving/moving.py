"""Moving the library: into an empty database, everything or nothing, counted and checked."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction

from library_site.keeping.restoring import has_data
from library_site.moving.tables import (
    copy_rows,
    count_in,
    empty,
    go_on_counting,
    hold_still,
    in_one_transaction,
    table_names,
    tables,
)
from library_site.operation.readiness import missing_migrations

OTHERS = {"openshelf_cache"}
Progress = Callable[[int, int, str], None]


class _Steps:
    """Adds up what was copied of all tables."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def __call__(self, table: str, count: int) -> None:
        self.done += count
        self.progress(self.done, self.total, table)


class NotMoved(Exception):
    """The library is where it was, and why."""


def move(target: Any, url: str, progress: Progress) -> dict[str, int]:
    """Copy the library into the empty database ``target`` at ``url``; the rows of each table.

    ``progress`` hears of rows done, rows in all and the table. Nobody can write to the library meanwhile. Raises
    NotMoved; then the target holds nothing but empty tables, and the move can be begun again.
    """
    refuse(target)
    manage(url, "migrate", "--without-copy", "-v0")
    counts: dict[str, int] = {}
    try:
        with transaction.atomic(), in_one_transaction(target):
            hold_still()
            steps = _Steps(progress, sum(model._base_manager.count() for model in tables()))
            empty(target)
            for model in tables():
                table = model._meta.db_table
                counts[table] = copy_rows(model, target, partial(steps, table))
                if count_in(target, model) != model._base_manager.count():
                    raise NotMoved(f"{table} has not as many rows there as here")
            go_on_counting(target)
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        raise NotMoved(f"{list(counts)[-1] if counts else 'the target'}: {reason}") from error
    return counts


def refuse(target: Any) -> None:
    """Raises NotMoved where the library cannot be moved from here, or not to there."""
    if missing_migrations():
        raise NotMoved("the library is not up to date: manage.py migrate")
    there = set(target.introspection.table_names())
    strange = {name for name in there - table_names() - OTHERS if not name.startswith("catalog_searchtext")}
    if strange or has_data(target):
        what = f"a table {min(strange)}" if strange else "a library"
        raise NotMoved(f"the target is not empty: there is {what}")


def manage(url: str, *arguments: str) -> str:
    """Run a command on the database at ``url``; what it said. Raises NotMoved with its last line if it fails."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "manage.py", *arguments], cwd=settings.BASE_DIR, env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise NotMoved((done.stdout.strip().splitlines() or [f"{arguments[0]} failed"])[-1])
    return done.stdout
