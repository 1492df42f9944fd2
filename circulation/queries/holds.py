"""Holds: the queue of a book and everybody's place in it, what stands ready for whom, what waits for a copy."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.models import Member
from catalog.models import Book, Copy
from circulation import policy
from circulation.models import Hold
from circulation.queries.copies import AVAILABLE, with_availability

SUSPENDED = "suspended"


@dataclass(slots=True)
class Claims:
    """What waits for the copies of a book today, and how many of them are free."""

    on_any: int = 0
    on_copies: set[int] = field(default_factory=set)
    free: int = 0


def state(hold: Hold, today: date) -> str:
    """waiting, suspended, ready, filled, expired or cancelled: what is true today, whether or not it was noted yet."""
    if is_overdue(hold, today):
        return str(Hold.Status.EXPIRED)
    if hold.status == Hold.Status.WAITING and policy.is_suspended(hold, today):
        return SUSPENDED
    return str(hold.status)


def is_overdue(hold: Hold, today: date) -> bool:
    """Whether ``hold`` is over without being closed yet: its copy was not picked up, or its last day has passed."""
    if hold.status == Hold.Status.READY:
        return hold.pickup_by is not None and hold.pickup_by < today
    return hold.status == Hold.Status.WAITING and policy.is_past(hold, today)


def overdue_holds(today: date) -> QuerySet[Hold]:
    """The holds that are over without being closed yet (``is_overdue``)."""
    missed = Q(status=Hold.Status.READY, pickup_by__lt=today)
    return Hold.objects.filter(missed | Q(status=Hold.Status.WAITING, not_after__lt=today))


def queue(book: Book, today: date) -> list[Hold]:
    """The holds that wait for ``book``, suspended ones too, in order, each with its ``position`` (1..n)."""
    waiting = Hold.objects.waiting().filter(book=book).select_related("member", "copy").order_by("rank", "pk")
    found = [hold for hold in waiting if not policy.is_past(hold, today)]
    for place, hold in enumerate(found, start=1):
        hold.position = place
    return found


def position(hold: Hold, today: date) -> int | None:
    """The place of ``hold`` among those that wait for its book, as queue() counts, or None if it does not wait."""
    return positions([hold], today).get(hold.pk)


def positions(holds: Iterable[Hold], today: date) -> dict[int, int]:
    """The place in its queue of every waiting one of ``holds``, in one query for any number of queues."""
    books = {hold.book_id for hold in holds if hold.status == Hold.Status.WAITING}
    if not books:
        return {}
    place = Window(RowNumber(), partition_by=F("book"), order_by=[F("rank").asc(), F("pk").asc()])
    return dict(
        Hold.objects.waiting()
        .filter(book__in=books)
        .exclude(not_after__lt=today)
        .order_by()
        .annotate(place=place)
        .values_list("pk", "place")
    )


def ready_hold_of(copy: Copy) -> Hold | None:
    """The hold that ``copy`` stands ready for, if there is one, its deadline passed or not."""
    return Hold.objects.ready().select_related("member", "book").filter(trapped_copy=copy).first()


def holds_concerned(copy: Copy, member: Member) -> list[Hold]:
    """The hold that ``copy`` stands ready for, and the one that ``member`` has on its book, if there are such."""
    concerned = Q(status=Hold.Status.READY, trapped_copy=copy) | Q(member=member)
    return list(Hold.objects.active().select_related("member").filter(concerned, book=copy.book_id).order_by("pk"))


def keeper_among(holds: Iterable[Hold], copy: Copy, today: date) -> Hold | None:
    """The hold that ``copy`` is kept for today: after a missed deadline the one that comes next, if any."""
    hold = next((each for each in holds if each.trapped_copy_id == copy.pk), None)
    return next_in_line(copy, today) if hold and is_overdue(hold, today) else hold


def next_in_line(copy: Copy, today: date) -> Hold | None:
    """The waiting hold that takes ``copy`` when it is scanned today."""
    waiting = Hold.objects.waiting().filter(book=copy.book_id).select_related("member").order_by("rank", "pk")
    return policy.first_in_line(waiting, copy.pk, today)


def claims_on(book_ids: Iterable[int], today: date) -> dict[int, Claims]:
    """What waits for each of these books, those left out for which nothing waits; one or two queries for any number.

    Suspended, future and past holds claim nothing today. A copy whose pickup deadline has passed is free.
    """
    claims: dict[int, Claims] = defaultdict(Claims)
    let_go: Counter[int] = Counter()
    for hold in Hold.objects.active().filter(book__in=set(book_ids)):
        if hold.status == Hold.Status.READY:
            let_go[hold.book_id] += is_overdue(hold, today)
        elif policy.is_eligible(hold, today):
            of_book = claims[hold.book_id]
            if hold.copy_id is None:
                of_book.on_any += 1
            else:
                of_book.on_copies.add(hold.copy_id)
    if claims:
        copies = with_availability(Copy.objects.filter(book__in=claims)).filter(status=AVAILABLE)  # type: ignore[misc] # annotated
        free = Counter(copies.order_by().values_list("book", flat=True)) + let_go
        for book_id, of_book in claims.items():
            of_book.free = free[book_id]
    return dict(claims)


def active_holds(member: Member, today: date) -> list[Hold]:
    """The holds of ``member`` that wait or stand ready today, oldest first."""
    holds = member.holds.active().select_related("book", "copy", "branch", "trapped_copy").order_by("placed_at", "pk")
    return [hold for hold in holds if not is_overdue(hold, today)]
