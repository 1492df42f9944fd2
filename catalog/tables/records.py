"""Row by row through a table of any size: bounded memory, and a damaged row costs no other one."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext as _

from .dialects import Dialect

LONGEST_LINE = 1_000_000  # characters
MOST_LINES = 200  # of one row: more is a quotation mark that nobody closed
LONGEST_RAW = 20_000  # characters kept of a row that cannot be read
MOST_CELLS = 1_000  # of such a row
ODD = re.compile("[\0\ud800-\udfff\ufffd]")  # with what bytes that are no text are decoded to
ENDS = "\r\n"  # of lines, as csv writes them
HALF = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Record:
    """One row. ``n``: its number as a spreadsheet counts. ``raw``: as comma-separated text, as well as it can be."""

    n: int
    cells: list[str] = field(default_factory=list)
    raw: str = ""
    problem: str = ""


class _TooLong(Exception):
    """The row that is being read goes on and on; or, if it ``is_line``, one line of it does."""

    def __init__(self, *, is_line: bool) -> None:
        self.is_line = is_line


class _Lines:
    """The lines of a text, each of bounded length, remembering those that the row in hand took."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text, self.taken, self.again = text, list[str](), deque[str]()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.again.popleft() if self.again else self.text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.taken.append(line)
        is_line = len(line) >= LONGEST_LINE and line[-1] not in "\r\n"
        if is_line or len(self.taken) > MOST_LINES:
            self._skip_rest(line)
            raise _TooLong(is_line=is_line)
        return line

    def _skip_rest(self, line: str) -> None:
        while len(line) >= LONGEST_LINE and line[-1] not in "\r\n":
            line = self.text.readline(LONGEST_LINE)
            if not line:
                break

    def give_back(self) -> str:
        """The first line taken; the others are read again."""
        self.again.extendleft(reversed(self.taken[1:]))
        return self.taken[0]


def records(stream: BinaryIO, dialect: Dialect) -> Iterator[Record]:
    """The rows of data in ``stream``, with as many cells as ``dialect`` has names; blank ones are left out.

    A row that cannot be read comes with a ``problem`` and without cells.
    """
    stream.seek(0)
    errors = "replace" if dialect.encoding.startswith("utf-16") else "surrogateescape"
    text = io.TextIOWrapper(stream, encoding=dialect.encoding, errors=errors, newline="")
    try:
        yield from _records(_Lines(text), dialect)
    finally:
        text.detach()


def cells_of(stream: BinaryIO, dialect: Dialect) -> Iterator[list[str]]:
    """The cells of all rows that have as many as they should, nothing else: a quick look through a whole table."""
    width = len(dialect.names)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=dialect.encoding, errors="replace", newline="")
    reader = csv.reader(_Lines(text), **dialect.reading)
    try:
        while True:
            try:
                cells = next(reader)
            except (csv.Error, _TooLong):
                continue
            except StopIteration:
                return
            if len(cells) == width:
                yield cells
    finally:
        text.detach()


def _records(lines: _Lines, dialect: Dialect) -> Iterator[Record]:
    for _line in range(dialect.skipped):
        next(lines, None)
    reader, width = csv.reader(lines, **dialect.reading), len(dialect.names)
    n = dialect.skipped
    first = n + (2 if dialect.has_header else 1)
    while True:
        lines.taken, is_cell = [], False
        n += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLong) as error:
            cells, is_cell = None, len(lines.taken) == 1 and _is_of_a_cell(error, lines.taken[0], dialect)
        if n < first or (cells is not None and not any(cells)):
            continue
        if cells is None and is_cell:
            line = lines.taken[0][:LONGEST_RAW]
            yield Record(n, raw=storable(as_line(line.split(dialect.delimiter)[:MOST_CELLS])), problem=_cell_too_long())
            continue
        yield _record(n, cells, lines, dialect, width)


def _record(n: int, cells: list[str] | None, lines: _Lines, dialect: Dialect, width: int) -> Record:
    if cells is None or (len(lines.taken) > 1 and dialect.has_quotes and _runs_on(cells, lines.taken, dialect)):
        line = lines.give_back()[:LONGEST_RAW].rstrip("\r\n")
        return Record(n, raw=storable(as_line(line.split(dialect.delimiter))), problem=_too_long())
    fitted = cells if len(cells) == width else _fitted(cells, width, dialect)
    if not fitted:
        raw = as_line(cells[:MOST_CELLS])[:LONGEST_RAW]
        return Record(n, raw=storable(raw), problem=_wrong_width(len(cells), width))
    raw = as_line(fitted)
    if not ODD.search(raw):
        return Record(n, fitted, raw)
    return Record(n, fitted, storable(raw), _odd_character(raw, dialect))


def _is_of_a_cell(error: Exception, line: str, dialect: Dialect) -> bool:
    """Whether ``line`` cannot be read because a cell in it is too long, and not because it has a million of them."""
    is_long = error.is_line if isinstance(error, _TooLong) else "field limit" in str(error)
    return is_long and line.count(dialect.delimiter) < MOST_CELLS


def _runs_on(cells: list[str], taken: list[str], dialect: Dialect) -> bool:
    """Whether a row of several lines took what is not its own: it comes out uneven, or a quotation mark stands open
    or is closed within a cell."""
    try:
        next(csv.reader(taken, strict=True, **dialect.reading))
    except csv.Error:
        return True
    return len(cells) != len(dialect.names)


def _fitted(cells: list[str], width: int, dialect: Dialect) -> list[str]:
    if len(cells) > width:
        return [] if any(cells[width:]) else cells[:width]
    return cells + [""] * (width - len(cells)) if dialect.may_be_short else []


def _odd_character(raw: str, dialect: Dialect) -> str:
    if "\0" in raw:
        return _("The row has a character (NUL) that belongs into no text. Take it out, and bring the row in again.")
    is_unread = "\ufffd" in raw if dialect.encoding.startswith("utf-16") else HALF.search(raw)
    if is_unread:
        return _(
            "The row has a letter that cannot be read in the encoding of this file. Write it again, or choose "
            "another encoding for the whole file."
        )
    return ""


def _too_long() -> str:
    return _(
        "The row does not end: a quotation mark is opened and not closed, or a cell is too long. It was read up to "
        "the end of its line; mend it and bring it in again."
    )


def _cell_too_long() -> str:
    message = _("A cell of this row has more than %(most)d characters, which is as many as can be read. Shorten it.")
    return message % {"most": csv.field_size_limit()}


def _wrong_width(given: int, width: int) -> str:
    return _(
        "The row has %(given)d cells, the table has %(width)d columns. Perhaps a delimiter stands within a cell that "
        "is not in quotation marks."
    ) % {"given": given, "width": width}


class _Echo:
    def write(self, line: str) -> str:
        return line


_WRITER = csv.writer(_Echo())  # ends lines with both: what ends a line is what it puts into quotation marks


def as_line(cells: list[str]) -> str:
    """``cells`` as one row of comma-separated text, the same however the table was written."""
    return f"{_WRITER.writerow(cells).removesuffix(ENDS)}\n"


def storable(text: str) -> str:
    """``text`` as a database takes it: no NUL, no halves of characters."""
    return HALF.sub("\ufffd", text).replace("\0", "\N{SYMBOL FOR NULL}")
