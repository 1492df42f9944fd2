"""What must always be true of loans and money and no constraint can hold; checked by ``check_invariants``.

Whether a copy is in is never stored, but derived from loans and copies whenever it is asked for. Only search keeps
figures of its own for each book, and they must be the ones that would be counted now.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from accounts.models import Action, LibrarySettings, Member
from catalog.search.documents import Stock
from circulation.models import Allocation, CirculationRule, Hold, LedgerEntry, Loan
from circulation.queries import ledger
from circulation.queries.stock import wrong_stock

AT_ONCE = 2_000
OF_LOANS = ("issue", "return", "renew", "mark_lost", "mark_found", "remove_member")
OF_ACCOUNTS = ("take_payment", "waive", "charge", "write_off", "refund", "void")


def broken() -> Iterator[str]:
    """A sentence for everything that is not as it must be."""
    yield from _loans()
    yield from _lost()
    yield from _removed()
    yield from _fines()
    yield from _days_charged_twice()
    yield from _ledger_as_recorded()
    yield from _reversals()
    yield from _allocations()
    yield from _holds()
    yield from _hold_shelf()
    yield from _figures_of_search()
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


def _lost() -> Iterator[str]:
    """A lost loan is charged once, refunded no more than was charged, and its copy is lost until it is found."""
    of_loans = Loan.objects.filter(outcome=Loan.Outcome.LOST)
    for loan in of_loans.filter(found_at=None, copy__lost_on=None):
        yield f"loan {loan.pk} ended by a loss, but copy {loan.copy_id} is not lost"
    twice = of_loans.filter(found_at=None).order_by().values_list("copy").annotate(n=Count("pk")).filter(n__gt=1)
    for copy, times in twice:
        yield f"copy {copy} is lost from {times} loans at once"
    standing = LedgerEntry.objects.filter(voided_by=None, loan__isnull=False).order_by()
    for kind in (LedgerEntry.Kind.REPLACEMENT, LedgerEntry.Kind.PROCESSING):
        for charged, times in standing.filter(kind=kind).values_list("loan").annotate(n=Count("pk")).filter(n__gt=1):
            yield f"loan {charged} is charged its {kind} {times} times"
    money = Q(kind=LedgerEntry.Kind.REPLACEMENT) | Q(kind=LedgerEntry.Kind.REFUND, amount_minor__lt=0)
    for refunded, _sum in standing.filter(money).values_list("loan").annotate(n=Sum("amount_minor")).filter(n__lt=0):
        yield f"loan {refunded} is refunded more than was charged"
    for pk, refundable in ledger.refundable_by_member().items():
        if refundable < 0:
            yield f"member {pk} was given {-refundable} back that were never paid"


def _removed() -> Iterator[str]:
    """Of a removed member nothing is left but the account, on which nothing is owed."""
    removed = Member.objects.exclude(removed_at=None)
    for member in removed.filter(Q(loans__isnull=False) | Q(holds__status__in=Hold.ACTIVE)).distinct():
        yield f"member {member.pk} was removed but has loans or holds"
    owed = ledger.outstanding_by_member(list(removed.values_list("pk", flat=True)))
    for pk, amount in owed.items():
        yield f"member {pk} was removed but owes {amount}"


def _holds() -> Iterator[str]:
    """Whoever waits has one place, whoever was served has the loan."""
    waiting = Hold.objects.waiting()
    for row in waiting.order_by().values("book", "rank").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"{row['n']} holds on book {row['book']} have one place in the queue"
    for hold in Hold.objects.exclude(copy=None).exclude(copy__book=F("book")):
        yield f"hold {hold.pk} is on copy {hold.copy_id} of another book"
    filled = Hold.objects.filter(status=Hold.Status.FILLED)
    for hold in filled.filter(loan__outcome=Loan.Outcome.UNDONE):  # one without a loan has forgotten it
        yield f"hold {hold.pk} is filled by loan {hold.loan_id}, which was taken back"
    for hold in filled.filter(~Q(loan__copy__book=F("book")) | ~Q(loan__member=F("member"))).exclude(loan__member=None):
        yield f"hold {hold.pk} is filled by loan {hold.loan_id} of another member or book"


def _hold_shelf() -> Iterator[str]:
    """A copy that stands ready is in, can be lent, and is what its hold waits for."""
    ready = Hold.objects.ready()
    for row in ready.order_by().values("trapped_copy").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"copy {row['trapped_copy']} stands ready for {row['n']} holds"
    for hold in ready.filter(Exists(Loan.objects.open().filter(copy=OuterRef("trapped_copy")))):
        yield f"copy {hold.trapped_copy_id} stands ready for hold {hold.pk} but is on loan"
    fit = Q(trapped_copy__lost_on=None, trapped_copy__withdrawn_on=None, trapped_copy__damaged_on=None)
    for hold in ready.exclude(fit):
        yield f"copy {hold.trapped_copy_id} stands ready for hold {hold.pk} but is lost, damaged or withdrawn"
    for hold in ready.exclude(trapped_copy__book=F("book")):
        yield f"copy {hold.trapped_copy_id} stands ready for hold {hold.pk} on another book"
    for hold in ready.exclude(copy=None).exclude(trapped_copy=F("copy")):
        yield f"copy {hold.trapped_copy_id} stands ready for hold {hold.pk} on copy {hold.copy_id}"
    for hold in Hold.objects.exclude(status=Hold.Status.READY).exclude(trapped_copy=None):
        yield f"hold {hold.pk} is not ready, and has copy {hold.trapped_copy_id}"


def _figures_of_search() -> Iterator[str]:
    """What search says of a book, how many copies are out and how often they were lent, is what is there.

    Of a document that the worker is to write anew nothing is said, nor of one that is not there: the catalogue says it.
    """
    for pk, kept, counted in wrong_stock():
        yield f"search says of book {pk}: {_said(kept)}; counted now: {_said(counted)}: rebuild_search"


def _said(stock: Stock) -> str:
    return f"{len(stock.out.split())} out, lent {stock.times_lent} times, {stock.holds} waiting"


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
    actions = Action.objects.filter(verb__in=[*OF_LOANS, *OF_ACCOUNTS]).order_by("pk").iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(actions, AT_ONCE)):
        written = {action.pk: _written_by(action) for action in chunk}
        named = {pk for action in chunk for pk in action.after.get("entries", [])}
        entries = LedgerEntry.objects.in_bulk([*named, *(pk for facts in written.values() for pk, _facts in facts)])
        for action in chunk:
            for pk, facts in written[action.pk]:
                entry = entries.get(pk)
                if entry is None or any(getattr(entry, name) != value for name, value in facts.items()):
                    yield f"ledger entry {pk} is not there as action {action.pk} ({action.verb}) wrote it"
            found = [entries[pk].amount_minor for pk in action.after.get("entries", []) if pk in entries]
            if "charged_minor" in action.after and sum(n for n in found if n > 0) != action.after["charged_minor"]:
                yield f"action {action.pk} ({action.verb}) charged something else than its lines say"
            if "credited_minor" in action.after and -sum(n for n in found if n < 0) != action.after["credited_minor"]:
                yield f"action {action.pk} ({action.verb}) credited something else than its lines say"


def _written_by(action: Action) -> list[tuple[int, dict[str, object]]]:
    """The ledger entries that ``action`` wrote: their keys, and what they must say."""
    after, at = action.after, dict[str, object](at=action.at)
    if action.verb in ("return", "renew"):
        facts = {"kind": "overdue", "loan_id": action.target_id, "amount_minor": after.get("fine_minor")}
        wrote_fine = after.get("fine") or after.get("fine_minor")
        return [(after.get("fine") or 0, {**facts, **at})] if wrote_fine else []
    if action.verb in OF_LOANS:
        return [(pk, at) for pk in after.get("entries", ())]
    of_member = {"member_id": after["member"], **at}
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
    undone = Action.objects.filter(verb__in=OF_LOANS, undone_by__isnull=False)
    by_entry = {pk: action.pk for action in undone.iterator() for pk in action.after.get("entries", [])}
    for entry in LedgerEntry.objects.filter(pk__in=by_entry, voided_by=None):
        yield f"ledger entry {entry.pk} stands although action {by_entry[entry.pk]} was taken back"
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
