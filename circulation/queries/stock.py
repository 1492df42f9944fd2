"""What search is told of each book: how many of its copies are out, how often they were lent, who waits."""

from collections.abc import Iterable

from django.db.models import Count, Exists, F, OuterRef, Q

from catalog.models import Copy
from catalog.search.documents import Stock
from circulation.models import Hold, Loan


def stock_for_search(books: Iterable[int]) -> dict[int, Stock]:
    """The figures of each of these books (by key), in three queries."""
    pks = list(books)
    is_out = Exists(Loan.objects.open().filter(copy=OuterRef("pk")))
    is_kept = Exists(Hold.objects.ready().filter(trapped_copy=OuterRef("pk")))
    lendable = Q(withdrawn_on=None, lost_on=None, damaged_on=None, copy_type__is_lendable=True)
    out = _counted(Copy.objects.filter(lendable, is_out | is_kept, book__in=pks).values(of=F("book")))
    lent = _counted(Loan.objects.filter(copy__book__in=pks).values(of=F("copy__book")))
    holds = _counted(Hold.objects.active().filter(book__in=pks).values(of=F("book")))
    return {pk: Stock(out.get(pk, 0), lent.get(pk, 0), holds.get(pk, 0)) for pk in pks}


def _counted(rows) -> dict[int, int]:
    return dict(rows.order_by().annotate(n=Count("pk")).values_list("of", "n"))
