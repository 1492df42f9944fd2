"""States of a copy that depend on whether it is lent: withdrawn, lost, damaged, and back again."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, User
from accounts.services.actions import describe, recorded
from catalog.models import Copy
from circulation.models import Loan

STATES = {"withdrawn": "withdrawn_on", "lost": "lost_on", "damaged": "damaged_on"}
MARKED = {"withdrawn": gettext_lazy("withdrawn"), "lost": gettext_lazy("lost"), "damaged": gettext_lazy("damaged")}


@recorded("mark_copy")
def mark_copy(action: Action, copy: Copy, *, state: str, reason: str = "", by: User | None, now: datetime) -> Copy:
    """Mark ``copy`` as ``withdrawn``, ``lost`` or ``damaged`` (the ``state``) from today on. It stays in history.

    Raises Refused("on_loan") while it is lent: take it back first; "already_marked" where it has the mark: the day it
    got it stays.
    """
    copy = _lock(copy)
    if since := getattr(copy, STATES[state]):
        facts = {"barcode": copy.barcode, "state": MARKED[state], "day": date_format(since, "DATE_FORMAT")}
        raise Refused("already_marked", _("%(barcode)s has been marked %(state)s since %(day)s.") % facts)
    if Loan.objects.open().filter(copy=copy).exists():
        raise Refused("on_loan", _("%(barcode)s is on loan. Take it back first.") % {"barcode": copy.barcode})
    return _set(action, copy, state, timezone.localdate(now, LibrarySettings.current().zone), reason)


@recorded("clear_copy")
def clear_copy(action: Action, copy: Copy, *, state: str, reason: str = "", by: User | None, now: datetime) -> Copy:
    """Take the mark ``withdrawn``, ``lost`` or ``damaged`` (the ``state``) off ``copy``, if it has it."""
    return _set(action, _lock(copy), state, None, reason)


@recorded("delete_copy")
def delete_copy(action: Action, copy: Copy, *, by: User | None, now: datetime) -> None:
    """Delete a ``copy`` that was entered by mistake. Raises Refused("was_lent") if it ever was lent."""
    copy = _lock(copy)
    if copy.loans.exists():
        raise Refused("was_lent", _("%(barcode)s has been lent; withdraw it instead.") % {"barcode": copy.barcode})
    describe(action, copy, before={"barcode": copy.barcode, "book": copy.book_id})
    copy.delete()


def _lock(copy: Copy) -> Copy:
    return Copy.objects.select_for_update(of=("self",)).get(pk=copy.pk)


def _set(action: Action, copy: Copy, state: str, day, reason: str) -> Copy:
    name = STATES[state]
    old = getattr(copy, name)
    setattr(copy, name, day)
    copy.save(update_fields=[name])
    action.reason = reason
    describe(action, copy, before={name: str(old) if old else None}, after={name: str(day) if day else None})
    return copy
