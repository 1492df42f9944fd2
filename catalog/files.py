"""Files that people hand over to be brought in: what kind they are, opened within limits, kept in private."""

import gzip
import hashlib
import io
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.archives import FileRefused, Unpacked, holds_tables, only_file_in
from catalog.isbn import read_isbn

MOST_BYTES = 50_000_000  # of a file that comes through a page
MOST_BYTES_OF_COMMAND = 4_000_000_000
HEAD = 65_536  # bytes by which a file's kind is told
LONGEST_NAME = 200
PIECE = 1 << 20

KINDS = ("csv", "marc", "marcxml", "jsonl", "isbns")
PACKED = ("gz", "zip")
TABLES = "tables"  # the kind of a zip of several of our own tables, as an export of everything is
MARKS_OF_ORDER = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
LEADER = re.compile(rb"[0-9]{5}[a-z ][a-z][ -~]{13}45")
FIELD = b"\x1e"  # by which records of MARC are divided
TEXT = (9, 10, 11, 12, 13, 27, 29, 30, 31)  # control codes that texts and records of MARC hold
FEW_ODD = 0.1  # of the lines of a list of ISBNs may be none: what was mistyped is told line by line
KEY = re.compile(r"(/books/|/works/)?OL[1-9]\d{0,11}[MW]")
MARC_AS_TEXT = re.compile(r"=(?:LDR|000|\d{3})  |(?:[^\r\n]{0,100}[\r\n]+)?LDR\d{5}|LEADER \d{5}")
MARC_AS_JSON = re.compile(r'[\[{][\s\[{]*"?leader"?\s*:')
PAGE_OF_WEB = re.compile(r"<(!doctype\s+)?html\b", re.IGNORECASE)
OTHER_KINDS = {b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"\xd0\xcf\x11\xe0": "Excel, Word"}
SPREADSHEETS = (".xlsx", ".xls", ".ods", ".numbers")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file kept for the worker: under which ``name``, the sha256 ``digest`` of what is in it, its ``size``."""

    name: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file ready to be read: its bytes unpacked as ``stream``, its ``kind`` (of KINDS), its ``size`` as stored."""

    stream: BinaryIO
    kind: str
    size: int
    stored: BinaryIO

    @property
    def reached(self) -> int:
        """How many of the ``size`` bytes were read."""
        return min(self.size, self.stored.tell())


@contextmanager
def opened(path: Path, name: str = "", kind: str = "") -> Iterator[OpenedFile]:
    """Open the file at ``path``, unpacked where it is a .gz or a .zip of one file; ``tables_in`` unpacks our tables.

    ``name``: as its owner calls it. ``kind``: of KINDS where it is known, else it is told by what is in the file.
    Raises FileRefused, while reading too.
    """
    with path.open("rb") as stored:
        size = path.stat().st_size
        if holds_tables(stored):
            yield OpenedFile(stored, TABLES, size, stored)
            return
        stream, called = _unpacked(stored, name or path.name, size)
        yield OpenedFile(stream, kind or kind_of(stream, called), size, stored)


def kind_of(stream: BinaryIO, name: str = "") -> str:
    """What is in ``stream``: one of KINDS or PACKED. It stands at its beginning again afterwards.

    ``name``: of the file, which is only asked where the contents leave it open. Raises FileRefused("empty",
    "spreadsheet", "other_kind").
    """
    head = _head_of(stream)
    if not head.strip(b"\0\t\r\n "):
        raise FileRefused("empty", _("The file is empty."))
    if head[:2] == b"\x1f\x8b":
        return "gz"
    if head[:4] == b"PK\x03\x04":
        return "zip"
    _refuse_other_kinds(head, name)
    if FIELD in head or LEADER.match(head):
        return "marc"
    return _kind_of_text(_as_text(head), is_whole=len(head) < HEAD)


def store(pieces: Iterable[bytes], most_bytes: int = MOST_BYTES) -> StoredFile:
    """Keep what is in ``pieces`` where only the server's own user may read. Raises FileRefused("too_large")."""
    name, digest, size = secrets.token_hex(16), hashlib.sha256(), 0
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = stored_path(name)
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            for piece in pieces:
                size += len(piece)
                if size > most_bytes:
                    raise too_large(most_bytes)
                digest.update(piece)
                file.write(piece)
    except BaseException:  # half a file is of no use to anybody
        path.unlink(missing_ok=True)
        raise
    return StoredFile(name, digest.hexdigest(), size)


def too_large(most_bytes: int) -> FileRefused:
    """The refusal of a file of more than ``most_bytes``."""
    text = _("The file is too large: up to %(most)d MB can be read this way. Send it in parts.")
    return FileRefused("too_large", text % {"most": most_bytes // 1_000_000})


def pieces_of(path: Path) -> Iterator[bytes]:
    """What is in the file at ``path``, in pieces that fit into memory."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def folder() -> Path:
    """Where files wait until they are read."""
    return Path(settings.DATA_DIR) / "imports"


def stored_path(name: str) -> Path:
    """The path of the file that ``store`` kept under ``name``."""
    return folder() / Path(name).name


def forget(name: str) -> None:
    """Delete the file that ``store`` kept under ``name``, if it is still there."""
    if name:
        stored_path(name).unlink(missing_ok=True)


def _unpacked(stored: BinaryIO, name: str, size: int) -> tuple[BinaryIO, str]:
    """The bytes themselves, and the name of the file they are."""
    kind = kind_of(stored, name)
    if kind == "gz":
        packed: Any = gzip.GzipFile(fileobj=stored)
        called = name.removesuffix(".gz")
    elif kind == "zip":
        packed, called = only_file_in(stored)
    else:
        return stored, name
    stream = io.BufferedReader(Unpacked(packed, size), PIECE)
    if kind_of(stream, called) in PACKED:
        raise FileRefused("other_kind", _("The compressed file holds another compressed file. Unpack it first."))
    return stream, called


def _head_of(stream: BinaryIO) -> bytes:
    pieces, wanted = [], HEAD
    while wanted and (piece := stream.read(wanted)):  # a compressed file may give less than was asked for
        pieces.append(piece)
        wanted -= len(piece)
    stream.seek(0)
    return b"".join(pieces)


def _refuse_other_kinds(head: bytes, name: str) -> None:
    if name.lower().endswith(SPREADSHEETS):
        raise FileRefused("spreadsheet", _("This is a spreadsheet. Save it as CSV (UTF-8) and send that."))
    if any(head.startswith(mark) for mark in OTHER_KINDS) or _is_binary(head):
        raise FileRefused(
            "other_kind", _("This is no file that can be brought in: it must be CSV, MARC, MARCXML or JSON lines.")
        )


def half_of_zeros(head: bytes) -> str:
    """Which UTF-16 without a mark ``head`` is, if it is: Latin text has a zero in every other byte."""
    pairs = len(head) // 2
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if pairs and head[first::2].count(0) > 0.4 * pairs > 10 * head[1 - first :: 2].count(0):
            return name
    return ""


def _is_binary(head: bytes) -> bool:
    """Whether every tenth byte or more is one that no text holds. A few stray ones are for the rows to tell."""
    if head[:2] in MARKS_OF_ORDER or half_of_zeros(head):
        return False
    odd = sum(head.count(bytes([code])) for code in range(32) if code not in TEXT)
    return odd * 10 >= len(head)


def _as_text(head: bytes) -> str:
    encoding = next((name for mark, name in MARKS_OF_ORDER.items() if head.startswith(mark)), "utf-8")
    return head.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n\0")


def refuse_marc_otherwise(text: str) -> None:
    """Raise FileRefused("other_kind") where ``text``, a file's beginning, is MARC in a form that is not read here."""
    if MARC_AS_TEXT.match(text):
        said = _("This is MARC written as text (.mrk, .lif). Save it as MARC (.mrc) in the program it comes from.")
    elif MARC_AS_JSON.match(text):
        said = _("This is JSON, not MARC. Save it as MARC (.mrc) or as MARCXML in the program it comes from.")
    else:
        return
    raise FileRefused("other_kind", said)


def _kind_of_text(text: str, *, is_whole: bool) -> str:
    refuse_marc_otherwise(text)
    if PAGE_OF_WEB.match(text):
        raise FileRefused("other_kind", _("This is a web page, not a file of records. Perhaps a sign-in was needed."))
    if text.startswith("<"):
        return "marcxml"
    if text.startswith(("{", "[")):
        return "jsonl"
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in (lines if is_whole else lines[:-1]) if line][:100]
    if found and found[0].casefold().strip("\"'") in ("isbn", "isbn13", "isbn-13"):
        found = found[1:]
    odd = sum(not (read_isbn(line) or KEY.fullmatch(line)) for line in found)
    is_list = bool(found) and odd <= FEW_ODD * len(found)
    return "isbns" if is_list else "csv"
