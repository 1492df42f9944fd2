"""What search is told of each book: how many of its copies are out, how often they were lent, who waits."""

from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import Max

from catalog.models import SearchDocument
from catalog.search.documents import Stock

# Asked at every issue and return: as one statement that no queryset has to be put together for.
OUT = """SELECT count(*) FROM catalog_copy c JOIN catalog_copytype t ON t.id = c.copy_type_id
    WHERE c.book_id = b.id AND t.is_lendable
      AND c.withdrawn_on IS NULL AND c.lost_on IS NULL AND c.damaged_on IS NULL
      AND (EXISTS (SELECT 1 FROM circulation_loan l WHERE l.copy_id = c.id AND l.closed_at IS NULL)
        OR EXISTS (SELECT 1 FROM circulation_hold h WHERE h.trapped_copy_id = c.id AND h.status = 'ready'))"""
LENT = """SELECT count(*) FROM circulation_loan l JOIN catalog_copy c ON c.id = l.copy_id
    WHERE c.book_id = b.id AND l.outcome <> 'undone'"""
HOLDS = "SELECT count(*) FROM circulation_hold h WHERE h.book_id = b.id AND h.status IN ('waiting', 'ready')"
FIGURES = f"({OUT}) AS is_out, ({LENT}) AS is_lent, ({HOLDS}) AS is_held"
WRONG = f"""SELECT id, out, times_lent, holds, is_out, is_lent, is_held FROM (
    SELECT b.id, d.out, d.times_lent, d.holds, {FIGURES}
    FROM catalog_searchdocument d JOIN catalog_book b ON b.id = d.book_id
    WHERE d.book_id >= %s AND d.book_id < %s AND NOT d.is_stale) figures
    WHERE out <> is_out OR times_lent <> is_lent OR holds <> is_held ORDER BY id"""  # noqa: S608 - constants
AT_ONCE = 10_000


def stock_for_search(books: Iterable[int]) -> dict[int, Stock]:
    """The figures of each of these books (by key), in one query. A loan that was taken back was none."""
    pks = list(books)
    holes = ", ".join(["%s"] * len(pks))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT b.id, {FIGURES} FROM catalog_book b WHERE b.id IN ({holes})", pks)  # noqa: S608
        found = {pk: Stock(*figures) for pk, *figures in cursor.fetchall()}
    return {pk: found.get(pk, Stock()) for pk in pks}


def wrong_stock() -> Iterator[tuple[int, Stock, Stock]]:
    """Books (by key) whose search document keeps other figures than are counted now, unless it is stale: kept, counted.

    The database looks at so many books at a time and tells only of the wrong ones.
    """
    last = SearchDocument.objects.aggregate(last=Max("pk"))["last"] or 0
    for first in range(0, last + 1, AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute(WRONG, [first, first + AT_ONCE])
            rows = cursor.fetchall()
        yield from ((pk, Stock(*figures[:3]), Stock(*figures[3:])) for pk, *figures in rows)
