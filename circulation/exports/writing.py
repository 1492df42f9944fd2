"""An export as a stream of bytes: which parts it has, and each of them in the form that was asked for."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts import money
from accounts.exceptions import Refused
from accounts.models import LibrarySettings
from catalog.drafts import BookDraft
from catalog.exports import keyed_drafts_of
from catalog.marc.writing import write_marc, write_marcxml
from catalog.models import Book
from catalog.tables import jsonlines, own
from catalog.tables.cells import harmless, in_one_cell
from catalog.tables.zipping import Into, zipped

from .people import LOAN_COLUMNS, MEMBER_COLUMNS, all_members, loans_as_values, members_as_values, open_loans

KINDS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl", "marc": "application/marc",
         "marcxml": "application/marcxml+xml"}  # fmt: skip
ENDINGS = {"csv": "csv", "jsonl": "jsonl", "marc": "mrc", "marcxml": "xml"}
PARTS = ("books", "members", "loans")
WHATS = (*PARTS, "all")
BOM = "\ufeff"  # spreadsheets then read it as UTF-8
LINES_AT_ONCE = 200


@dataclass(slots=True)
class Export:
    """What is exported in which form. ``counts``: how many books, copies, members and loans were written so far.

    ``on_row`` is told of each book, member and loan. Raises Refused("marc_is_for_books").
    """

    kind: str
    what: str
    library: LibrarySettings
    on_row: Callable[[], Any] = lambda: None
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        if self.kind.startswith("marc") and self.what != "books":
            message = _("MARC holds books and copies only. Take members and loans out as CSV or JSON lines.")
            raise Refused("marc_is_for_books", message)
        self.counts.update(dict.fromkeys(self._counted(), 0))

    @property
    def parts(self) -> tuple[str, ...]:
        return PARTS if self.what == "all" else (self.what,)

    @property
    def is_zip(self) -> bool:
        return self.kind == "csv" and len(self.parts) > 1

    @property
    def file_name(self) -> str:
        return f"{self.what}.{'zip' if self.is_zip else ENDINGS[self.kind]}"

    @property
    def content_type(self) -> str:
        return "application/zip" if self.is_zip else KINDS[self.kind]

    def total(self) -> int:
        """How many books, members and loans there are to be written."""
        sources = {"books": Book.objects.all(), "members": all_members(), "loans": open_loans()}
        return sum(sources[part].count() for part in self.parts)

    def stream(self) -> Iterator[bytes]:
        """The file, piece by piece; nothing is kept."""
        if self.is_zip:
            return zipped((f"{part}.csv", self._table(part)) for part in self.parts)
        writers: dict[str, Callable[[], Iterator[bytes]]] = {
            "csv": lambda: self._table(self.what), "jsonl": self._lines, "marc": self._marc, "marcxml": self._marcxml,
        }  # fmt: skip
        return writers[self.kind]()

    def _counted(self) -> tuple[str, ...]:
        return tuple(name for part in self.parts for name in ((part, "copies") if part == "books" else (part,)))

    def _books(self) -> Iterator[tuple[int, BookDraft]]:
        for pk, draft in keyed_drafts_of(Book.objects.all()):
            self.counts["books"] += 1
            self.counts["copies"] += len(draft.copies)
            yield pk, draft
            self.on_row()

    def _people(self, part: str) -> Iterator[dict[str, Any]]:
        for values in members_as_values() if part == "members" else loans_as_values(self.library):
            self.counts[part] += 1
            yield values
            self.on_row()

    def _table(self, part: str) -> Iterator[bytes]:
        columns: tuple[str, ...] = own.COLUMNS
        if part == "books":
            rows = (row for pk, draft in self._books() for row in own.rows_of(str(pk), draft, self.library.currency))
        else:
            columns = MEMBER_COLUMNS if part == "members" else LOAN_COLUMNS
            rows = ([_cell(value) for value in values.values()] for values in self._people(part))
        return _csv(columns, rows)

    def _lines(self) -> Iterator[bytes]:
        yield jsonlines.about_line(self.library.currency)
        for part in self.parts:
            if part == "books":
                yield from (jsonlines.book_line(draft) for _pk, draft in self._books())
            else:
                for values in self._people(part):
                    said = {name: value for name, value in values.items() if value not in ("", [], None)}
                    yield jsonlines.line({"what": part.removesuffix("s")} | said)

    def _marc(self) -> Iterator[bytes]:
        digits = money.digits(self.library.currency)
        return (write_marc(draft, digits=digits) for _pk, draft in self._books())

    def _marcxml(self) -> Iterator[bytes]:
        drafts = (draft for _pk, draft in self._books())
        return write_marcxml(drafts, digits=money.digits(self.library.currency))


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return in_one_cell(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _csv(columns: Iterable[str], rows: Iterable[list[str]]) -> Iterator[bytes]:
    pieces: list[str] = []
    writer = csv.writer(Into(pieces))
    pieces.append(BOM)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(cell) if cell else cell for cell in row])
        if len(pieces) >= LINES_AT_ONCE:
            yield "".join(pieces).encode()
            pieces.clear()
    yield "".join(pieces).encode()
