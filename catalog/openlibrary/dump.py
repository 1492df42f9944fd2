"""Dumps of Open Library: files of any size read in blocks of whole lines, in little memory."""

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson
from django.utils.translation import gettext as _

from .json_values import read_json
from .keys import olid_of

PACKED = b"\x1f\x8b"
PIECE = 1 << 20  # bytes, unpacked
READ = 1 << 17
LONGEST_LINE = 1 << 24
SHOWN = 200
PEEKED_LINES = 100
SAMPLE = 1 << 16  # bytes of a file's beginning and end by which it is known again
KINDS = {b"/type/edition": "edition", b"/type/work": "work", b"/type/author": "author"}
SUFFIXES = {"edition": "M", "work": "W", "author": "A"}
DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
MOST_REVISIONS = 2**31 - 1


class BrokenDump(Exception):
    """The file ends, or makes no sense any more, at this place. The message is for people."""


class MalformedLine(ValueError):
    """A line that is no record. The message says why, for people."""


class Block(NamedTuple):
    """Whole lines, each with its line feed, and where they end in the unpacked file (bytes)."""

    data: bytes
    end: int


@dataclass(frozen=True, slots=True)
class DumpRecord:
    """A line understood: ``olid`` (OL1M), revision, moment of the last change, its JSON as text and as a value."""

    olid: str
    revision: int
    modified: str
    text: str
    value: dict[str, Any]


class Dump:
    """One file, packed by gzip or not. Use it in a ``with`` block."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        self._raw: BinaryIO = path.open("rb")
        self.is_packed = self._raw.read(2) == PACKED

    def __enter__(self) -> "Dump":
        return self

    def __exit__(self, *_error: object) -> None:
        self._raw.close()

    @property
    def read_bytes(self) -> int:
        """How far the file (as it lies on the disk) was read."""
        return self._raw.tell()

    def blocks(self, start: int = 0) -> Iterator[Block]:
        """The lines from ``start`` (bytes of the unpacked file, the beginning of a line), about a megabyte at a time.

        A line longer than 16 MB is cut so that it is no record. Raises BrokenDump where the file ends too early.
        """
        rest, end = b"", start
        for piece in self._pieces(start):
            end += len(piece)
            head, feed, tail = piece.rpartition(b"\n")
            if feed:
                yield Block(rest + head + feed, end - len(tail))
                rest = tail
            elif len(rest) < LONGEST_LINE:
                rest += piece
            else:
                rest = rest[:SHOWN] + b"\0"  # which no JSON may hold
        if rest:
            yield Block(rest + b"\n", end)

    def _pieces(self, start: int) -> Iterator[bytes]:
        self._raw.seek(0)
        if not self.is_packed:
            self._raw.seek(start)
            while piece := self._raw.read(PIECE):
                yield piece
            return
        for piece in _unpacked(self._raw):
            if start < len(piece):
                yield piece[start:] if start else piece
                start = 0
            else:
                start -= len(piece)

    def kinds(self) -> set[str]:
        """The kinds of record among the first lines: edition, work, author. Raises BrokenDump."""
        lines = next(self.blocks(), Block(b"", 0)).data.split(b"\n", PEEKED_LINES)[:PEEKED_LINES]
        return {kind for line in lines if (kind := kind_of(line))}

    def identity(self) -> str:
        """A word by which this very file is known again, wherever it lies."""
        self._raw.seek(0)
        known = hashlib.sha256(f"{self.size}".encode() + self._raw.read(SAMPLE))
        self._raw.seek(max(0, self.size - SAMPLE))
        known.update(self._raw.read(SAMPLE))
        return known.hexdigest()


def _unpacked(raw: BinaryIO) -> Iterator[bytes]:
    """What is packed in ``raw``, at most a megabyte at a time, also from several parts behind one another."""
    unpack, waiting = None, b""
    while chunk := waiting or raw.read(READ):
        waiting = b""
        if unpack is None and not (chunk := chunk.lstrip(b"\0")):  # files may be filled up with zeros
            continue
        unpack = unpack or zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            piece = unpack.decompress(chunk, PIECE)
        except zlib.error as error:
            raise BrokenDump(_("the file is damaged here; download it again")) from error
        waiting = unpack.unconsumed_tail or unpack.unused_data
        if unpack.eof:
            unpack = None
        if piece:
            yield piece
    if unpack is not None:
        raise BrokenDump(_("the file ends too early; download it again"))


def kind_of(line: bytes) -> str:
    """The kind of record in ``line``: edition, work or author; "" for any other."""
    return KINDS.get(line[:20].split(b"\t", 1)[0], "")


def read_line(line: bytes) -> DumpRecord | None:
    """The record in a line of five columns: type, key, revision, date, JSON. None for a type that
    nobody wants and for a blank line.

    Old keys (/b/OL1M) are read too. Raises MalformedLine.
    """
    if not line.strip():
        return None
    parts = line.rstrip(b"\r\n").split(b"\t", 4)
    if len(parts) < 5 or not parts[0].startswith(b"/type/"):
        raise MalformedLine(_("not five columns with the type first"))
    kind = KINDS.get(parts[0])
    if kind is None:
        return None
    olid = olid_of(parts[1].decode("ascii", "replace"))
    if not olid.endswith(SUFFIXES[kind]):
        raise MalformedLine(_("the key does not belong to such a record"))
    if not parts[2].isdigit() or int(parts[2][:11]) > MOST_REVISIONS:
        raise MalformedLine(_("the revision is no number"))
    value = read_object(parts[4])
    return DumpRecord(olid, int(parts[2]), parts[3].decode("ascii", "replace"), parts[4].decode(), value)


def read_object(text: bytes) -> dict[str, Any]:
    """The JSON object in a record's last column. Raises MalformedLine."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:  # is stricter: refuses half of a pair of surrogates, which we drop when it is used
        value = _read_slowly(text)
    if not isinstance(value, dict):
        raise MalformedLine(_("no JSON object"))
    return value


def _read_slowly(text: bytes) -> Any:
    try:
        return read_json(text)
    except ValueError as error:
        raise MalformedLine(_("broken JSON")) from error


def day_of(text: str) -> date | None:
    """The first day (2026-10-31) in the name of a file or in a column; None if there is none."""
    found = DAY.search(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
