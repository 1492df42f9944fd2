"""Which copies are in, which are out and until when. Never stored: derived from loans and the copy's own dates."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When

from catalog.models import Book, Copy
from circulation.models import Loan

WITHDRAWN, LOST, DAMAGED, ON_LOAN, NOT_LENDABLE, AVAILABLE = (
    "withdrawn", "lost", "damaged", "on_loan", "not_lendable", "available",
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
    out = Q(loans__isnull=False, loans__closed_at__isnull=True)
    rows = (
        Copy.objects.filter(book__in=[book.pk for book in books], withdrawn_on=None, lost_on=None)
        .order_by()
        .values(of=F("book"))
        .annotate(
            total=Count("pk", distinct=True),
            out=Count("pk", filter=out, distinct=True),
            unfit=Count("pk", filter=Q(damaged_on__isnull=False) | Q(copy_type__is_lendable=False), distinct=True),
            unfit_out=Count(
                "pk",
                filter=out & (Q(damaged_on__isnull=False) | Q(copy_type__is_lendable=False)),
                distinct=True,
            ),
        )
    )
    return {r["of"]: Stock(r["total"], r["total"] - r["out"] - r["unfit"] + r["unfit_out"]) for r in rows}


def available_copies(book: Book) -> QuerySet[Copy]:
    """The copies of ``book`` that can be lent now."""
    copies = with_availability(book.copies.all())
    return copies.filter(status=AVAILABLE).order_by("pk")  # type: ignore[misc] # annotated just before
