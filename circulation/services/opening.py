"""When the library is open: the week, and single days that differ. Closing after the fact is in ``calendars``."""

from collections.abc import Mapping
from datetime import date, datetime, time

from accounts.models import Action, Branch, LibrarySettings, User
from accounts.services.actions import as_json, describe, leave_out, recorded
from circulation.exceptions import CirculationRefused
from circulation.models import Closure, OpeningHours
from circulation.queries.calendars import closure_problems, removal_problems, week_problems

Week = Mapping[int, tuple[time, time]]
FIELDS = ["branch", "from_on", "to_on", "is_yearly", "opens", "reason"]


@recorded("save_closure")
def save_closure(action: Action, closure: Closure, *, sent: str = "", by: User | None, now: datetime) -> Closure:
    """Keep an entry of the calendar, new or changed: a closure or, with ``opens``, an opening as an exception.

    Due dates stay as they are. ``sent`` is a word for what the form said, to know it by if it comes again.
    Raises CirculationRefused("calendar_backwards", "calendar_overlap",
    "calendar_never_open").
    """
    stored = Closure.objects.select_for_update().filter(pk=closure.pk or 0).first()
    if problems := closure_problems(closure, _today(now)):
        raise CirculationRefused(problems)
    closure.save()
    before, after = _said(stored) if stored else {}, _said(closure)
    describe(action, closure, before=before, after=after | ({"sent": sent} if sent else {}))
    if before == after:
        leave_out(action)
    return closure


@recorded("remove_closure")
def remove_closure(action: Action, closure: Closure, *, by: User | None, now: datetime) -> None:
    """Remove an entry of the calendar. Due dates stay. Raises CirculationRefused("calendar_never_open")."""
    if problems := removal_problems(closure, _today(now)):
        raise CirculationRefused(problems)
    describe(action, closure, before=_said(closure))
    closure.delete()


@recorded("set_opening_week")
def set_opening_week(action: Action, branch: Branch, week: Week, *, by: User | None, now: datetime) -> Branch:
    """Give ``branch`` this opening week: ISO weekday -> opens, closes; a weekday that is left out is closed.

    Raises CirculationRefused("calendar_never_open", "calendar_backwards").
    """
    branch = Branch.objects.select_for_update().get(pk=branch.pk)
    if problems := week_problems(branch, week, _today(now)):
        raise CirculationRefused(problems)
    held = OpeningHours.objects.filter(branch=branch)
    before = {str(hours.weekday): [str(hours.opens_at), str(hours.closes_at)] for hours in held}
    after = {str(weekday): [str(opens), str(closes)] for weekday, (opens, closes) in sorted(week.items())}
    describe(action, branch, before=before, after=after)
    if before == after:
        leave_out(action)
        return branch
    held.delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(branch=branch, weekday=weekday, opens_at=opens, closes_at=closes)
        for weekday, (opens, closes) in sorted(week.items())
    )
    return branch


def _said(closure: Closure) -> dict:
    return {name: as_json(getattr(closure, name)) for name in FIELDS}


def _today(now: datetime) -> date:
    return now.astimezone(LibrarySettings.current().zone).date()
