"""States of a copy that cost nobody money: withdrawn, damaged, and back again; read in the library; deleted."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.exceptions import Refused
from accounts.models import Action, Branch, LibrarySettings, Member, User
from accounts.services.actions import describe, recorded
from catalog.models import Copy
from circulation.exceptions import CirculationRefused
from circulation.models import Loan, OnSiteUse
from circulation.queries.problems import block
from circulation.services.hold_shelf import Trail, take_off_the_shelf
from circulation.services.locks import lock_copy, lock_member
from circulation.services.search import tell_search_of_copies

STATES = {"withdrawn": "withdrawn_on", "damaged": "damaged_on"}
MARKED = {"withdrawn": gettext_lazy("withdrawn"), "damaged": gettext_lazy("damaged")}


@recorded("mark_copy")
def mark_copy(action: Action, copy: Copy, *, state: str, reason: str = "", by: User | None, now: datetime) -> Copy:
    """Mark ``copy`` as ``withdrawn`` or ``damaged`` (the ``state``) from today on. It stays in history.

    A copy that is lent may be marked damaged, never withdrawn; one that waits on the hold shelf is taken off it.
    Raises CirculationRefused("unknown_copy", "on_loan"), and Refused("already_marked") where it has the mark: the day
    it got it stays.
    """
    copy = lock_copy(copy.pk)
    if since := getattr(copy, STATES[state]):
        facts = {"barcode": copy.barcode, "state": MARKED[state], "day": date_format(since, "DATE_FORMAT")}
        raise Refused("already_marked", _("%(barcode)s has been marked %(state)s since %(day)s.") % facts)
    if state == "withdrawn":
        _refuse_if_on_loan(copy)
    _set(action, copy, state, timezone.localdate(now, LibrarySettings.current().zone), reason)
    trail = Trail()
    take_off_the_shelf(copy, trail)
    action.before |= trail.as_before()
    action.after |= trail.as_after()
    tell_search_of_copies(copy.book_id)
    return copy


def mark_damaged(
    copy: Copy, *, reason: str = "", by: User | None, key: str | None = None, now: datetime | None = None
) -> Copy:
    """Mark ``copy`` as damaged; one that has the mark keeps it. Raises CirculationRefused("unknown_copy")."""
    return _marked(copy, "damaged", reason=reason, by=by, key=key, now=now)


def withdraw_copy(
    copy: Copy, *, reason: str = "", by: User | None, key: str | None = None, now: datetime | None = None
) -> Copy:
    """Take ``copy`` out of the stock; one that was withdrawn before stays so.

    Raises CirculationRefused("unknown_copy", "on_loan").
    """
    return _marked(copy, "withdrawn", reason=reason, by=by, key=key, now=now)


@recorded("clear_copy")
def clear_copy(action: Action, copy: Copy, *, state: str, reason: str = "", by: User | None, now: datetime) -> Copy:
    """Take the mark ``withdrawn`` or ``damaged`` (the ``state``) off ``copy``, if it has it."""
    copy = _set(action, lock_copy(copy.pk), state, None, reason)
    tell_search_of_copies(copy.book_id)
    return copy


@recorded("use_on_site")
def use_on_site(
    action: Action, copy: Copy, *, branch: Branch, member: Member | None = None, by: User | None, now: datetime
) -> OnSiteUse:
    """Count that ``copy`` was read in the library, by ``member`` or by nobody in particular. It is no loan.

    Raises CirculationRefused("unknown_copy", "unknown_member", "on_loan").
    """
    reader = lock_member(member.pk) if member else None
    copy = lock_copy(copy.pk)
    _refuse_if_on_loan(copy)
    use = OnSiteUse.objects.create(copy=copy, member=reader, branch=branch, at=now, by=by)
    describe(action, copy, after={"use": use.pk, "branch": branch.pk})
    return use


@recorded("delete_copy")
def delete_copy(action: Action, copy: Copy, *, by: User | None, now: datetime) -> None:
    """Delete a ``copy`` that was entered by mistake. Raises Refused("was_lent") if it ever was lent or waited for."""
    copy = lock_copy(copy.pk)
    if copy.loans.exists() or copy.on_site_uses.exists() or copy.copy_holds.exists() or copy.trapped_holds.exists():
        raise Refused("was_lent", _("%(barcode)s has been lent; withdraw it instead.") % {"barcode": copy.barcode})
    describe(action, copy, before={"barcode": copy.barcode, "book": copy.book_id})
    copy.delete()
    tell_search_of_copies(copy.book_id)


def _marked(copy: Copy, state: str, **how: Any) -> Copy:
    try:
        return mark_copy(copy, state=state, **how)
    except Refused:
        copy.refresh_from_db()
        return copy


def _refuse_if_on_loan(copy: Copy) -> None:
    if Loan.objects.open().filter(copy=copy).exists():
        text = _("%(barcode)s is on loan. Take it back first.") % {"barcode": copy.barcode}
        raise CirculationRefused([block("on_loan", text)])


def _set(action: Action, copy: Copy, state: str, day, reason: str) -> Copy:
    name = STATES[state]
    old = getattr(copy, name)
    setattr(copy, name, day)
    copy.save(update_fields=[name])
    action.reason = reason
    describe(action, copy, before={name: str(old) if old else None}, after={name: str(day) if day else None})
    return copy
