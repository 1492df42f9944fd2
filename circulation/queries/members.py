"""Members in numbers."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q

from circulation.models import Loan


class LoanCounts(NamedTuple):
    """How many loans a member has open and how many of these are overdue."""

    open: int = 0
    overdue: int = 0


def loan_counts(member_ids: list[int], now: datetime) -> dict[int, LoanCounts]:
    """The counts for each of these members who has anything on loan, in one query."""
    rows = (
        Loan.objects.open()
        .filter(member__in=member_ids)
        .order_by()
        .values_list("member")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=now)))
    )
    return {member: LoanCounts(count, overdue) for member, count, overdue in rows}
