"""Cashing up: what money changed hands on one day, at which desk and by whom."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import Branch
from circulation.models import LedgerEntry
from circulation.queries.ledger import MONEY_RECEIVED

Kind = LedgerEntry.Kind
PAID_IN, PAID_OUT = Q(kind__in=MONEY_RECEIVED), Q(kind=Kind.REFUND, amount_minor__gt=0)
TAKEN_BACK = Q(kind=Kind.VOID) & (Q(voids__kind__in=MONEY_RECEIVED) | Q(voids__kind=Kind.REFUND, amount_minor__lt=0))


@dataclass(frozen=True, slots=True)
class Till:
    """What one person took and gave at one desk, in minor units. A payment that was reversed counts below zero."""

    desk: str
    person: str
    payments_minor: int
    overpayments_minor: int
    refunds_minor: int
    reversed_minor: int

    @property
    def total_minor(self) -> int:
        """What must be in the till for it."""
        return self.payments_minor + self.overpayments_minor - self.refunds_minor + self.reversed_minor


def money_moved(day: date, zone: tzinfo, branch: Branch | None = None) -> QuerySet[LedgerEntry]:
    """The lines of money taken, given back and reversed on ``day``, in order, at ``branch`` or (None) anywhere."""
    start, end = (datetime.combine(each, time.min, tzinfo=zone) for each in (day, day + timedelta(days=1)))
    entries = LedgerEntry.objects.filter(PAID_IN | PAID_OUT | TAKEN_BACK, at__gte=start, at__lt=end)
    return (entries.filter(branch=branch) if branch else entries).order_by("at", "pk")


def tills(moved: QuerySet[LedgerEntry]) -> list[Till]:
    """The lines of money ``moved`` summed up by desk and person, in one query."""
    parts = {
        "payments": _sum_of(Q(kind=Kind.PAYMENT)), "overpayments": _sum_of(Q(kind=Kind.OVERPAYMENT)),
        "refunds": _sum_of(PAID_OUT), "reversals": _sum_of(Q(kind=Kind.VOID)),
    }  # fmt: skip
    rows = moved.order_by("branch__name", "by__name", "by__username").values_list(
        "branch__name", "by__name", "by__username"
    )
    return [
        Till(desk or "", name or username or "", -row[0], -row[1], row[2], -row[3])
        for desk, name, username, *row in rows.annotate(**parts)
    ]


def in_all(summed: list[Till]) -> Till:
    """All ``summed`` up tills together."""
    names = ("payments_minor", "overpayments_minor", "refunds_minor", "reversed_minor")
    return Till("", "", *(sum(getattr(each, name) for each in summed) for name in names))


def _sum_of(which: Q) -> Coalesce:
    return Coalesce(Sum("amount_minor", filter=which), 0)
