"""Every public book for search engines, in pages that stay cheap however many there are."""

from django.db.models import F

from catalog.models import Book
from catalog.queries import public_books

PAGE_SIZE = 10_000
LAST_PAGE = 10**12


def pages() -> list[int]:
    """The numbers of the pages on which there are books: page n holds those numbered from (n-1) * PAGE_SIZE + 1 on."""
    numbers = Book.objects.order_by().annotate(n=(F("pk") - 1) / PAGE_SIZE + 1).values_list("n", flat=True)
    return sorted(numbers.distinct())


def books_on(page: int) -> list[int]:
    """The numbers of the public books on this page; none where there is no such page."""
    if not 1 <= page <= LAST_PAGE:
        return []
    last = page * PAGE_SIZE
    books = public_books().filter(pk__gt=last - PAGE_SIZE, pk__lte=last)
    return list(books.order_by("pk").values_list("pk", flat=True))
