"""What search is told of each book: how many of its copies are out, how often they were lent, who waits."""

from collections.abc import Iterable

from django.db import connection

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


def stock_for_search(books: Iterable[int]) -> dict[int, Stock]:
    """The figures of each of these books (by key), in one query. A loan that was taken back was none."""
    pks = list(books)
    holes = ", ".join(["%s"] * len(pks))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT b.id, {FIGURES} FROM catalog_book b WHERE b.id IN ({holes})", pks)  # noqa: S608
        found = {pk: Stock(*figures) for pk, *figures in cursor.fetchall()}
    return {pk: found.get(pk, Stock()) for pk in pks}
