"""A table of any kind, row by row, as SourceRows: what the columns mean is settled, the rest is told per row."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from catalog.drafts import BookDraft, SourceRow

from .cells import as_meant
from .columns import CellProblem, Facts, Row, Spec
from .dates import Days
from .dialects import Dialect
from .records import Record, cells_of, records, storable


def read_table(
    stream: BinaryIO, spec: Spec, columns: dict[str, str], *, dialect: Dialect, facts: Facts
) -> Iterator[SourceRow]:
    """The rows of the table in ``stream``, read as ``spec`` with ``columns`` (name -> field, "" for none).

    The stream must be one that can be read twice: days are looked at first, to see how they are written. A row that
    cannot be understood comes with its problem. Rows of one book in our own export, side by side, are one.
    """
    known = spec.by_field
    fields = [field if (field := columns.get(name, "")) in known else "" for name in dialect.names]
    facts = replace(facts, orders=_orders(stream, spec, columns, dialect, facts))
    rows = records(stream, dialect)
    return (_joined if spec.key and spec.key in fields else _each)(rows, spec, fields, facts)


def _orders(
    stream: BinaryIO, spec: Spec, columns: dict[str, str], dialect: Dialect, facts: Facts
) -> dict[str, bool]:  # fmt: skip
    """For each column of days whether the day comes first, by what all of them say."""
    known = spec.by_field
    dated = [(n, columns[name]) for n, name in enumerate(dialect.names)
             if columns.get(name) in known and known[columns[name]].is_date]  # fmt: skip
    days = {field: Days() for _n, field in dated}
    for cells in cells_of(stream, dialect) if dated else ():
        for n, field in dated:
            days[field].see(cells[n])
    return {field: each.day_first(facts.day_first) for field, each in days.items()}


def _row(record: Record, fields: list[str]) -> Row:
    row: Row = {}
    for field, cell in zip(fields, record.cells, strict=True):
        if cell and field:
            said = as_meant(cell)
            if field in row:
                row[field].append(said)
            elif said:
                row[field] = [said]
    return row


def _each(rows: Iterator[Record], spec: Spec, fields: list[str], facts: Facts) -> Iterator[SourceRow]:
    for record in rows:
        if record.problem:
            yield SourceRow(record.n, record.raw, spec.what, problem=record.problem)
        elif (row := _row(record, fields)) and (found := _read(record.n, record.raw, [row], spec, facts)):
            yield found


def _joined(rows: Iterator[Record], spec: Spec, fields: list[str], facts: Facts) -> Iterator[SourceRow]:
    """As ``_each``, with neighbours of one key as one row."""
    held: list[tuple[Record, Row]] = []
    seen: set[int] = set()
    for record in rows:
        row = _row(record, fields) if not record.problem else {}
        key = row.get(spec.key)
        if held and key != held[0][1].get(spec.key):
            yield from _group(held, spec, facts)
            held = []
        if key is None:
            yield from _each(iter([record]), spec, fields, facts)
        elif not held and _was_seen(seen, key[0]):
            yield SourceRow(record.n, record.raw, spec.what, problem=_scattered(spec, key[0]))
        else:
            held.append((record, row))
    if held:
        yield from _group(held, spec, facts)


def _group(held: list[tuple[Record, Row]], spec: Spec, facts: Facts) -> Iterator[SourceRow]:
    raw = "".join(record.raw for record, _row in held)
    if found := _read(held[0][0].n, raw, [row for _record, row in held], spec, facts):
        yield found


def _was_seen(seen: set[int], key: str) -> bool:
    digest = hash(key)
    if digest in seen:
        return True
    seen.add(digest)
    return False


def _scattered(spec: Spec, key: str) -> str:
    return _(
        "Other rows of %(key)s stand elsewhere in the table. Sort it by the column %(column)s, so that they are side "
        "by side, and bring it in again."
    ) % {"key": key[:40], "column": spec.key}


def _read(n: int, raw: str, rows: list[Row], spec: Spec, facts: Facts) -> SourceRow | None:
    values: dict[str, Any] | BookDraft | None
    try:
        values = spec.join(rows, facts) if spec.join and len(rows) > 1 else spec.make(rows[0], facts)
    except CellProblem as problem:
        return SourceRow(n, raw, spec.what, problem=storable(str(problem)))
    if isinstance(values, BookDraft):
        return SourceRow(n, raw, spec.what, values.as_json(), draft=values)
    return SourceRow(n, raw, spec.what, values) if values else None
