"""Other books that a reader of one may want: editions of the work, neighbours on the shelf, what others borrowed."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce

from catalog.models import Book, Contributor, SourceRecord
from catalog.queries import public_books

MOST_EDITIONS, EACH_SIDE, MOST_ALSO = 12, 4, 8


def with_work_key(books: QuerySet[Book]) -> QuerySet[Book]:
    """``books`` with ``work_key``, under which a source keeps all editions of the work, or None."""
    records = SourceRecord.objects.filter(book=OuterRef("pk"), work_key__gt="").order_by("pk")
    return books.annotate(work_key=Subquery(records.values("work_key")[:1]))


def with_first_author(books: QuerySet[Book]) -> QuerySet[Book]:
    """``books`` with their covers and ``first_author``, the name that stands on a drawn one, or ""."""
    people = Contributor.objects.filter(book=OuterRef("pk")).order_by("order", "pk")
    name = Coalesce(Subquery(people.values("author__name")[:1]), Value(""))
    return books.select_related("cover").annotate(first_author=name)


def other_editions(book: Book, work_key: str | None) -> list[Book]:
    """Up to twelve other books of the same work, newest first, each with ``editions``, how many there are in all."""
    if not work_key:
        return []
    of_work = SourceRecord.objects.filter(work_key=work_key).values("book")
    books = public_books().filter(pk__in=of_work).exclude(pk=book.pk)
    books = books.annotate(editions=Window(Count("pk"))).defer("search_text", "description", "origins")
    return list(books.order_by("-year", "pk")[:MOST_EDITIONS])


def on_the_same_shelf(book: Book) -> list[Book]:
    """The four books before and the four after ``book`` in the order of the shelf. None without a call number."""
    key, pk = book.shelf_key, book.pk
    if not key:
        return []
    books = with_first_author(public_books()).defer("search_text", "description", "origins")
    # Both halves of each condition say the same twice over: the first lets an index find the place.
    after = books.filter(Q(shelf_key__gt=key) | Q(pk__gt=pk), shelf_key__gte=key).order_by("shelf_key", "pk")
    before = books.filter(Q(shelf_key__lt=key) | Q(pk__lt=pk), shelf_key__lte=key, shelf_key__gt="")
    return [*reversed(before.order_by("-shelf_key", "-pk")[:EACH_SIDE]), *after[:EACH_SIDE]]


def also_borrowed(book: Book, least: int | None) -> list[Book]:
    """Up to eight books that readers of ``book`` borrowed too, ``least`` different ones or more; none if that is 0."""
    if not least:
        return []
    rows = book.also_borrowed.filter(readers__gte=least).order_by("-readers", "-other")
    others = public_books().filter(pk__in=rows.values("other"))
    found = with_first_author(others).defer("search_text", "description", "origins")
    readers = book.also_borrowed.filter(other=OuterRef("pk")).values("readers")
    return list(found.order_by(Subquery(readers).desc(), "-pk")[:MOST_ALSO])
