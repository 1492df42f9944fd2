"""The reading history: which returned loans, holds and uses in the library may forget their member."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import LibrarySettings
from circulation.models import Allocation, Hold, LedgerEntry, Loan, OnSiteUse
from circulation.policy import end_of_day

CHOSE_NONE, CHOSE_DAYS = Q(member__keep_history=False), Q(member__keep_history=None)


def kept_until(library: LibrarySettings, now: datetime) -> datetime:
    """What was returned up to this moment has been remembered for the library's number of days."""
    day = now.astimezone(library.zone).date() - timedelta(days=library.unlink_history_after_days)
    return end_of_day(day, library.zone)


def forgettable_loans(until: datetime) -> QuerySet[Loan]:
    """Returned loans that still know their member and need not: nothing is owed for them, and their time is over.

    Members who chose not to keep a history have no such time, those who chose to keep it no end of it. A copy that is
    still lost keeps the loan it was lost from.
    """
    back = Q(returned_at__lte=until) & (Q(found_at=None) | Q(found_at__lte=until))
    returned = ~Q(outcome=Loan.Outcome.LOST) | Q(found_at__isnull=False)
    linked = Loan.objects.filter(returned, member__isnull=False, closed_at__isnull=False)
    return linked.filter(CHOSE_NONE | (CHOSE_DAYS & back), ~is_owed_for(OuterRef("pk")))


def forgettable_holds(until: datetime, this_morning: datetime) -> QuerySet[Hold]:
    """Holds that are over and filled by no loan that knows its member, when their time is over likewise."""
    chose_none = CHOSE_NONE & Q(status=Hold.Status.FILLED, closed_at__lt=this_morning)
    by_days = (CHOSE_NONE | CHOSE_DAYS) & Q(closed_at__lte=until)
    return Hold.objects.filter(chose_none | by_days, loan=None).exclude(status__in=Hold.ACTIVE)


def forgettable_uses(until: datetime) -> QuerySet[OnSiteUse]:
    """Uses in the library that still know their member and need not."""
    return OnSiteUse.objects.filter(CHOSE_NONE | (CHOSE_DAYS & Q(at__lte=until)), member__isnull=False)


def is_owed_for(loan: OuterRef | int) -> Exists:
    """Whether anything is owed for ``loan``: a charge that is not settled, or one whose payment was reversed."""
    charges = LedgerEntry.objects.filter(loan=loan, amount_minor__gt=F("allocated_minor")).order_by()
    unpaid = Allocation.objects.filter(
        debit__loan=loan, credit__voided_by__amount_minor__gt=F("credit__voided_by__allocated_minor")
    )
    return Exists(charges) | Exists(unpaid)  # type: ignore[return-value]
