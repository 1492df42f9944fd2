"""What search is told of each book: which of its copies are out, how often they were lent, who waits."""

from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import Max

from catalog.models import SearchDocument
from catalog.search.documents import Stock

# Asked at every issue and return: as one statement that no queryset has to be put together for.
OUT = """SELECT {joined}(CAST(c.id AS text), ' ') FROM catalog_copy c
    WHERE c.book_id = b.id
      AND (EXISTS (SELECT 1 FROM circulation_loan l WHERE l.copy_id = c.id AND l.closed_at IS NULL)
        OR EXISTS (SELECT 1 FROM circulation_hold h WHERE h.trapped_copy_id = c.id AND h.status = 'ready'))"""
JOINED = {"sqlite": "group_concat", "postgresql": "string_agg"}
LENT = """SELECT count(*) FROM circulation_loan l JOIN catalog_copy c ON c.id = l.copy_id
    WHERE c.book_id = b.id AND l.outcome <> 'undone'"""
HOLDS = "SELECT count(*) FROM circulation_hold h WHERE h.book_id = b.id AND h.status IN ('waiting', 'ready')"
FIGURES = f"COALESCE(({OUT}), '') AS is_out, ({LENT}) AS is_lent, ({HOLDS}) AS is_held"
KEPT = f"""SELECT id, out, times_lent, holds, is_out, is_lent, is_held FROM (
    SELECT b.id, d.out, d.times_lent, d.holds, {FIGURES}
    FROM catalog_searchdocument d JOIN catalog_book b ON b.id = d.book_id
    WHERE d.book_id >= %s AND d.book_id < %s AND d.stale_since IS NULL) figures
    WHERE out <> is_out OR times_lent <> is_lent OR holds <> is_held ORDER BY id"""  # noqa: S608 - constants
AT_ONCE = 10_000


def stock_for_search(books: Iterable[int]) -> dict[int, Stock]:
    """The figures of each of these books (by key), in one query. A loan that was taken back was none."""
    pks = list(books)
    if not pks:
        return {}  # PostgreSQL takes no empty list
    holes = ", ".join(["%s"] * len(pks))
    with connection.cursor() as cursor:
        cursor.execute(_of_database(f"SELECT b.id, {FIGURES} FROM catalog_book b WHERE b.id IN ({holes})"), pks)  # noqa: S608
        found = {pk: _stock(*figures) for pk, *figures in cursor.fetchall()}
    return {pk: found.get(pk, Stock()) for pk in pks}


def wrong_stock() -> Iterator[tuple[int, Stock, Stock]]:
    """Books (by key) whose search document keeps other figures than are counted now, unless it is stale: kept, counted.

    The database looks at so many books at a time and tells only of the wrong ones.
    """
    last = SearchDocument.objects.aggregate(last=Max("pk"))["last"] or 0
    for first in range(0, last + 1, AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute(_of_database(KEPT), [first, first + AT_ONCE])
            rows = cursor.fetchall()
        figures = ((pk, Stock(*row[:3]), _stock(*row[3:])) for pk, *row in rows)
        yield from ((pk, kept, counted) for pk, kept, counted in figures if kept != counted)


def _of_database(sql: str) -> str:
    return sql.replace("{joined}", JOINED[connection.vendor])


def _stock(out: str, times_lent: int, holds: int) -> Stock:
    """The copies that are out in order, which no database promises."""
    return Stock(" ".join(sorted(out.split(), key=int)) if " " in out else out, times_lent, holds)
