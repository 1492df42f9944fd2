"""Wrong rows as a file: corrected and brought in again they are read as if they had been right."""

import csv
import io

import pytest

from catalog.models import ImportBatch, ImportRow
from catalog.services.rejects import rejects_of
from catalog.tables.books import BOOKS
from catalog.tables.looking import look_at
from catalog.tables.reading import read_table
from catalog.tests.tables.tables import FACTS, as_stream

pytestmark = pytest.mark.django_db
TABLE = (
    'Titel;Autor;Strichcode;Anzahl\n"Emma; oder";Austen, Jane;?!;\n\'=1+1;Jane;B1;viele\nX;Y\n'
    '"Dracula;Bram;B2;1\nGut;Jane;B3;1\n' + "Gut;Jane;;1\n" * 300
)


def batch_of(table: str) -> ImportBatch:
    look = look_at(as_stream(table), [BOOKS])
    batch = ImportBatch.objects.create(source="csv", options=look.facts)
    rows = read_table(as_stream(table), look.spec, look.columns, dialect=look.dialect, facts=FACTS)
    ImportRow.objects.bulk_create(
        ImportRow(batch=batch, n=row.n, raw=row.raw, reason=row.problem, outcome="failed" if row.problem else "added")
        for row in rows
    )
    return batch


def test_wrong_rows_of_a_table_have_their_cells_and_their_reasons():
    text = b"".join(rejects_of(batch_of(TABLE))).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header == ["Titel", "Autor", "Strichcode", "Anzahl", "Reason"]
    assert [row[:4] for row in rows] == [
        ["Emma; oder", "Austen, Jane", "?!", ""], ["'=1+1", "Jane", "B1", "viele"], ["X", "Y", "", ""],
        ['"Dracula', "Bram", "B2", "1"],
    ]  # fmt: skip
    assert rows[1][4] == "“viele” is no number of copies. Write a whole number from 0 to 500."


def test_wrong_rows_that_were_corrected_are_read():
    text = b"".join(rejects_of(batch_of(TABLE))).decode("utf-8-sig")
    corrected = text.replace("?!", "B0").replace("viele", "2").replace('"""Dracula"', "Dracula")
    look = look_at(as_stream(corrected), [BOOKS])
    rows = list(read_table(as_stream(corrected), look.spec, look.columns, dialect=look.dialect, facts=FACTS))
    assert [(row.problem, row.values["title"], len(row.values["copies"])) for row in rows] == [
        ("", "Emma; oder", 1), ("", "=1+1", 2), ("", "X", 0), ("", "Dracula", 1),
    ]  # fmt: skip
