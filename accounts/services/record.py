"""The record of who did and saw what: looks at members are noted, and what is old enough is forgotten."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet

from accounts.models import Action, LibrarySettings, Look, Member, User

AT_ONCE = 1_000


def note_look(member: Member, *, by: User, on: date) -> None:
    """Note that ``by``, of the staff, saw the data of ``member`` on the day ``on``; once, however often they come back.

    It is a note about whoever looked: nothing that the library knows of the member changes, which is why a page that
    is only fetched may write it. After the first look of a day it is one question to an index.
    """
    note_looks([member], by=by, on=on)


def note_looks(members: Iterable[Member], *, by: User, on: date) -> None:
    """``note_look`` of all ``members`` together. Whoever looks at themselves is no news to them."""
    others = [each for each in members if each.user_id != by.pk]
    known = set(Look.objects.filter(by=by, on=on, member__in=others).values_list("member", flat=True))
    if new := [Look(member=each, by=by, on=on) for each in others if each.pk not in known]:
        Look.objects.bulk_create(new, ignore_conflicts=True)


def forget_old_records(now: datetime) -> int:
    """Remove what was recorded longer ago than the settings say, a piece at a time; how many actions and looks.

    The oldest go first, so that an action which was taken back goes before the one that took it back.
    """
    days = LibrarySettings.current().record_days
    if days is None:
        return 0
    before = now - timedelta(days=days)
    _remove(LogEntry.objects.filter(action_time__lt=before).order_by("action_time", "pk"))
    looks = _remove(Look.objects.filter(on__lt=before.date()).order_by("on", "pk"))
    return looks + _remove(Action.objects.filter(at__lt=before).order_by("at", "pk"))


def _remove(rows: QuerySet) -> int:
    """Each piece in a transaction of its own: nobody waits long, and a run that was killed is gone on with."""
    removed = 0
    while keys := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
        rows.model._default_manager.filter(pk__in=keys).delete()
        removed += len(keys)
    return removed
