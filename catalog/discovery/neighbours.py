"""Other books that a reader of one may want: editions of the work, neighbours on the shelf, what others borrowed."""

from functools import cache

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce

from catalog.models import AlsoBorrowed, Book, Contributor, SourceRecord
from catalog.queries import public_books

MOST_EDITIONS, EACH_SIDE, MOST_ALSO = 12, 4, 8


def other_editions(book: Book) -> list[Book]:
    """Up to twelve other books of the same work, newest first, each with ``editions``, how many there are in all."""
    works = SourceRecord.objects.filter(book=book, work_key__gt="").values("work_key")
    of_work = SourceRecord.objects.filter(work_key__in=works).values("book")
    return list(_editions().filter(pk__in=of_work).exclude(pk=book.pk).order_by("-year", "pk")[:MOST_EDITIONS])


def on_the_same_shelf(book: Book) -> list[Book]:
    """The four books before and the four after ``book`` in the order of the shelf. None without a call number."""
    key, pk = book.shelf_key, book.pk
    if not key:
        return []
    # Both halves of each condition say the same twice over: the second lets an index find the place.
    after = _shown().filter(Q(shelf_key__gt=key) | Q(pk__gt=pk), shelf_key__gte=key).order_by("shelf_key", "pk")
    before = _shown().filter(Q(shelf_key__lt=key) | Q(pk__lt=pk), shelf_key__lte=key, shelf_key__gt="")
    return [*reversed(before.order_by("-shelf_key", "-pk")[:EACH_SIDE]), *after[:EACH_SIDE]]


def also_borrowed(book: Book, least: int | None) -> list[Book]:
    """Up to eight books that readers of ``book`` borrowed too, ``least`` different ones or more; none if that is 0."""
    if not least:
        return []
    rows = AlsoBorrowed.objects.filter(book=book, readers__gte=least)
    found = _shown().filter(pk__in=rows.values("other"))
    return list(found.order_by(Subquery(rows.filter(other=OuterRef("pk")).values("readers")).desc(), "-pk")[:MOST_ALSO])


@cache  # only what never changes: the query, whose making takes as long as asking it
def _shown() -> QuerySet[Book]:
    """Public books with what a small cover shows: ``first_author`` is the name that stands on a drawn one, or ""."""
    people = Contributor.objects.filter(book=OuterRef("pk")).order_by("order", "pk")
    name = Coalesce(Subquery(people.values("author__name")[:1]), Value(""))
    books = public_books().select_related("cover").annotate(first_author=name)
    return books.only("title", "language", "call_number", "cover__file", "cover__width", "cover__height")


@cache
def _editions() -> QuerySet[Book]:
    stock = ("search_document__copies", "search_document__available")
    books = public_books().annotate(editions=Window(Count("pk"))).select_related("search_document")
    return books.only("title", "subtitle", "year", "language", "format", *stock)
