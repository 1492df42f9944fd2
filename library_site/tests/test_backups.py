"""Before an existing database is migrated, a copy of it is written, proven and kept."""

import sqlite3
from pathlib import Path

import pytest

from library_site import backups
from library_site.backups import KEPT, BackupFailed, keep_copy


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
    copy = keep_copy(database, tmp_path / "backups", "before-migrating")
    assert rows(copy) == 201
    open_elsewhere.close()


def test_five_copies_are_kept_the_newest_ones(database: Path, tmp_path: Path) -> None:
    written = [keep_copy(database, tmp_path / "backups", "before-migrating") for _each in range(KEPT + 2)]
    assert sorted((tmp_path / "backups").iterdir()) == written[-KEPT:]


def test_copies_of_another_occasion_are_not_counted(database: Path, tmp_path: Path) -> None:
    other = keep_copy(database, tmp_path / "backups", "before-removing-the-demo")
    for _each in range(KEPT + 1):
        keep_copy(database, tmp_path / "backups", "before-migrating")
    assert other.exists()


def test_copies_are_for_nobody_elses_eyes(database: Path, tmp_path: Path) -> None:
    copy = keep_copy(database, tmp_path / "backups", "before-migrating")
    assert (copy.stat().st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_copy_that_an_interruption_left_half_written_counts_for_nothing(database: Path, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "before-migrating-20260101-000000-000000.unfinished").write_bytes(b"half")
    copy = keep_copy(database, tmp_path / "backups", "before-migrating")
    assert list((tmp_path / "backups").iterdir()) == [copy]


def test_folder_that_cannot_be_made_is_a_failed_copy(database: Path, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("a file where the folder should be")
    with pytest.raises(BackupFailed):
        keep_copy(database, tmp_path / "backups", "before-migrating")


def test_copy_that_lacks_rows_is_refused_and_removed(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = iter([{"loan": 300}, {"loan": 300}, {"loan": 200}])
    monkeypatch.setattr(backups, "_rows", lambda connection: next(counts))
    with pytest.raises(BackupFailed):
        keep_copy(database, tmp_path / "backups", "before-migrating")
    assert list((tmp_path / "backups").iterdir()) == []


def test_damaged_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(b"this is no database" * 1_000)
    with pytest.raises(BackupFailed):
        keep_copy(path, tmp_path / "backups", "before-migrating")
