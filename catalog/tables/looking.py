"""A first look at a table: how it is written, what it is about and what its columns mean, before it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from django.utils import timezone

from accounts.models import LibrarySettings

from .columns import Column, Facts, Spec, plain
from .dialects import Dialect, sniff
from .guessing import guess_mapping, is_name_in, known_system, likeness
from .remembered import remembered_mapping

MONTH_FIRST = {"USD"}  # where an English-speaking library pays in these it writes the month first


@dataclass(frozen=True, slots=True)
class Look:
    """What a table seems to be. ``rows``: the first ones; ``columns``: name -> field, "" for none.

    ``system``: whose export it is, if known. ``is_remembered``: a person has said before what the columns are.
    ``lacks``: what is missing so that no row can be understood; nothing may be read before a person has named it.
    """

    dialect: Dialect
    rows: tuple[tuple[str, ...], ...]
    spec: Spec
    columns: dict[str, str]
    system: str
    is_remembered: bool

    @property
    def facts(self) -> dict[str, Any]:
        """What an import keeps of it in its options, so that the table is read as it was looked at."""
        dialect = self.dialect
        return {
            "what": self.spec.what, "columns": self.columns, "names": list(dialect.names),
            "encoding": dialect.encoding, "delimiter": dialect.delimiter, "has_header": dialect.has_header,
        }  # fmt: skip

    @property
    def is_mere_text(self) -> bool:
        """Whether nothing speaks for a table: a single column without a name, and not of ISBNs."""
        is_nameless = len(self.dialect.names) == 1 and not self.dialect.has_header
        return is_nameless and "isbn" not in self.columns.values()

    @property
    def lacks(self) -> list[Column]:
        return self.spec.lacks(self.columns)


def look_at(
    stream: BinaryIO, specs: Sequence[Spec], *, what: str = "", encoding: str = "", delimiter: str = "",
    has_header: bool | None = None,
) -> Look:  # fmt: skip
    """Look at the table in ``stream``, which stands at its beginning afterwards. What a person said (by keyword) holds.

    ``what``: the kind of table, else the one of ``specs`` that its columns fit best. Raises FileRefused.
    """
    names = is_name_in(specs)
    sniffed = sniff(
        stream, is_name=lambda cell: plain(cell) in names, encoding=encoding, delimiter=delimiter, has_header=has_header
    )
    header = sniffed.dialect.names
    among = [spec for spec in specs if spec.what == what] or list(specs)
    spec = max(among, key=lambda each: likeness(header, each)) if len(among) > 1 else among[0]
    known = remembered_mapping(header, spec) if sniffed.dialect.has_header else None
    columns = known if known is not None else guess_mapping(header, spec, sniffed.rows)
    return Look(sniffed.dialect, sniffed.rows, spec, columns, known_system(header, spec.what), known is not None)


def facts_of(library: LibrarySettings, now: datetime | None = None) -> Facts:
    """What a reader of tables must know of this ``library`` at the moment ``now`` (default: the clock)."""
    day_first = not (library.language.startswith("en") and library.currency in MONTH_FIRST)
    return Facts(today=timezone.localdate(now, library.zone), currency=library.currency, day_first=day_first)
