"""Questions with the hits a librarian would accept first, and how search does with them."""

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog import queries
from catalog.models import Book
from catalog.normalize.text import fold
from catalog.search.filters import Filters
from catalog.search.marks import Facet

LOOKED_AT = 20  # a hit further down is none
DIVIDER = " — "  # between title, author and year of an expected hit
FACETS = {"language": "l", "format": "f"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """``text`` typed into ``field`` with ``filters``; one of ``first`` is wanted as the first hit.

    Each of ``first`` is a title, with author and year behind it where the title alone would not tell.
    """

    kind: str
    text: str
    first: tuple[str, ...]
    field: str = "all"
    filters: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``rank`` of the first wanted hit, 0 if it is not among the first LOOKED_AT; ``shown``: the first three titles."""

    judgement: Judgement
    rank: int
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How many questions have a wanted book as the first hit, and the mean of one divided by its rank."""

    questions: int
    recall_at_1: float
    mean_reciprocal_rank: float


def read_judgements(path: Path) -> list[Judgement]:
    """The questions in the JSON file ``path``: kind, q, first, perhaps field and filters."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    return [
        Judgement(each["kind"], each["q"], tuple(each["first"]), each.get("field", "all"), each.get("filters", {}))
        for each in entries
    ]


def judge(judgements: Iterable[Judgement]) -> list[Verdict]:
    """What search answers to each, in the library that is here."""
    return [_judge(each) for each in judgements]


def score(verdicts: list[Verdict]) -> Score:
    """The marks for ``verdicts``."""
    count = len(verdicts)
    right = sum(verdict.rank == 1 for verdict in verdicts)
    reciprocal = sum(1 / verdict.rank for verdict in verdicts if verdict.rank)
    return Score(count, right / count, reciprocal / count) if count else Score(0, 1.0, 1.0)


def found_by(judgement: Judgement, count: int = LOOKED_AT) -> list[Book]:
    """The first ``count`` books that the question finds."""
    filters = _filters(judgement.filters)
    scanned = queries.books_scanned(judgement.text, Book.objects.all()) if judgement.field == "all" else []
    found = queries.search_books(judgement.text, field=judgement.field, filters=filters, per_page=count)
    pks = [book.pk for book in scanned] or found.pks
    return queries.in_order(Book.objects.prefetch_related("contributors__author"), pks)


def _judge(judgement: Judgement) -> Verdict:
    books = found_by(judgement)
    ranks = [n for n, book in enumerate(books, start=1) if any(_is(book, wanted) for wanted in judgement.first)]
    return Verdict(judgement, ranks[0] if ranks else 0, tuple(str(book) for book in books[:3]))


def _is(book: Book, wanted: str) -> bool:
    title, *more = wanted.split(DIVIDER)
    people = " ".join(part.author.name for part in book.contributors.all())
    known = fold(f"{people} {book.year or ''}").split()
    return fold(title) in (fold(book.title), fold(book.full_title)) and set(fold(" ".join(more)).split()) <= set(known)


def _filters(given: dict[str, Any]) -> Filters:
    facets = tuple(Facet(FACETS[name], str(value)) for name, value in given.items() if name in FACETS)
    return Filters(facets, since=given.get("from"), until=given.get("to"))
