"""Which books were lent most often lately: counted every night for a page that everybody may see."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from accounts.models import LibrarySettings
from catalog.discovery.arrivals import POPULAR_DAYS
from catalog.models import MostBorrowed
from catalog.queries import public_books
from circulation.models import Loan
from circulation.policy import end_of_day

MOST, SPARE = 500, 500  # so many are listed; so many more are counted, because readers may not see all of them


def count_most_borrowed(now: datetime) -> int:
    """Bring MostBorrowed up to date with the loans of the last days; returns how many books got another place."""
    zone = LibrarySettings.current().zone
    since = end_of_day(now.astimezone(zone).date() - timedelta(days=POPULAR_DAYS + 1), zone)
    lent = Loan.objects.filter(issued_at__gt=since).exclude(outcome=Loan.Outcome.UNDONE).order_by()
    ranked = lent.values("copy__book").annotate(times=Count("pk")).order_by("-times", "-copy__book")
    books = [row["copy__book"] for row in ranked[: MOST + SPARE]]
    public = set(public_books().filter(pk__in=books).values_list("pk", flat=True))
    return _write([book for book in books if book in public][:MOST])


@transaction.atomic
def _write(books: list[int]) -> int:
    LibrarySettings.objects.select_for_update().get(pk=1)  # one run after the other
    said = dict(MostBorrowed.objects.values_list("place", "book"))
    wanted = dict(enumerate(books, start=1))
    if said == wanted:
        return 0
    MostBorrowed.objects.all().delete()
    MostBorrowed.objects.bulk_create(MostBorrowed(place=place, book_id=book) for place, book in wanted.items())
    return sum(said.get(place) != wanted.get(place) for place in said | wanted)
