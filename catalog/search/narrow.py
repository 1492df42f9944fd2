"""Few hits: every one is looked at and ranked."""

from typing import NamedTuple

from django.db import connection

from .counting import Facets, facets_of
from .documents import exact_keys
from .engine import engine
from .expressions import Expression, without
from .filters import Filters
from .marks import popularity
from .reading import Reading

NARROW = 2_000  # so many hits are looked at one by one
COLUMNS = "d.book_id, t.tier, d.title_key, d.sort_title, d.sort_author, d.year, d.times_lent, d.available, d.facets"


class Hit(NamedTuple):
    pk: int
    tier: int
    title_key: str
    sort_title: str
    sort_author: str
    year: int
    times_lent: int
    available: int
    facets: str


KEYS = {
    "newest": lambda hit: -hit.pk,
    "title": lambda hit: (hit.sort_title, hit.pk),
    "author": lambda hit: (hit.sort_author, hit.pk),
    "year": lambda hit: (-hit.year, -hit.pk),
    "popularity": lambda hit: (-hit.times_lent, -hit.pk),
}


def all_hits(reading: Reading, filters: Filters, sort: str) -> tuple[list[int], Facets]:
    """The keys of all books that fit, in the order ``sort``, and what they have in common."""
    is_ranked = sort == "relevance"
    hits = _hits(tier_by_tier(reading, filters) if is_ranked else [filters.apply(reading.whole)])
    hits.sort(key=_relevance(reading) if is_ranked else KEYS[sort])
    return [hit.pk for hit in hits], facets_of(hit.facets for hit in hits)


def tier_by_tier(reading: Reading, filters: Filters) -> list[Expression]:
    """What each tier of ``reading`` finds that those before it do not."""
    return [filters.apply(without(tier, reading.tiers[:n])) for n, tier in enumerate(reading.tiers)]


def _hits(arms: list[Expression]) -> list[Hit]:
    selects, values = [], []
    for n, arm in enumerate(arms):
        sql, more = engine().ids(arm)
        selects.append(f"SELECT id, {n} AS tier FROM ({sql}) i{n}")  # noqa: S608 - a number
        values += more
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM ({' UNION ALL '.join(selects)}) t"  # noqa: S608 - our own pieces
            " JOIN catalog_searchdocument d ON d.book_id = t.id",
            values,
        )
        return [Hit(*row) for row in cursor.fetchall()]


def _relevance(reading: Reading):
    """The exact title first, then by tier; there those whose title says little else; then the popular, the available,
    the newest."""
    keys = exact_keys(reading.question.text)
    asked = {word for term in reading.question.wanted for word in term.words}

    def key(hit: Hit) -> tuple:
        if hit.title_key in keys or hit.sort_title in keys:
            return (-1, 0.0, -popularity(hit.times_lent), not hit.available, -hit.pk)
        words = hit.title_key.split()
        share = sum(word in asked for word in words) / len(words) if words else 0.0
        return (hit.tier, -round(share, 2), -popularity(hit.times_lent), not hit.available, -hit.pk)

    return key
