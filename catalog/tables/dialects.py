"""How a table is written: encoding, delimiter, quotes, and whether the first row names the columns."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import log
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.files import FileRefused
from catalog.isbn import read_isbn

from .columns import column_names
from .encodings import guess_encoding

DELIMITERS = [
    (",", gettext_lazy("comma")), (";", gettext_lazy("semicolon")), ("\t", gettext_lazy("tab")),
    ("|", gettext_lazy("stroke |")),
]  # fmt: skip
SAMPLE = 256_000  # bytes
SAMPLE_ROWS = 200
MOST_COLUMNS = 500
OFTEN_SHORT, FEW = 0.1, 3  # that share of the rows, and at least so many
OTHERS = (
    (b"PK\x03\x04", gettext_lazy("an Excel or OpenDocument workbook, or another archive")),
    (b"\xd0\xcf\x11\xe0", gettext_lazy("an old Excel workbook")), (b"%PDF", "PDF"), (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", gettext_lazy("a picture")), (b"\xff\xd8\xff", gettext_lazy("a picture")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written. ``first_row``: the number of the first row of data, as a spreadsheet counts.

    ``names``: of the columns, no two alike. ``may_be_short``: rows may leave out their last empty cells.
    """

    encoding: str = "utf-8-sig"
    delimiter: str = ","
    has_quotes: bool = True
    has_header: bool = True
    may_be_short: bool = False
    skipped: int = 0  # lines before the table: Excel's "sep=;"
    names: tuple[str, ...] = ()

    @property
    def reading(self) -> dict[str, Any]:
        """The words of Python's csv module for it."""
        return {"delimiter": self.delimiter, "quoting": csv.QUOTE_MINIMAL if self.has_quotes else csv.QUOTE_NONE}


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a look at a table's beginning told. ``rows``: the first ones of data, to show and to guess by."""

    dialect: Dialect
    rows: tuple[tuple[str, ...], ...]


def sniff(
    stream: BinaryIO, *, is_name: Callable[[str], bool], encoding: str = "", delimiter: str = "",
    has_header: bool | None = None,
) -> Sniffed:  # fmt: skip
    """How the table in ``stream`` is written; what a person said (by keyword) holds. The stream stands at its start.

    ``is_name``: whether a word is the name of a column that some table has. Raises FileRefused("empty", "other_kind",
    "unreadable", "too_many_columns").
    """
    _refuse_others(stream)
    encoding = encoding or guess_encoding(stream)
    text, skipped, said = _sample(stream, encoding)
    delimiter, has_quotes, rows = _best(text, delimiter or said, is_name)
    if not rows:
        raise FileRefused("empty", _("The file has no rows."))
    if len(rows[0]) > MOST_COLUMNS:
        message = _("The table has more than %(most)d columns, which is as many as can be read. Delete those that are "
                    "not needed.")  # fmt: skip
        raise FileRefused("too_many_columns", message % {"most": MOST_COLUMNS})
    if has_header is None:
        has_header = _is_header(rows[0], is_name)
    names = column_names(rows[0] if has_header else [""] * len(rows[0]))
    data = rows[1:] if has_header else rows
    short = sum(len(row) < len(names) for row in data)
    is_often = short >= FEW and short > OFTEN_SHORT * len(data)
    dialect = Dialect(encoding, delimiter, has_quotes, has_header, is_often, skipped, names)
    return Sniffed(dialect, tuple(map(tuple, data)))


def _refuse_others(stream: BinaryIO) -> None:
    stream.seek(0)
    head = stream.read(4_096)
    stream.seek(0)
    if not head.strip(b"\x00 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise FileRefused("empty", _("The file is empty."))
    for start, kind in OTHERS:
        if head.startswith(start):
            message = _("This is %(kind)s. Save the table as CSV (UTF-8) and bring in that file.")
            raise FileRefused("other_kind", message % {"kind": kind})


def _sample(stream: BinaryIO, encoding: str) -> tuple[str, int, str]:
    """The beginning as text without a cut row at its end; how many lines to skip; what a line "sep=" says."""
    head = stream.read(SAMPLE)
    is_all = len(head) < SAMPLE
    stream.seek(0)
    try:
        text = head.decode(encoding, "replace").lstrip("\ufeff")
    except (LookupError, UnicodeError) as error:
        raise FileRefused("unreadable", _("The file cannot be read as text. Choose another encoding.")) from error
    control = sum(c < " " and c not in "\t\r\n" for c in text)
    if control > 0.05 * len(text):
        raise FileRefused("other_kind", _("This is no table of text. Save it as CSV (UTF-8) and bring in that file."))
    if not is_all:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    first, _end, rest = text.partition("\n")
    if first.strip().casefold().startswith("sep=") and len(first.strip()) <= 5:
        return rest, 1, first.strip("\r\n")[4:5]
    return text, 0, ""


def _best(text: str, delimiter: str, is_name: Callable[[str], bool]) -> tuple[str, bool, list[list[str]]]:
    """The delimiter (if none is given) and whether quotes mean something, by how even the rows come out."""
    tried = []
    for each in [delimiter] if delimiter else [d for d, _label in DELIMITERS]:
        for has_quotes in (True, False) if each in "\t|" else (True,):
            rows = _parsed(text, each, has_quotes)
            tried.append((_evenness(rows, is_name) + 0.01 * has_quotes, each, has_quotes, rows))
    _score, best, has_quotes, rows = max(tried, key=lambda each: each[0])
    return best, has_quotes, rows


def _parsed(text: str, delimiter: str, has_quotes: bool) -> list[list[str]]:
    rows: list[list[str]] = []
    dialect = Dialect(delimiter=delimiter, has_quotes=has_quotes)
    reader = csv.reader(io.StringIO(text, newline=""), **dialect.reading)
    while len(rows) < SAMPLE_ROWS:
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error:
            continue
        if any(row):
            rows.append(row)
    return rows


def _evenness(rows: list[list[str]], is_name: Callable[[str], bool]) -> float:
    """Higher the more rows have the same number of cells, the more cells, and the more of the first are names."""
    if not rows:
        return -1.0
    width, n = Counter(map(len, rows)).most_common(1)[0]
    names = sum(map(is_name, rows[0][:MOST_COLUMNS]))
    return (n / len(rows)) ** 2 * log(1 + min(width, 50)) * (0.1 if width == 1 else 1) + names


def _is_header(row: Iterable[str], is_name: Callable[[str], bool]) -> bool:
    """Whether the first row names the columns. If nobody knows its words it is a row like the others: none is lost."""
    cells = [cell for cell in row if cell.strip()]
    has_isbn = any(isbn is not None and isbn.is_valid for isbn in map(read_isbn, cells))
    return not has_isbn and any(map(is_name, cells))
