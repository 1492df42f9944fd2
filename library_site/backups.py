"""A copy of the SQLite database, complete while others write, and proven before anything is changed."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = 5


class BackupFailed(Exception):
    """No copy that can be trusted could be written."""


class BackupBroken(Exception):
    """A backup that cannot be restored as it is, and why."""


def keep_copy_of(connection: BaseDatabaseWrapper, occasion: str) -> Path | None:
    """Keep a copy of this connection's database, if it is an SQLite file. Raises BackupFailed."""
    if connection.vendor != "sqlite":
        return None
    return keep_copy(Path(connection.settings_dict["NAME"]), Path(settings.BACKUP_ROOT), occasion)


def keep_copy(database: Path, folder: Path, occasion: str) -> Path:
    """Write a copy of ``database`` into ``folder``, verify it, and keep the newest KEPT of this ``occasion``.

    VACUUM INTO is complete while the site runs; copying the file would lose what stands in the write-ahead log.
    Returns the copy's path. Raises BackupFailed.
    """
    copy = folder / f"{occasion}-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.db"
    unfinished = copy.with_suffix(".unfinished")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_copy(database, unfinished)
        unfinished.rename(copy)
    except (sqlite3.Error, OSError) as error:
        if unfinished.exists():
            unfinished.unlink()
        raise BackupFailed(f"its copy could not be written to {copy} ({error})") from error
    for old in [*sorted(folder.glob(f"{occasion}-*.db"))[:-KEPT], *folder.glob("*.unfinished")]:
        old.unlink()
    return copy


def write_copy(database: Path, copy: Path) -> None:
    """Write the copy, prove it and have it on the disk before anybody relies on it."""
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(database, timeout=20)) as source:
        before = rows_of(source)
        source.execute("VACUUM INTO ?", (str(copy),))
        after = rows_of(source)
    _verify(copy, before, after)
    with copy.open("rb") as file:
        os.fsync(file.fileno())


def _verify(copy: Path, before: dict[str, int], after: dict[str, int]) -> None:
    """The copy is whole and has as many rows of each table as the database had before or after, or between."""
    with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the copy is damaged")
        copied = rows_of(connection)
    for table, rows in copied.items():
        low, high = sorted((before.get(table, 0), after.get(table, 0)))
        if not low <= rows <= high:
            raise sqlite3.DatabaseError(f"the copy has {rows} rows of {table} instead of {low}")
    if copied.keys() != after.keys():
        raise sqlite3.DatabaseError("the copy lacks tables")


def rows_of(connection: sqlite3.Connection) -> dict[str, int]:
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {table: connection.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0] for table in tables}  # noqa: S608 - names come from the database itself
