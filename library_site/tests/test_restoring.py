"""A backup restored is the library it was made of; whatever is there already is not lost."""

import os
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.tests.factories import MemberFactory
from library_site.connecting import connected_to
from library_site.keeping.making import make_backup
from library_site.keeping.restoring import _put_media, restore
from library_site.tests.databases import own_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database beside the library's."""
    with own_database() as environment:
        yield environment.get("DATABASE_URL") or f"sqlite:///{tmp_path / 'other' / 'library.db'}"


@pytest.fixture
def backup(settings: Any, tmp_path: Path) -> Path:
    """A backup of a library with one member and one picture."""
    MemberFactory(name="Mia Member")
    Path(settings.MEDIA_ROOT, "covers").mkdir(parents=True)
    Path(settings.MEDIA_ROOT, "covers", "one.jpg").write_bytes(b"picture")
    settings.BACKUP_ROOT = str(tmp_path / "backups")
    make_backup(tmp_path / "made.backup", connection, key="")
    return tmp_path / "made.backup"


def names_in(url: str) -> list[str]:
    return [name for (name,) in asked(url, "SELECT name FROM accounts_member ORDER BY id")]


def asked(url: str, sql: str) -> list[tuple[Any, ...]]:
    there = connected_to(url)
    try:
        with there.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        there.close()


def tables_in(url: str) -> list[str]:
    there = connected_to(url)
    names = there.introspection.table_names()
    there.close()
    return names


def restored(backup: Path, url: str, folder: Path, *options: str) -> str:
    told = StringIO()
    call_command("restore", str(backup), "--to", url, "--media", str(folder / "media"), *options, stdout=told)
    return told.getvalue()


def test_backup_is_restored_whole_and_replaces_a_library_only_with_force(
    backup: Path, other: str, tmp_path: Path
) -> None:
    restored(backup, other, tmp_path)
    picture = tmp_path / "media" / "covers" / "one.jpg"
    assert (names_in(other), picture.read_bytes()) == (["Mia Member"], b"picture")
    asked(other, "UPDATE accounts_member SET name = 'Changed Since'")
    picture.write_bytes(b"another")
    with pytest.raises(CommandError, match="there is a library already: --force replaces it"):
        restored(backup, other, tmp_path)
    assert (names_in(other), picture.read_bytes()) == (["Changed Since"], b"another")
    told: list[str] = []
    target = connected_to(other)
    restore(
        backup, target, key="", media=tmp_path / "media", backups=tmp_path / "backups",
        force=True, tell=told.append,
    )  # fmt: skip
    target.close()
    assert (names_in(other), picture.read_bytes()) == (["Mia Member"], b"picture")
    copy, aside = (Path(sentence.rpartition(": ")[2]) for sentence in told[1:])
    assert copy.stat().st_size > 10_000
    assert (aside / "covers" / "one.jpg").read_bytes() == b"another"


def test_media_are_put_into_a_folder_that_is_a_disk_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    media, unpacked, renamed = tmp_path / "media", tmp_path / "unpacked", os.rename

    def busy(source: Any, target: Any) -> None:
        if media in (Path(source), Path(target)):
            raise OSError(16, "Device or resource busy")
        renamed(source, target)

    for folder, content in ((media, b"another"), (unpacked, b"picture")):
        (folder / "covers").mkdir(parents=True)
        (folder / "covers" / "one.jpg").write_bytes(content)
    monkeypatch.setattr(os, "rename", busy)
    told: list[str] = []
    _put_media(unpacked, media, told.append)
    assert (media / "covers" / "one.jpg").read_bytes() == b"picture"
    assert Path(told[0].rpartition(": ")[2], "covers", "one.jpg").read_bytes() == b"another"


def test_media_that_cannot_be_put_in_place_are_said_and_not_that_nothing_was_changed(
    backup: Path, other: str, tmp_path: Path
) -> None:
    (tmp_path / "media").write_text("a file where the folder should be")
    with pytest.raises(CommandError) as told:
        restored(backup, other, tmp_path)
    assert str(told.value) == (
        f"The database is restored, but its media could not be put into {tmp_path / 'media'} (File exists): mend that "
        "and restore it again with --force."
    )
    assert names_in(other) == ["Mia Member"]


def test_backup_that_is_cut_short_changes_nothing(backup: Path, other: str, tmp_path: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:-1_000])
    with pytest.raises(CommandError, match="was not restored, nothing was changed: it is"):
        restored(backup, other, tmp_path)
    assert tables_in(other) == []
    assert not (tmp_path / "media").exists()


def test_backup_of_another_kind_of_database_says_how_to_bring_it_over(backup: Path, other: str, tmp_path: Path) -> None:
    kind = connection.vendor.encode()
    another = b"sqlite" if kind == b"postgresql" else b"postgresql"
    backup.write_bytes(backup.read_bytes().replace(b'"database": "' + kind, b'"database": "' + another, 1))
    with pytest.raises(CommandError, match=r"restore it to such a database, then manage.py move"):
        restored(backup, other, tmp_path)
