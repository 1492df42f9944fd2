"""Writing the ledger: charges, payments, waivers, reversals; oldest debt first."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Action, Branch, LibrarySettings, Member, User
from accounts.services.actions import describe, recorded
from circulation.exceptions import CirculationRefused
from circulation.models import Allocation, LedgerEntry, Loan
from circulation.policy import Fine
from circulation.queries import ledger
from circulation.queries.loans import fine_terms
from circulation.queries.problems import block
from circulation.queries.rules import RuleBook
from circulation.services.events import CHARGES, tell_of_fine
from circulation.services.locks import lock_member

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
    branch: Branch | None = None, by: User | None, now: datetime,
) -> LedgerEntry:  # fmt: skip
    """Book money received from ``member`` (minor units, above zero) at ``branch``; it settles the oldest debts first.

    With ``overpay`` what exceeds the debt is booked as overpayment, which later charges use up; the payment is
    returned, or the overpayment where nothing was owed.
    Raises CirculationRefused("amount_not_positive", "amount_above_debt", "unknown_member").
    """
    _refuse_unless_positive(amount_minor)
    member = lock_member(member.pk)
    debt = ledger.outstanding_minor(member)
    if amount_minor > debt and not overpay:
        raise CirculationRefused([block("amount_above_debt", _("That is more than is owed."))])
    entries: list[LedgerEntry] = []
    how: dict[str, Any] = {"by": by, "at": now, "reason": reason, "branch": branch}
    if debt:
        entries.append(write(member, Kind.PAYMENT, -min(amount_minor, debt), **how))
    if amount_minor > debt:
        entries.append(write(member, Kind.OVERPAYMENT, debt - amount_minor, **how))
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
    return _forgive(action, member, Kind.WAIVER, amount_minor, reason=reason, by=by, now=now)


@recorded("write_off")
def write_off(
    action: Action, member: Member, *, amount_minor: int, reason: str = "", by: User | None, now: datetime
) -> LedgerEntry:
    """Give up an amount of what ``member`` owes (minor units, above zero), oldest debt first.

    Returns the line. Raises CirculationRefused("amount_not_positive", "amount_above_debt", "unknown_member").
    """
    return _forgive(action, member, Kind.WRITE_OFF, amount_minor, reason=reason, by=by, now=now)


@recorded("refund")
def refund(
    action: Action, member: Member, *, amount_minor: int, reason: str = "", branch: Branch | None = None,
    by: User | None, now: datetime,
) -> LedgerEntry:  # fmt: skip
    """Give ``member`` money back (minor units, above zero) at ``branch``: at most what was paid and not given back yet.

    Unused credit is used up first; beyond it, what the payment had settled is owed again. Returns the line.
    Raises CirculationRefused("amount_not_positive", "nothing_to_refund", "amount_above_debt", "unknown_member").
    """
    _refuse_unless_positive(amount_minor)
    member = lock_member(member.pk)
    refundable = ledger.refundable_minor(member)
    if refundable <= 0:
        raise CirculationRefused([block("nothing_to_refund", _("Nothing was paid that could be given back."))])
    if amount_minor > refundable:
        raise CirculationRefused([block("amount_above_debt", _("That is more than was paid."))])
    entry = write(member, Kind.REFUND, amount_minor, by=by, at=now, reason=reason, branch=branch)
    _record(action, entry, reason)
    return entry


@recorded("void")
def void_entry(action: Action, entry: LedgerEntry, *, reason: str = "", by: User | None, now: datetime) -> LedgerEntry:
    """Take the line ``entry`` back by a line of the same amount the other way, which is returned.

    Raises CirculationRefused("nothing_to_void") for a reversal, a line reversed before, a charge of which a part was
    forgiven, and money received that was given back; "unknown_member" where the member is gone.
    """
    entry.member = lock_member(entry.member_id)
    if problem := _against_reversal(entry):
        raise CirculationRefused([block("nothing_to_void", problem)])
    void = reverse(entry, by=by, at=now, reason=reason)
    _record(action, void, reason)
    action.after["voids"] = entry.pk
    return void


def void_last_entry(
    member: Member, *, reason: str = "", by: User | None, key: str | None = None, now: datetime | None = None
) -> LedgerEntry:
    """Take back the line of the account of ``member`` that was written last; see void_entry.

    Raises CirculationRefused("nothing_to_void") also for an empty account.
    """
    entry = ledger.last_entry(member)
    if entry is None:
        raise CirculationRefused([block("nothing_to_void", _("The account has no lines."))])
    return void_entry(entry, reason=reason, by=by, key=key, now=now)


def write_fine(
    loan: Loan, fine: Fine, *, by: User | None, at: datetime, book: RuleBook | None = None
) -> LedgerEntry | None:
    """Write the overdue fine of ``loan`` with its explanation and return the line. The member must be locked.

    The explanation says the terms of ``book`` it was computed by. Nothing is written, and None returned, for 0 and for
    a loan that forgot its member.
    """
    if not fine.amount_minor or loan.member is None:
        return None
    explanation = fine.as_json()
    if book:
        explanation["terms"] = fine_terms(book.rule_of(loan), loan)
    return write(loan.member, Kind.OVERDUE, fine.amount_minor, by=by, at=at, loan=loan, explanation=explanation)


def write(
    member: Member, kind: str, amount_minor: int, *, by: User | None, at: datetime, **details: Any
) -> LedgerEntry:
    """Add one line to the account of ``member`` and settle what can be settled. The member must be locked.

    ``amount_minor``: minor units of the library's currency, above zero what is owed, below zero what settles it; the
    database refuses (IntegrityError) a sign that does not fit the ``kind``. ``details``: reason, loan, explanation.
    """
    library = _library_with_money()
    entry = LedgerEntry.objects.create(
        member=member, kind=kind, amount_minor=amount_minor, currency=library.currency, by=by, at=at, **details
    )
    tell_of_fine(entry, "charged", library, at)
    if settle(member, at):
        entry.refresh_from_db(fields=["allocated_minor"])
    return entry


def written(entries: Iterable[LedgerEntry]) -> dict[str, Any]:
    """What the record of an action says of the lines it wrote: their keys, and the sums of each kind."""
    entries = list(entries)
    return {
        "entries": [entry.pk for entry in entries],
        "charged_minor": sum(entry.amount_minor for entry in entries if entry.amount_minor > 0),
        "credited_minor": -sum(entry.amount_minor for entry in entries if entry.amount_minor < 0),
        "fine_minor": sum(entry.amount_minor for entry in entries if entry.kind == Kind.OVERDUE),
    }


def reverse(entry: LedgerEntry, *, by: User | None, at: datetime, reason: str = "") -> LedgerEntry:
    """Take ``entry`` back by a line of the same amount the other way; nothing is deleted. The member must be locked.

    The reversal of a charge settles what of the charge is open, the rest stays as credit; the reversal of a credit
    is owed again. Raises CirculationRefused("nothing_to_void") for what is a reversal or was reversed.
    """
    if entry.kind == Kind.VOID or LedgerEntry.objects.filter(voids=entry).exists():
        raise CirculationRefused([block("nothing_to_void", _("This line has been reversed already."))])
    void = LedgerEntry.objects.create(
        member=entry.member, kind=Kind.VOID, amount_minor=-entry.amount_minor, currency=entry.currency,
        loan=entry.loan, by=by, at=at, reason=reason, voids=entry, branch=entry.branch,
    )  # fmt: skip
    entry.refresh_from_db(fields=["allocated_minor"])
    if entry.open_minor:
        debit, credit = (entry, void) if entry.amount_minor > 0 else (void, entry)
        _allocate(debit, credit, entry.open_minor, at)
    settle(entry.member, at)
    if entry.kind in CHARGES:
        tell_of_fine(entry, "reversed", LibrarySettings.current(), at)
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


def _forgive(
    action: Action, member: Member, kind: str, amount_minor: int, *, reason: str, by: User | None, now: datetime
) -> LedgerEntry:
    _refuse_unless_positive(amount_minor)
    member = lock_member(member.pk)
    if amount_minor > ledger.outstanding_minor(member):
        raise CirculationRefused([block("amount_above_debt", _("That is more than is owed."))])
    entry = write(member, kind, -amount_minor, by=by, at=now, reason=reason)
    _record(action, entry, reason)
    return entry


def _against_reversal(entry: LedgerEntry) -> str:
    if entry.kind == Kind.VOID:
        return _("A reversal cannot be reversed itself.")
    if LedgerEntry.objects.filter(voids=entry).exists():
        return _("This line has been reversed already.")
    if entry.amount_minor > 0 and ledger.forgiven_minor(entry):
        return _("A part of this was waived or written off. Reverse that first.")
    if entry.amount_minor > 0 and ledger.was_given_back(entry):
        return _("A part of this was given back already.")
    if entry.kind in ledger.MONEY_RECEIVED and ledger.refundable_minor(entry.member) < -entry.amount_minor:
        return _("This money was given back.")
    return ""


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


def _library_with_money() -> LibrarySettings:
    """The library with its currency; from the first line on it cannot change any more."""
    library = LibrarySettings.current()
    if not library.currency_fixed:
        LibrarySettings.objects.filter(pk=1).update(currency_fixed=True)
        library = LibrarySettings.current()
    return library


def _refuse_unless_positive(amount_minor: int) -> None:
    if amount_minor <= 0:
        raise CirculationRefused([block("amount_not_positive", _("Give an amount above zero."))])


def _record(action: Action, entry: LedgerEntry, reason: str) -> None:
    action.reason = reason
    after = {"amount_minor": entry.amount_minor, "kind": entry.kind, "member": entry.member_id, "entries": [entry.pk]}
    describe(action, entry, after=after)
