"""The lines of an import that were wrong, as a file of the kind they came in, to be corrected and brought in again."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.archives import TABLES_OF
from catalog.marc.writing import XML_FOOT, XML_HEAD, marc_again
from catalog.models import ImportBatch, ImportRow
from catalog.tables.cells import as_meant, harmless
from catalog.tables.records import as_line
from catalog.tables.zipping import zipped

Source = ImportBatch.Source
ENDINGS = {Source.CSV: "csv", Source.MARC: "mrc", Source.MARCXML: "xml", Source.JSONL: "jsonl"}
BOM = "\ufeff"  # spreadsheets then read it as UTF-8
WRONG = (ImportRow.Outcome.FAILED, ImportRow.Outcome.NOT_FOUND)


def file_name(batch: ImportBatch) -> str:
    """How the file of ``rejects_of`` is called."""
    if "tables" in batch.options:
        return f"import-{batch.pk}-wrong.zip"
    return f"import-{batch.pk}-wrong.{ENDINGS.get(Source(batch.source), 'txt')}"


def rejects_of(batch: ImportBatch) -> Iterator[bytes]:
    """A file of the wrong lines of ``batch``, each with its reason as far as the kind of file has room for it."""
    if names := batch.options.get("tables"):
        return zipped((file, _table_of(batch, what, names[what])) for file, what in TABLES_OF.items() if what in names)
    return _one_file(batch, _wrong(batch.rows.all()))


def _wrong(rows: QuerySet[ImportRow]) -> Iterable[tuple[str, str]]:
    wrong = rows.filter(outcome__in=WRONG).order_by("n")
    return wrong.values_list("raw", "reason").iterator(chunk_size=500)


def _one_file(batch: ImportBatch, rows: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    match batch.source:
        case Source.CSV:
            return _table(batch.options.get("names") or [], rows)
        case Source.MARC:
            return marc_again(raw for raw, _reason in rows)
        case Source.MARCXML:
            return _xml(rows)
        case Source.JSONL:
            return (_object(raw, reason) for raw, reason in rows)
        case _:
            return (f"{raw}\n".encode() for raw, _reason in rows)


def _table_of(batch: ImportBatch, what: str, names: list[str]) -> Iterator[bytes]:
    return _table(names, _wrong(batch.rows.filter(what=what)))


def _table(names: list[str], rows: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    if names:
        yield (BOM + as_line([*map(harmless, names), _("Reason")])).encode()
    for raw, reason in rows:
        for cells in csv.reader(io.StringIO(raw, newline="")):  # rows are kept with commas, whatever the file had
            kept = [harmless(as_meant(cell)) for cell in cells] + [""] * (len(names) - len(cells))
            yield as_line([*kept, harmless(reason)]).encode()


def _xml(rows: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    yield XML_HEAD.encode()
    for raw, reason in rows:
        yield f"<!-- {escape(reason).replace('--', '- -')} -->\n{raw}\n".encode()
    yield XML_FOOT.encode()


def _object(raw: str, reason: str) -> bytes:
    try:
        values = json.loads(raw)
    except ValueError:
        return raw.rstrip().encode() + b"\n"
    if isinstance(values, dict):
        values["reason"] = reason
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"
