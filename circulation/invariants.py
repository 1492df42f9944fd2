"""What must always be true of loans and money; checked by ``check_invariants``."""

from collections.abc import Iterator

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Abs, Coalesce

from circulation.models import Allocation, CirculationRule, LedgerEntry, Loan


def broken() -> Iterator[str]:
    """A sentence for everything that is not as it must be."""
    yield from _loans()
    yield from _fines()
    yield from _allocations()
    if not CirculationRule.objects.filter(branch=None, category=None, copy_type=None).exists():
        yield "the rule for every branch, category and copy type is missing"


def _loans() -> Iterator[str]:
    twice = Loan.objects.open().order_by().values("copy").annotate(n=Count("pk")).filter(n__gt=1)
    for row in twice:
        yield f"copy {row['copy']} has {row['n']} open loans"
    for loan in Loan.objects.open().filter(member=None):
        yield f"open loan {loan.pk} has no member"
    for loan in Loan.objects.open().filter(copy__withdrawn_on__isnull=False):
        yield f"copy {loan.copy_id} is withdrawn but on loan {loan.pk}"


def _fines() -> Iterator[str]:
    """A fine belongs to a loan, stands on its member's account and fits its explanation."""
    fines = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.OVERDUE).select_related("loan")
    for entry in fines.iterator():
        if entry.loan is None:
            yield f"fine {entry.pk} belongs to no loan"
        elif entry.explanation.get("amount_minor", entry.amount_minor) != entry.amount_minor:
            yield f"fine {entry.pk} differs from its explanation"
        elif entry.member_id != entry.loan.member_id and entry.loan.member_id is not None:
            yield f"fine {entry.pk} is on another member's account than its loan {entry.loan_id}"


def _allocations() -> Iterator[str]:
    wrong = LedgerEntry.objects.filter(Q(allocated_minor__lt=0) | Q(allocated_minor__gt=Abs(F("amount_minor"))))
    for entry in wrong:
        yield f"ledger entry {entry.pk} is settled beyond its amount"
    for side in ("debit", "credit"):
        sums = dict(Allocation.objects.order_by().values_list(side).annotate(sum=Sum("amount_minor")))
        for pk, allocated in LedgerEntry.objects.filter(
            **{"amount_minor__gt" if side == "debit" else "amount_minor__lt": 0}
        ).values_list("pk", "allocated_minor"):
            if sums.get(pk, 0) != allocated:
                yield f"ledger entry {pk} says {allocated} are settled, its allocations say {sums.get(pk, 0)}"
    for allocation in Allocation.objects.exclude(debit__member=F("credit__member")):
        yield f"allocation {allocation.pk} joins two members"
    both = (
        LedgerEntry.objects.order_by().values("member")
        .annotate(
            owed=Coalesce(Sum(F("amount_minor") - F("allocated_minor"), filter=Q(amount_minor__gt=0)), 0),
            credit=Coalesce(Sum(-F("amount_minor") - F("allocated_minor"), filter=Q(amount_minor__lt=0)), 0),
        )
        .filter(owed__gt=0, credit__gt=0)
    )  # fmt: skip
    for row in both:
        yield f"member {row['member']} has open charges beside unused credit"
