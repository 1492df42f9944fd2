"""Writing the ledger: charges, payments, waivers, reversals; oldest debt first."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Action, LibrarySettings, Member, User
from accounts.services.actions import describe, recorded
from circulation.exceptions import CirculationRefused
from circulation.models import Allocation, LedgerEntry, Loan
from circulation.policy import Fine
from circulation.queries import ledger
from circulation.queries.problems import block

Kind = LedgerEntry.Kind


@recorded("charge")
def charge_member(
    action: Action, member: Member, *, amount_minor: int, reason: str, by: User | None, now: datetime
) -> LedgerEntry:
    """Charge ``member`` an amount (minor units, above zero) for something other than a loan; returns the line.

    Unused credit settles it at once. Raises CirculationRefused("amount_not_positive", "unknown_member").
    """
    _refuse_unless_positive(amount_minor)
    member = lock_member(member.pk)
    entry = write(member, Kind.OTHER, amount_minor, by=by, at=now, reason=reason)
    _record(action, entry, reason)
    return entry


@recorded("take_payment")
def take_payment(
    action: Action, member: Member, *, amount_minor: int, overpay: bool = False, reason: str = "",
    by: User | None, now: datetime,
) -> LedgerEntry:  # fmt: skip
    """Book money received from ``member`` (minor units, above zero); it settles the oldest debts first.

    With ``overpay`` what exceeds the debt is booked as overpayment, which later charges use up; the payment is
    returned, or the overpayment where nothing was owed.
    Raises CirculationRefused("amount_not_positive", "amount_above_debt", "unknown_member").
    """
    _refuse_unless_positive(amount_minor)
    member = lock_member(member.pk)
    debt = ledger.outstanding_minor(member)
    if amount_minor > debt and not overpay:
        raise CirculationRefused([block("amount_above_debt", _("That is more than is owed."))])
    entries = []
    if debt:
        entries.append(write(member, Kind.PAYMENT, -min(amount_minor, debt), by=by, at=now, reason=reason))
    if amount_minor > debt:
        entries.append(write(member, Kind.OVERPAYMENT, debt - amount_minor, by=by, at=now, reason=reason))
    _record(action, entries[0], reason)
    action.after["entries"] = [entry.pk for entry in entries]
    return entries[0]


@recorded("waive")
def waive(
    action: Action, member: Member, *, amount_minor: int, reason: str, by: User | None, now: datetime
) -> LedgerEntry:
    """Forgive ``member`` an amount of what is owed (minor units, above zero), oldest debt first, for a ``reason``.

    Returns the line. Raises CirculationRefused("amount_not_positive", "amount_above_debt", "unknown_member").
    """
    _refuse_unless_positive(amount_minor)
    member = lock_member(member.pk)
    if amount_minor > ledger.outstanding_minor(member):
        raise CirculationRefused([block("amount_above_debt", _("That is more than is owed."))])
    entry = write(member, Kind.WAIVER, -amount_minor, by=by, at=now, reason=reason)
    _record(action, entry, reason)
    return entry


def write_fine(loan: Loan, fine: Fine, *, by: User | None, at: datetime) -> LedgerEntry | None:
    """Write the overdue fine of ``loan`` with its explanation and return the line. The member must be locked.

    Nothing is written, and None returned, for 0 and for a loan that forgot its member.
    """
    if not fine.amount_minor or loan.member is None:
        return None
    return write(loan.member, Kind.OVERDUE, fine.amount_minor, by=by, at=at, loan=loan, explanation=fine.as_json())


def write(
    member: Member, kind: str, amount_minor: int, *, by: User | None, at: datetime, **details: Any
) -> LedgerEntry:
    """Add one line to the account of ``member`` and settle what can be settled. The member must be locked.

    ``amount_minor``: minor units of the library's currency, above zero what is owed, below zero what settles it; the
    database refuses (IntegrityError) a sign that does not fit the ``kind``. ``details``: reason, loan, explanation.
    """
    entry = LedgerEntry.objects.create(
        member=member, kind=kind, amount_minor=amount_minor, currency=_currency(), by=by, at=at, **details
    )
    if settle(member, at):
        entry.refresh_from_db(fields=["allocated_minor"])
    return entry


def reverse(entry: LedgerEntry, *, by: User | None, at: datetime, reason: str = "") -> LedgerEntry:
    """Take ``entry`` back by a line of the same amount the other way; nothing is deleted. The member must be locked.

    The reversal of a charge settles what of the charge is open, the rest stays as credit; the reversal of a credit
    is owed again. Raises CirculationRefused("nothing_to_void") for what is a reversal or was reversed.
    """
    if entry.kind == Kind.VOID or LedgerEntry.objects.filter(voids=entry).exists():
        raise CirculationRefused([block("nothing_to_void", _("This line has been reversed already."))])
    void = LedgerEntry.objects.create(
        member=entry.member, kind=Kind.VOID, amount_minor=-entry.amount_minor, currency=entry.currency,
        loan=entry.loan, by=by, at=at, reason=reason, voids=entry,
    )  # fmt: skip
    entry.refresh_from_db(fields=["allocated_minor"])
    if entry.open_minor:
        debit, credit = (entry, void) if entry.amount_minor > 0 else (void, entry)
        _allocate(debit, credit, entry.open_minor, at)
    settle(entry.member, at)
    return void


def settle(member: Member, at: datetime) -> bool:
    """Match open credits with open debits, oldest first on both sides, until one side is used up.

    Returns whether there was anything to match.
    """
    credits = list(ledger.open_credits(member))
    debits = list(ledger.open_debits(member)) if credits else []
    any_matched = bool(debits)
    while credits and debits:
        debit, credit = debits[0], credits[0]
        amount = min(debit.open_minor, credit.open_minor)
        _allocate(debit, credit, amount, at)
        debits = debits if debit.open_minor else debits[1:]
        credits = credits if credit.open_minor else credits[1:]
    return any_matched


def lock_member(pk: int) -> Member:
    """The member, locked until the transaction ends: first in the order of locks.

    Raises CirculationRefused("unknown_member").
    """
    member = Member.objects.select_for_update(of=("self",)).select_related("category").filter(pk=pk).first()
    if member is None:
        raise CirculationRefused([block("unknown_member", _("This member is not here any more."))])
    return member


def _allocate(debit: LedgerEntry, credit: LedgerEntry, amount_minor: int, at: datetime) -> None:
    """Settle so much; each side is raised only as far as it reaches, whoever else is at it."""
    for entry in (debit, credit):
        raised = LedgerEntry.objects.filter(pk=entry.pk, allocated_minor=entry.allocated_minor).update(
            allocated_minor=F("allocated_minor") + amount_minor
        )
        if not raised:
            raise IntegrityError(f"ledger entry {entry.pk} was settled by somebody else at the same moment")
        entry.allocated_minor += amount_minor
    Allocation.objects.create(debit=debit, credit=credit, amount_minor=amount_minor, at=at)


def _currency() -> str:
    """The library's currency; from the first line on it cannot change any more."""
    library = LibrarySettings.current()
    if not library.currency_fixed:
        LibrarySettings.objects.filter(pk=1).update(currency_fixed=True)
        library = LibrarySettings.current()
    return library.currency


def _refuse_unless_positive(amount_minor: int) -> None:
    if amount_minor <= 0:
        raise CirculationRefused([block("amount_not_positive", _("Give an amount above zero."))])


def _record(action: Action, entry: LedgerEntry, reason: str) -> None:
    action.reason = reason
    describe(action, entry, after={"amount_minor": entry.amount_minor, "kind": entry.kind, "member": entry.member_id})
