"""What speaks against an entry of the calendar, before it is kept."""

from collections.abc import Iterable, Mapping
from datetime import date, time

from django.utils.translation import gettext as _

from accounts.models import Branch, LibrarySettings
from circulation.exceptions import Problem
from circulation.models import Closure, OpeningHours
from circulation.queries.problems import block
from circulation.queries.rules import calendar_of


def closure_problems(closure: Closure, today: date) -> list[Problem]:
    """Every reason against ``closure``, saved or not, in the calendar as it is from ``today`` on; empty: it may stay.

    Codes: calendar_backwards (then nothing else is looked at), calendar_overlap, calendar_never_open.
    """
    if closure.to_on < closure.from_on:
        return [block("calendar_backwards", _("A closure ends on the day it begins or later."))]
    others = list(Closure.objects.exclude(pk=closure.pk))
    problems = []
    if any(_share_a_day(closure, other) for other in others):
        text = _("Another entry covers one of these days already. Change that one, or choose other days.")
        problems.append(block("calendar_overlap", text))
    branches = Branch.objects.all() if closure.branch_id is None else Branch.objects.filter(pk=closure.branch_id)
    hours = list(OpeningHours.objects.all())
    return [*problems, *_never_open(branches, hours, [*others, closure], today)]


def hours_problems(hours: OpeningHours, today: date) -> list[Problem]:
    """Every reason against these opening ``hours``, saved or not. The only code is calendar_never_open."""
    others = list(OpeningHours.objects.exclude(pk=hours.pk))
    branches = Branch.objects.filter(pk=hours.branch_id)
    return _never_open(branches, [*others, hours], list(Closure.objects.all()), today)


def week_problems(branch: Branch, week: Mapping[int, tuple[time, time]], today: date) -> list[Problem]:
    """Every reason against this opening ``week`` (ISO weekday -> opens, closes) of ``branch``.

    Codes: calendar_backwards, with the weekday's field, and calendar_never_open, also for a week without a day.
    """
    problems = [
        Problem("calendar_backwards", _("The library closes after it opens."), field=f"closes_{weekday}")
        for weekday, (opens, closes) in sorted(week.items())
        if closes <= opens
    ]
    if not week:
        return [block("calendar_never_open", _never_open_text() % {"branch": branch})]
    hours = [OpeningHours(branch=branch, weekday=day, opens_at=o, closes_at=c) for day, (o, c) in week.items()]
    return problems or _never_open([branch], hours, list(Closure.objects.all()), today)


def removal_problems(entry: Closure | OpeningHours, today: date) -> list[Problem]:
    """Every reason against the calendar without ``entry``. The only code is calendar_never_open."""
    hours, closures = OpeningHours.objects.all(), Closure.objects.all()
    if isinstance(entry, Closure):
        closures = closures.exclude(pk=entry.pk)
    else:
        hours = hours.exclude(pk=entry.pk)
    branches = Branch.objects.all() if entry.branch_id is None else Branch.objects.filter(pk=entry.branch_id)
    return _never_open(branches, list(hours), list(closures), today)


def _share_a_day(one: Closure, other: Closure) -> bool:
    """Whether two entries of one list name the same day; an opening inside a closure is an exception, not one."""
    same_list = (one.branch_id, one.opens) == (other.branch_id, other.opens)
    is_yearly = one.is_yearly or other.is_yearly
    return same_list and not is_yearly and one.from_on <= other.to_on and other.from_on <= one.to_on


def _never_open(
    branches: Iterable[Branch], hours: list[OpeningHours], closures: list[Closure], today: date
) -> list[Problem]:
    zone = LibrarySettings.current().zone
    shut = [b for b in branches if calendar_of(b.pk, hours, closures, zone).next_open(today) is None]
    return [block("calendar_never_open", _never_open_text() % {"branch": branch}) for branch in shut[:1]]


def _never_open_text() -> str:
    return _("%(branch)s would have no open day in the next year.")
