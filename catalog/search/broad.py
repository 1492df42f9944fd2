"""Many hits: the page that is asked for is found by going down the index, without looking at all of them."""

from typing import Any, NamedTuple

from django.db import connection

from catalog.models import SearchDocument

from .asking import Question
from .documents import exact_keys
from .engine import engine
from .expressions import Expression, Mark
from .filters import Filters
from .marks import ALL, POPULARITIES
from .narrow import NARROW, ranked_few, tier_by_tier
from .reading import How, Reading

DOCUMENTS = "catalog_searchdocument"
MOST_EXACT = 50  # books that have the very title


class Order(NamedTuple):
    """A column of the documents and the direction of its sorting."""

    column: str
    is_descending: bool = False

    @property
    def sql(self) -> str:
        way = " DESC" if self.is_descending else ""
        return f"d.{self.column}{way}, d.book_id{way}"


class Page(NamedTuple):
    """One page: its keys in order, whether more follow, and the place where it ends, from where to go on.

    ``after`` is "" where only the number of the next page leads there.
    """

    pks: list[int]
    has_next: bool
    after: str


ORDERS = {
    "title": Order("sort_title"),
    "author": Order("sort_author"),
    "year": Order("year", is_descending=True),
    "popularity": Order("times_lent", is_descending=True),
}


def page_of_many(
    reading: Reading, filters: Filters, sort: str, *, offset: int, limit: int, after: str, total: int
) -> Page:
    """``limit`` keys after the first ``offset`` ones, or after the place ``after``; one that cannot be read is the
    beginning. ``total`` decides how a sorted page is found."""
    whole = filters.apply(reading.whole)
    if sort == "relevance":
        return _ranked(reading, filters, offset, limit, after)
    if reading.how is How.EVERYTHING and not filters.narrows and sort in ORDERS:
        found = _all(ORDERS[sort], offset, limit + 1, _number(after), shows_hidden=filters.shows_hidden)
    elif sort == "newest":
        found = engine().newest(whole, limit=limit + 1, offset=offset, before=_number(after))
    else:
        found = _sorted(whole, ORDERS[sort], offset, limit + 1, _number(after), is_walked=total > engine().COLLECTED)
    has_next = len(found) > limit
    return Page(found[:limit], has_next, str(found[limit - 1]) if has_next else "")


class _Place(NamedTuple):
    """Where a hit stands in the order by relevance."""

    tier: int
    popularity: int
    pk: int


def _ranked(reading: Reading, filters: Filters, offset: int, limit: int, after: str) -> Page:
    """Books of the very title before all, then tier by tier."""
    exact = _exact(reading.question, filters)
    start = _place(after)
    places = [] if start else [_Place(-1, 0, pk) for pk in exact]
    for tier, arm in enumerate(tier_by_tier(reading, filters)):
        missing = offset + limit + 1 - len(places)
        if missing > 0 and (start is None or tier >= start.tier):
            here = start if start and start.tier == tier else None
            places += _tier(tier, arm, reading.question, but=exact, limit=missing, start=here)
    shown = places[offset : offset + limit]
    has_next = len(places) > offset + limit
    place = "-".join(map(str, shown[-1])) if has_next and shown[-1].tier >= 0 else ""
    return Page([place.pk for place in shown], has_next, place)


def _tier(
    tier: int, arm: Expression, question: Question, *, but: list[int], limit: int, start: _Place | None
) -> list[_Place]:
    """The first ``limit`` hits of one tier, after ``start``. Few are ranked one by one; of many the most popular come
    first, of these the newest."""
    sql, values = engine().ids(arm)
    found = _keys(f"{sql} LIMIT %s", [*values, NARROW + 1])
    if len(found) > NARROW:
        after = (start.popularity, start.pk) if start else None
        rows = engine().most_popular(arm, limit=limit + len(but), after=after)
        return [_Place(tier, popularity, pk) for popularity, pk in rows if pk not in but][:limit]
    pks = [hit.pk for hit in ranked_few([pk for pk in found if pk not in but], question)]
    first = pks.index(start.pk) + 1 if start and start.pk in pks else 0
    return [_Place(tier, 0, pk) for pk in pks[first : first + limit]]


def _exact(question: Question, filters: Filters) -> list[int]:
    """The books whose title is just what was typed, the most lent first. They fit the question by themselves."""
    keys = sorted(exact_keys(question.text))
    if not keys or question.unwanted or question.field not in ("all", "title"):
        return []
    condition, values = engine().probe(filters.apply(Mark(ALL)))
    holes = ", ".join(["%s"] * len(keys))
    hidden = "" if filters.shows_hidden else " AND NOT is_hidden"
    candidates = (
        f"SELECT book_id FROM {DOCUMENTS}"  # noqa: S608 - our own pieces
        f" WHERE (title_key IN ({holes}) OR sort_title IN ({holes})){hidden}"
        " ORDER BY times_lent DESC, book_id DESC LIMIT %s"
    )
    narrowed = f" WHERE {condition}" if filters.narrows else ""
    return _keys(
        f"SELECT d.book_id FROM ({candidates}) c JOIN {DOCUMENTS} d ON d.book_id = c.book_id"  # noqa: S608
        f"{narrowed} ORDER BY d.times_lent DESC, d.book_id DESC",
        [*keys, *keys, MOST_EXACT, *(values if filters.narrows else [])],
    )


def _all(order: Order, offset: int, limit: int, after: int | None, *, shows_hidden: bool) -> list[int]:
    """Every book fits: the order's own index is all it takes."""
    place, values = _beyond(order, after)
    hidden = "" if shows_hidden else " AND NOT d.is_hidden"
    return _keys(
        f"SELECT d.book_id FROM {DOCUMENTS} d WHERE 1 = 1{hidden}{place} ORDER BY {order.sql} LIMIT %s OFFSET %s",  # noqa: S608
        [*values, limit, offset],
    )


def _sorted(
    whole: Expression, order: Order, offset: int, limit: int, after: int | None, *, is_walked: bool
) -> list[int]:
    """``is_walked``: first go along the order, not too far, and ask of each book whether it fits; then sort all."""
    place, values = _beyond(order, after)
    if is_walked:
        condition, more = engine().probe(whole)
        along = f"SELECT * FROM {DOCUMENTS} d WHERE 1 = 1{place} ORDER BY {order.sql} LIMIT %s"  # noqa: S608
        found = _keys(
            f"SELECT d.book_id FROM ({along}) d WHERE {condition} ORDER BY {order.sql} LIMIT %s OFFSET %s",  # noqa: S608
            [*values, engine().WALKED, *more, limit, offset],
        )
        if len(found) == limit:
            return found
    sql, more = engine().ids(whole)
    return _keys(
        f"SELECT d.book_id FROM ({sql}) i JOIN {DOCUMENTS} d ON d.book_id = i.id"  # noqa: S608 - our own pieces
        f" WHERE 1 = 1{place} ORDER BY {order.sql} LIMIT %s OFFSET %s",
        [*more, *values, limit, offset],
    )


def _beyond(order: Order, after: int | None) -> tuple[str, list[Any]]:
    """The condition on rows that stand beyond the book ``after``; none where that book is gone."""
    if after is None:
        return "", []
    values = SearchDocument.objects.filter(pk=after).values_list(order.column, flat=True).first()
    if values is None:
        return "", []
    return f" AND (d.{order.column}, d.book_id) {'<' if order.is_descending else '>'} (%s, %s)", [values, after]


def _place(after: str) -> _Place | None:
    parts = after.split("-")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) < 19 for part in parts):
        return None
    tier, popularity, pk = map(int, parts)
    return _Place(tier, min(popularity, POPULARITIES - 1), pk)


def _number(after: str) -> int | None:
    return int(after) if after.isdecimal() and len(after) < 19 else None


def _keys(sql: str, values: list[Any]) -> list[int]:
    return [pk for (pk,) in _rows(sql, values)]


def _rows(sql: str, values: list[Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
