"""How results are written: money, days, times, and what is true of a member, a loan or a hold."""

from datetime import date, datetime
from typing import Any

from django.db.models import Max

from accounts import money
from accounts.models import Member, Restriction
from circulation.models import Hold, Loan
from circulation.policy import Fine
from circulation.queries import holds
from circulation.queries.ledger import balance_minor

from .setting_up import Library


def money_of(library: Library, minor: int) -> str:
    """An amount with the digits of the library's currency."""
    return money.plain(minor, library.currency)


def day_of(library: Library, moment: datetime) -> date:
    """The day it is in the library."""
    return moment.astimezone(library.settings.zone).date()


def moment_of(library: Library, moment: datetime) -> str:
    """A moment as the clock of the library shows it."""
    return moment.astimezone(library.settings.zone).strftime("%Y-%m-%dT%H:%M")


def due(library: Library, loan: Loan) -> dict[str, str]:
    return {"due_on": day_of(library, loan.due_at).isoformat(), "due_at": moment_of(library, loan.due_at)}


def days(fine: Fine) -> list[dict[str, Any]]:
    """A fine's explanation, day by day."""
    return [dict(day) for day in fine.as_json()["days"]]


def balance(library: Library, member: Member) -> str:
    return money_of(library, balance_minor(member))


def suspended_until(member: Member, today: date) -> str | None:
    """The last day on which ``member`` is barred for what was late, or None."""
    late = member.restrictions.filter(source=Restriction.Source.OVERDUE, lifted_at=None, until_on__gte=today)
    last = late.aggregate(last=Max("until_on"))["last"]
    return last.isoformat() if last else None


def position(hold: Hold, today: date) -> int | None:
    return holds.position(hold, today)


def state(hold: Hold, today: date) -> str:
    return holds.state(hold, today)
