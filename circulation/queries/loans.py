"""Loans: whose, which are late, what they would cost now."""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import LibrarySettings, Member
from catalog.models import Book, Contributor, Copy
from circulation import policy
from circulation.models import Loan
from circulation.policy import EffectiveRule, Fine, end_of_day
from circulation.queries.rules import RuleBook

SCOPE = ("branch", "category", "copy_type")  # of a rule, in the order of its row
SHOWN = ("all", "active", "overdue", "returned")


def open_loan_of(copy: Copy) -> Loan | None:
    """The open loan of ``copy``, if it is lent."""
    return copy.loans.open().select_related("member", "copy__book").first()


def loan_due_first(member: Member, books: Iterable[Book]) -> Loan | None:
    """Of the open loans that ``member`` has of ``books`` the one that is due first."""
    loans = member.loans.open().select_related("copy__book").filter(copy__book__in=books)
    return loans.order_by("due_at", "pk").first()


def lost_loan_of(copy: Copy) -> Loan | None:
    """The loan that ended when ``copy`` was lost, until the copy is found."""
    lost = Loan.objects.filter(copy=copy, outcome=Loan.Outcome.LOST, found_at=None)
    return lost.order_by("-closed_at", "-pk").first()


def long_overdue_loans(now: datetime, library: LibrarySettings) -> QuerySet[Loan]:
    """The loans overdue for as many days as make a copy lost; none where the library sets no number.

    Left out are those the member says were returned.
    """
    days = library.long_overdue_lost_days
    if days is None:
        return Loan.objects.none()
    due_before = end_of_day(now.astimezone(library.zone).date() - timedelta(days=max(days, 1)), library.zone)
    loans = Loan.objects.open().filter(due_at__lte=due_before, claimed_returned_at=None).select_related("copy")
    return loans.order_by("due_at", "pk")


def loans_for_pages(loans: QuerySet[Loan]) -> QuerySet[Loan]:
    """``loans`` with everything a row shows, in one query."""
    return loans.select_related("copy__book", "copy__copy_type", "member__category")


def with_books(loans: QuerySet[Loan]) -> QuerySet[Loan]:
    """``loans`` with the covers and people of their books, in one more query."""
    people = Contributor.objects.select_related("author").order_by("order", "pk")
    return loans.select_related("copy__book__cover").prefetch_related(Prefetch("copy__book__contributors", people))


def shown(loans: QuerySet[Loan], show: str, now: datetime) -> QuerySet[Loan]:
    """The part of ``loans`` a filter asks for: one of SHOWN, or "lost"."""
    conditions = _conditions(now) | {"lost": Q(outcome=Loan.Outcome.LOST)}
    return loans.filter(conditions[show]) if show in conditions else loans


def shown_counts(loans: QuerySet[Loan], now: datetime) -> dict[str, int]:
    """How many of ``loans`` each of the filters SHOWN leaves, in one query."""
    parts = {show: Count("pk", filter=condition) for show, condition in _conditions(now).items()}
    return loans.order_by().aggregate(all=Count("pk"), **parts)


def _conditions(now: datetime) -> dict[str, Q]:
    return {
        "active": Q(closed_at=None),
        "overdue": Q(closed_at=None, due_at__lt=now),
        "returned": Q(closed_at__isnull=False),
    }


def state_of(loan: Loan, now: datetime) -> str:
    """active, overdue, returned or lost."""
    if loan.is_open:
        return "overdue" if loan.is_overdue(now) else "active"
    return "lost" if loan.outcome == Loan.Outcome.LOST else "returned"


def members_loans(member: Member) -> QuerySet[Loan]:
    """All loans of ``member`` that were not undone, newest first."""
    return loans_for_pages(member.loans.exclude(outcome=Loan.Outcome.UNDONE))


def all_loans() -> QuerySet[Loan]:
    """All loans that were not undone, newest first."""
    return loans_for_pages(Loan.objects.exclude(outcome=Loan.Outcome.UNDONE))


def estimate(loan: Loan, book: RuleBook, now: datetime, room_minor: int | None = None) -> Fine:
    """What ``loan`` would cost if it came back ``now``.

    ``room_minor``: what the member's category still allows of overdue fines (None: no limit). A loan the member says
    was returned stops costing from that day on.
    """
    until = min(now, loan.claimed_returned_at or now)
    if until <= loan.due_at:  # nearly every loan: no rule and no calendar need be read
        return policy.NO_FINE
    return book.fine_of(loan, until, price_minor(loan.copy), room_minor)


def estimates(loans: Iterable[Loan], book: RuleBook, now: datetime, room_minor: int | None = None) -> dict[int, Fine]:
    """The estimates for the overdue ones among one member's ``loans``, by loan.

    ``room_minor`` is used up by one loan after the other, in order of their due dates.
    """
    found = {}
    for loan in sorted((each for each in loans if each.is_overdue(now)), key=lambda each: (each.due_at, each.pk)):
        fine = found[loan.pk] = estimate(loan, book, now, room_minor)
        if room_minor is not None:
            room_minor -= fine.amount_minor
    return found


def fine_terms(rule: EffectiveRule, loan: Loan) -> dict[str, Any]:
    """What ``rule`` says of the fine of ``loan``, and the row it says it in: codes of branch, category, copy type.

    A code of None is any; a row of None is the value the library begins with.
    """
    row = rule.sources["fine_amount_minor"]
    codes = [each and getattr(loan, name).code for each, name in zip(row, SCOPE, strict=True)] if row else None
    return {
        "amount_minor": rule.fine_amount_minor, "period": rule.fine_period, "unit": str(rule.loan_unit),
        "charged_at": str(rule.fine_charged_at), "grace": rule.grace_period, "grace_counts": rule.grace_included,
        "closed_days": rule.charge_closed_days, "row": codes,
    }  # fmt: skip


def price_minor(copy: Copy) -> int:
    """What ``copy`` cost, else what its type costs to replace, in minor units; 0 is no price."""
    return copy.price_minor or copy.copy_type.replacement_price_minor


def days_overdue(loan: Loan, now: datetime, zone: tzinfo) -> int:
    """Whole local days since the due date; 0 for an hourly loan late today."""
    return (now.astimezone(zone).date() - loan.due_at.astimezone(zone).date()).days
