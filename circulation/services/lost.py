"""Copies that are lost, found again, or said to have been returned: their loans and their money."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Action, Branch, LibrarySettings, User
from accounts.services.actions import describe, recorded
from catalog.models import Copy
from circulation.exceptions import CirculationRefused
from circulation.models import LedgerEntry, Loan
from circulation.queries.loans import long_overdue_loans, lost_loan_of
from circulation.queries.lost import finding_of, loss_of
from circulation.queries.problems import block
from circulation.queries.rules import RuleBook, rule_book
from circulation.services.batches import batches
from circulation.services.copies import mark_damaged, use_on_site, withdraw_copy
from circulation.services.endings import back_at, close_loan
from circulation.services.events import tell_of_loan
from circulation.services.hold_shelf import Trail, pass_on, take_off_the_shelf
from circulation.services.ledger import write, write_fine, written
from circulation.services.locks import lock_copy, lock_members, lock_open_loan, lock_with_loan
from circulation.services.removal import remove_member
from circulation.services.search import tell_search_of_copies

__all__ = [
    "claim_returned", "find_copy", "mark_damaged", "mark_found", "mark_long_overdue_lost", "mark_lost",
    "remove_member", "use_on_site", "withdraw_copy",
]  # fmt: skip
Kind = LedgerEntry.Kind


@recorded("mark_lost")
def mark_lost(
    action: Action, copy: Copy, *, reason: str = "", due_at: datetime | None = None, by: User | None, now: datetime
) -> Loan | Copy:
    """Mark ``copy`` as lost from today on and return it, or the loan that ended by it.

    A loan is charged the copy's price (else its type's), then the processing fee, then its overdue fine, which is kept
    with the loan instead where the library forgives it. Amounts of 0 write no line. A copy that waits on the hold shelf
    is taken off it. With ``due_at`` only a loan that is still due then is ended.
    Raises CirculationRefused("unknown_copy", "already_lost", "not_on_loan").
    """
    copy, loan = lock_with_loan(copy)
    if copy.lost_on:
        raise CirculationRefused([block("already_lost", _("This copy has been marked lost already."))])
    if due_at and (loan is None or loan.due_at != due_at):
        raise CirculationRefused([block("not_on_loan", _("This copy is not on loan."))])
    book = rule_book()
    copy.lost_on = timezone.localdate(now, book.library.zone)
    copy.save(update_fields=["lost_on"])
    entries = _charge_for_loss(loan, book, by, now) if loan else []
    trail = Trail()
    take_off_the_shelf(copy, trail)
    after = {"lost_on": str(copy.lost_on), "copy": copy.pk, **written(entries), **trail.as_after()}
    if loan:
        tell_of_loan(loan, "lost", book.library, now)
    action.reason = reason
    describe(action, loan or copy, before={"lost_on": None, **trail.as_before()}, after=after)
    tell_search_of_copies(copy.book_id)
    return loan or copy


@recorded("mark_found")
def mark_found(
    action: Action, copy: Copy, *, branch: Branch, found_on: date | None = None, reason: str = "", by: User | None,
    now: datetime,
) -> Loan | Copy:  # fmt: skip
    """Take the mark off a lost ``copy`` that turned up at ``branch``; return it, or the loan it was lost from.

    What becomes of the money is the library's ``found_refund_policy`` (see find_copy). The copy goes to whoever waits
    for it. ``found_on``: the day it really came back (book drop).
    Raises CirculationRefused("unknown_copy", "not_lost", "date_in_future", "date_before_loan").
    """
    loan = lost_loan_of(copy)
    lock_members([loan.member_id] if loan else [])
    copy = lock_copy(copy.pk)
    if copy.lost_on is None or lost_loan_of(copy) != loan:  # found, or lost by somebody else, in this moment
        raise CirculationRefused([block("not_lost", _("This copy is not marked lost."))])
    book = rule_book()
    found_at = now if found_on is None else back_at(found_on, loan, now, book)
    before = {"lost_on": str(copy.lost_on), "current_branch": copy.current_branch_id}
    loan, entries = find_copy(copy, book, found_at=found_at, by=by, now=now)
    Copy.objects.filter(pk=copy.pk).update(current_branch=branch)
    trail = Trail()
    pass_on(copy, branch=branch, by=by, now=now, trail=trail, rules=book)
    after = {"copy": copy.pk, "loan": loan.pk if loan else None, **written(entries), **trail.as_after()}
    action.reason = reason
    describe(action, loan or copy, before=before | trail.as_before(), after=after)
    tell_search_of_copies(copy.book_id)
    return loan or copy


def find_copy(
    copy: Copy, book: RuleBook, *, found_at: datetime, by: User | None, now: datetime
) -> tuple[Loan | None, list[LedgerEntry]]:
    """Take the mark off the lost ``copy``, which is locked; return the loan it was lost from and the lines written.

    Within the ``refund_window_days`` and unless the policy is ``none`` or the member is gone: a refund of the
    replacement less what of it was forgiven, and by policy the overdue fine as if the copy had been returned now
    (``charge``, unless it was kept), or the one that was forgiven (``restore``). The processing fee stays.
    """
    loan = lost_loan_of(copy)
    entries = _settle_finding(loan, copy, book, found_at=found_at, by=by, now=now) if loan else []
    copy.lost_on = None
    copy.save(update_fields=["lost_on"])
    return loan, entries


@recorded("claim_returned")
def claim_returned(action: Action, copy: Copy, *, reason: str = "", by: User | None, now: datetime) -> Loan:
    """Note that the member says ``copy`` was returned: the loan stays open, and costs nothing more from this day on.

    Raises CirculationRefused("unknown_copy", "not_on_loan", "claimed_returned").
    """
    if not Copy.objects.filter(pk=copy.pk).exists():
        lock_copy(copy.pk)
    loan = lock_open_loan(copy)
    if loan.claimed_returned_at:
        raise CirculationRefused([block("claimed_returned", _("The member says this was returned."))])
    loan.claimed_returned_at = max(now, loan.issued_at)
    loan.save(update_fields=["claimed_returned_at"])
    action.reason = reason
    after = {"claimed_returned_at": loan.claimed_returned_at.isoformat(), "copy": loan.copy_id, "entries": []}
    describe(action, loan, before={"claimed_returned_at": None}, after=after)
    return loan


def mark_long_overdue_lost(now: datetime) -> int:
    """Mark lost what is overdue for the library's number of days, one transaction each; return how many.

    Loans the member says were returned are left to people. Without that number nothing is done.
    """
    marked = 0
    for some in batches(long_overdue_loans(now, LibrarySettings.current())):
        for loan in some:
            try:
                mark_lost(loan.copy, reason=_("long overdue"), due_at=loan.due_at, by=None, now=now)
            except CirculationRefused:  # taken back, renewed or marked since the list was read
                continue
            marked += 1
    return marked


def _charge_for_loss(loan: Loan, book: RuleBook, by: User | None, now: datetime) -> list[LedgerEntry]:
    assert loan.member is not None
    loss = loss_of(loan, book, now)
    amounts = ((Kind.REPLACEMENT, loss.replacement_minor), (Kind.PROCESSING, loss.processing_minor))
    entries = [write(loan.member, kind, amount, loan=loan, by=by, at=now) for kind, amount in amounts if amount]
    if loss.forgives:
        loan.forgiven_fine = loss.fine.as_json() if loss.fine.amount_minor else {}
    elif entry := write_fine(loan, loss.fine, by=by, at=now, book=book):
        entries.append(entry)
    close_loan(loan, Loan.Outcome.LOST, max(now, loan.issued_at), now)
    return entries


def _settle_finding(
    loan: Loan, copy: Copy, book: RuleBook, *, found_at: datetime, by: User | None, now: datetime
) -> list[LedgerEntry]:
    """Book what finding ``copy`` gives back and costs."""
    members = lock_members([loan.member_id])
    loan.member = members.get(loan.member_id or 0)
    loan.found_at, loan.copy = max(found_at, loan.issued_at), copy
    loan.save(update_fields=["found_at"])
    finding = finding_of(loan, copy, book, found_at)
    entries = [_write_refund(loan, line, amount, by, now) for line, amount in finding.refunds]
    charges = book.library.found_refund_policy == LibrarySettings.FoundRefund.CHARGE
    fine = write_fine(loan, finding.fine, by=by, at=now, book=book if charges else None)
    return [*entries, fine] if fine else entries


def _write_refund(loan: Loan, line: LedgerEntry, amount_minor: int, by: User | None, now: datetime) -> LedgerEntry:
    assert loan.member is not None
    parts = {"replacement": line.pk, "of_minor": line.amount_minor, "forgiven_minor": line.amount_minor - amount_minor}
    return write(
        loan.member, Kind.REFUND, -amount_minor, loan=loan, by=by, at=now, reason=_("found again"),
        explanation=parts,
    )  # fmt: skip
