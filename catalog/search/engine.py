"""The two engines behind one interface: SQLite's FTS5 and PostgreSQL's tsvector, by the database in use."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from django.db import connection
from django.db.models import Q

from . import postgres, sqlite
from .documents import Document, Stock
from .expressions import Expression


class Engine(Protocol):
    """What an engine does. Everything else about search is the same on both."""

    def write(self, documents: Iterable[Document]) -> None:
        """Put the words of ``documents`` into the index, in place of what was there. Their rows are written already."""

    def lock(self, pks: Sequence[int]) -> list[tuple[int, int, int, Stock]]:
        """Key, copies to lend, available ones and stock of these books' documents, by key, kept from changing."""

    def write_stock(self, pk: int, stock: Stock, available: int, old: Sequence[str], new: Sequence[str]) -> None:
        """Give the document ``pk`` these figures, and the marks ``new`` in place of ``old``."""

    def strays(self) -> list[int]:
        """The keys of books that are gone and whose words are still there."""

    def erase_strays(self) -> int:
        """Remove words of books that are gone; how many there were."""

    def wrong(self, documents: Iterable[Document]) -> list[int]:
        """Which of these have other words in the index, or none."""

    def ids(self, expression: Expression, *, before: int | None = None, is_ordered: bool = False) -> tuple[str, list]:
        """A SELECT of the ``id`` of what fits: keys below ``before`` only, the highest first if ``is_ordered``."""

    def probe(self, expression: Expression) -> tuple[str, list]:
        """A condition on a row ``d`` of the documents: it fits."""

    def begins(self, field: str, text: str) -> Q:
        """Rows whose ``field`` begins with ``text``, in a way that an index on it answers."""

    def near_words(self, word: str, limit: int) -> list[str]:
        """Known words that look like ``word``, the likest first."""

    def tidy(self) -> None:
        """Make the index as small and quick as it gets, after many writes."""


def engine() -> Engine:
    """The engine of the database in use."""
    return postgres if connection.vendor == "postgresql" else sqlite
