"""Which reader understands which kind of file; each only yields rows: of books, members or loans."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from accounts import money
from accounts.models import LibrarySettings
from catalog.drafts import SourceRow
from catalog.files import OpenedFile
from catalog.marc.reading import read_marc
from catalog.marc.xml import read_marcxml
from catalog.models import ImportBatch
from catalog.services.batches import records_in
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
        case "marc":
            return read_marc(file.stream, digits=money.digits(library.currency))
        case "marcxml":
            return read_marcxml(file.stream, digits=money.digits(library.currency))
        case _:
            return read_isbns(file)


def look_at_table(file: OpenedFile, options: Mapping[str, Any]) -> Look:
    """What the table in ``file`` seems to be; what a person said in ``options`` holds. Raises FileRefused."""
    return look_at(
        file.stream, SPECS, what=options.get("what", ""), encoding=options.get("encoding", ""),
        delimiter=options.get("delimiter", ""), has_header=options.get("has_header"),
    )  # fmt: skip


def read_isbns(file: OpenedFile) -> Iterator[SourceRow]:
    """A row for each ISBN or key in a text file with one a line; what each is about is looked up later."""
    numbers = count(1)
    while line := file.stream.readline(LONGEST_LINE):
        for text in records_in(line.decode("utf-8-sig", errors="replace")):
            if text.casefold() not in HEADINGS:
                yield SourceRow(next(numbers), text)
