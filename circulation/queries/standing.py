"""Where a member stands at a moment: loans, what is owed, what bars. Three queries, whatever is asked of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from accounts.models import Member, Restriction
from accounts.queries import restrictions_on
from circulation.models import Loan
from circulation.policy import EffectiveRule
from circulation.queries import ledger
from circulation.queries.loans import estimates
from circulation.queries.rules import RuleBook


@dataclass
class Standing:
    """``member`` as of ``now`` under the rules of ``book``; each part is read when it is first asked for."""

    member: Member
    book: RuleBook
    now: datetime

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
    def restrictions(self) -> list[Restriction]:
        """What bars the member today."""
        return list(restrictions_on(self.member, self.today))

    def loans_under_row_of(self, rule: EffectiveRule) -> int:
        """How many open loans have their own ``max_loans`` from the same row as ``rule``."""
        row = rule.sources["max_loans"]
        return sum(1 for loan in self.loans if self.book.rule_of(loan).sources["max_loans"] == row)


def room_for_fines(member: Member) -> int | None:
    """How much more in overdue fines ``member`` may come to owe, in minor units; None is no limit."""
    limit = member.category.max_open_fines_minor
    return None if limit is None else max(0, limit - ledger.outstanding_fines_minor(member))


def rooms_for_fines(members: Iterable[Member]) -> dict[int, int]:
    """The same for many, by member, in one query; members without a limit are left out."""
    limits = {m.pk: m.category.max_open_fines_minor for m in members if m.category.max_open_fines_minor is not None}
    owed = ledger.outstanding_fines_by_member(list(limits)) if limits else {}
    return {pk: max(0, limit - owed.get(pk, 0)) for pk, limit in limits.items()}
