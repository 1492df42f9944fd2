"""What becomes of a hold when its copy leaves the hold shelf, or when a copy is in again."""

from datetime import datetime
from typing import Any

from django.db.models import Min

from accounts.models import Branch, User
from catalog.models import Copy
from circulation.models import Hold


def take_off_the_shelf(copy: Copy) -> list[int]:
    """Let whoever ``copy`` stood ready for wait again, in front of everybody; return the keys of the holds.

    The copy must be locked.
    """
    holds = list(Hold.objects.ready().filter(trapped_copy=copy).select_for_update(of=("self",)))
    for hold in holds:
        first = Hold.objects.waiting().filter(book=hold.book_id).aggregate(rank=Min("rank"))["rank"]
        hold.rank = hold.rank if first is None else min(hold.rank, first - 1)
        hold.status, hold.trapped_copy, hold.ready_at, hold.pickup_by = Hold.Status.WAITING, None, None, None
        hold.save(update_fields=["rank", "status", "trapped_copy", "ready_at", "pickup_by"])
    return [hold.pk for hold in holds]


def hand_on(copy: Copy, *, branch: Branch, by: User | None, now: datetime) -> dict[str, Any]:
    """Put ``copy``, which is in again, on the hold shelf for whoever waits; return what the record says of it."""
    return {}
