"""Which reader understands which kind of file; each only yields rows: of books, members or loans."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from accounts import money
from accounts.models import LibrarySettings
from catalog.archives import TABLES_OF, FileRefused, tables_in
from catalog.drafts import SourceRow
from catalog.files import OpenedFile
from catalog.models import ImportBatch
from catalog.services.batches import records_in
from catalog.tables.columns import Facts
from catalog.tables.jsonlines import read_jsonl
from catalog.tables.looking import Look, facts_of, look_at
from catalog.tables.reading import read_table
from circulation.tables import SPECS

LONGEST_LINE = 1_000_000  # bytes of a list of ISBNs
HEADINGS = ("isbn", "isbn13", "isbn-13", "isbn10", "isbn-10")


def read_rows(file: OpenedFile, batch: ImportBatch) -> Iterator[SourceRow]:
    """The records of the opened ``file``, read as its kind and the options of ``batch`` say. Raises FileRefused."""
    library = LibrarySettings.current()
    match file.kind:
        case "csv":
            look = look_at_table(file, batch.options)
            columns = batch.options.get("columns") or look.columns
            return read_table(file.stream, look.spec, columns, dialect=look.dialect, facts=facts_of(library))
        case "jsonl":
            return read_jsonl(file.stream, SPECS, facts=facts_of(library))
        case "tables":  # catalog.files.TABLES
            return read_tables(file, facts_of(library))
        case "marc" | "marcxml":
            return _read_marc(file, digits=money.digits(library.currency))
        case _:
            return read_isbns(file)


def _read_marc(file: OpenedFile, *, digits: int) -> Iterator[SourceRow]:
    from catalog.marc.reading import read_marc  # noqa: PLC0415 - its tables of old alphabets: 5 MB that few need
    from catalog.marc.xml import read_marcxml  # noqa: PLC0415 - the same

    return (read_marc if file.kind == "marc" else read_marcxml)(file.stream, digits=digits)


def look_at_table(file: OpenedFile, options: Mapping[str, Any]) -> Look:
    """What the table in ``file`` seems to be; what a person said in ``options`` holds. Raises FileRefused."""
    return look_at(
        file.stream, SPECS, what=options.get("what", ""), encoding=options.get("encoding", ""),
        delimiter=options.get("delimiter", ""), has_header=options.get("has_header"),
    )  # fmt: skip


def names_in_tables(file: OpenedFile) -> dict[str, Any]:
    """What an import of several tables at once keeps in its options: the names of the columns of each kind.

    Raises FileRefused, also where no column of a table is known as what it cannot do without.
    """
    looks = [look for _name, look, _stream in _looks_at_tables(file)]
    return {"tables": {look.spec.what: list(look.dialect.names) for look in looks}}


def read_tables(file: OpenedFile, facts: Facts) -> Iterator[SourceRow]:
    """The rows of all tables in ``file``, numbered on from one to the next."""
    before = 0
    for _name, look, stream in _looks_at_tables(file):
        n = 0
        for row in read_table(stream, look.spec, look.columns, dialect=look.dialect, facts=facts):
            n = row.n
            yield replace(row, n=before + n)
        before += n


def _looks_at_tables(file: OpenedFile) -> Iterator[tuple[str, Look, BinaryIO]]:
    for name, stream in tables_in(file.stream, file.size):
        look = look_at(stream, SPECS, what=TABLES_OF[name])
        if look.lacks:
            missing = ", ".join(str(column.label) for column in look.lacks)
            said = _("No column of %(name)s is known as: %(missing)s.") % {"name": name, "missing": missing}
            raise FileRefused("columns", said)
        yield name, look, stream


def read_isbns(file: OpenedFile) -> Iterator[SourceRow]:
    """A row for each ISBN or key in a text file with one a line; what each is about is looked up later."""
    numbers = count(1)
    while line := file.stream.readline(LONGEST_LINE):
        for text in records_in(line.decode("utf-8-sig", errors="replace")):
            if text.casefold() not in HEADINGS:
                yield SourceRow(next(numbers), text)
