"""Putting a backup in the place of a library: checked whole before, all of it or nothing of it, the old one kept."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from library_site.backups import BackupBroken, BackupFailed, keep_copy
from library_site.keeping.archives import MEDIA, Manifest, header_of, unpack
from library_site.keeping.making import make_backup, work_folder
from library_site.keeping.proving import compare, missing_migrations, prove
from library_site.keeping.stores import STORES, store_of

OCCASION = "before-restoring"
PEOPLE_AND_BOOKS = ("accounts_user", "accounts_member", "catalog_book", "circulation_loan")
Tell = Callable[[str], None]


class NotEmpty(BackupFailed):
    """There is a library already where the backup was to be restored."""


class MediaMissing(Exception):
    """The database is that of the backup, the media are not in their place, and why."""


def has_data(connection: Any) -> bool:
    """Whether somebody would miss what is in the database of ``connection``."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in PEOPLE_AND_BOOKS:
            if table in there:
                cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - a table of ours
                if cursor.fetchone():
                    return True
    return False


def restore(file: Path, connection: Any, *, key: str, media: Path, backups: Path, force: bool, tell: Tell) -> Manifest:
    """Make the library of ``connection`` and ``media`` what ``file`` holds.

    Everything is unpacked and checked before anything is changed. ``force``: a library that is there is replaced, once
    a copy of it in ``backups`` is proven; its media are put aside beside the new ones. Raises BackupBroken,
    BackupFailed (NotEmpty), OSError: then nothing was changed. MediaMissing: then only the media were not.
    """
    header = header_of(file)
    if header.database != connection.vendor:
        raise BackupBroken(
            f"it is one of a {header.database} library; restore it to such a database, then manage.py move"
        )
    is_used = has_data(connection)
    if is_used and not force:
        raise NotEmpty("there is a library already: --force replaces it, once a copy of it is proven")
    media.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with work_folder(media.parent) as folder:
        tell("Unpacking the backup and checking every sum ...")
        manifest = unpack(file, key, folder, with_media=True)
        missing_migrations(manifest)
        with STORES[header.database].scratch(connection, folder) as (_url, found):
            compare(manifest, found)
        if is_used:
            tell(f"A proven copy of the library as it was: {_copy_of(connection, backups, key)}")
        store_of(connection).put_in_place(folder, connection)
        try:
            _put_media(folder / MEDIA, media, tell)
        except OSError as error:
            raise MediaMissing(f"its media could not be put into {media} ({error.strerror or error})") from error
    return manifest


def _copy_of(connection: Any, folder: Path, key: str) -> Path:
    if connection.vendor == "sqlite":
        return keep_copy(Path(connection.settings_dict["NAME"]), folder, OCCASION)
    copy = folder / f"{OCCASION}-{_stamp()}.backup"
    make_backup(copy, connection, key=key)
    prove(copy, connection, key=key)
    return copy


def _put_media(unpacked: Path, media: Path, tell: Tell) -> None:
    """Put the unpacked media in their place; those that are there are put aside, not deleted.

    What is in the folder is moved, not the folder: it may be a disk or a volume of its own.
    """
    media.mkdir(mode=0o700, exist_ok=True)
    if any(media.iterdir()):
        aside = media.with_name(f"{media.name}-{OCCASION}-{_stamp()}")
        tell(f"The media as they were: {aside}")
        _move_all(media, aside)
    if unpacked.exists():
        _move_all(unpacked, media)


def _move_all(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700, exist_ok=True)
    for each in list(source.iterdir()):
        shutil.move(each, target / each.name)


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
