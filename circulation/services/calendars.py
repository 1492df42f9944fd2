"""Closing days after the fact: due dates and pickup deadlines move, fines of those days are credited."""

from datetime import date, datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Action, Branch, Member, User
from accounts.services.actions import describe, recorded
from circulation.exceptions import CirculationRefused
from circulation.models import Closure, Hold, LedgerEntry, Loan
from circulation.queries.calendars import closure_problems
from circulation.queries.closing import (
    holds_ready_within,
    loans_due_within,
    lowered_fines,
    moved_deadline,
    moved_due_date,
)
from circulation.queries.rules import RuleBook, rule_book
from circulation.services.ledger import reverse, write
from circulation.services.locks import lock_members

AT_ONCE = 500


@recorded("close_days")
def close_days(
    action: Action, *, from_on: date, to_on: date, branch: Branch | None = None, reason: str = "", sent: str = "",
    by: User | None, now: datetime,
) -> dict[str, int]:  # fmt: skip
    """Close a ``branch`` (None: all) from ``from_on`` to ``to_on``, and set right what counted on its being open.

    Open loans due then are due on the next open day, and pickup deadlines move likewise, never past a hold's last
    day. Fines written already are counted anew without these days; the difference is credited, and stays the
    member's where the fine was paid. Returns how many: loans_moved, holds_moved, fines_voided, and the closure's key.
    ``sent`` is a word for what the form said, to know it by if it comes again.
    Raises CirculationRefused("calendar_backwards", "calendar_overlap", "calendar_never_open").
    """
    closure = Closure(branch=branch, from_on=from_on, to_on=to_on, reason=reason)
    if problems := closure_problems(closure, now.astimezone(rule_book().library.zone).date()):
        raise CirculationRefused(problems)
    closure.save()
    book = rule_book()
    members = lock_members(lowered.entry.member_id for lowered in lowered_fines(closure, book))
    loans = _move_loans(closure, book)
    holds = _move_holds(closure, book)
    credits = _credit_fines(closure, book, members, by, now)
    action.reason = reason
    before = {"loans": [[pk, old] for pk, old, _new in loans], "holds": [[pk, old] for pk, old, _new in holds]}
    after = {
        "loans": [[pk, new] for pk, _old, new in loans], "holds": [[pk, new] for pk, _old, new in holds],
        "entries": credits, "from_on": str(from_on), "to_on": str(to_on), **({"sent": sent} if sent else {}),
    }  # fmt: skip
    describe(action, closure, before=before, after=after)
    counts = {"loans_moved": len(loans), "holds_moved": len(holds), "fines_voided": len(credits)}
    return {**counts, "closure": closure.pk}


def open_again(undone: Action, *, by: User | None, now: datetime) -> bool:
    """Take back what ``close_days`` recorded as ``undone``; False, and nothing done, if the closure is not there.

    Due dates and deadlines that were moved again since stay as they are; credits are reversed where the member is
    still here. Part of the action that takes it back.
    """
    closure = Closure.objects.select_for_update().filter(pk=undone.target_id or 0).first()
    if closure is None:
        return False
    entries = LedgerEntry.objects.filter(pk__in=undone.after["entries"], voided_by=None)
    members = lock_members(entries.values_list("member_id", flat=True))
    _move_loans_back(undone)
    _move_holds_back(undone)
    for entry in entries.filter(member__in=members).select_related("member").order_by("-pk"):
        reverse(entry, by=by, at=now, reason=_("the closure was taken back"))
    closure.delete()
    return True


def _move_loans(closure: Closure, book: RuleBook) -> list[tuple[int, str, str]]:
    """Move the due dates; each loan's key with the old and the new one."""
    moved: list[tuple[int, str, str]] = []
    due = loans_due_within(closure, book)
    for keys in _in_parts(list(due.order_by("pk").values_list("pk", flat=True))):
        changed = []
        for loan in due.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"):
            old, new = loan.due_at, moved_due_date(loan, book)
            if new is None:
                continue
            loan.due_at = new
            to = new.astimezone(book.library.zone).date().isoformat()
            step = {"step": "closing_days", "from": str(closure.from_on), "until": str(closure.to_on), "to": to}
            loan.explanation = {**loan.explanation, "steps": [*loan.explanation.get("steps", ()), step]}
            changed.append(loan)
            moved.append((loan.pk, old.isoformat(), new.isoformat()))
        Loan.objects.bulk_update(changed, ["due_at", "explanation"])
    return moved


def _move_holds(closure: Closure, book: RuleBook) -> list[tuple[int, str, str]]:
    """Move the pickup deadlines; each hold's key with the old and the new one."""
    moved: list[tuple[int, str, str]] = []
    ready = holds_ready_within(closure)
    for keys in _in_parts(list(ready.order_by("pk").values_list("pk", flat=True))):
        changed = []
        locked = ready.select_for_update(of=("self",)).filter(pk__in=keys).select_related("trapped_copy")
        for hold in locked.order_by("pk"):
            if deadline := moved_deadline(hold, book):
                moved.append((hold.pk, str(hold.pickup_by), str(deadline)))
                hold.pickup_by = deadline
                changed.append(hold)
        Hold.objects.bulk_update(changed, ["pickup_by"])
    return moved


def _credit_fines(
    closure: Closure, book: RuleBook, members: dict[int, Member], by: User | None, now: datetime
) -> list[int]:
    """Credit what the written fines of these ``members`` (locked) are less now; the keys of the credits."""
    credits = []
    for lowered in list(lowered_fines(closure, book)):
        entry, member = lowered.entry, members.get(lowered.entry.member_id)
        if member is None:  # written in this very moment, by somebody who did not know of the closure yet
            continue
        explanation: dict[str, Any] = {"closing_of": entry.pk, "now": lowered.fine.as_json()}
        credit = write(
            member, LedgerEntry.Kind.WAIVER, -lowered.less_minor, loan=entry.loan, by=by, at=now,
            reason=_("closed from %(from)s to %(to)s") % {"from": closure.from_on, "to": closure.to_on},
            explanation=explanation,
        )  # fmt: skip
        credits.append(credit.pk)
    return credits


def _move_loans_back(undone: Action) -> None:
    old = dict(undone.before["loans"])
    for part in _in_parts(undone.after["loans"]):
        new = dict(part)
        changed = []
        loans = Loan.objects.open().select_for_update(of=("self",)).filter(pk__in=new).order_by("pk")
        for loan in loans:
            if loan.due_at == datetime.fromisoformat(new[loan.pk]):
                loan.due_at = datetime.fromisoformat(old[loan.pk])
                loan.explanation = {**loan.explanation, "steps": loan.explanation["steps"][:-1]}
                changed.append(loan)
        Loan.objects.bulk_update(changed, ["due_at", "explanation"])


def _move_holds_back(undone: Action) -> None:
    old, new = dict(undone.before["holds"]), dict(undone.after["holds"])
    changed = []
    for hold in Hold.objects.ready().select_for_update(of=("self",)).filter(pk__in=new).order_by("pk"):
        if hold.pickup_by == date.fromisoformat(new[hold.pk]):
            hold.pickup_by = date.fromisoformat(old[hold.pk])
            changed.append(hold)
    Hold.objects.bulk_update(changed, ["pickup_by"])


def _in_parts(items: list) -> list[list]:
    each = iter(items)
    return list(iter(lambda: list(islice(each, AT_ONCE)), []))
