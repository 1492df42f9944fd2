"""What must always be true of loans and money and no constraint can hold; checked by ``check_invariants``.

Availability needs no check: it is never stored, but derived from loans and copies whenever it is asked for.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from accounts.models import Action, LibrarySettings, Member
from circulation.models import Allocation, CirculationRule, LedgerEntry, Loan

AT_ONCE = 2_000


def broken() -> Iterator[str]:
    """A sentence for everything that is not as it must be."""
    yield from _loans()
    yield from _fines()
    yield from _days_charged_twice()
    yield from _ledger_as_recorded()
    yield from _reversals()
    yield from _allocations()
    if not CirculationRule.objects.filter(branch=None, category=None, copy_type=None).exists():
        yield "the rule for every branch, category and copy type is missing"


def _loans() -> Iterator[str]:
    # A constraint holds this too; but nothing is worse than one copy in two hands.
    twice = Loan.objects.open().order_by().values("copy").annotate(n=Count("pk")).filter(n__gt=1)
    for row in twice:
        yield f"copy {row['copy']} has {row['n']} open loans"
    for loan in Loan.objects.open().filter(copy__withdrawn_on__isnull=False):
        yield f"copy {loan.copy_id} is withdrawn but on loan {loan.pk}"
    for loan in Loan.objects.open().filter(copy__lost_on__isnull=False):
        yield f"copy {loan.copy_id} is lost but on loan {loan.pk}"
    counted = Count("loans", filter=~Q(loans__outcome=Loan.Outcome.UNDONE))
    for member in Member.objects.annotate(n=counted).filter(loans_ever__lt=F("n")):
        yield f"member {member.pk} has {member.loans_ever} loans in all, but {member.n} loans are there"


def _fines() -> Iterator[str]:
    """A fine stands on its member's account and fits its explanation."""
    fines = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.OVERDUE, loan__isnull=False).select_related("loan")
    for entry in fines.iterator():
        assert entry.loan is not None
        if entry.explanation.get("amount_minor", entry.amount_minor) != entry.amount_minor:
            yield f"fine {entry.pk} differs from its explanation"
        elif entry.member_id != entry.loan.member_id and entry.loan.member_id is not None:
            yield f"fine {entry.pk} is on another member's account than its loan {entry.loan_id}"


def _days_charged_twice() -> Iterator[str]:
    """A day late is charged once, whatever was renewed, taken back and returned again."""
    charged: dict[int | None, set[str]] = defaultdict(set)
    fines = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.OVERDUE, voided_by=None, loan__isnull=False)
    for pk, loan, explanation in fines.order_by("pk").values_list("pk", "loan", "explanation").iterator():
        days = {each["day"] for each in explanation.get("days", ()) if each["charged"]}
        if twice := sorted(days & charged[loan]):
            yield f"fine {pk} charges loan {loan} once more for {', '.join(twice)}"
        charged[loan] |= days


def _ledger_as_recorded() -> Iterator[str]:
    """Every line of the ledger says what the record of actions says was written: none changes, none is deleted."""
    verbs = ("return", "renew", "take_payment", "waive", "charge")
    actions = Action.objects.filter(verb__in=verbs).order_by("pk").iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(actions, AT_ONCE)):
        written = {action.pk: _written_by(action) for action in chunk}
        entries = LedgerEntry.objects.in_bulk([pk for expected in written.values() for pk, _facts in expected])
        for action in chunk:
            for pk, facts in written[action.pk]:
                entry = entries.get(pk)
                if entry is None or any(getattr(entry, name) != value for name, value in facts.items()):
                    yield f"ledger entry {pk} is not there as action {action.pk} ({action.verb}) wrote it"


def _written_by(action: Action) -> list[tuple[int, dict[str, object]]]:
    """The ledger entries that ``action`` wrote: their keys, and what they must say."""
    after = action.after
    if action.verb in ("return", "renew"):
        facts = {"kind": "overdue", "loan_id": action.target_id, "amount_minor": after.get("fine_minor")}
        wrote_fine = after.get("fine") or after.get("fine_minor")
        return [(after.get("fine") or 0, {**facts, "at": action.at})] if wrote_fine else []
    of_member = {"member_id": after["member"], "at": action.at}
    first = {**of_member, "kind": after["kind"], "amount_minor": after["amount_minor"]}
    more = [pk for pk in after.get("entries", ()) if pk != action.target_id]
    return [(action.target_id or 0, first), *((pk, of_member) for pk in more)]


def _reversals() -> Iterator[str]:
    """A reversal takes back exactly what it names; what an undone action wrote is reversed."""
    voids = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.VOID).select_related("voids")
    for void in voids.iterator():
        taken_back = void.voids
        if taken_back and (-taken_back.amount_minor, taken_back.member_id) != (void.amount_minor, void.member_id):
            yield f"ledger entry {void.pk} does not take back what {taken_back.pk} says"
    undone = Action.objects.filter(verb__in=("return", "renew"), undone_by__isnull=False, after__fine__gt=0)
    by_fine = {action.after["fine"]: action.pk for action in undone.iterator()}
    for entry in LedgerEntry.objects.filter(pk__in=by_fine, voided_by=None):
        yield f"fine {entry.pk} stands although action {by_fine[entry.pk]} was taken back"
    currency = LibrarySettings.current().currency
    for entry in LedgerEntry.objects.exclude(currency=currency):
        yield f"ledger entry {entry.pk} is in {entry.currency}, the library counts in {currency}"


def _allocations() -> Iterator[str]:
    for side in ("debit", "credit"):
        sums = dict(Allocation.objects.order_by().values_list(side).annotate(sum=Sum("amount_minor")))
        for pk, allocated in LedgerEntry.objects.filter(
            **{"amount_minor__gt" if side == "debit" else "amount_minor__lt": 0}
        ).values_list("pk", "allocated_minor"):
            if sums.get(pk, 0) != allocated:
                yield f"ledger entry {pk} says {allocated} are settled, its allocations say {sums.get(pk, 0)}"
    for allocation in Allocation.objects.exclude(debit__member=F("credit__member")):
        yield f"allocation {allocation.pk} joins two members"
    for allocation in Allocation.objects.filter(Q(debit__amount_minor__lt=0) | Q(credit__amount_minor__gt=0)):
        yield f"allocation {allocation.pk} does not settle a charge by a credit"
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
