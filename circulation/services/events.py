"""What other programs are told of: loans, returns, holds and fines. Part of the action that causes it."""

from datetime import UTC, datetime
from typing import Any

from accounts import money
from accounts.models import LibrarySettings, Webhook
from accounts.services.webhooks import queue_event
from circulation.models import Hold, LedgerEntry, Loan

Event, Kind = Webhook.Event, LedgerEntry.Kind
CHANGES = {
    "issued": Event.LOAN, "renewed": Event.LOAN, "lost": Event.LOAN, "returned": Event.RETURN,
    "issue_undone": Event.LOAN, "renew_undone": Event.LOAN, "mark_lost_undone": Event.LOAN,
    "return_undone": Event.RETURN,
}  # fmt: skip
CHARGES = (Kind.OVERDUE, Kind.REPLACEMENT, Kind.PROCESSING, Kind.OTHER)


def tell_of_loan(loan: Loan, change: str, library: LibrarySettings, now: datetime) -> None:
    """Queue what became of ``loan``: one of CHANGES. Anything else is left untold."""
    if change in CHANGES:
        queue_event(CHANGES[change], lambda: {"change": change, **_loan(loan)}, library, now)


def tell_of_ready_hold(hold: Hold, library: LibrarySettings, now: datetime) -> None:
    """Queue that a copy stands ready for ``hold``."""
    data = {
        "change": "ready", "hold": hold.pk, "member": hold.member_id, "book": hold.book_id,
        "copy": hold.trapped_copy_id, "branch": hold.branch_id, "pickup_by": str(hold.pickup_by),
    }  # fmt: skip
    queue_event(Event.HOLD_READY, lambda: data, library, now)


def tell_of_fine(entry: LedgerEntry, change: str, library: LibrarySettings, now: datetime) -> None:
    """Queue that the charge ``entry`` was written or reversed; nothing is told of other lines."""
    if entry.kind in CHARGES:
        data = {
            "change": change, "entry": entry.pk, "kind": entry.kind, "member": entry.member_id, "loan": entry.loan_id,
            "amount": str(money.to_decimal(entry.amount_minor, entry.currency)), "currency": entry.currency,
        }  # fmt: skip
        queue_event(Event.FINE, lambda: data, library, now)


def _loan(loan: Loan) -> dict[str, Any]:
    """``loan`` by keys; of a member who was forgotten nothing is said."""
    return {
        "loan": loan.pk, "member": loan.member_id, "copy": loan.copy_id, "book": loan.copy.book_id,
        "branch": loan.branch_id, "issued_at": _moment(loan.issued_at), "due_at": _moment(loan.due_at),
        "returned_at": _moment(loan.returned_at), "renewals": loan.renewals, "outcome": loan.outcome,
    }  # fmt: skip


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
