"""Which copies are in, which are out and until when. Never stored: derived from loans, holds, the copy's dates."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from catalog.models import Book, Copy
from circulation.models import Hold, Loan

STATUSES = WITHDRAWN, LOST, DAMAGED, ON_LOAN, ON_HOLD_SHELF, NOT_LENDABLE, AVAILABLE = (
    "withdrawn", "lost", "damaged", "on_loan", "on_hold_shelf", "not_lendable", "available",
)  # fmt: skip


def with_availability(copies: QuerySet[Copy]) -> QuerySet[Copy]:
    """``copies`` with ``status`` (one of the words above) and ``due_at`` of the open loan, if there is one."""
    open_loan = Loan.objects.open().filter(copy=OuterRef("pk"))
    return copies.annotate(
        due_at=Subquery(open_loan.values("due_at")[:1]),
        status=Case(
            When(withdrawn_on__isnull=False, then=Value(WITHDRAWN)),
            When(due_at__isnull=False, then=Value(ON_LOAN)),
            When(lost_on__isnull=False, then=Value(LOST)),
            When(damaged_on__isnull=False, then=Value(DAMAGED)),
            When(Exists(Hold.objects.ready().filter(trapped_copy=OuterRef("pk"))), then=Value(ON_HOLD_SHELF)),
            When(copy_type__is_lendable=False, then=Value(NOT_LENDABLE)),
            default=Value(AVAILABLE),
            output_field=CharField(),
        ),
    )


@dataclass(frozen=True, slots=True)
class Stock:
    """How many copies of a book there are (withdrawn and lost ones left out) and how many can be taken home now."""

    total: int = 0
    available: int = 0


def stock_of(books: Iterable[Book]) -> dict[int, Stock]:
    """The stock of each of ``books``, by book, in one query. Books without copies are left out."""
    is_out = Exists(Loan.objects.open().filter(copy=OuterRef("pk")))
    is_kept = Exists(Hold.objects.ready().filter(trapped_copy=OuterRef("pk")))
    is_in = Q(is_out=False, is_kept=False, damaged_on=None, copy_type__is_lendable=True)
    rows = (
        Copy.objects.filter(book__in=[book.pk for book in books], withdrawn_on=None, lost_on=None)
        .order_by()
        .annotate(is_out=is_out, is_kept=is_kept)
        .values(of=F("book"))
        .annotate(total=Count("pk"), available=Count("pk", filter=is_in))
    )
    return {row["of"]: Stock(row["total"], row["available"]) for row in rows}


def available_copies(book: Book) -> QuerySet[Copy]:
    """The copies of ``book`` that can be lent now."""
    copies = with_availability(book.copies.all())
    return copies.filter(status=AVAILABLE).order_by("pk")  # type: ignore[misc] # annotated just before
