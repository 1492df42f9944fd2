"""Which reader understands which kind of file; each only yields rows."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from catalog.drafts import SourceRow
from catalog.files import OpenedFile
from catalog.models import ImportBatch
from catalog.services.batches import records_in

LONGEST_LINE = 1_000_000  # bytes


def read_rows(file: OpenedFile, batch: ImportBatch) -> Iterator[SourceRow]:
    """The records of the opened ``file``, read as its kind and the options of ``batch`` say."""
    return READERS[file.kind](file, batch.options)


def read_isbns(file: OpenedFile, _options: dict[str, Any]) -> Iterator[SourceRow]:
    """A row for each ISBN or key in a text file with one a line; what each is about is looked up later."""
    numbers = count(1)
    while line := file.stream.readline(LONGEST_LINE):
        for text in records_in(line.decode("utf-8-sig", errors="replace")):
            if text.casefold() not in ("isbn", "isbn13", "isbn-13"):
                yield SourceRow(next(numbers), text)


READERS: dict[str, Callable[[OpenedFile, dict[str, Any]], Iterator[SourceRow]]] = {"isbns": read_isbns}
