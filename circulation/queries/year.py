"""A year of a branch, day by day, for people to read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from accounts.models import Action, Branch
from circulation.models import Closure
from circulation.models.calendar import Weekday
from circulation.policy import Calendar, Exceptional
from circulation.policy.undoing import TIME_TO_REPENT

OPEN, OPENED, CLOSED, SHUT = "open", "opened", "closed", "shut"  # shut: every week; opened, closed: as an exception


@dataclass(frozen=True, slots=True)
class Day:
    """One day: whether the branch opens, as every week or as an exception, and what is said of it."""

    day: date
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks from Monday to Sunday; None stands for a day of another month."""

    first: date
    weeks: list[list[Day | None]]
    open_days: int


def months_of(year: int, calendar: Calendar, entries: Iterable[Closure]) -> list[Month]:
    """The twelve months of ``year``; ``entries`` give the reasons."""
    return [_month(date(year, month, 1), calendar, list(entries)) for month in range(1, 13)]


def week_of(calendar: Calendar) -> list[tuple[str, tuple[time, time] | None]]:
    """The weekdays with their names and hours (None: closed every week); empty where no opening week was given."""
    week = calendar.week
    return [(str(name), week.get(number)) for number, name in Weekday.choices] if week else []


def entries_of(branch: Branch, year: int) -> QuerySet[Closure]:
    """The entries of the calendar of ``branch`` that have a day in ``year``."""
    within = Q(from_on__lte=date(year, 12, 31), to_on__gte=date(year, 1, 1)) | Q(is_yearly=True)
    return Closure.objects.filter(within, Q(branch=branch) | Q(branch=None)).select_related("branch")


def closed_lately(now: datetime) -> list[Action]:
    """Closings after the fact that can still be taken back, newest first."""
    closings = Action.objects.filter(verb="close_days", undone_by=None, at__gte=now - TIME_TO_REPENT)
    return list(closings.select_related("by").order_by("-at", "-pk"))


def _month(first: date, calendar: Calendar, entries: list[Closure]) -> Month:
    days = [_day(day, calendar, entries) for day in _days_of(first)]
    cells: list[Day | None] = [*[None] * first.weekday(), *days]
    cells += [None] * (-len(cells) % 7)
    weeks = [cells[n : n + 7] for n in range(0, len(cells), 7)]
    return Month(first, weeks, sum(1 for day in days if day.state in (OPEN, OPENED)))


def _days_of(first: date) -> Iterator[date]:
    day = first
    while day.month == first.month:
        yield day
        day += timedelta(days=1)


def _day(day: date, calendar: Calendar, entries: list[Closure]) -> Day:
    exceptions = [each for each in calendar.exceptions if each.covers(day)]
    if calendar.is_open(day):
        state = OPENED if exceptions or not calendar.is_in_week(day) else OPEN
    else:
        state = CLOSED if calendar.is_in_week(day) else SHUT
    opens = state == OPENED
    said = [each.reason for each in entries if exceptions and each.opens == opens and _covers(each, day)]
    return Day(day, state, next((reason for reason in said if reason), ""))


def _covers(entry: Closure, day: date) -> bool:
    return Exceptional(entry.from_on, entry.to_on, entry.is_yearly, entry.opens).covers(day)
