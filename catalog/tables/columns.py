"""What columns a table may have, and under which names they are known."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from catalog.drafts import BookDraft
from catalog.normalize.text import fold, one_line

LONGEST_NAME = 100
Row = dict[str, list[str]]  # field -> its cells that say something


class CellProblem(Exception):
    """A cell that cannot be understood; the message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Column:
    """One thing a table may say. ``names``: how its column is called elsewhere, folded. ``is_date``: holds days.

    ``is_many``: several columns of a table may say it. ``is_hidden``: only our own exports have it.
    """

    field: str
    label: Any
    names: tuple[str, ...] = ()
    is_date: bool = False
    is_many: bool = False
    is_hidden: bool = False


def column(field: str, label: Any, names: str = "", **more: bool) -> Column:
    """A Column whose ``names``, folded, are divided by strokes."""
    return Column(field, label, tuple(name.strip() for name in names.split("|") if name.strip()), **more)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a reader must know of the library. ``day_first``: how it writes days where a table leaves it open."""

    today: date
    currency: str = "EUR"
    day_first: bool = True
    orders: dict[str, bool] = field(default_factory=dict)  # field -> whether the day comes first in its column


@dataclass(frozen=True, slots=True)
class Spec:
    """A kind of table. ``make`` gives a row's values (of a book also its draft) or raises CellProblem; None: the row is
    none of our business.

    ``needs``: of each of these groups of fields a table must have one. ``key``: the field in which rows of one thing
    are alike; ``join`` makes one of their values. ``either``: name -> the field that it means, and the one that it
    means where another column says the first.
    """

    what: str
    columns: tuple[Column, ...]
    make: Callable[[Row, Facts], dict[str, Any] | BookDraft | None]
    needs: tuple[tuple[str, ...], ...] = ()
    key: str = ""
    join: Callable[[list[Row], Facts], dict[str, Any] | None] | None = None
    either: tuple[tuple[str, str, str], ...] = ()

    @property
    def by_field(self) -> dict[str, Column]:
        return {each.field: each for each in self.columns}

    def lacks(self, columns: dict[str, str]) -> list[Column]:
        """What a table with these ``columns`` (name -> field) lacks, without which no row can be understood."""
        given = set(columns.values())
        return [self.by_field[group[0]] for group in self.needs if given.isdisjoint(group)]


def plain(name: str) -> str:
    """A column's name as names are compared: "ISBN-13:" and "isbn_13" are one."""
    return fold(name)


def column_names(header: Iterable[str]) -> tuple[str, ...]:
    """A name for each cell of ``header``, no two alike: an empty one is called by its number, a second "Note" (2)."""
    names: list[str] = []
    taken: set[str] = set()
    for n, cell in enumerate(header, 1):
        name = wanted = one_line(cell, LONGEST_NAME) or f"#{n}"
        again = 2
        while name in taken:
            name, again = f"{wanted} ({again})", again + 1
        taken.add(name)
        names.append(name)
    return tuple(names)


def header_digest(names: Iterable[str]) -> str:
    """The same for tables whose columns are called the same in the same order."""
    return hashlib.sha256("\x1f".join(map(plain, names)).encode()).hexdigest()
