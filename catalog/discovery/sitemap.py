"""Every public book for search engines, in pages that stay cheap however many there are."""

from collections import Counter

from django.db.models import Count, F, QuerySet

from catalog.models import Book, Copy
from catalog.queries import public_books

PAGE_SIZE = 10_000
LAST_PAGE = 10**12


def pages() -> list[int]:
    """The numbers of the pages with public books: page n holds those numbered from (n-1) * PAGE_SIZE + 1 on."""
    withdrawn = Copy.objects.filter(withdrawn_on__isnull=False).values("book")
    hidden = Book.objects.filter(pk__in=withdrawn).exclude(pk__in=public_books().values("pk"))
    return sorted(_by_page(Book.objects.all()) - _by_page(hidden))


def _by_page(books: QuerySet[Book]) -> Counter[int]:
    counted = books.order_by().values_list((F("pk") - 1) / PAGE_SIZE + 1).annotate(Count("pk"))
    return Counter(dict(counted))


def books_on(page: int) -> list[int]:
    """The numbers of the public books on this page; none where there is no such page."""
    if not 1 <= page <= LAST_PAGE:
        return []
    last = page * PAGE_SIZE
    books = public_books().filter(pk__gt=last - PAGE_SIZE, pk__lte=last)
    return list(books.order_by("pk").values_list("pk", flat=True))
