"""What a migration may do while the program of the release before still runs: add, and nothing else."""

import gzip
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db.migrations import operations as does
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from library_site.tests import released

OURS = ("accounts", "catalog", "circulation")
# In a migration that cannot keep to it: a sentence why the program of the release before gets along with it all the
# same (it has not known the column since 0.2.0), or that the site has to be stopped.
MARK = "WITH_THE_PROGRAM_BEFORE"
TAKES_AWAY = (
    does.DeleteModel, does.RenameModel, does.RemoveField, does.RenameField, does.AlterModelTable,
    does.AlterOrderWithRespectTo,
)  # fmt: skip
Migrations = dict[tuple[str, str], Any]


def released_migrations() -> set[tuple[str, str]]:
    """App and name of every migration that a released version brought."""
    found: set[tuple[str, str]] = set()
    for version in released.versions("sqlite"):
        with tempfile.NamedTemporaryFile() as file, gzip.open(released.file_of(version, "sqlite")) as packed:
            Path(file.name).write_bytes(packed.read())
            with closing(sqlite3.connect(file.name)) as database:
                found |= set(database.execute("SELECT app, name FROM django_migrations"))
    return found


def own_migrations() -> Migrations:
    """Every migration of ours."""
    shipped = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return {key: migration for key, migration in shipped.items() if key[0] in OURS}


def not_only_adding(migrations: Migrations, released: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A sentence for everything that a migration after the ``released`` ones does beside adding.

    What is done to a table that was made since is nobody's business yet.
    """
    later = {key: each for key, each in migrations.items() if key not in set(released)}
    new = {
        (app, each.name_lower)
        for (app, _name), migration in later.items()
        for each in migration.operations
        if isinstance(each, does.CreateModel)
    }
    for (app, name), migration in later.items():
        if not getattr(migration, MARK, ""):
            for each in _on_the_database(migration.operations):
                if (app, _model_of(each)) not in new and (reason := _trouble(each)):
                    yield f"{app} {name}: {each.describe()}: {reason}"


def _on_the_database(operations: Iterable[Operation]) -> Iterator[Operation]:
    for each in operations:
        if isinstance(each, does.SeparateDatabaseAndState):
            yield from _on_the_database(each.database_operations)
        else:
            yield each


def _model_of(operation: Operation) -> str:
    return str(getattr(operation, "model_name", "") or getattr(operation, "name", "")).lower()


def _trouble(operation: Operation) -> str:
    if isinstance(operation, TAKES_AWAY):
        return "the program before still asks for it"
    if isinstance(operation, does.AddField) and not _may_be_left_out(operation.field):
        return "the program before writes rows without it: null=True or db_default"
    if isinstance(operation, does.AlterField):
        return "whether the program before gets along with it has to be said"
    if isinstance(operation, does.AddConstraint):
        return "the program before does not keep to it"
    if isinstance(operation, does.RunSQL):
        return "what it does cannot be seen"
    return ""


def _may_be_left_out(field: Any) -> bool:
    return field.null or field.many_to_many or field.has_db_default() or field.generated
