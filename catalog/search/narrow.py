"""Few hits: every one is looked at and ranked."""

from typing import Any

from accounts.databases import reading
from catalog.models import SearchDocument

from .asking import Question
from .counting import Facets, facets_of
from .engine import engine
from .expressions import Expression, without
from .filters import Filters
from .ranking import Hit, relevance
from .reading import Reading

NARROW = 300  # so many hits are looked at one by one
COLUMNS = (
    "d.book_id, t.tier, d.title_key, d.sort_title, d.sort_author, d.year, d.times_lent, d.available, d.facets, d.in_at"
)

KEYS = {
    "newest": lambda hit: -hit.pk,
    "title": lambda hit: (hit.sort_title, hit.pk),
    "author": lambda hit: (hit.sort_author, hit.pk),
    "year": lambda hit: (-hit.year, -hit.pk),
    "popularity": lambda hit: (-hit.times_lent, -hit.pk),
}


def all_hits(reading: Reading, filters: Filters, sort: str) -> tuple[list[int], Facets]:
    """The keys of all books that fit, in the order ``sort``, and what they have in common."""
    if sort == "relevance":
        hits = ranked([filters.apply(tier) for tier in reading.tiers], reading.question)
    else:
        hits = sorted(_hits([filters.apply(reading.whole)]), key=KEYS[sort])
    return [hit.pk for hit in hits], facets_of(((hit.facets, hit.in_at) for hit in hits), filters)


def ranked(tiers: list[Expression], question: Question) -> list[Hit]:
    """All that ``tiers`` find, each book in the first that does, the best first."""
    return sorted(_hits(tiers), key=relevance(question))


def ranked_few(pks: list[int], question: Question) -> list[Hit]:
    """The books with these keys, all of one tier, the best first."""
    if not pks:
        return []
    holes = ", ".join(["%s"] * len(pks))
    source = f"(SELECT book_id AS id, 0 AS tier FROM catalog_searchdocument WHERE book_id IN ({holes}))"  # noqa: S608
    return sorted(_read(source, pks), key=relevance(question))


def tier_by_tier(reading: Reading, filters: Filters) -> list[Expression]:
    """What each tier of ``reading`` finds that those before it do not."""
    return [filters.apply(without(tier, reading.tiers[:n])) for n, tier in enumerate(reading.tiers)]


def _hits(arms: list[Expression]) -> list[Hit]:
    selects: list[str] = []
    values: list[Any] = []
    for n, arm in enumerate(arms):
        sql, more = engine().ids(arm)
        selects.append(f"SELECT id, {n} AS tier FROM ({sql}) i{n}")  # noqa: S608 - a number
        values += more
    return _read(f"(SELECT id, min(tier) AS tier FROM ({' UNION ALL '.join(selects)}) u GROUP BY id)", values)  # noqa: S608


def _read(source: str, values: list[Any]) -> list[Hit]:
    with reading(SearchDocument).cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM {source} t JOIN catalog_searchdocument d ON d.book_id = t.id",  # noqa: S608
            values,
        )
        return [Hit(*row) for row in cursor.fetchall()]
