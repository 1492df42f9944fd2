"""A copy of the SQLite database, complete while others write, and proven before anything is changed."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

KEPT = 5


class BackupFailed(Exception):
    """No copy that can be trusted could be written."""


def copy_before_migrating(database: Path, folder: Path) -> Path:
    """Write a copy of ``database`` into ``folder``, verify it, and keep the newest KEPT. Returns the copy's path.

    VACUUM INTO is complete while the site runs; copying the file would lose what stands in the write-ahead log.
    Raises BackupFailed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"before-migrating-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.db"
    copy = folder / name
    try:
        with sqlite3.connect(database, timeout=20) as source:
            before = _rows(source)
            source.execute("VACUUM INTO ?", (str(copy),))
            after = _rows(source)
        _verify(copy, before, after)
    except sqlite3.Error as error:
        copy.unlink(missing_ok=True)
        raise BackupFailed(f"its copy could not be written to {copy} ({error})") from error
    for old in sorted(folder.glob("before-migrating-*.db"))[:-KEPT]:
        old.unlink()
    return copy


def _verify(copy: Path, before: dict[str, int], after: dict[str, int]) -> None:
    """The copy is whole and has as many rows of each table as the database had before or after, or between."""
    with sqlite3.connect(f"file:{copy}?mode=ro", uri=True) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the copy is damaged")
        copied = _rows(connection)
    for table, rows in copied.items():
        low, high = sorted((before.get(table, 0), after.get(table, 0)))
        if not low <= rows <= high:
            raise sqlite3.DatabaseError(f"the copy has {rows} rows of {table} instead of {low}")
    if copied.keys() != after.keys():
        raise sqlite3.DatabaseError("the copy lacks tables")


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {table: connection.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0] for table in tables}  # noqa: S608 - names come from the database itself
