"""Reads the CSV files of a data set in batches of rows, with the line in every complaint."""

import csv
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TextIO

COLUMNS = {
    "authors": ("id", "name"),
    "subjects": ("id", "heading"),
    "publishers": ("id", "name"),
    "places": ("id", "name"),
    "titles": (
        "id", "isbn", "title", "subtitle", "author_ids", "publisher_id", "place_id", "year", "lang", "pages",
        "callno", "subject_ids", "summary",
    ),
    "copies": ("id", "barcode", "title_id", "location", "acquired"),
    "members": ("id", "card", "surname", "given", "email", "kind", "joined", "expires"),
    "loans_past": ("id", "copy_id", "member_id", "out", "due", "back"),
    "loans_active": ("id", "copy_id", "member_id", "out", "due"),
}  # fmt: skip

Row = dict[str, str]


class BadData(Exception):
    """A file of the data set is missing or not of the shape that was agreed; the message says which and where."""


class Folder:
    """A folder with one CSV file (UTF-8, first line the names of the columns) for each name in COLUMNS."""

    def __init__(self, path: Path) -> None:
        self.path = path
        missing = [f"{name}.csv" for name in COLUMNS if not (path / f"{name}.csv").is_file()]
        if missing:
            raise BadData(f"{path} lacks {', '.join(missing)}.")

    def count(self, name: str) -> int:
        """How many rows the file ``name`` has."""
        with self._open(name) as file:
            return sum(1 for _cells in filter(None, csv.reader(file))) - 1

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of the file ``name`` by column, whose ids count from 1. Raises BadData."""
        columns = COLUMNS[name]
        with self._open(name) as file:
            reader = csv.reader(file)
            head = next(reader, [])
            lacking = set(columns) - set(head)
            if lacking:
                raise BadData(f"{name}.csv lacks the columns {', '.join(sorted(lacking))}.")
            pick = itemgetter(*map(head.index, columns))
            for expected, cells in enumerate(filter(None, reader), 1):
                if len(cells) < len(head) or pick(cells)[0] != str(expected):
                    raise BadData(
                        f"{name}.csv, line {reader.line_num}: a whole row with the id {expected} must follow."
                    )
                yield dict(zip(columns, pick(cells), strict=True))

    def batches(self, name: str, size: int) -> Iterator[list[Row]]:
        """The rows of the file ``name``, up to ``size`` at a time."""
        rows = self.rows(name)
        while batch := list(islice(rows, size)):
            yield batch

    def _open(self, name: str) -> TextIO:
        return (self.path / f"{name}.csv").open(newline="", encoding="utf-8")


class Keys:
    """The keys that the database gave to the rows of one file, by their ids; eight bytes each."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._keys = array("q")

    def extend(self, keys: Iterable[int]) -> None:
        """Add the keys of the rows that follow those added before."""
        self._keys.extend(keys)

    def __getitem__(self, row_id: str) -> int:
        if not row_id.isdecimal() or not 1 <= int(row_id) <= len(self._keys):
            raise BadData(f"{self.name}.csv has no row with the id “{row_id}” that another file names.")
        return self._keys[int(row_id) - 1]
