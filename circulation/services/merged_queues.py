"""What becomes of holds when books are merged: several queues are one, and are parted again when it is taken back.

Whoever calls has all copies of the books locked, and so their queues to himself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import merge
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Action
from catalog.services.merged import changed_since
from circulation.models import Hold
from circulation.services.hold_shelf import Trail, restore

Place = tuple[int, int, int, int]  # a hold, the book and the rank it had, the rank it got


def join_queues(keep: int, others: Sequence[int], *, now: datetime, trail: Trail) -> tuple[list[Place], list[int]]:
    """Let the holds on ``others`` wait for the book ``keep``; by when they were placed, whatever was moved stays moved.

    Of a member's active holds one stays: that for which a copy stands ready, else one for any copy, else the older;
    it gets the best of their places. Returns the places as they were and are, and the copies (keys) that stood ready
    for holds that ended.
    """
    locked = Hold.objects.select_for_update(of=("self",)).select_related("member")
    holds = list(locked.filter(book__in=[keep, *others]).order_by("pk"))
    was = {hold.pk: (hold.book_id, hold.rank) for hold in holds}
    ended = _give_ranks(holds)
    left = []
    for hold in ended:
        left += [hold.trapped_copy_id] if hold.trapped_copy_id else []
        trail.change(hold, status=Hold.Status.CANCELLED, trapped_copy_id=None, closed_at=now)
    for hold in holds:
        hold.book_id = keep
    Hold.objects.bulk_update(holds, ["book", "rank"], batch_size=400)
    changed = [(hold.pk, *was[hold.pk], hold.rank) for hold in holds if was[hold.pk] != (keep, hold.rank)]
    return changed, left


def part_queues(undone: Action, keep: int) -> None:
    """Let every hold wait again for the book it was placed on, in the place it had.

    Raises Refused("changed_since") where holds changed in a way that does not allow it.
    """
    places: list[Place] = [tuple(place) for place in undone.after["places"]]
    holds = {hold.pk: hold for hold in _locked([place[0] for place in places])}
    for pk, book, _rank, rank in places:
        if pk not in holds or (holds[pk].book_id, holds[pk].rank) != (keep, rank):
            raise changed_since(_("Somebody moved the people who wait since."))
        holds[pk].book_id = book
    Hold.objects.bulk_update(holds.values(), ["book"], batch_size=400)
    if not restore(undone):
        raise changed_since(_("A hold that ended with the merge cannot be as before: it, or its copy, changed since."))
    for pk, _book, rank, _now in places:
        holds[pk].rank = rank
    Hold.objects.bulk_update(holds.values(), ["rank"], batch_size=400)


def refuse_crossed_holds(books: Iterable[int]) -> None:
    """Raises Refused("changed_since") if a hold on one of ``books`` names or got a copy of another book."""
    other = (
        ~Q(copy__book=F("book")) & Q(copy__isnull=False)
        | ~Q(trapped_copy__book=F("book")) & Q(trapped_copy__isnull=False)
        | ~Q(loan__copy__book=F("book")) & Q(loan__isnull=False)
    )
    if Hold.objects.filter(other, book__in=list(books)).exists():
        raise changed_since(_("Since then a copy of the one book was given to somebody who waited for the other."))


def _locked(pks: list[int]) -> list[Hold]:
    found: list[Hold] = []
    for start in range(0, len(pks), 500):
        found += (
            Hold.objects.select_for_update(of=("self",)).filter(pk__in=sorted(pks)[start : start + 500]).order_by("pk")
        )
    return found


def _give_ranks(holds: list[Hold]) -> list[Hold]:
    """Number the places of one queue in ``holds``; which of them end because their member has another.

    Where only one of the books was ever waited for, its queue is the one there is. New ranks lie above all old ones:
    whoever joins the queue later stays behind, also after it was parted.
    """
    if len({hold.book_id for hold in holds}) < 2:
        return []
    by_book: dict[tuple[bool, int], list[Hold]] = defaultdict(list)
    for hold in sorted(holds, key=lambda hold: (hold.rank, hold.pk)):
        by_book[hold.status in Hold.ACTIVE, hold.book_id].append(hold)
    rank = max(hold.rank for hold in holds)
    queue: list[Hold] = []
    for is_active in (False, True):  # those that are over may come back, and then come first
        queues = [of_book for (active, _book), of_book in by_book.items() if active == is_active]
        queue += merge(*queues, key=lambda hold: (hold.placed_at, hold.pk))
    for place, hold in enumerate(queue, start=rank + 1):
        hold.rank = place
    return _doubled([hold for hold in queue if hold.status in Hold.ACTIVE])


def _doubled(queue: list[Hold]) -> list[Hold]:
    """Those of a ``queue`` that end because their member has another, which gets the best of the places."""
    ended = []
    of_member: dict[int, list[Hold]] = defaultdict(list)
    for hold in queue:
        of_member[hold.member_id].append(hold)
    for held in of_member.values():
        best = min(held, key=lambda hold: (hold.status != Hold.Status.READY, hold.copy_id is not None, hold.rank))
        first = held[0]
        best.rank, first.rank = first.rank, best.rank
        ended += [hold for hold in held if hold is not best]
    return ended


def as_values(places: list[Place]) -> list[list[Any]]:
    """``places`` as JSON keeps them."""
    return [list(place) for place in places]
