"""What the steps of a scenario ask: nothing is changed by them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Copy
from circulation.exceptions import CirculationRefused
from circulation.policy import NO_FINE
from circulation.queries.copies import stock_of, with_availability
from circulation.queries.holds import queue, ready_hold_of
from circulation.queries.members import loan_counts
from circulation.queries.problems import block
from circulation.queries.rules import rule_book
from circulation.queries.standing import running_fines

from . import telling
from .acts import Desk, Result
from .rules import AMOUNTS, PARAMETERS, written
from .telling import day_of, money_of


def member(desk: Desk, values: Mapping[str, Any]) -> Result:
    found = desk.member(values["member"])
    counts = loan_counts([found.pk], desk.now).get(found.pk)
    return {
        "balance": telling.balance(desk.library, found),
        "open_loans": counts.open if counts else 0,
        "overdue_loans": counts.overdue if counts else 0,
        "suspended_until": telling.suspended_until(found, day_of(desk.library, desk.now)),
        "total_history": found.loans_ever,
    }


def copy(desk: Desk, values: Mapping[str, Any]) -> Result:
    found = desk.copy(values["copy"])
    [as_told] = with_availability(Copy.objects.filter(pk=found.pk))
    hold = ready_hold_of(found)
    return {
        "status": as_told.status,  # type: ignore[attr-defined] # annotated
        "trapped_for": hold.member.card_number if hold else None,
        "pickup_by": hold.pickup_by.isoformat() if hold and hold.pickup_by else None,
    }


def book(desk: Desk, values: Mapping[str, Any]) -> Result:
    found = desk.library.books[values["book"]]
    stock, waiting = stock_of([found]).get(found.pk), queue(found, day_of(desk.library, desk.now))
    names = desk.library.names
    return {"available": stock.available if stock else 0, "queue": [names[hold.pk] for hold in waiting]}


def loan(desk: Desk, values: Mapping[str, Any]) -> Result:
    found = desk.loan(values["copy"])
    fine = running_fines([found], rule_book(), desk.now).get(found.pk, NO_FINE)
    return {
        **telling.due(desk.library, found),
        "estimate": money_of(desk.library, fine.amount_minor),
        "explained": telling.days(fine),
        "renewals": found.renewals,
        "overdue": found.is_overdue(desk.now),
        "claimed_returned": found.claimed_returned_at is not None,
    }


def hold_state(desk: Desk, values: Mapping[str, Any]) -> Result:
    hold = desk.hold(values["hold"])
    return {
        "status": telling.state(hold, day_of(desk.library, desk.now)),
        "position": telling.position(hold, day_of(desk.library, desk.now)),
        "pickup_by": hold.pickup_by.isoformat() if hold.pickup_by else None,
    }


def rule(desk: Desk, values: Mapping[str, Any]) -> Result:
    parts: tuple[Mapping[str, Any], ...] = (
        desk.library.branches, desk.library.categories, desk.library.copy_types,
    )  # fmt: skip
    first = (next(iter(part)) for part in parts)
    asked = [values.get(key, one) for key, one in zip(("branch", "category", "copy_type"), first, strict=True)]
    found = rule_book().rule(*(part[code].pk for part, code in zip(parts, asked, strict=True)))
    codes = [{row.pk: code for code, row in part.items()} for part in parts]

    def source(name: str) -> list[str | None]:
        scope = found.sources[AMOUNTS.get(name, name)] or (None, None, None)
        return [code[pk] if pk else None for code, pk in zip(codes, scope, strict=True)]

    return {name: {"value": written(found, name, desk.library.currency), "from": source(name)} for name in PARAMETERS}


def is_open(desk: Desk, values: Mapping[str, Any]) -> Result:
    return {"open": rule_book().calendar(desk.branch(values).pk).is_open(values["on"])}


def next_open(desk: Desk, values: Mapping[str, Any]) -> Result:
    day = rule_book().calendar(desk.branch(values).pk).next_open(values["on"])
    if day is None:
        raise CirculationRefused([block("no_open_day", _("No open day follows in the next year."))])
    return {"on": day.isoformat()}


QUESTIONS: dict[str, Callable[[Desk, Mapping[str, Any]], Result]] = {
    "member": member,
    "copy": copy,
    "book": book,
    "loan": loan,
    "hold_state": hold_state,
    "rule": rule,
    "is_open": is_open,
    "next_open": next_open,
}
