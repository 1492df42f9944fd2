"""The two engines behind one interface: SQLite's FTS5 and PostgreSQL's tsvector, by the database in use."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
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

    def lock(self, pks: Sequence[int]) -> list[tuple[int, str, Stock]]:
        """Key, copies to lend and stock of these books' documents, by key, kept from changing."""

    def write_stock(self, pk: int, stock: Stock, branches: list[int], old: Sequence[str], new: Sequence[str]) -> None:
        """Give the document ``pk`` these figures, the branch of each copy that is in, and the marks ``new`` in place of
        ``old``."""

    def words_of(self, pks: Sequence[int]) -> Iterable[str]:
        """The tokens that stand in these books' documents now."""

    def unused(self, words: Sequence[str]) -> list[str]:
        """Those of these words, made of letters, that stand in no document."""

    def strays(self) -> list[int]:
        """The keys of books that are gone and whose words are still there."""

    def erase_strays(self) -> int:
        """Remove words of books that are gone; how many there were."""

    def wrong(self, documents: Iterable[Document]) -> list[int]:
        """Which of these have other words in the index, or none."""

    COUNTED: int
    """So many hits are counted quickly; more are reckoned."""
    COLLECTED: int
    """So many hits are quickly sorted; of more a page is first looked for along the order that is wanted."""
    WALKED: int
    """So many books are looked at along an order before all hits are sorted after all."""
    FAR: int
    """Up to so many times the hits before a page are counted to find it: then those of its tier are quickly sorted."""
    STAYS_SORTED: bool
    """What is chosen from a sorted SELECT comes in its order; asked for it again, all of it would be looked at."""

    def looking(self) -> AbstractContextManager[None]:
        """Within, the database looks into the index, whatever it thinks of other ways."""

    def ids(self, expression: Expression) -> tuple[str, list]:
        """A SELECT of the ``id`` of what fits, in any order."""

    def counting(self, expression: Expression, most: int) -> tuple[str, list]:
        """A SELECT of how many fit, no further than ``most``; that it is more may be told from a sample."""

    def facets(self, expression: Expression) -> list[tuple[str, str]]:
        """The facets of everything that fits, and those of the branches where a copy of it is in."""

    def newest(self, expression: Expression, *, limit: int, offset: int, before: int | None) -> list[int]:
        """``limit`` keys of what fits after the first ``offset``, the highest first, below ``before``."""

    def most_popular(
        self,
        expression: Expression,
        *,
        limit: int,
        offset: int = 0,
        after: tuple[int, int] | None = None,
        but: Sequence[int] = (),
        is_few: bool = False,
    ) -> list[tuple[int, int]]:
        """Class of popularity and key of what fits and is none of ``but``, the highest first: after the first
        ``offset`` ones, or after the pair ``after``. ``is_few``: it is known that all are quickly sorted."""

    def probe(self, expression: Expression) -> tuple[str, list]:
        """A condition on a row ``d`` of the documents: it fits."""

    def begins(self, field: str, text: str) -> Q:
        """Rows whose ``field`` begins with ``text``, in a way that an index on it answers."""

    def tidy(self) -> None:
        """Make the index as small and quick as it gets, after many writes."""


def engine() -> Engine:
    """The engine of the database in use."""
    return postgres if connection.vendor == "postgresql" else sqlite
