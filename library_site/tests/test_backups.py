"""Before an existing database is migrated, a copy of it is written, proven and kept."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from library_site import backups
from library_site.backups import KEPT, BackupFailed, keep_copy
from library_site.tests.test_settings import manage


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "library.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE loan (id INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO loan VALUES (?)", [(n,) for n in range(200)])
    return path


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
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
    monkeypatch.setattr(backups, "rows_of", lambda connection: next(counts))
    with pytest.raises(BackupFailed):
        keep_copy(database, tmp_path / "backups", "before-migrating")
    assert list((tmp_path / "backups").iterdir()) == []


def test_damaged_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(b"this is no database" * 1_000)
    with pytest.raises(BackupFailed):
        keep_copy(path, tmp_path / "backups", "before-migrating")


def test_first_migration_makes_the_folder_for_nobody_else_and_has_nothing_to_copy(tmp_path: Path) -> None:
    answer = manage("migrate", "-v0", DATA_DIR=str(tmp_path / "new" / "data"))
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700
    assert not (tmp_path / "new" / "data" / "backups").exists()


def test_old_database_is_copied_before_it_is_migrated_and_a_current_one_is_not(tmp_path: Path) -> None:
    manage("migrate", "-v0", DATA_DIR=str(tmp_path))
    with closing(sqlite3.connect(tmp_path / "library.db")) as connection:
        # one that changes no table
        connection.execute("DELETE FROM django_migrations WHERE name = '0003_logentry_add_action_flag_choices'")
        connection.commit()
    first, second = (manage("migrate", "-v0", DATA_DIR=str(tmp_path)) for _each in range(2))
    (copy,) = (tmp_path / "backups").iterdir()
    assert (first.stdout, second.stdout) == (f"A verified copy of the database as it was: {copy}\n", "")


def test_database_that_cannot_be_copied_is_not_migrated(tmp_path: Path) -> None:
    manage("migrate", "-v0", DATA_DIR=str(tmp_path))
    with closing(sqlite3.connect(tmp_path / "library.db")) as connection:
        connection.execute("DELETE FROM django_migrations WHERE name = '0003_logentry_add_action_flag_choices'")
        connection.commit()
    (tmp_path / "backups").write_text("a file where the folder should be")
    answer = manage("migrate", "-v0", DATA_DIR=str(tmp_path))
    assert (answer.returncode, len(answer.stderr.splitlines())) == (1, 1)
    assert answer.stderr.startswith("CommandError: The database was not touched: its copy could not be written to ")
    with closing(sqlite3.connect(tmp_path / "library.db")) as connection:
        applied = "SELECT COUNT(*) FROM django_migrations WHERE name = '0003_logentry_add_action_flag_choices'"
        assert connection.execute(applied).fetchone() == (0,)
