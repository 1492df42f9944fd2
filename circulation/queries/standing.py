"""Where a member stands at a moment: loans, what is owed, what bars. Three queries, whatever is asked of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.db.models import OuterRef, QuerySet

from accounts.models import Member, Restriction
from accounts.queries import restrictions_on
from catalog.models import Copy
from circulation.models import Hold, Loan
from circulation.policy import EffectiveRule, Fine
from circulation.queries import ledger
from circulation.queries.holds import Claims, active_holds, claims_on, holds_concerned
from circulation.queries.loans import estimate, estimates
from circulation.queries.rules import RuleBook


@dataclass
class Standing:
    """``member`` as of ``now`` under the rules of ``book``; each part is read when it is first asked for."""

    member: Member
    book: RuleBook
    now: datetime
    _holds_at: dict[int, list[Hold]] = field(default_factory=dict, repr=False)

    @property
    def today(self) -> date:
        """The day it is in the library."""
        return self.now.astimezone(self.book.library.zone).date()

    @cached_property
    def loans(self) -> list[Loan]:
        """The open loans, those due first in front."""
        open_loans = self.member.loans.open().select_related("copy__book", "copy__copy_type")
        return list(open_loans.order_by("due_at", "pk"))

    @property
    def overdue(self) -> list[Loan]:
        """The open loans whose due date has passed."""
        return [loan for loan in self.loans if loan.is_overdue(self.now)]

    @cached_property
    def outstanding_minor(self) -> int:
        """What is owed and not settled, in minor units."""
        return ledger.outstanding_minor(self.member)

    @cached_property
    def running_minor(self) -> int:
        """What the overdue loans would cost if they came back now, in minor units."""
        if not self.overdue:
            return 0
        room = room_for_fines(self.member)
        return sum(fine.amount_minor for fine in estimates(self.overdue, self.book, self.now, room).values())

    @cached_property
    def holds(self) -> list[Hold]:
        """The holds that wait or stand ready."""
        return active_holds(self.member, self.today)

    def holds_at(self, copy: Copy) -> list[Hold]:
        """The holds that lending ``copy`` to the member concerns; read once for a copy."""
        if copy.pk not in self._holds_at:
            self._holds_at[copy.pk] = holds_concerned(copy, self.member)
        return self._holds_at[copy.pk]

    @cached_property
    def claims(self) -> dict[int, Claims]:
        """What waits for the books on loan, by book."""
        return claims_on([loan.copy.book_id for loan in self.loans], self.today)

    @cached_property
    def restrictions(self) -> list[Restriction]:
        """What bars the member today."""
        return list(restrictions_on(self.member, self.today))

    def loans_under_row_of(self, rule: EffectiveRule) -> int:
        """How many open loans have their own ``max_loans`` from the same row as ``rule``."""
        row = rule.sources["max_loans"]
        return sum(1 for loan in self.loans if self.book.rule_of(loan).sources["max_loans"] == row)


def room_for_fines(member: Member) -> int | None:
    """How much more in overdue fines ``member`` may come to owe, in minor units; None is no limit."""
    limit = _limit(member)
    return None if limit is None else max(0, limit - ledger.outstanding_fines_minor(member))


def own_estimates(member: Member, open_loans: list[Loan], book: RuleBook, now: datetime) -> dict[int, Fine]:
    """The estimates for the overdue ones among all ``open_loans`` of ``member``, as with_open_fines() reads them."""
    limit = _limit(member)
    if limit is None or not open_loans:
        return estimates(open_loans, book, now)
    return estimates(open_loans, book, now, max(0, limit - open_loans[0].open_fines_minor))  # type: ignore[attr-defined] # annotated


def room_of(loan: Loan) -> int | None:
    """How much more in overdue fines the member of ``loan`` may come to owe, as with_open_fines() read it."""
    limit = _limit(loan.member) if loan.member else None
    return None if limit is None else max(0, limit - loan.open_fines_minor)  # type: ignore[attr-defined] # annotated


def running_fines(loans: Iterable[Loan], book: RuleBook, now: datetime) -> dict[int, Fine]:
    """The estimates for the overdue ones among ``loans``, whosever they are, by loan.

    Where a member's category limits fines, all overdue loans of the member use the room up, also those not asked for:
    one query more, for any number of members.
    """
    late = [loan for loan in loans if loan.is_overdue(now)]
    limits = {loan.member_id: _limit(loan.member) for loan in late if loan.member}
    limited = [pk for pk, limit in limits.items() if limit is not None]
    found = {loan.pk: estimate(loan, book, now) for loan in late if loan.member_id not in limited}
    theirs = defaultdict(list)
    for loan in with_open_fines(Loan.objects.open().overdue(now).filter(member__in=limited)) if limited else []:
        theirs[loan.member_id].append(loan)
    for pk, their_loans in theirs.items():
        found |= estimates(their_loans, book, now, max(0, limits[pk] - their_loans[0].open_fines_minor))  # type: ignore[attr-defined] # annotated just above
    return {loan.pk: found[loan.pk] for loan in late if loan.pk in found}


def _limit(member: Member) -> int | None:
    return member.category.max_open_fines_minor


def with_open_fines(loans: QuerySet[Loan]) -> QuerySet[Loan]:
    """``loans``, each with what its member owes of overdue fines as ``open_fines_minor``."""
    open_fines = ledger.outstanding_fines_of(OuterRef("member"))
    return loans.select_related("copy__copy_type").annotate(open_fines_minor=open_fines)
