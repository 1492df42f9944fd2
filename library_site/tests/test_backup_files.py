"""The files of backups: who can read them, and what is noticed of one that was cut short, changed or is too new."""

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from library_site.backups import BackupBroken, BackupFailed
from library_site.connecting import address_of, tuned
from library_site.installation import Environment
from library_site.keeping import postgres
from library_site.keeping.archives import MAGIC, MANIFEST, SUMS, Manifest, finish, header_of, unpack, written
from library_site.keeping.proving import missing_migrations
from library_site.keeping.rotation import kept
from library_site.keeping.sealing import PIECE, Opening, Sealing

KEY = "a-key-of-many-different-letters-1234567890"


# --- sealed -------------------------------------------------------------------------------------------------


def sealed(content: bytes, key: str = KEY) -> bytes:
    file = io.BytesIO()
    with Sealing(file, key, b"salt") as out:
        out.write(content)
    return file.getvalue()


def opened(content: bytes, key: str = KEY) -> bytes:
    return io.BufferedReader(Opening(io.BytesIO(content), key, b"salt")).read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_what_was_sealed_is_opened_by_the_same_key(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    assert opened(sealed(content[:size])) == content[:size]


def test_sealed_shows_nothing_of_what_is_in_it() -> None:
    assert b"Otto Other" not in sealed(b"Otto Other" * 100)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda whole: whole[:-1], "it is damaged or cut short after 2 MB"),
        (lambda whole: whole[: 2 * (PIECE + 16)], "it is damaged or cut short after 1 MB"),
        (lambda whole: whole[: PIECE + 16], "BACKUP_KEY does not open it, or it was changed or cut short"),
        (lambda whole: whole[: PIECE + 20] + b"x" + whole[PIECE + 21 :], "it is damaged or cut short after 1 MB"),
        (lambda whole: whole[PIECE + 16 :] + whole[: PIECE + 16], "BACKUP_KEY does not open it"),
    ],
    ids=["end", "last piece", "all but the first", "a byte", "order"],
)
def test_sealed_that_was_changed_or_cut_short_is_not_opened(damage: Callable[[bytes], bytes], reason: str) -> None:
    with pytest.raises(BackupBroken, match=reason):
        opened(damage(sealed(bytes(2 * PIECE + 100))))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(BackupBroken, match="BACKUP_KEY does not open it"):
        opened(sealed(b"content"), "another-key-of-many-letters-0987654321")


# --- the file -----------------------------------------------------------------------------------------------


def small_backup(path: Path, key: str = "", manifest: dict[str, Any] | None = None) -> Path:
    """A backup with a database of nothing and one picture."""
    source = path.with_name("source")
    source.write_bytes(b"content " * 20_000)
    with path.open("wb") as file, written(file, "sqlite", key, lambda _count: None) as writer:
        writer.add("library.db", source)
        writer.add("media/covers/one.jpg", source)
        finish(writer, Manifest({"loan": 2}, [["accounts", "0001_first"]], media=1, **(manifest or {})))
    return path


@pytest.mark.parametrize("key", ["", KEY])
def test_backup_unpacks_to_what_was_put_in(key: str, tmp_path: Path) -> None:
    file, target = small_backup(tmp_path / "b", key), tmp_path / "target"
    manifest = unpack(file, key, target, with_media=True)
    assert (manifest.rows, manifest.media, header_of(file).is_encrypted) == ({"loan": 2}, 1, bool(key))
    assert (
        (target / "library.db").read_bytes() == (target / "media/covers/one.jpg").read_bytes() == b"content " * 20_000
    )


def reason_against(file: Path, key: str = "") -> str:
    with pytest.raises(BackupBroken) as refused:
        unpack(file, key, file.with_name("target"), with_media=True)
    return str(refused.value)


@pytest.mark.parametrize("key", ["", KEY])
@pytest.mark.parametrize("left", [0.3, 0.9, 0.999])
def test_backup_that_was_cut_short_is_not_unpacked(key: str, left: float, tmp_path: Path) -> None:
    file = small_backup(tmp_path / "b", key)
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * left)])
    assert "cut short" in reason_against(file, key)


def test_backup_in_which_a_byte_changed_is_not_unpacked(tmp_path: Path) -> None:
    file = small_backup(tmp_path / "b")
    content = bytearray(file.read_bytes())
    content[-200] ^= 255
    file.write_bytes(content)
    assert reason_against(file) in ("it is damaged or cut short", "a file in it is not the one that was put in")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is no backup of Openshelf"),
        (b"SQLite format 3\0", "it is no backup of Openshelf"),
        (MAGIC.replace(b" 1", b" 2") + b"{}", "a newer program made it: update first"),
        (MAGIC + b'{"program": ', "its first lines are damaged or cut short"),
        (MAGIC + b'{"program": "1", "database": "sqlite", "made_at": "", "salt": "zz"}\n', "first lines are damaged"),
        (MAGIC + b'{"program": "1", "database": "oracle", "made_at": ""}\n', "of a kind of database that is not known"),
    ],
)
def test_file_that_is_no_backup_of_ours_is_named_so(content: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(content)
    assert reason in reason_against(tmp_path / "b")


@pytest.mark.parametrize(
    "lists",
    [{MANIFEST: b"{"}, {MANIFEST: b'{"rows": {}, "migrations": [], "parts": 2}'}, {MANIFEST: b"[1]"}, {SUMS: b"\xff"}],
    ids=["cut short", "of another version", "no manifest", "no text"],
)
def test_backup_whose_lists_make_no_sense_is_refused_in_a_line(lists: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"content")
    with (tmp_path / "b").open("wb") as file, written(file, "sqlite", "", lambda _count: None) as writer:
        writer.add("library.db", tmp_path / "source")
        writer.add_bytes(SUMS, lists.get(SUMS, f"{writer.sums['library.db']}  library.db\n".encode()))
        writer.add_bytes(MANIFEST, lists.get(MANIFEST, b"{}"))
    reason = "its list of contents makes no sense: damaged, or of another version"
    assert reason_against(tmp_path / "b") == reason


def test_encrypted_backup_without_the_key_says_what_is_missing(tmp_path: Path) -> None:
    assert reason_against(small_backup(tmp_path / "b", KEY)) == (
        "it is encrypted: set BACKUP_KEY to the key it was made with"
    )


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "media/../../outside", "other"])
def test_backup_that_would_write_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    with (tmp_path / "b").open("wb") as file, written(file, "sqlite", "", lambda _count: None) as writer:
        writer.tar.addfile(tarfile.TarInfo(name))
    assert reason_against(tmp_path / "b") == "it holds what no backup of Openshelf holds"
    assert not (tmp_path / "outside").exists()


def test_backup_of_a_newer_program_is_refused() -> None:
    with pytest.raises(BackupBroken, match=r"a newer program made it \(it knows 0099_later\): update first"):
        missing_migrations(Manifest({}, [["circulation", "0099_later"]]))


def test_backup_of_an_older_program_lacks_migrations() -> None:
    assert missing_migrations(Manifest({}, [["accounts", "0001_library_and_people"]])) > 2


# --- which are kept -------------------------------------------------------------------------------------------


def test_newest_of_each_day_week_and_month_is_kept() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(100)]
    left = [days[position].isoformat() for position in sorted(kept([*days, days[-1]][:100], 3, 2, 3))]
    assert left == ["2026-02-28", "2026-03-31", "2026-04-05", "2026-04-08", "2026-04-09", "2026-04-10"]


def test_of_several_on_a_day_the_last_is_kept() -> None:
    assert kept([date(2026, 1, 1)] * 3, 7, 4, 12) == {2}


def test_gaps_and_a_wrong_clock_take_nothing_away() -> None:
    days = [date(2025, 1, 1), date(2026, 1, 1), date(2099, 1, 1), date(2026, 1, 2)]
    assert kept(days, 4, 0, 0) == {0, 1, 2, 3}


def test_newest_is_kept_even_if_none_is() -> None:
    assert (kept([date(2026, 1, 1), date(2026, 1, 2)], 0, 0, 0), kept([], 7, 4, 12)) == ({1}, set())


def test_manifest_is_the_last_thing_in_a_backup(tmp_path: Path) -> None:
    file = small_backup(tmp_path / "b")
    header, rest = file.read_bytes().split(b"\n", 2)[1:]
    with tarfile.open(fileobj=io.BytesIO(rest), mode="r:gz") as tar:
        names = tar.getnames()
    assert (json.loads(header)["database"], names[-1]) == ("sqlite", MANIFEST)


# --- PostgreSQL's programs --------------------------------------------------------------------------------------


class Server:
    pg_version = 990_001


def test_program_of_postgresql_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "15" / "bin" / "pg_dump"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.9'\n")
    program.chmod(0o755)
    monkeypatch.setattr(postgres, "INSTALLED", tmp_path)
    with pytest.raises(BackupFailed, match=r"^pg_dump 15 is older than the server: install the client programs"):
        postgres.tool("pg_dump", Server())


def test_program_of_postgresql_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres, "INSTALLED", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(BackupFailed, match=r"^pg_dump is not installed: install the client programs of PostgreSQL 99$"):
        postgres.tool("pg_dump", Server())


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ada:p%40ss%2Fw@db.example:5433/library?sslmode=require",
        "postgres://openshelf@//tmp/socket/library",
        "postgres://openshelf@localhost/library",
    ],
)
def test_address_of_a_database_leads_to_the_same_one(url: str) -> None:
    database = tuned(Environment.database_at(url))
    assert tuned(Environment.database_at(address_of(database))) == database
