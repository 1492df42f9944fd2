"""Who waits for which copy, and until when a copy stands ready."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol, TypeVar

from .calendar import ONE_DAY, Calendar


class Waiting(Protocol):
    """What the policy reads of a hold that waits."""

    copy_id: int | None
    starts_on: date | None
    not_after: date | None
    is_suspended: bool
    suspended_until: date | None


W = TypeVar("W", bound=Waiting)


def is_suspended(hold: Waiting, today: date) -> bool:
    """Whether ``hold`` keeps its place and is passed over; it resumes on the day it is suspended until."""
    return hold.is_suspended and (hold.suspended_until is None or hold.suspended_until > today)


def is_past(hold: Waiting, today: date) -> bool:
    """Whether the day after which the copy is of no use any more has passed."""
    return hold.not_after is not None and hold.not_after < today


def is_eligible(hold: Waiting, today: date) -> bool:
    """Whether ``hold`` takes a copy today: it has started, is not suspended and not past."""
    has_started = hold.starts_on is None or hold.starts_on <= today
    return has_started and not is_suspended(hold, today) and not is_past(hold, today)


def can_be_filled_by(hold: Waiting, copy_id: int) -> bool:
    """Whether this copy is what ``hold`` waits for: any copy of the book, or this one."""
    return hold.copy_id in (None, copy_id)


def first_in_line(queue: Iterable[W], copy_id: int, today: date) -> W | None:
    """The first of ``queue`` (in its order) that takes this copy today."""
    return next((hold for hold in queue if can_be_filled_by(hold, copy_id) and is_eligible(hold, today)), None)


def pickup_deadline(today: date, days: int, calendar: Calendar, not_after: date | None) -> date:
    """The last day a copy that is made ready ``today`` stands on the hold shelf: so many open days later.

    0 days: today, or the next open day. Never after ``not_after``. Where the calendar holds no open day any more,
    days are counted as they come.
    """
    deadline = _after_open_days(today, days, calendar)
    return deadline if not_after is None else max(today, min(deadline, not_after))


def _after_open_days(day: date, days: int, calendar: Calendar) -> date:
    if days == 0:
        return calendar.next_open(day) or day
    for left in range(days, 0, -1):
        following = None if day == date.max else calendar.next_open(day + ONE_DAY)
        if following is None:
            return day + timedelta(days=min(left, (date.max - day).days))
        day = following
    return day
