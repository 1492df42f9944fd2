"""A stream of bytes cut into records of ISO 2709, also where lengths lie, terminators lack and rubbish lies between."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

END = b"\x1d"
CHUNK = 1 << 20
LONGEST = 10_000_000  # bytes of one record, far above what any system writes
RUBBISH = re.compile(rb"(?:[\r\n\t\x00\x1a\x1d]|\xef\xbb\xbf)*")
LEADER = re.compile(rb"[0-9]{5}[a-z ][a-z][ -~]{3}[ -~]{2}[0-9 ]{5}[ -~]{3}45[0-9 ]{2}")


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes of one record, with its terminator if it has one. ``is_cut``: the file ends in the middle of it."""

    raw: bytes
    is_cut: bool = False


class Splitter:
    """Reads ``stream`` forwards, holding little more than one record at a time."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.buffer = b""
        self.start = 0
        self.is_at_end = False

    def head(self) -> bytes:
        """The first bytes of the stream, which stay to be read."""
        self._fill()
        return self.buffer[:1_000]

    def pieces(self) -> Iterator[Piece]:
        """Every record of the stream."""
        while self._skip_rubbish():
            start, end = self.start, self._find_end()
            if end < 0:
                yield from self._without_terminator()
                continue
            start, buffer = self.start, self.buffer
            if buffer[start : start + 5] == b"%05d" % (end + 1 - start):
                self.start = end + 1
                yield Piece(buffer[start : end + 1])
            else:
                yield from self._of_wrong_length(end)

    def _fill(self) -> None:
        more = self.stream.read(CHUNK)
        self.is_at_end = not more
        self.buffer = self.buffer[self.start :] + more
        self.start = 0

    def _skip_rubbish(self) -> bool:
        """Go to where the next record begins. False at the end of the stream."""
        while True:
            found = RUBBISH.match(self.buffer, self.start)
            self.start = found.end() if found else self.start
            if self.start < len(self.buffer):
                return True
            if self.is_at_end:
                return False
            self._fill()

    def _find_end(self) -> int:
        """Where the next terminator stands; -1 when there is none within the length a record may have."""
        looked = self.start
        while (end := self.buffer.find(END, looked)) < 0:
            looked = len(self.buffer) - self.start
            if self.is_at_end or looked > LONGEST:
                return -1
            self._fill()
        return end

    def _of_wrong_length(self, end: int) -> Iterator[Piece]:
        """A record whose leader does not say where its terminator stands: which of the two is right?"""
        stated = self._stated_length()
        if stated > end + 1 - self.start and self._is_end(stated):
            end = self.start + stated - 1  # the terminator found before stands inside a text
        raw = self.buffer[self.start : end + 1]
        self.start = end + 1
        yield from self._divided(raw)

    def _stated_length(self) -> int:
        digits = self.buffer[self.start : self.start + 5]
        return int(digits) if digits.isdigit() else 0

    def _is_end(self, length: int) -> bool:
        """Whether a record of ``length`` bytes would end with a terminator and be followed by a record or nothing."""
        while len(self.buffer) - self.start < length + 24 and not self.is_at_end:
            self._fill()
        behind = self.start + length
        if self.buffer[behind - 1 : behind] != END:
            return False
        inner = self.buffer[self.start : behind - 1]
        if any(LEADER.match(inner, found.end()) for found in re.finditer(rb"\x1d[\r\n]*", inner)):
            return False
        found = RUBBISH.match(self.buffer, behind)
        follows = found.end() if found else behind
        return follows == len(self.buffer) or bool(LEADER.match(self.buffer, follows))

    def _divided(self, raw: bytes) -> Iterator[Piece]:
        """``raw`` without what stands before its leader; at further leaders another record begins."""
        starts = [found.start() for found in LEADER.finditer(raw) if _may_begin(raw, found.start())]
        if not starts:
            if raw.strip(b" \r\n\t\x00\x1d"):
                yield Piece(raw)
            return
        if raw[: starts[0]].count(b"\x1e") > 1:  # not rubbish but a record with a leader past recognition
            starts.insert(0, 0)
        for start, behind in zip(starts, [*starts[1:], len(raw)], strict=True):
            yield Piece(raw[start:behind].rstrip(b"\r\n"))

    def _without_terminator(self) -> Iterator[Piece]:
        """The rest of the stream, or as much of it as one record may have."""
        rest = self.buffer[self.start :]
        parts = list(self._divided(rest))
        if not self.is_at_end and len(parts) > 1:
            self.start = len(self.buffer) - len(parts.pop().raw)
        else:
            self.start = len(self.buffer)
        for part in parts[:-1]:
            yield part
        for part in parts[-1:]:
            is_whole = part.raw.rstrip(b" \r\n\x1a\x00").endswith(b"\x1e") and _fits(part.raw)
            yield Piece(part.raw, is_cut=not is_whole)


def _may_begin(raw: bytes, start: int) -> bool:
    """Digits in a text may look like a leader; a record begins behind a terminator or a line."""
    return start == 0 or raw[start - 1] in b"\x1e\x1d\r\n \x00\x1a" or start < 100


def _fits(raw: bytes) -> bool:
    """Whether ``raw``, which lacks its terminator, is otherwise as long as its leader says."""
    return raw[:5].isdigit() and abs(len(raw.rstrip(b" \r\n\x1a\x00")) + 1 - int(raw[:5])) <= 1
