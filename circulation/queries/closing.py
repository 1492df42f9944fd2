"""What it changes that days are closed after the fact: due dates, pickup deadlines, fines written already."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import islice
from typing import Any, TypeVar

from django.db.models import QuerySet

from circulation import policy
from circulation.models import Closure, Hold, LedgerEntry, Loan
from circulation.policy import EffectiveRule, Fine, FineChargedAt, Unit
from circulation.queries.rules import RuleBook

AT_ONCE = 1_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lowered:
    """A fine that was written and what it comes to now; ``less_minor`` is what is to be credited still."""

    entry: LedgerEntry
    fine: Fine
    less_minor: int


def loans_due_within(closure: Closure, book: RuleBook) -> QuerySet[Loan]:
    """The open loans that are due on a day of ``closure``, whether or not it is open by an exception."""
    zone = book.library.zone
    first = datetime.combine(closure.from_on, time.min, tzinfo=zone)
    loans = Loan.objects.open().filter(due_at__gte=first, due_at__lte=policy.end_of_day(closure.to_on, zone))
    return loans if closure.branch_id is None else loans.filter(branch=closure.branch_id)


def moved_due_date(loan: Loan, book: RuleBook) -> datetime | None:
    """When ``loan`` is due because its due day is closed; None if that day is open."""
    return policy.past_closed_days(loan.due_at, book.calendar(loan.branch_id))


def holds_ready_within(closure: Closure) -> QuerySet[Hold]:
    """The holds whose pickup deadline is a day of ``closure``."""
    holds = Hold.objects.ready().filter(pickup_by__gte=closure.from_on, pickup_by__lte=closure.to_on)
    return holds if closure.branch_id is None else holds.filter(trapped_copy__current_branch=closure.branch_id)


def moved_deadline(hold: Hold, book: RuleBook) -> date | None:
    """The pickup deadline of a ready ``hold`` because its own is closed, never after its last day; None: it stays."""
    assert hold.pickup_by is not None
    assert hold.trapped_copy is not None
    later = book.calendar(hold.trapped_copy.current_branch_id).next_open(hold.pickup_by) or hold.pickup_by
    moved = later if hold.not_after is None else min(later, max(hold.not_after, hold.pickup_by))
    return moved if moved > hold.pickup_by else None


def lowered_fines(closure: Closure, book: RuleBook) -> Iterator[Lowered]:
    """The fines written already that are less if the days of ``closure`` are closed, in the order of their writing.

    Each is counted anew from its own stored days and terms, so that a rule changed since does not mix in; what a
    closure before this one credited already is left out. Fines of members who are gone stay.
    """
    since = datetime.combine(closure.from_on, time.min, tzinfo=book.library.zone)
    fines = LedgerEntry.objects.filter(
        kind=LedgerEntry.Kind.OVERDUE, voided_by=None, at__gte=since, member__removed_at=None
    )
    fines = fines if closure.branch_id is None else fines.filter(loan__branch=closure.branch_id)
    fines = fines.select_related("loan__copy__copy_type", "member").order_by("pk")
    credited = _credited_for_closings()
    for entry in fines.iterator(chunk_size=AT_ONCE):
        if lowered := _lowered(entry, closure, book, credited.get(entry.pk, 0)):
            yield lowered


def _lowered(entry: LedgerEntry, closure: Closure, book: RuleBook, credited_minor: int) -> Lowered | None:
    """What becomes of one written fine; None where none of its days is closed by ``closure``."""
    days = {day["day"][:10] for day in entry.explanation.get("days", ()) if day["why"] != "closed"}
    if not any(closure.from_on.isoformat() <= day <= closure.to_on.isoformat() for day in days):
        return None
    loan = entry.loan
    assert loan is not None
    written, calendar = Fine.from_json(entry.explanation), book.calendar(loan.branch_id)
    rule = _as_written(book.rule_of(loan), entry.explanation.get("terms"))
    cap = (written.amount_minor, written.cap) if written.cap else (None, "")  # one that did not bite bites no more
    fine = policy.fine_with_days_closed(written, lambda day: not calendar.is_open(day), rule, cap)
    less = entry.amount_minor - fine.amount_minor - credited_minor
    return Lowered(entry, fine, less) if less > 0 else None


def _as_written(rule: EffectiveRule, terms: dict[str, Any] | None) -> EffectiveRule:
    """``rule`` as it was when a fine with these ``terms`` was written; as it is now where they were not kept."""
    if not terms:
        return rule
    return replace(
        rule, loan_unit=Unit(terms["unit"]), fine_amount_minor=terms["amount_minor"], fine_period=terms["period"],
        fine_charged_at=FineChargedAt(terms["charged_at"]), grace_period=terms["grace"],
        grace_included=terms["grace_counts"], charge_closed_days=terms["closed_days"],
    )  # fmt: skip


def _credited_for_closings() -> dict[int, int]:
    """What closures have credited so far, by fine, in minor units."""
    credits = LedgerEntry.objects.filter(
        kind=LedgerEntry.Kind.WAIVER, explanation__has_key="closing_of", voided_by=None
    )
    found: dict[int, int] = defaultdict(int)
    for fine, amount in credits.values_list("explanation__closing_of", "amount_minor").iterator():
        found[fine] -= amount
    return found


@dataclass(frozen=True, slots=True)
class Preview:
    """What closing would do: how many of each, and the first of them to show."""

    loans_moved: int
    holds_moved: int
    fines_voided: int
    loans: list[tuple[Loan, datetime]]
    holds: list[tuple[Hold, date]]
    fines: list[Lowered]


def preview(closure: Closure, book: RuleBook, shown: int = 50) -> Preview:
    """What it would change to keep ``closure`` (not saved), under a ``book`` that counts it in already."""
    loans, first_loans = _counted(_moved_loans(closure, book), shown)
    holds, first_holds = _counted(_moved_holds(closure, book), shown)
    fines, first_fines = _counted(lowered_fines(closure, book), shown)
    return Preview(loans, holds, fines, first_loans, first_holds, first_fines)


def _counted(found: Iterator[T], shown: int) -> tuple[int, list[T]]:
    """How many there are, and the first of them; no more are kept in memory."""
    first = list(islice(found, shown))
    return len(first) + sum(1 for _each in found), first


def _moved_loans(closure: Closure, book: RuleBook) -> Iterator[tuple[Loan, datetime]]:
    due = loans_due_within(closure, book).select_related("copy__book", "member").order_by("due_at", "pk")
    moved = ((loan, moved_due_date(loan, book)) for loan in due.iterator(chunk_size=AT_ONCE))
    return ((loan, later) for loan, later in moved if later)


def _moved_holds(closure: Closure, book: RuleBook) -> Iterator[tuple[Hold, date]]:
    ready = holds_ready_within(closure).select_related("trapped_copy", "book", "member").order_by("pickup_by", "pk")
    moved = ((hold, moved_deadline(hold, book)) for hold in ready.iterator(chunk_size=AT_ONCE))
    return ((hold, deadline) for hold, deadline in moved if deadline)
