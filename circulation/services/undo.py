"""Taking back the last issue, return, renewal or payment within ten minutes, as a reversal everybody can see."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.exceptions import Refused
from accounts.models import Action, Member, Restriction, User
from accounts.services.actions import describe, recorded
from catalog.models import Copy
from circulation.models import LedgerEntry, Loan
from circulation.policy.undoing import undo_refusal
from circulation.services.ledger import lock_member, reverse

REFUSALS = {
    "cannot_undo": _("This cannot be taken back with a click."),
    "already_undone": _("This was taken back already."),
    "too_late": _("More than ten minutes have passed."),
}


def undo(action: Action, *, by: User, key: str | None = None, now: datetime | None = None) -> Action:
    """Take ``action`` back. Returns the Action that did it.

    Raises Refused("too_late", "already_undone", "cannot_undo", "changed_since").
    """
    with transaction.atomic():
        done = _undo(action, by=by, key=key, now=now)
        return Action.objects.get(undoes=done)


@recorded("undo")
def _undo(action: Action, undone: Action, *, by: User, now: datetime) -> Action:
    undone = Action.objects.get(pk=undone.pk)
    if code := undo_refusal(undone.verb, undone.at, undone.undone_by_id is not None, now):
        raise Refused(code, str(REFUSALS[code]))
    target = UNDOERS[undone.verb](undone, by, now)
    describe(action, target, before={"action": undone.pk, "verb": undone.verb})
    action.save()
    if not Action.objects.filter(pk=undone.pk, undone_by=None).update(undone_by=action):
        raise Refused("already_undone", str(REFUSALS["already_undone"]))
    undone.refresh_from_db()
    return undone


def _undo_issue(undone: Action, by: User, now: datetime) -> Loan:
    if "renewed" in undone.after:  # the copy was the member's already: the renewal is an action of its own
        raise Refused("cannot_undo", str(REFUSALS["cannot_undo"]))
    loan = _locked(undone)
    assert loan.member_id is not None
    _refuse_if(not loan.is_open or loan.renewals > 0 or loan.claimed_returned_at is not None)
    loan.outcome, loan.closed_at = Loan.Outcome.UNDONE, max(now, loan.issued_at)
    loan.returned_at = loan.closed_at
    loan.save(update_fields=["outcome", "returned_at", "closed_at"])
    if lost_on := undone.before.get("lost_on"):
        Copy.objects.filter(pk=loan.copy_id).update(lost_on=lost_on)
    Member.objects.filter(pk=loan.member_id, loans_ever__gt=0).update(loans_ever=F("loans_ever") - 1)
    return loan


def _undo_return(undone: Action, by: User, now: datetime) -> Loan:
    loan = _locked(undone)
    others = Loan.objects.filter(copy=loan.copy_id).exclude(pk=loan.pk).exclude(outcome=Loan.Outcome.UNDONE)
    lent_again = loan.closed_at is not None and others.filter(issued_at__gte=loan.closed_at).exists()
    out_of_use = loan.copy.withdrawn_on is not None or loan.copy.lost_on is not None
    _refuse_if(loan.is_open or loan.outcome != Loan.Outcome.RETURNED or lent_again or out_of_use)
    loan.outcome, loan.returned_at, loan.closed_at = "", None, None
    loan.save(update_fields=["outcome", "returned_at", "closed_at"])
    Copy.objects.filter(pk=loan.copy_id).update(current_branch=undone.before["current_branch"])
    _take_back_fine(undone, by, now)
    if undone.after["restriction"]:
        Restriction.objects.filter(pk=undone.after["restriction"], lifted_at=None).update(lifted_at=now)
    return loan


def _undo_renewal(undone: Action, by: User, now: datetime) -> Loan:
    loan = _locked(undone)
    _refuse_if(not loan.is_open or loan.due_at != datetime.fromisoformat(undone.after["due_at"]))
    loan.due_at = datetime.fromisoformat(undone.before["due_at"])
    loan.renewals, loan.explanation = undone.before["renewals"], undone.before["explanation"]
    loan.save(update_fields=["due_at", "renewals", "explanation"])
    _take_back_fine(undone, by, now)
    return loan


def _undo_payment(undone: Action, by: User, now: datetime) -> LedgerEntry:
    lock_member(undone.after["member"])
    entries = LedgerEntry.objects.filter(pk__in=undone.after["entries"]).select_related("member").order_by("-pk")
    _refuse_if(LedgerEntry.objects.filter(voids__in=entries).exists())
    for entry in entries:
        void = reverse(entry, by=by, at=now)
    return void


UNDOERS: dict[str, Callable[[Action, User, datetime], Loan | LedgerEntry]] = {
    "issue": _undo_issue,
    "return": _undo_return,
    "renew": _undo_renewal,
    "take_payment": _undo_payment,
}


def _locked(undone: Action) -> Loan:
    loan = Loan.objects.filter(pk=undone.target_id or 0).first()
    if loan is None or loan.member_id is None:
        raise _changed_since()
    member = lock_member(loan.member_id)
    copy = Copy.objects.select_for_update(of=("self",)).select_related("book").get(pk=loan.copy_id)
    loan = Loan.objects.select_for_update(of=("self",)).get(pk=loan.pk)
    loan.member, loan.copy = member, copy
    return loan


def _take_back_fine(undone: Action, by: User, now: datetime) -> None:
    if undone.after["fine"]:
        entry = LedgerEntry.objects.select_related("member").get(pk=undone.after["fine"])
        if not LedgerEntry.objects.filter(voids=entry).exists():
            reverse(entry, by=by, at=now, reason=gettext("taken back"))


def _refuse_if(changed: bool) -> None:
    if changed:
        raise _changed_since()


def _changed_since() -> Refused:
    return Refused("changed_since", gettext("Something else has happened to it since; take that back first."))
