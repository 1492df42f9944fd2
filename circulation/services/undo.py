"""Taking back what was done at the desk within ten minutes, as a reversal everybody can see."""

from collections.abc import Callable
from datetime import datetime

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, Member, Restriction, User
from accounts.permissions import ISSUE, MANAGE_BOOKS, MANAGE_RULES, RETURN, TAKE_PAYMENT
from accounts.services.actions import describe, recorded
from catalog.models import Author, Book, Copy, Subject
from catalog.services.merging import part_authors, part_subjects
from circulation.exceptions import CirculationRefused
from circulation.models import LedgerEntry, Loan
from circulation.policy.undoing import LONG_UNDOABLE, undo_refusal
from circulation.queries.ledger import forgiven_minor, refundable_minor, was_given_back
from circulation.services.calendars import open_again
from circulation.services.copies_together import change_back
from circulation.services.events import tell_of_loan
from circulation.services.hold_shelf import copies_named, restore
from circulation.services.ledger import reverse
from circulation.services.locks import lock_copies, lock_copy, lock_member, lock_members
from circulation.services.merging import part_books
from circulation.services.search import tell_search, tell_search_of_copies

REFUSALS = {
    "cannot_undo": _("This cannot be taken back with a click."),
    "already_undone": _("This was taken back already."),
    "too_late": _("More than ten minutes have passed."),
}


# whoever may do a thing may take it back; what is not named is done at the return
NEEDS = {
    "issue": ISSUE, "renew": ISSUE, "take_payment": TAKE_PAYMENT, "close_days": MANAGE_RULES,
    "merge_books": MANAGE_BOOKS, "merge_authors": MANAGE_BOOKS, "merge_subjects": MANAGE_BOOKS,
    "change_copies": MANAGE_BOOKS,
}  # fmt: skip
Target = Loan | Copy | LedgerEntry | LibrarySettings | Book | Author | Subject


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
    if not by.has_perm(NEEDS.get(undone.verb, RETURN)):
        raise Refused("cannot_undo", gettext("You may not do this, and so not take it back."))
    if code := undo_refusal(undone.verb, undone.at, undone.undone_by_id is not None, now):
        is_week_old = code == "too_late" and undone.verb in LONG_UNDOABLE
        raise Refused(code, gettext("More than seven days have passed.") if is_week_old else str(REFUSALS[code]))
    try:
        target = UNDOERS[undone.verb](undone, by, now)
    except CirculationRefused as refused:  # the copy, the member or the loan is gone
        raise _changed_since() from refused
    describe(action, target, before={"action": undone.pk, "verb": undone.verb})
    action.save()
    if not Action.objects.filter(pk=undone.pk, undone_by=None).update(undone_by=action):
        raise Refused("already_undone", str(REFUSALS["already_undone"]))
    if isinstance(target, Loan):
        tell_of_loan(target, f"{undone.verb}_undone", LibrarySettings.current(), now)
    _tell_search(undone, target)
    undone.refresh_from_db()
    return undone


def _tell_search(undone: Action, target: models.Model) -> None:
    copy = target.copy if isinstance(target, Loan) else target
    if isinstance(copy, Copy) and undone.verb not in LONG_UNDOABLE:  # these tell it themselves
        # It was marked lost, or found, or it moved.
        is_of_copy = not {"lost_on", "current_branch"}.isdisjoint({*undone.before, *undone.after})
        tell = tell_search_of_copies if is_of_copy else tell_search
        tell(copy.book_id)


def _undo_issue(undone: Action, by: User, now: datetime) -> Loan:
    if "renewed" in undone.after:  # the copy was the member's already: the renewal is an action of its own
        raise Refused("cannot_undo", str(REFUSALS["cannot_undo"]))
    loan = _locked(undone, undone.after.get("found_loan"))
    assert loan.member_id is not None
    _refuse_if(not loan.is_open or loan.renewals > 0 or loan.claimed_returned_at is not None)
    loan.outcome, loan.closed_at = Loan.Outcome.UNDONE, max(now, loan.issued_at)
    loan.returned_at = loan.closed_at
    loan.save(update_fields=["outcome", "returned_at", "closed_at"])
    if "lost_on" in undone.before:
        _lose_again(undone, undone.after.get("found_loan"), by, now)
    _refuse_if(not restore(undone))
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
    _refuse_if(not restore(undone))
    _take_back_entries(undone, by, now)
    if undone.after["restriction"]:
        Restriction.objects.filter(pk=undone.after["restriction"], lifted_at=None).update(lifted_at=now)
    return loan


def _undo_renewal(undone: Action, by: User, now: datetime) -> Loan:
    loan = _locked(undone)
    _refuse_if(not loan.is_open or loan.due_at != datetime.fromisoformat(undone.after["due_at"]))
    loan.due_at = datetime.fromisoformat(undone.before["due_at"])
    loan.renewals, loan.explanation = undone.before["renewals"], undone.before["explanation"]
    loan.save(update_fields=["due_at", "renewals", "explanation"])
    _take_back_entries(undone, by, now)
    return loan


def _undo_payment(undone: Action, by: User, now: datetime) -> LedgerEntry:
    member = lock_member(undone.after["member"])
    entries = LedgerEntry.objects.filter(pk__in=undone.after["entries"]).select_related("member").order_by("-pk")
    given_back = refundable_minor(member) < -sum(entry.amount_minor for entry in entries)
    _refuse_if(given_back or LedgerEntry.objects.filter(voids__in=entries).exists())
    for entry in entries:
        void = reverse(entry, by=by, at=now)
    return void


def _undo_lost(undone: Action, by: User, now: datetime) -> Loan | Copy:
    if undone.target_type == Copy._meta.label_lower:
        copy = lock_copy(undone.after["copy"])
        _refuse_if(copy.lost_on is None)
    else:
        loan = _locked(undone)
        copy = loan.copy
        ended_by_it = loan.outcome == Loan.Outcome.LOST and loan.found_at is None
        _refuse_if(not ended_by_it or copy.lost_on is None or copy.withdrawn_on is not None)
        loan.outcome, loan.returned_at, loan.closed_at, loan.forgiven_fine = "", None, None, {}
        loan.save(update_fields=["outcome", "returned_at", "closed_at", "forgiven_fine"])
        _take_back_entries(undone, by, now)
    copy.lost_on = None
    copy.save(update_fields=["lost_on"])
    _refuse_if(not restore(undone))
    return copy if undone.target_type == Copy._meta.label_lower else loan


def _undo_found(undone: Action, by: User, now: datetime) -> Copy:
    lost = Loan.objects.filter(pk=undone.after["loan"] or 0).first()
    lock_members([lost.member_id if lost else None])
    copy = lock_copy(undone.after["copy"])
    lent_again = copy.loans.filter(issued_at__gte=undone.at).exclude(outcome=Loan.Outcome.UNDONE).exists()
    _refuse_if(copy.lost_on is not None or lent_again or copy.loans.open().exists())
    Copy.objects.filter(pk=copy.pk).update(current_branch=undone.before["current_branch"])
    _refuse_if(not restore(undone))
    _lose_again(undone, undone.after["loan"], by, now)
    return copy


def _undo_claim(undone: Action, by: User, now: datetime) -> Loan:
    loan = _locked(undone)
    claimed_at = datetime.fromisoformat(undone.after["claimed_returned_at"])
    _refuse_if(not loan.is_open or loan.claimed_returned_at != claimed_at)
    loan.claimed_returned_at = None
    loan.save(update_fields=["claimed_returned_at"])
    return loan


def _undo_trap(undone: Action, by: User, now: datetime) -> Copy:
    copy = lock_copy(undone.after["copy"])
    Copy.objects.filter(pk=copy.pk).update(current_branch=undone.before["current_branch"])
    _refuse_if(not restore(undone))
    return copy


def _undo_closing(undone: Action, by: User, now: datetime) -> LibrarySettings:
    _refuse_if(not open_again(undone, by=by, now=now))
    return LibrarySettings.current()


UNDOERS: dict[str, Callable[[Action, User, datetime], Target]] = {
    "issue": _undo_issue,
    "return": _undo_return,
    "renew": _undo_renewal,
    "take_payment": _undo_payment,
    "mark_lost": _undo_lost,
    "mark_found": _undo_found,
    "claim_returned": _undo_claim,
    "trap_copy": _undo_trap,
    "close_days": _undo_closing,
    "merge_books": lambda undone, _by, _now: part_books(undone),
    "merge_authors": lambda undone, _by, _now: part_authors(undone),
    "merge_subjects": lambda undone, _by, _now: part_subjects(undone),
    "change_copies": lambda undone, by, now: change_back(undone, by=by, now=now),
}


def _locked(undone: Action, found_loan: int | None = None) -> Loan:
    """The loan that was acted on, with its member and copy; also the member who had lost ``found_loan`` is locked."""
    loan = Loan.objects.filter(pk=undone.target_id or 0).first()
    if loan is None:
        raise _changed_since()
    if loan.member_id is None:
        raise Refused("changed_since", gettext("The loan has forgotten its member. Issue the copy again instead."))
    loser = Loan.objects.filter(pk=found_loan).values_list("member_id", flat=True).first() if found_loan else None
    members = lock_members([loan.member_id, loser])
    _refuse_if(loan.member_id not in members)
    copies = lock_copies(Copy.objects.filter(pk__in={loan.copy_id, *copies_named(undone)}))
    locked = Loan.objects.select_for_update(of=("self",)).get(pk=loan.pk)
    locked.member = members[loan.member_id]
    locked.copy = next(copy for copy in copies if copy.pk == loan.copy_id)
    return locked


def _lose_again(undone: Action, found_loan: int | None, by: User, now: datetime) -> None:
    """The copy that was found by what is ``undone`` is lost as before, and so is the money."""
    Copy.objects.filter(pk=undone.after["copy"]).update(lost_on=undone.before["lost_on"])
    Loan.objects.filter(pk=found_loan or 0).update(found_at=None)
    _take_back_entries(undone, by, now)


def _take_back_entries(undone: Action, by: User, now: datetime) -> None:
    entries = LedgerEntry.objects.filter(pk__in=undone.after.get("entries", [])).select_related("member")
    for entry in entries.filter(voided_by=None).order_by("-pk"):
        gone = entry.member.removed_at is not None
        _refuse_if(gone or (entry.amount_minor > 0 and (forgiven_minor(entry) > 0 or was_given_back(entry))))
        reverse(entry, by=by, at=now, reason=gettext("taken back"))


def _refuse_if(changed: bool) -> None:
    if changed:
        raise _changed_since()


def _changed_since() -> Refused:
    return Refused("changed_since", gettext("Something else has happened to it since; take that back first."))
