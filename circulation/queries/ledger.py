"""What members owe."""

from django.db.models import (
    BigIntegerField,
    Case,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least

from accounts.models import Member
from circulation.models import Allocation, LedgerEntry

MONEY_RECEIVED = (LedgerEntry.Kind.PAYMENT, LedgerEntry.Kind.OVERPAYMENT)
GIVEN_UP = (LedgerEntry.Kind.WAIVER, LedgerEntry.Kind.WRITE_OFF)


def balance_minor(member: Member) -> int:
    """What ``member`` owes in minor units; below zero, what the library owes the member."""
    return member.ledger.aggregate(sum=Coalesce(Sum("amount_minor"), 0))["sum"]


def open_debits(member: Member) -> QuerySet[LedgerEntry]:
    """What is owed and not settled yet, oldest first."""
    return member.ledger.filter(amount_minor__gt=F("allocated_minor")).order_by("at", "pk")


def open_credits(member: Member) -> QuerySet[LedgerEntry]:
    """Credit that has not settled anything yet, oldest first."""
    return member.ledger.filter(amount_minor__lt=-F("allocated_minor")).order_by("at", "pk")


def outstanding_minor(member: Member) -> int:
    """The sum of what is owed and not settled, in minor units; never below zero."""
    return _open_sum(open_debits(member))


def outstanding_fines_minor(member: Member) -> int:
    """The part of it that is overdue fines, in minor units; a fine whose payment was reversed is owed again."""
    return outstanding_fines_by_member([member.pk]).get(member.pk, 0)


def outstanding_by_member(members: list[int]) -> dict[int, int]:
    """What each of these members owes and has not settled, in minor units; who owes nothing is left out."""
    return _open_by_member(LedgerEntry.objects.filter(member__in=members))


def outstanding_fines_by_member(members: list[int]) -> dict[int, int]:
    """The part of it that is overdue fines, by member, in minor units; a fine whose payment was reversed counts."""
    fines = _open_fines(LedgerEntry.objects.filter(member__in=members))
    return {pk: amount for pk, amount in fines if amount}


def outstanding_fines_of(member: OuterRef) -> Coalesce:
    """The same of the ``member`` that a row of another query names, as a column of that query."""
    fines = _open_fines(LedgerEntry.objects.filter(member=member)).values("sum")
    return Coalesce(Subquery(fines), Value(0, BigIntegerField()))


def account(member: Member) -> QuerySet[LedgerEntry]:
    """Every line of the member's account, newest first."""
    return member.ledger.select_related("loan__copy__book", "by", "voids", "voided_by").order_by("-at", "-pk")


def last_entry(member: Member) -> LedgerEntry | None:
    """The line of the member's account that was written last."""
    return member.ledger.order_by("-at", "-pk").first()


def forgiven_minor(entry: LedgerEntry) -> int:
    """How much of the charge ``entry`` was waived or written off, and not owed again since, in minor units.

    A waiver older than the charge forgave another one that was paid (a day closed after the fact): it is money.
    """
    given_up = entry.settled_by.filter(credit__kind__in=GIVEN_UP, credit__voided_by=None, credit__gt=entry.pk)
    return given_up.aggregate(sum=Coalesce(Sum("amount_minor"), 0))["sum"]


def was_given_back(entry: LedgerEntry) -> bool:
    """Whether a part of the charge ``entry`` was credited: the copy was found again, or days were closed since."""
    of_it = Q(explanation__replacement=entry.pk) | Q(explanation__closing_of=entry.pk)
    return LedgerEntry.objects.filter(of_it, member=entry.member_id, amount_minor__lt=0, voided_by=None).exists()


def refundable_minor(member: Member) -> int:
    """How much money ``member`` paid that was not given back yet, in minor units; what was forgiven never counts."""
    return refundable_by_member([member.pk]).get(member.pk, 0)


def refundable_by_member(members: list[int] | None = None) -> dict[int, int]:
    """The same for each of these members (None: of all) with whom money changed hands."""
    received, given_back = Q(kind__in=MONEY_RECEIVED), Q(kind=LedgerEntry.Kind.REFUND, amount_minor__gt=0)
    moved = LedgerEntry.objects.filter(received | given_back, voided_by=None)
    of_them = moved if members is None else moved.filter(member__in=members)
    return dict(of_them.order_by().values_list("member").annotate(sum=-Sum("amount_minor")))


def _open_fines(entries: QuerySet[LedgerEntry]) -> QuerySet:
    """The members of ``entries``, each with the sum of the fines among them that are not settled."""
    paid_with_it = Allocation.objects.filter(credit=OuterRef("voids"), debit__kind=LedgerEntry.Kind.OVERDUE)
    sum_paid = paid_with_it.order_by().values("credit").annotate(sum=Sum("amount_minor")).values("sum")
    owed = ExpressionWrapper(F("amount_minor") - F("allocated_minor"), BigIntegerField())
    of_fines = Coalesce(Subquery(sum_paid), Value(0, BigIntegerField()))
    part = Case(When(kind=LedgerEntry.Kind.OVERDUE, then=owed), default=Least(owed, of_fines))
    kinds = [LedgerEntry.Kind.OVERDUE, LedgerEntry.Kind.VOID]
    entries = entries.filter(kind__in=kinds, amount_minor__gt=F("allocated_minor"))
    return entries.order_by().annotate(part=part).values_list("member").annotate(sum=Sum("part"))


def fines_by_loan(loan_ids: list[int]) -> dict[int, int]:
    """The overdue fines written for these loans and not reversed, by loan, in minor units."""
    rows = LedgerEntry.objects.filter(Q(kind=LedgerEntry.Kind.OVERDUE, voided_by=None), loan_id__in=loan_ids)
    return dict(rows.order_by().values_list("loan").annotate(sum=Sum("amount_minor")))


def fines_of(loan: OuterRef) -> Coalesce:
    """The same of the ``loan`` that a row of another query names, as a column of that query."""
    fines = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.OVERDUE, voided_by=None, loan=loan).order_by()
    sums = fines.values("loan").annotate(sum=Sum("amount_minor")).values("sum")
    return Coalesce(Subquery(sums), Value(0, BigIntegerField()))


def received_with(entry: LedgerEntry) -> list[LedgerEntry]:
    """The payment ``entry`` and the overpayment booked with it: what one person gave at one moment; a refund alone."""
    if entry.kind not in MONEY_RECEIVED:
        return [entry]
    same = LedgerEntry.objects.filter(member=entry.member_id, at=entry.at, by=entry.by_id, kind__in=MONEY_RECEIVED)
    return list(same.order_by("pk"))


def settled_by(credits: list[LedgerEntry]) -> QuerySet[Allocation]:
    """What these credits settled, in order, with the loans the charges came from."""
    return Allocation.objects.filter(credit__in=credits).select_related("debit__loan__copy__book").order_by("pk")


def _open_by_member(entries: QuerySet[LedgerEntry]) -> dict[int, int]:
    open_entries = entries.filter(amount_minor__gt=F("allocated_minor")).order_by()
    return dict(open_entries.values_list("member").annotate(open=Sum(F("amount_minor") - F("allocated_minor"))))


def _open_sum(entries: QuerySet[LedgerEntry]) -> int:
    return entries.aggregate(sum=Coalesce(Sum(F("amount_minor") - F("allocated_minor")), 0))["sum"]
