"""Many hits: the page that is asked for is found by going down the index, without looking at all of them."""

from typing import Any, NamedTuple

from accounts.databases import reading
from catalog.models import SearchDocument

from .asking import Question
from .counting import highest_key, number_of
from .documents import exact_keys
from .engine import engine
from .expressions import Expression
from .filters import Filters
from .highest import with_the_highest
from .marks import POPULARITIES
from .narrow import NARROW, ranked_few, tier_by_tier
from .reading import How, Reading

DOCUMENTS = "catalog_searchdocument"
MOST_RANKED = 2 * NARROW  # hits of a tier that is gone on with as it was begun
MOST_EXACT = 50  # books that have the very title
MOST_TRIED = 1_000  # of them, whether they fit what is filtered by
FEW_OF = 50  # so many times the hits of a page, and more, are not all sorted if those with high values are known


class Order(NamedTuple):
    """A column of the documents and the direction of its sorting. ``is_number``: what stands in it is one."""

    column: str
    is_descending: bool = False
    is_number: bool = False

    @property
    def sql(self) -> str:
        way = " DESC" if self.is_descending else ""
        return f"d.{self.column}{way}, d.book_id{way}"

    @property
    def sql_of_few(self) -> str:
        """The same order of a number where few have it: PostgreSQL shall not go along its index in search of them."""
        return self.sql.replace(f"d.{self.column}", f"(d.{self.column} + 0)")


_Row = tuple[int, Any]  # key of a book, and what it is sorted by


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
    "year": Order("year", is_descending=True, is_number=True),
    "popularity": Order("times_lent", is_descending=True, is_number=True),
}


def page_of_many(
    reading: Reading, filters: Filters, sort: str, *, offset: int, limit: int, after: str, total: int
) -> Page:
    """``limit`` keys after the place ``after``; where none is given, or it cannot be read or is gone, after the first
    ``offset`` ones. ``total`` decides how a sorted page is found.

    A place keeps by what its book stood there, so that whatever happens to the book meanwhile leads nobody back.
    """
    whole = filters.apply(reading.whole)
    if sort == "relevance":
        return _ranked(reading, filters, offset, limit, after)
    if sort == "newest":
        before = _number(after)
        found = engine().newest(whole, limit=limit + 1, offset=0 if before is not None else offset, before=before)
        return Page(found[:limit], len(found) > limit, str(found[limit - 1]) if len(found) > limit else "")
    order = ORDERS[sort]
    if reading.how is How.EVERYTHING and not filters.narrows:
        rows = _all(order, offset, limit + 1, after, shows_hidden=filters.shows_hidden)
    else:
        is_walked = _is_soon_met(total, limit if _place(after) or _number(after) else offset + limit)
        rows = _sorted(whole, order, offset, limit + 1, after, is_walked=is_walked, total=total)
    has_next = len(rows) > limit
    return Page([pk for pk, _value in rows[:limit]], has_next, _mark_of(order, rows[limit - 1]) if has_next else "")


class _Place(NamedTuple):
    """Where a hit stands in the order by relevance. ``at``: the class of its popularity; where hits are ranked one by
    one, more: how many have been shown of the tier."""

    tier: int
    at: int
    pk: int

    @property
    def shown(self) -> int | None:
        return min(self.at - POPULARITIES, MOST_RANKED) if self.at >= POPULARITIES else None


def _ranked(reading: Reading, filters: Filters, offset: int, limit: int, after: str) -> Page:
    """Books of the very title before all, then tier by tier."""
    exact = _exact(reading.question, filters)
    start = _place(after)
    places = [] if start else [_Place(-1, 0, pk) for pk in exact]
    offset = 0 if start else offset
    places, offset = places[offset:], max(0, offset - len(places))
    for tier, arm in enumerate(tier_by_tier(reading, filters)):
        missing = limit + 1 - len(places)
        if missing > 0 and (start is None or tier >= start.tier):
            here = start if start and start.tier == tier else None
            found, offset = _tier(tier, arm, reading.question, but=exact, offset=offset, limit=missing, start=here)
            places += found
    has_next = len(places) > limit
    shown = places[:limit]
    place = "-".join(map(str, shown[-1])) if has_next and shown[-1].tier >= 0 else ""
    return Page([place.pk for place in shown], has_next, place)


def _tier(
    tier: int, arm: Expression, question: Question, *, but: list[int], offset: int, limit: int, start: _Place | None
) -> tuple[list[_Place], int]:
    """``limit`` hits of one tier after its first ``offset`` ones, or after ``start``; and what is left of the offset.

    Few are ranked one by one; of many the most popular come first, of these the newest. A tier that was begun in one of
    these ways goes on in it, if a few more came or went.
    """
    shown = start.shown if start else None
    if start and shown is None:
        return _popular(tier, arm, but, limit, after=(start.at, start.pk)), 0
    furthest = max(offset, min(offset * engine().FAR, engine().COLLECTED))
    number = number_of(arm, furthest + 1, but) if offset else None
    if number is not None and number <= offset:
        return [], offset - number
    most = NARROW if shown is None else MOST_RANKED
    sql, values = engine().ids(arm)
    found = _keys(f"{sql} LIMIT %s", [*values, most + 1])
    if len(found) > most:
        is_few = number is not None and number <= furthest
        return _popular(tier, arm, but, limit, offset=offset + (shown or 0), is_few=is_few), 0
    pks = [hit.pk for hit in ranked_few([pk for pk in found if pk not in but], question)]
    first = offset + (_gone_on(pks, start.pk, shown) if start and shown else 0)
    return [_Place(tier, POPULARITIES + n, pk) for n, pk in enumerate(pks[first : first + limit], first + 1)], 0


def _popular(tier: int, arm: Expression, but: list[int], limit: int, **where: Any) -> list[_Place]:
    rows = engine().most_popular(arm, but=but, limit=limit, **where)
    return [_Place(tier, popularity, pk) for popularity, pk in rows]


def _gone_on(pks: list[int], last: int, shown: int) -> int:
    """After how many of ``pks`` to go on, of which so many were ``shown``: one less where one of these is gone, as the
    place of the ``last`` one says. Not behind that one wherever it is: it may be what moved."""
    return shown - (pks[max(0, shown - 2) : shown - 1] == [last])


def _exact(question: Question, filters: Filters) -> list[int]:
    """The books whose title is just what was typed, the most lent first. They fit the question by themselves."""
    keys = sorted(exact_keys(question.text))
    if not keys or question.unwanted or question.field not in ("all", "title"):
        return []
    holes = ", ".join(["%s"] * len(keys))
    hidden = "" if filters.shows_hidden else " AND NOT is_hidden"
    rows = _rows(
        f"SELECT book_id, facets, in_at, year FROM {DOCUMENTS}"  # noqa: S608 - our own pieces
        f" WHERE (title_key IN ({holes}) OR sort_title IN ({holes})){hidden}"
        " ORDER BY times_lent DESC, book_id DESC LIMIT %s",
        [*keys, *keys, MOST_TRIED if filters.narrows else MOST_EXACT],
    )
    return [pk for pk, *facts in rows if filters.fits(*facts)][:MOST_EXACT]


def _all(order: Order, offset: int, limit: int, after: str, *, shows_hidden: bool) -> list[_Row]:
    """Every book fits: the order's own index is all it takes."""
    place, values = _beyond(order, after)
    hidden = "" if shows_hidden else " AND NOT d.is_hidden"
    return _rows(
        f"SELECT d.book_id, d.{order.column} FROM {DOCUMENTS} d WHERE 1 = 1{hidden}{place}"  # noqa: S608
        f" ORDER BY {order.sql} LIMIT %s OFFSET %s",
        [*values, limit, 0 if place else offset],
    )


def _is_soon_met(total: int, wanted: int) -> bool:
    """Whether ``wanted`` of so many hits, spread evenly over all books, are met before too many books are looked at."""
    if total <= engine().COLLECTED:
        return False
    return wanted * highest_key() <= engine().WALKED * total


def _sorted(
    whole: Expression, order: Order, offset: int, limit: int, after: str, *, is_walked: bool, total: int
) -> list[_Row]:
    """``is_walked``: first go along the order, not too far, and ask of each book whether it fits; then sort all, or the
    highest of ``total``."""
    place, values = _beyond(order, after)
    offset = 0 if place else offset
    if is_walked:
        condition, more = engine().probe(whole)
        along = f"SELECT * FROM {DOCUMENTS} d WHERE 1 = 1{place} ORDER BY {order.sql} LIMIT %s"  # noqa: S608
        found = _rows(
            f"SELECT d.book_id, d.{order.column} FROM ({along}) d WHERE {condition}"  # noqa: S608 - our own pieces
            f"{'' if engine().STAYS_SORTED else f' ORDER BY {order.sql}'} LIMIT %s OFFSET %s",
            [*values, engine().WALKED, *more, limit, offset],
        )
        if len(found) == limit:
            return found
    by = order.sql
    if order.is_number and (offset + limit) * FEW_OF <= total:
        few = with_the_highest(whole, order.column, offset + limit, values[0] if place else None)
        whole, by = few, order.sql if few == whole else order.sql_of_few
    sql, more = engine().ids(whole)
    return _rows(
        f"SELECT d.book_id, d.{order.column} FROM ({sql}) i JOIN {DOCUMENTS} d ON d.book_id = i.id"  # noqa: S608 - our own pieces
        f" WHERE 1 = 1{place} ORDER BY {by} LIMIT %s OFFSET %s",
        [*more, *values, limit, offset],
    )


def _mark_of(order: Order, row: _Row) -> str:
    """The place of a book: with the number by which it stands there, which a loan changes; texts are looked up."""
    return f"0-{row[1]}-{row[0]}" if order.is_number else str(row[0])


def _beyond(order: Order, after: str) -> tuple[str, list[Any]]:
    """The condition on rows that stand beyond the place ``after``; none where nobody knows where that is."""
    place = _place(after)
    if place and order.is_number:
        values: tuple[Any, int] | None = (place.at, place.pk)
    else:
        values = SearchDocument.objects.filter(pk=_number(after)).values_list(order.column, "pk").first()
    if values is None:
        return "", []
    return f" AND (d.{order.column}, d.book_id) {'<' if order.is_descending else '>'} (%s, %s)", [*values]


def _place(after: str) -> _Place | None:
    parts = after.split("-")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) < 19 for part in parts):
        return None
    return _Place(*map(int, parts))


def _number(after: str) -> int | None:
    return int(after) if after.isdecimal() and len(after) < 19 else None


def _keys(sql: str, values: list[Any]) -> list[int]:
    return [pk for (pk,) in _rows(sql, values)]


def _rows(sql: str, values: list[Any]) -> list[tuple]:
    with reading(SearchDocument).cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
