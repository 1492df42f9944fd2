"""How a loan ends: closing it, and the moment its copy came back."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from circulation import policy
from circulation.exceptions import CirculationRefused
from circulation.models import Loan
from circulation.queries.problems import block
from circulation.queries.rules import RuleBook


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
