"""Reads a table written in a test as the library would."""

import io
from datetime import date
from typing import Any

from catalog.drafts import BookDraft, SourceRow
from catalog.tables.books import BOOKS
from catalog.tables.columns import Facts, Spec, plain
from catalog.tables.dialects import Sniffed, sniff
from catalog.tables.guessing import guess_mapping, is_name_in
from catalog.tables.reading import read_table

TODAY = date(2026, 9, 1)
FACTS = Facts(today=TODAY, currency="EUR")
NAMES = is_name_in([BOOKS])


def as_stream(table: str | bytes, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(table if isinstance(table, bytes) else table.encode(encoding))


def sniffed(table: str | bytes, **said: Any) -> Sniffed:
    return sniff(as_stream(table), is_name=lambda cell: plain(cell) in NAMES, **said)


def read(table: str | bytes, spec: Spec = BOOKS, *, facts: Facts = FACTS, **said: Any) -> list[SourceRow]:
    """The rows of ``table``; what its columns are is guessed."""
    stream = as_stream(table)
    names = is_name_in([spec])
    found = sniff(stream, is_name=lambda cell: plain(cell) in names, **said)
    columns = guess_mapping(found.dialect.names, spec, found.rows)
    return list(read_table(stream, spec, columns, dialect=found.dialect, facts=facts))


def books(table: str | bytes, **said: Any) -> list[BookDraft]:
    """The drafts of ``table``, in which every row can be understood."""
    rows = read(table, **said)
    assert [row.problem for row in rows if row.problem] == []
    return [BookDraft.from_json(row.values) for row in rows]


def problems(table: str | bytes, spec: Spec = BOOKS, **said: Any) -> dict[int, str]:
    """Row -> what is wrong with it."""
    return {row.n: row.problem for row in read(table, spec, **said) if row.problem}
