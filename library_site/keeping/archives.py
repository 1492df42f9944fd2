"""The one file of a backup: two lines that say what it is, then a compressed tar of database, media and manifest.

The manifest comes last, so that a file without it is known to be cut short.
"""

import gzip
import hashlib
import io
import json
import secrets
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from library_site import VERSION
from library_site.backups import BackupBroken
from library_site.keeping.sealing import Opening, Sealing

MAGIC = b"OPENSHELF-BACKUP 1\n"
DATABASES = {"sqlite": "library.db", "postgresql": "library.dump"}
MEDIA, SUMS, MANIFEST = "media/", "SHA256SUMS", "manifest.json"
LONGEST_LINE = 10_000
MOST_BYTES_OF_LISTS = 500_000_000
PIECE = 1 << 20

OnBytes = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Header:
    """What can be read without the key."""

    program: str
    database: str
    made_at: str
    salt: str = ""

    @property
    def is_encrypted(self) -> bool:
        return bool(self.salt)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was in the library at the moment of the backup."""

    rows: dict[str, int]
    migrations: list[list[str]]
    media: int = 0


@dataclass(slots=True)
class Writer:
    """Adds files to a backup that is being written, and keeps their sums."""

    tar: tarfile.TarFile
    on_bytes: OnBytes
    sums: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, path: Path) -> None:
        """Add the file at ``path``; FileNotFoundError if it is gone."""
        with path.open("rb") as file:
            member = tarfile.TarInfo(name)
            member.size = path.stat().st_size
            counted = _Counted(file, self.on_bytes)
            self.tar.addfile(member, cast(Any, counted))
        self.sums[name] = counted.digest.hexdigest()

    def add_bytes(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        self.tar.addfile(member, io.BytesIO(content))


class _Counted:
    """A file whose sum and bytes are taken while it is read."""

    def __init__(self, file: BinaryIO, on_bytes: OnBytes) -> None:
        self.file, self.on_bytes, self.digest = file, on_bytes, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        self.on_bytes(len(data))
        return data


@contextmanager
def written(file: BinaryIO, database: str, key: str, on_bytes: OnBytes) -> Iterator[Writer]:
    """Write a backup of this kind of ``database`` into ``file``, sealed if there is a ``key``.

    Whoever writes adds a manifest with ``finish`` before the block ends.
    """
    salt = secrets.token_bytes(16)
    header = Header(VERSION, database, datetime.now(UTC).isoformat(timespec="seconds"), salt.hex() if key else "")
    file.write(MAGIC + json.dumps(asdict(header)).encode() + b"\n")
    out = io.BufferedWriter(Sealing(file, key, salt), PIECE) if key else file
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=out, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", bufsize=PIECE) as tar,
    ):
        yield Writer(tar, on_bytes)
    if key:
        out.close()


def finish(writer: Writer, manifest: Manifest) -> None:
    """Add the sums of all files and, last of all, the manifest."""
    lines = (f"{digest}  {name}\n" for name, digest in writer.sums.items())
    writer.add_bytes(SUMS, "".join(lines).encode())
    writer.add_bytes(MANIFEST, json.dumps(asdict(manifest), indent=1).encode())


def header_of(path: Path) -> Header:
    """What the first lines of the file say. Raises BackupBroken, OSError."""
    with path.open("rb") as file:
        return _header(file)


def _header(file: BinaryIO) -> Header:
    magic = file.readline(LONGEST_LINE)
    if magic != MAGIC:
        known = magic.startswith(MAGIC[:17])
        raise BackupBroken("a newer program made it: update first" if known else "it is no backup of Openshelf")
    try:
        header = Header(**json.loads(file.readline(LONGEST_LINE)))
        bytes.fromhex(header.salt)
    except (ValueError, TypeError):
        raise BackupBroken("its first lines are damaged or cut short") from None
    if header.database not in DATABASES:
        raise BackupBroken("it is of a kind of database that is not known here")
    return header


def unpack(path: Path, key: str, folder: Path, *, with_media: bool, on_bytes: OnBytes = lambda _n: None) -> Manifest:
    """Unpack the backup at ``path`` into ``folder``, every sum checked. Media are read, and kept ``with_media``.

    Raises BackupBroken with the reason, OSError where the folder cannot be written to.
    """
    with path.open("rb") as file:
        header = _header(file)
        if header.is_encrypted and not key:
            raise BackupBroken("it is encrypted: set BACKUP_KEY to the key it was made with")
        stream: Any = file
        if header.is_encrypted:
            stream = io.BufferedReader(Opening(file, key, bytes.fromhex(header.salt)), PIECE)
        try:
            return _checked(header, *_unpacked(stream, folder, with_media, on_bytes))
        except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BackupBroken("it is damaged or cut short") from error
        except (ValueError, TypeError) as error:
            raise BackupBroken("its list of contents makes no sense: damaged, or of another version") from error


def _unpacked(stream: BinaryIO, folder: Path, with_media: bool, on_bytes: OnBytes) -> tuple[dict[str, str], bytes]:
    sums, lists = {}, {SUMS: b"", MANIFEST: b""}
    with gzip.GzipFile(fileobj=stream) as packed, tarfile.open(fileobj=packed, mode="r|", bufsize=PIECE) as tar:
        for member in tar:
            source = cast(BinaryIO, tar.extractfile(member)) if member.isreg() else None
            if source is None or not _is_ours(member.name):
                raise BackupBroken("it holds what no backup of Openshelf holds")
            if member.name in lists:
                lists[member.name] = source.read(MOST_BYTES_OF_LISTS)
            else:
                kept = with_media or not member.name.startswith(MEDIA)
                sums[member.name] = _copied(source, folder / member.name if kept else None, on_bytes)
        while packed.read(PIECE):  # to its end, where its own sum stands
            pass
    listed = {name: digest for digest, _s, name in (line.partition("  ") for line in lists[SUMS].decode().splitlines())}
    if lists[MANIFEST] and listed != sums:
        raise BackupBroken("a file in it is not the one that was put in")
    return sums, lists[MANIFEST]


def _is_ours(name: str) -> bool:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        return False
    return name in (*DATABASES.values(), SUMS, MANIFEST) or name.startswith(MEDIA)


def _copied(source: BinaryIO, target: Path | None, on_bytes: OnBytes) -> str:
    """Read ``source`` into ``target``, if there is one; its sum."""
    counted = _Counted(source, on_bytes)
    if target is None:
        while counted.read(PIECE):
            pass
        return counted.digest.hexdigest()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with target.open("wb") as file:
        while data := counted.read(PIECE):
            file.write(data)
    return counted.digest.hexdigest()


def _checked(header: Header, sums: dict[str, str], manifest: bytes) -> Manifest:
    if not manifest:
        raise BackupBroken("it is cut short: its list of contents is missing")
    if DATABASES[header.database] not in sums:
        raise BackupBroken("there is no database in it")
    found = Manifest(**json.loads(manifest))
    if found.media != len(sums) - 1:
        raise BackupBroken("media are missing in it")
    return found
