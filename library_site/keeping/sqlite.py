"""Snapshots of an SQLite library, and putting one in the place of another."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from library_site.backups import BackupBroken, BackupFailed, rows_of, write_copy
from library_site.keeping.archives import DATABASES, Manifest

BUSY_SECONDS = 30
NAME = DATABASES["sqlite"]


@contextmanager
def snapshot(connection: Any, folder: Path) -> Iterator[tuple[Path, Manifest]]:
    """A copy of the database as it is at one moment, and what is in it; others write meanwhile."""
    copy = folder / NAME
    try:
        write_copy(Path(connection.settings_dict["NAME"]), copy)
    except sqlite3.Error as error:
        raise BackupFailed(f"the database could not be copied ({error})") from error
    yield copy, contents(copy)


def contents(file: Path) -> Manifest:
    """The rows and migrations in a database that nobody writes to. Raises BackupBroken."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            applied = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
            return Manifest(rows_of(connection), [list(each) for each in applied])
    except sqlite3.Error as error:
        raise BackupBroken(f"its database cannot be read ({error})") from error


@contextmanager
def scratch(_connection: Any, unpacked: Path) -> Iterator[tuple[str, Manifest]]:
    """The unpacked database as one of its own: its URL and what is in it."""
    file = unpacked / NAME
    yield f"sqlite:///{file.absolute()}", contents(file)


def put_in_place(unpacked: Path, connection: Any) -> None:
    """Make the database of ``connection`` what the unpacked one is, in one transaction. Raises BackupFailed.

    Whoever has it open sees the old library, then the new one; nobody sees half of it.
    """
    target = Path(connection.settings_dict["NAME"])
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection.close()
    try:
        with closing(sqlite3.connect(unpacked / NAME)) as source, closing(_opened(target)) as file:
            source.backup(file, sleep=0.1)
    except sqlite3.Error as error:
        raise BackupFailed(f"the database could not be written to {target} ({error})") from error


def _opened(target: Path) -> sqlite3.Connection:
    if not target.exists():
        target.touch(0o600)
    return sqlite3.connect(target, timeout=BUSY_SECONDS)


def bytes_of(connection: Any) -> int:
    """How large the database is."""
    return Path(connection.settings_dict["NAME"]).stat().st_size
