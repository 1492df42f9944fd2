"""How a loan ends: what it costs at that moment, and closing it."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from circulation import policy
from circulation.exceptions import CirculationRefused
from circulation.models import Loan
from circulation.policy import Fine
from circulation.queries.loans import estimate
from circulation.queries.problems import block
from circulation.queries.rules import RuleBook
from circulation.queries.standing import room_for_fines


def final_fine(loan: Loan, book: RuleBook, at: datetime) -> Fine:
    """What ``loan`` costs if it ends ``at`` this moment, with the room its member's category leaves for fines."""
    room = room_for_fines(loan.member) if loan.member and loan.due_at < at else None
    return estimate(loan, book, at, room)


def close_loan(loan: Loan, outcome: str, returned_at: datetime, now: datetime) -> None:
    """End ``loan``: back (or gone) at ``returned_at``, told at ``now``."""
    loan.outcome, loan.returned_at, loan.closed_at = outcome, returned_at, max(now, returned_at)
    loan.save(update_fields=["outcome", "returned_at", "closed_at", "forgiven_fine"])


def back_at(returned_on: date, loan: Loan | None, now: datetime, book: RuleBook) -> datetime:
    """The end of the day a copy came back on, or now if that is today.

    Raises CirculationRefused("date_in_future", "date_before_loan") for a day it cannot have been.
    """
    zone = book.library.zone
    if returned_on > now.astimezone(zone).date():
        raise CirculationRefused([block("date_in_future", _("The day of return lies in the future."))])
    if loan and returned_on < loan.issued_at.astimezone(zone).date():
        raise CirculationRefused([block("date_before_loan", _("The day of return lies before the loan began."))])
    return min(now, policy.end_of_day(returned_on, zone))
