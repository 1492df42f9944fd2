"""Before an existing database is migrated, a copy of it is written, proven and kept."""

import sqlite3
from pathlib import Path

import pytest

from library_site import backups
from library_site.backups import KEPT, BackupFailed, copy_before_migrating


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "library.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE loan (id INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO loan VALUES (?)", [(n,) for n in range(200)])
    return path


def rows(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT COUNT(*) FROM loan").fetchone()[0]


def test_copy_holds_every_row_also_those_in_the_write_ahead_log(database: Path, tmp_path: Path) -> None:
    open_elsewhere = sqlite3.connect(database)
    open_elsewhere.execute("INSERT INTO loan VALUES (1000)")
    open_elsewhere.commit()
    copy = copy_before_migrating(database, tmp_path / "backups")
    assert rows(copy) == 201
    open_elsewhere.close()


def test_five_copies_are_kept_the_newest_ones(database: Path, tmp_path: Path) -> None:
    written = [copy_before_migrating(database, tmp_path / "backups") for _each in range(KEPT + 2)]
    assert sorted((tmp_path / "backups").iterdir()) == written[-KEPT:]


def test_copy_that_lacks_rows_is_refused_and_removed(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = iter([{"loan": 300}, {"loan": 300}, {"loan": 200}])
    monkeypatch.setattr(backups, "_rows", lambda connection: next(counts))
    with pytest.raises(BackupFailed):
        copy_before_migrating(database, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_damaged_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(b"this is no database" * 1_000)
    with pytest.raises(BackupFailed):
        copy_before_migrating(path, tmp_path / "backups")
