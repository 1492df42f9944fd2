"""What is new and what is read most: for pages and feeds."""

from django.db.models import Exists, OuterRef, QuerySet

from catalog.models import Book, MostBorrowed
from catalog.queries import for_lists, public_books

MOST_NEW = 1_000  # further back nothing is new any more
POPULAR_DAYS = 90


def new_books() -> QuerySet[Book]:
    """The books that readers may see, those added last first."""
    return for_lists(public_books()).order_by("-created_at", "-pk")


def popular_books() -> QuerySet[Book]:
    """The books lent most often in the last POPULAR_DAYS, as the daily run counted them, that readers may see."""
    return for_lists(public_books().filter(most_borrowed__isnull=False)).order_by("most_borrowed__place")


def count_popular_books() -> int:
    """How many ``popular_books`` there are: asked of the few that are listed, not of every book."""
    return MostBorrowed.objects.filter(Exists(public_books().filter(pk=OuterRef("book")))).order_by().count()
