"""When a loan is due, and the steps that led there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from .calendar import ONE_DAY, SEARCH_DAYS, Calendar
from .rules import DueDateMode, EffectiveRule, FixedDueMode, PastClosing, Unit

END_OF_DAY = time(23, 59, 59)


class NoOpenDay(Exception):
    """No due date can be found: the calendar has no open day where one is needed, or time itself ends."""


@dataclass(frozen=True, slots=True)
class DueDate:
    """``at``: the moment (in UTC). ``steps``: how it came about, as JSON values, in order."""

    at: datetime
    steps: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Terms:
    now: datetime
    rule: EffectiveRule
    calendar: Calendar
    past_closing: PastClosing


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """23:59:59 of ``day`` in ``zone``, in UTC; the later one where the clock shows it twice.

    Where the clock leaves that hour out, the last second before the gap. Raises OverflowError at the end of time.
    """
    return datetime.combine(day, END_OF_DAY.replace(fold=1), tzinfo=zone).astimezone(UTC)


def due_date(
    start: datetime, rule: EffectiveRule, calendar: Calendar, *, expires_on: date | None = None,
    past_closing: PastClosing = PastClosing.SHORTEN,
) -> DueDate:  # fmt: skip
    """When a loan that begins at ``start`` (aware) is due.

    The steps of Koha's CalcDateDue: length, calendar, fixed date, end of membership. A day loan ends at 23:59:59
    local time; an hourly loan keeps the minute and ends within opening hours (``past_closing``: before or after the
    closed time). ``expires_on`` is the last day of the membership.

    Raises NoOpenDay.
    """
    return _due(start, rule.loan_period, _Terms(start, rule, calendar, past_closing), expires_on)


def renewed_due_date(
    due_at: datetime, now: datetime, rule: EffectiveRule, calendar: Calendar, *, expires_on: date | None = None,
    past_closing: PastClosing = PastClosing.SHORTEN,
) -> DueDate:  # fmt: skip
    """When a loan due at ``due_at`` is due after a renewal at ``now``: counted from the later of the two.

    The length is the renewal period, or the loan period where there is none. Raises NoOpenDay.
    """
    length = rule.loan_period if rule.renewal_period is None else rule.renewal_period
    return _due(max(due_at, now), length, _Terms(now, rule, calendar, past_closing), expires_on)


def due_date_by_hand(due_on: date, zone: tzinfo, *, expires_on: date | None = None) -> DueDate:
    """A due date set by a librarian: replaces rule, fixed date and calendar; only the membership's end caps it.

    Raises NoOpenDay for a day beyond the end of time.
    """
    steps: list[dict[str, Any]] = [{"step": "by_hand", "to": due_on.isoformat()}]
    if expires_on is not None and due_on > expires_on:
        due_on = expires_on
        steps.append({"step": "membership", "to": due_on.isoformat()})
    try:
        return DueDate(end_of_day(due_on, zone), steps)
    except OverflowError as error:
        raise NoOpenDay from error


def past_closed_days(due_at: datetime, calendar: Calendar) -> datetime | None:
    """When something due at ``due_at`` is due instead because that day is closed; None if it is open after all.

    A day loan ends with the next open day, an hourly loan when that day opens. Raises NoOpenDay.
    """
    day = due_at.astimezone(calendar.zone).date()
    if calendar.is_open(day):
        return None
    later = _or_refuse(calendar.next_open(day))
    if due_at == end_of_day(day, calendar.zone):
        return end_of_day(later, calendar.zone)
    hours = calendar.hours(later)
    assert hours is not None
    return hours[0]


def _due(start: datetime, length: int, terms: _Terms, expires_on: date | None) -> DueDate:
    rule, calendar = terms.rule, terms.calendar
    try:
        if rule.loan_unit == Unit.HOURS:
            at, steps = _hours_on(start, length, terms)
        else:
            day, steps = _days_on(start.astimezone(calendar.zone).date(), length, rule.due_date_mode, calendar)
            at = end_of_day(day, calendar.zone)
        at = _with_fixed_date(at, rule, calendar.zone, steps)
        at = _within_membership(at, expires_on, rule.due_date_mode, calendar, steps)
    except OverflowError as error:
        raise NoOpenDay from error
    return DueDate(at, steps)


def _days_on(day: date, length: int, mode: DueDateMode, calendar: Calendar) -> tuple[date, list[dict[str, Any]]]:
    steps: list[dict[str, Any]] = [{"step": "period", "unit": "days", "length": length, "from": day.isoformat()}]
    if mode == DueDateMode.CALENDAR:
        day, closed = _after_open_days(day, length, calendar)
    else:
        planned = day + timedelta(days=length)
        steps[0]["to"] = planned.isoformat()
        day = planned if mode == DueDateMode.DAYS else _moved_to_open(planned, length, mode, calendar)
        closed = [d for d in _days(planned, day) if not calendar.is_open(d)]
    if closed:
        steps.append({"step": "closed", "days": [d.isoformat() for d in closed], "to": day.isoformat()})
    steps[0].setdefault("to", day.isoformat())
    return day, steps


def _after_open_days(day: date, length: int, calendar: Calendar) -> tuple[date, list[date]]:
    """The ``length``-th open day after ``day`` (day itself moved on if closed and length 0), and the days skipped."""
    closed: list[date] = []
    if length == 0:
        return _or_refuse(calendar.next_open(day)), closed
    left = length
    while left:
        day += ONE_DAY
        found = _or_refuse(calendar.next_open(day))
        closed += _days(day, found)
        day = found
        left -= 1
    return day, closed


def _moved_to_open(planned: date, length: int, mode: DueDateMode, calendar: Calendar) -> date:
    whole_weeks = mode == DueDateMode.DAYWEEK and length % 7 == 0 and length > 0 and calendar.is_in_week(planned)
    if not whole_weeks:
        return _or_refuse(calendar.next_open(planned))
    for week in range(SEARCH_DAYS // 7 + 1):
        if calendar.is_open(planned + timedelta(weeks=week)):
            return planned + timedelta(weeks=week)
    return _or_refuse(calendar.next_open(planned))


def _hours_on(start: datetime, length: int, terms: _Terms) -> tuple[datetime, list[dict[str, Any]]]:
    calendar, planned = terms.calendar, start.astimezone(UTC) + timedelta(hours=length)
    steps = [{"step": "period", "unit": "hours", "length": length}]
    steps[0] |= {"from": _clock(start, calendar), "to": _clock(planned, calendar)}
    if terms.rule.due_date_mode == DueDateMode.DAYS or calendar.is_open_at(planned):
        return planned, steps
    at = _last_closing(planned, calendar) if terms.past_closing == PastClosing.SHORTEN else None
    if at is None or at <= terms.now:
        at = _next_opening(planned, calendar)
    return at, [*steps, {"step": "closing", "to": _clock(at, calendar)}]


def _last_closing(moment: datetime, calendar: Calendar) -> datetime | None:
    day = calendar.last_open(moment.astimezone(calendar.zone).date())
    while day is not None:
        hours = calendar.hours(day)
        assert hours is not None
        closes = min(hours[1], end_of_day(day, calendar.zone))  # open until midnight: the day itself, not the next
        if closes <= moment:
            return closes
        day = calendar.last_open(day - ONE_DAY)
    return None


def _next_opening(moment: datetime, calendar: Calendar) -> datetime:
    day = _or_refuse(calendar.next_open(moment.astimezone(calendar.zone).date()))
    while True:
        hours = calendar.hours(day)
        assert hours is not None
        if hours[0] >= moment:
            return hours[0]
        day = _or_refuse(calendar.next_open(day + ONE_DAY))


def _with_fixed_date(at: datetime, rule: EffectiveRule, zone: tzinfo, steps: list[dict[str, Any]]) -> datetime:
    if rule.fixed_due_on is None:
        return at
    due_on = at.astimezone(zone).date()
    keeps = {FixedDueMode.BEFORE: due_on <= rule.fixed_due_on, FixedDueMode.AFTER: due_on > rule.fixed_due_on}
    if keeps.get(rule.fixed_due_mode):
        return at
    fixed = end_of_day(rule.fixed_due_on, zone)
    if fixed != at:
        steps.append({"step": "fixed", "mode": str(rule.fixed_due_mode), "to": rule.fixed_due_on.isoformat()})
    return fixed


def _within_membership(
    at: datetime, expires_on: date | None, mode: DueDateMode, calendar: Calendar, steps: list[dict[str, Any]]
) -> datetime:
    if expires_on is None or at.astimezone(calendar.zone).date() <= expires_on:
        return at
    day = expires_on if mode == DueDateMode.DAYS else _or_refuse(calendar.last_open(expires_on))
    steps.append({"step": "membership", "ends_on": expires_on.isoformat(), "to": day.isoformat()})
    return end_of_day(day, calendar.zone)


def _days(first: date, before: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((before - first).days)]


def _clock(moment: datetime, calendar: Calendar) -> str:
    return moment.astimezone(calendar.zone).strftime("%Y-%m-%dT%H:%M")


def _or_refuse(day: date | None) -> date:
    if day is None:
        raise NoOpenDay
    return day
