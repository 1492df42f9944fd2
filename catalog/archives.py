"""Compressed files: what they unpack to, within limits; and zips of several of our own tables."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from accounts.exceptions import Refused

MOST_RATIO = 100  # a compressed file that unpacks to more than so many times its size is a bomb
HARMLESS = 20_000_000  # bytes, however much smaller they were packed
TABLES_OF = {"books.csv": "book", "members.csv": "member", "loans.csv": "loan"}  # in the order they need each other
PIECE = 1 << 20
# A zip that is broken; packed as nobody can read it, or with a password (RuntimeError); or cut short.
UNREADABLE = (zipfile.BadZipFile, RuntimeError, OSError)


class FileRefused(Refused):
    """A file that is as a whole not what can be read here. ``code`` is stable; ``message`` says what to do."""


class Unpacked(io.RawIOBase):
    """What a compressed file unpacks to, as long as it is no bomb. Raises FileRefused where it is one or broken."""

    def __init__(self, packed: Any, packed_bytes: int) -> None:
        self.packed, self.most = packed, max(HARMLESS, MOST_RATIO * packed_bytes)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self.packed.read(len(buffer))
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile) as error:
            raise FileRefused(
                "broken_archive", _("The compressed file is broken or ends too early. Pack it again and send it anew.")
            ) from error
        if self.packed.tell() > self.most:
            raise FileRefused("bomb", _("The compressed file unpacks to far too much. Send it unpacked."))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self.packed.seek(offset, whence)

    def tell(self) -> int:
        return self.packed.tell()


def tables_in(zipped: BinaryIO, size: int) -> Iterator[tuple[str, BinaryIO]]:
    """The name and the bytes of each of our tables in ``zipped`` (of ``size``), in the order in which they come in.

    Raises FileRefused, while they are read too.
    """
    try:
        archive = zipfile.ZipFile(zipped)
        for name in (each for each in TABLES_OF if each in archive.namelist()):
            with archive.open(name) as packed:
                yield name, io.BufferedReader(Unpacked(packed, size), PIECE)
    except UNREADABLE as error:
        raise _broken_zip() from error


def holds_tables(stored: BinaryIO) -> bool:
    """Whether ``stored``, which stands at its beginning again afterwards, is a zip of several of our tables."""
    try:
        names = zipfile.ZipFile(stored).namelist() if stored.read(4) == b"PK\x03\x04" else []
    except UNREADABLE:
        names = []
    stored.seek(0)
    return len(names) > 1 and set(names) <= TABLES_OF.keys() and len(set(names)) == len(names)


def _broken_zip() -> FileRefused:
    return FileRefused("broken_archive", _("The .zip file cannot be unpacked here. Unpack it and send what is in it."))


def only_file_in(stored: BinaryIO) -> tuple[Any, str]:
    """The one file in a zip, opened, and its name. Raises FileRefused."""
    try:
        archive = zipfile.ZipFile(stored)
        files = [each for each in archive.infolist() if not each.is_dir() and not each.filename.startswith("__MACOSX")]
        if any(each.filename == "[Content_Types].xml" for each in files):
            raise FileRefused("spreadsheet", _("This is a spreadsheet. Save it as CSV (UTF-8) and send that."))
        if len(files) != 1:
            raise FileRefused("several_files", _("The .zip file must hold exactly one file."))
        return archive.open(files[0]), files[0].filename
    except UNREADABLE as error:
        raise _broken_zip() from error
