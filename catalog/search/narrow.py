"""Few hits: every one is looked at and ranked."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import connection

from .asking import Question
from .counting import Facets, facets_of
from .documents import exact_keys
from .engine import engine
from .expressions import Expression, without
from .filters import Filters
from .marks import popularity
from .reading import Reading

NARROW = 300  # so many hits are looked at one by one
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
    if sort == "relevance":
        hits = ranked(tier_by_tier(reading, filters), reading.question)
    else:
        hits = sorted(_hits([filters.apply(reading.whole)]), key=KEYS[sort])
    return [hit.pk for hit in hits], facets_of((hit.facets, hit.available) for hit in hits)


def ranked(tiers: list[Expression], question: Question) -> list[Hit]:
    """All that ``tiers`` find, the best first."""
    return sorted(_hits(tiers), key=_relevance(question))


def ranked_few(pks: list[int], question: Question) -> list[Hit]:
    """The books with these keys, all of one tier, the best first."""
    if not pks:
        return []
    holes = ", ".join(["%s"] * len(pks))
    source = f"(SELECT book_id AS id, 0 AS tier FROM catalog_searchdocument WHERE book_id IN ({holes}))"  # noqa: S608
    return sorted(_read(source, pks), key=_relevance(question))


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
    return _read(f"({' UNION ALL '.join(selects)})", values)


def _read(source: str, values: list[Any]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM {source} t JOIN catalog_searchdocument d ON d.book_id = t.id",  # noqa: S608
            values,
        )
        return [Hit(*row) for row in cursor.fetchall()]


def _relevance(question: Question) -> Callable[[Hit], tuple]:
    """The exact title first, then by tier; there those whose title says little else; then the popular, the available,
    the newest."""
    keys = exact_keys(question.text)
    asked = {word for term in question.wanted for word in term.words}

    def key(hit: Hit) -> tuple:
        if hit.title_key in keys or hit.sort_title in keys:
            return (-1, 0.0, -popularity(hit.times_lent), not hit.available, -hit.pk)
        words = hit.title_key.split()
        share = sum(word in asked for word in words) / len(words) if words else 0.0
        return (hit.tier, -round(share, 2), -popularity(hit.times_lent), not hit.available, -hit.pk)

    return key
