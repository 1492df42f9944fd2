"""MARCXML, in collections or alone, with or without namespaces, inside what OAI and SRU put around it."""

import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

from catalog.drafts import SourceRow
from catalog.files import FileRefused

from .records import SUBFIELD, Damaged, Record
from .understanding import row

CHUNK = 1 << 18
LONGEST = 10_000_000  # bytes of one record, or of one tag with its attributes
DEEPEST = 200
NEXT_RECORD = re.compile(rb"<(?:[\w.-]+:)?record[\s>]")
ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)""")
MARKS_OF_ORDER = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8"))
ROOT = b"<collection>"
BLANK = " "


def read_marcxml(stream: BinaryIO, *, digits: int = 2) -> Iterator[SourceRow]:
    """Every record of a file of MARCXML, understood or with its problem; memory holds a few at a time.

    A record that is no proper XML is one row with its problem, and reading goes on at the next. ``digits``: after the
    point in the library's currency, for prices of copies. A row's ``raw`` is the record as it stands in the file.
    Raises FileRefused("empty", "other_kind", "xml_entities", "too_deep", "too_large", "encoding") for a whole file.
    """
    n = 0
    for raw, found in _Reader(stream).records():
        n += 1
        yield row(n, raw, partial(_given, found), digits)
    if not n:
        raise FileRefused("other_kind", _("There is no MARC record in this file. Export it as MARCXML or MARC (.mrc)."))


def _given(found: Record | Damaged) -> Record:
    if isinstance(found, Damaged):
        raise found
    return found


class _Reader:
    """Parses forwards and keeps the bytes since the beginning of the record that is open."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.encoding = "utf-8"
        self.done: list[tuple[str, Record | Damaged]] = []
        self.window = b""  # bytes given to the parser, from ``offset`` on
        self.offset = 0
        self.building = _Building()
        self._begin(b"")

    def records(self) -> Iterator[tuple[str, Record | Damaged]]:
        """The text and the record, or why there is none, of every record."""
        is_first = True
        while chunk := self.stream.read(CHUNK):
            if is_first:
                self._look_at(chunk)
                is_first = False
            yield from self._feed(chunk)
        if is_first:
            raise FileRefused("empty", _("The file is empty."))
        yield from self._feed(b"", is_last=True)

    def _look_at(self, head: bytes) -> None:
        bare = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \r\n\t")
        if not bare:
            raise FileRefused("empty", _("The file is empty."))
        if not bare.startswith(b"<"):
            raise FileRefused("other_kind", _("This file is not XML. Choose MARC or another kind, or export it anew."))
        declared = ENCODING.match(bare)
        named = declared[1].decode().casefold() if declared else "utf-8"
        self.encoding = next((name for mark, name in MARKS_OF_ORDER if head.startswith(mark)), named)
        try:
            expat.ParserCreate(self.encoding).Parse(ROOT)
        except (LookupError, ValueError) as error:
            raise FileRefused(
                "encoding", _("This file is in an encoding that is not known here. Save or export it in UTF-8.")
            ) from error
        except expat.ExpatError:  # in UTF-16, in which ROOT is not
            pass

    def _begin(self, root: bytes) -> None:
        """A parser at the beginning of a file, or, behind ``root``, in the middle of one."""
        self.parser = expat.ParserCreate(self.encoding if root else None)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse_doctype
        self.parser.EntityDeclHandler = _refuse_doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.depth = 0
        self.opened_at: int | None = None
        self.building = _Building()
        self.began = self.offset
        self.shift = self.offset - len(root)  # from the parser's places to those of the file
        if root:
            self.parser.Parse(root)

    def _feed(self, chunk: bytes, *, is_last: bool = False) -> Iterator[tuple[str, Record | Damaged]]:
        self.window += chunk
        rest = chunk
        while True:
            try:
                self.parser.Parse(rest, is_last)
            except expat.ExpatError as error:
                rest = self._recover(error)
                yield from self._taken()
                if not rest:
                    return
            else:
                yield from self._taken()
                self._forget()
                return

    def _taken(self) -> list[tuple[str, Record | Damaged]]:
        done, self.done = self.done, []
        return done

    def _recover(self, error: expat.ExpatError) -> bytes:
        """Note what is wrong, if it is in a record; begin again with the next record, whose bytes are returned."""
        wrong_at = self.parser.ErrorByteIndex + self.shift
        opened_at = self.opened_at
        beyond = max(wrong_at, self.began + 1, self.offset if opened_at is None else opened_at + 1)
        found = NEXT_RECORD.search(self.window, beyond - self.offset)
        end = found.start() if found else len(self.window)
        if opened_at is not None:
            self.done.append((self._text(opened_at - self.offset, end), Damaged(_not_well_formed(error))))
        self.window = self.window[end:]
        self.offset += end
        self._begin(ROOT)
        return self.window

    def _forget(self) -> None:
        """Drop the bytes before the open record. What grows on and on without an end is none."""
        reached = self.parser.CurrentByteIndex + self.shift
        keep = self.opened_at if self.opened_at is not None else max(reached, self.offset)
        if self.offset + len(self.window) - keep > LONGEST:
            raise FileRefused("too_large", _("A record of this file is far too long. It is no MARCXML."))
        self.window = self.window[keep - self.offset :]
        self.offset = keep

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FileRefused("too_deep", _("The XML of this file is nested too deeply. It is no MARCXML."))
        local = name.rpartition(":")[2]
        if local == "record":
            self.opened_at = self.parser.CurrentByteIndex + self.shift
            self.building = _Building()
        elif self.opened_at is not None:
            self.building.start(local, attributes)
            self.parser.CharacterDataHandler = self.building.text if local in _TEXTS else None

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.opened_at is None:
            return
        local = name.rpartition(":")[2]
        self.parser.CharacterDataHandler = None
        self.building.end(local)
        if local != "record":
            return
        end = self.parser.CurrentByteIndex + self.shift - self.offset
        closes = self.window.find(b">", end) + 1
        start = self.opened_at - self.offset
        self.opened_at = None
        if self.building.is_marc:
            self.done.append((self._text(start, closes or len(self.window)), self.building.result()))

    def _text(self, start: int, end: int) -> str:
        raw = self.window[start:end]
        encoding = "utf-16-le" if self.encoding == "utf-16" and b"<\x00" in raw[:4] else self.encoding
        try:
            return raw.decode(encoding, "replace").replace("\x00", "")
        except LookupError:
            return raw.decode("utf-8", "replace").replace("\x00", "")


_TEXTS = frozenset({"leader", "controlfield", "subfield"})


class _Building:
    """One record as its elements come. What is left out (a tag, a code) is said in a sentence."""

    def __init__(self) -> None:
        self.leader = ""
        self.fields: list[tuple[str, str]] = []
        self.parts: list[str] = []
        self.tag = self.code = ""
        self.pieces: list[str] = []
        self.missing = ""
        self.is_marc = False

    def start(self, local: str, attributes: dict[str, str]) -> None:
        self.pieces = []
        if local in ("controlfield", "datafield"):
            self.is_marc = True
            self.tag = attributes.get("tag", "").strip()
            self.tag = self.tag.zfill(3) if self.tag.isdigit() else self.tag
            if not self.tag:
                self.missing = self.missing or _("A field of this record has no tag.")
            one, other = attributes.get("ind1", BLANK)[:1] or BLANK, attributes.get("ind2", BLANK)[:1] or BLANK
            self.parts = [one + other]
        elif local == "subfield":
            self.code = attributes.get("code", "")
            if not self.code:
                self.missing = self.missing or _("A subfield of this record has no code.")
        elif local == "leader":
            self.is_marc = True

    def text(self, text: str) -> None:
        self.pieces.append(text)

    def end(self, local: str) -> None:
        text = "".join(self.pieces)
        if local == "subfield":
            self.parts.append(self.code[:1] + text.replace(SUBFIELD, BLANK))
        elif local == "datafield":
            self.fields.append((self.tag, SUBFIELD.join(self.parts)))
        elif local == "controlfield":
            self.fields.append((self.tag, text))
        elif local == "leader":
            self.leader = text
        self.pieces = []

    def result(self) -> Record | Damaged:
        if self.missing:
            return Damaged(f"{self.missing} {_('Repair it with a MARC editor, or export it again.')}")
        return Record(self.leader, self.fields)


def _refuse_doctype(*_declared: object) -> None:
    raise FileRefused(
        "xml_entities",
        _("This XML brings definitions of its own (DOCTYPE, entities), which may be used to do harm. Remove them."),
    )


def _not_well_formed(error: expat.ExpatError) -> str:
    return _("This record is not proper XML (%(what)s). Repair it with a MARC editor, or export it again.") % {
        "what": expat.ErrorString(error.code)
    }
