"""Writing a backup while the library is in use: nothing in it is half done, and nothing it names is missing."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from library_site.backups import BackupFailed
from library_site.keeping.archives import DATABASES, MEDIA, Manifest, OnBytes, Writer, finish, written
from library_site.keeping.stores import store_of

UNPACKED, UNFINISHED = ".unpacked-", ".unfinished"
Nothing: Callable[[int], None] = lambda _bytes: None  # noqa: E731


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written: how large its file is, how many rows and media are in it."""

    size: int
    rows: int
    media: int


def size_to_read(connection: Any) -> int:
    """About how many bytes a backup has to read."""
    media = sum(path.stat().st_size for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
    return store_of(connection).bytes_of(connection) + media


def make_backup(target: Path, connection: Any, *, key: str, on_bytes: OnBytes = Nothing) -> Made:
    """Write a backup of the library to ``target``, whole or not at all. Raises BackupFailed.

    The media are gone through before the database and again after: one that came meanwhile is in it, and one that was
    taken away meanwhile too.
    """
    unfinished = target.with_name(f"{target.name}{UNFINISHED}")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished.touch(mode=0o600)
        with unfinished.open("wb") as file, work_folder(target.parent) as folder:
            with written(file, connection.vendor, key, on_bytes) as writer:
                found = _fill(writer, connection, folder)
            file.flush()
        unfinished.rename(target)
    except OSError as error:
        raise BackupFailed(f"it could not be written to {target} ({error.strerror or error})") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return Made(target.stat().st_size, sum(found.rows.values()), found.media)


def _fill(writer: Writer, connection: Any, folder: Path) -> Manifest:
    _add_media(writer)
    with store_of(connection).snapshot(connection, folder) as (file, found):
        _add_media(writer)
        writer.add(DATABASES[connection.vendor], file)
    manifest: Manifest = replace(found, media=len(writer.sums) - 1)
    finish(writer, manifest)
    return manifest


def _add_media(writer: Writer) -> None:
    """Add the media that are not in the backup yet."""
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")):
        name = f"{MEDIA}{path.relative_to(root).as_posix()}"
        if name not in writer.sums and path.is_file():
            try:
                writer.add(name, path)
            except FileNotFoundError:  # taken away just now
                continue


@contextmanager
def work_folder(beside: Path) -> Iterator[Path]:
    """A folder for what is needed in between, on the same disk, for nobody else's eyes, and gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=UNPACKED, dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
