"""What it costs that a copy is lost, and what is given back when it turns up: to show before, and to book after."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import LibrarySettings, Member
from catalog.models import Copy
from circulation.models import LedgerEntry, Loan
from circulation.policy import NO_FINE, Fine
from circulation.queries import ledger
from circulation.queries.loans import estimate, price_minor
from circulation.queries.rules import RuleBook
from circulation.queries.standing import room_for_fines

Kind, LostFine, FoundRefund = LedgerEntry.Kind, LibrarySettings.LostFine, LibrarySettings.FoundRefund


@dataclass(frozen=True, slots=True)
class Loss:
    """What the member of a loan is charged when its copy is lost; the fine is ``forgiven`` or owed."""

    replacement_minor: int
    processing_minor: int
    fine: Fine
    forgives: bool

    @property
    def total_minor(self) -> int:
        """The sum that is owed."""
        return self.replacement_minor + self.processing_minor + (0 if self.forgives else self.fine.amount_minor)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a found copy gives back, for each line of the replacement, and the fine that is owed (again)."""

    refunds: list[tuple[LedgerEntry, int]]
    fine: Fine

    @property
    def refund_minor(self) -> int:
        """The sum that is given back."""
        return sum(amount for _line, amount in self.refunds)


NOTHING = Finding([], NO_FINE)


def final_fine(loan: Loan, book: RuleBook, at: datetime) -> Fine:
    """What ``loan`` costs if it ends ``at`` this moment, with the room its member's category leaves for fines."""
    room = room_for_fines(loan.member) if loan.member and loan.due_at < at else None
    return estimate(loan, book, at, room)


def loss_of(loan: Loan, book: RuleBook, now: datetime) -> Loss:
    """What it costs that the copy of the open ``loan`` is lost ``now``."""
    forgives = book.library.lost_fine_policy == LostFine.FORGIVE
    fee = loan.copy.copy_type.processing_fee_minor
    return Loss(price_minor(loan.copy), fee, final_fine(loan, book, now), forgives)


def finding_of(loan: Loan, copy: Copy, book: RuleBook, found_at: datetime) -> Finding:
    """What it gives back and costs that ``copy``, lost from ``loan``, turned up at ``found_at``.

    Nothing where the library says so, when the window for refunds is over, and for a member who is gone.
    """
    library, member = book.library, loan.member
    days = (found_at.astimezone(library.zone).date() - copy.lost_on).days if copy.lost_on else 0
    is_over = library.refund_window_days is not None and days > library.refund_window_days
    if _is_gone(member) or is_over or library.found_refund_policy == FoundRefund.NONE:
        return NOTHING
    refunds = [(line, line.amount_minor - ledger.forgiven_minor(line)) for line in _standing(loan, Kind.REPLACEMENT)]
    return Finding([(line, amount) for line, amount in refunds if amount > 0], _fine_when_found(loan, book, found_at))


def _is_gone(member: Member | None) -> bool:
    return member is None or member.removed_at is not None


def _fine_when_found(loan: Loan, book: RuleBook, found_at: datetime) -> Fine:
    policy = book.library.found_refund_policy
    was_kept = any(fine.at > loan.due_at for fine in _standing(loan, Kind.OVERDUE))  # not that of a renewal before
    if policy == FoundRefund.CHARGE and not was_kept:
        return final_fine(loan, book, found_at)
    if policy == FoundRefund.RESTORE and not was_kept and loan.forgiven_fine:
        return Fine.from_json(loan.forgiven_fine)
    return NO_FINE


def _standing(loan: Loan, kind: str) -> list[LedgerEntry]:
    return list(loan.ledger.filter(kind=kind, voided_by=None).order_by("pk"))
