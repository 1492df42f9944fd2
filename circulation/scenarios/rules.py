"""The parameters of a rule: how a scenario writes them, and how it is told them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from accounts.money import plain
from circulation import policy
from circulation.models.rules import MAY_BE_NONE, MAY_BE_UNLIMITED
from circulation.policy import NO_VALUE, NONE, UNLIMITED, EffectiveRule

from .misread import Node

MOST_NUMBER = 36_500
AMOUNTS = {"fine_amount": "fine_amount_minor", "fine_cap": "fine_cap_minor"}
WORDS = {
    "loan_unit": policy.Unit,
    "due_date_mode": policy.DueDateMode,
    "fixed_due_mode": policy.FixedDueMode,
    "fine_charged_at": policy.FineChargedAt,
    "holds_on_shelf": policy.HoldsOnShelf,
    "renewal_blocked_by_holds": policy.RenewalBlock,
}
NUMBERS = (
    "loan_period", "max_loans", "max_renewals", "renewal_period", "no_renewal_before", "fine_period", "grace_period",
    "suspension_days", "suspension_max", "max_holds", "hold_pickup_days",
)  # fmt: skip
YES_OR_NO = ("grace_included", "cap_fine_to_price", "charge_closed_days")
PARAMETERS = (*NUMBERS, *YES_OR_NO, *WORDS, *AMOUNTS, "fixed_due_on")


def read_parameters(node: Node, currency: str) -> dict[str, Any]:
    """The fields of a row that ``node`` sets; what it leaves out or gives as null is inherited."""
    given = node.fields("branch", "category", "copy_type", *PARAMETERS)
    values: dict[str, Any] = {}
    for key, each in given.items():
        if key in PARAMETERS and each.value is not None:
            values |= _field(key, each, currency)
    return values


def _field(key: str, node: Node, currency: str) -> dict[str, Any]:
    name = AMOUNTS.get(key, key)
    if name in MAY_BE_UNLIMITED and node.value == UNLIMITED:
        return {name: NO_VALUE}
    if name in MAY_BE_NONE and node.value == NONE:
        return {name: NO_VALUE}
    if key == "fixed_due_on":
        return {"clears_fixed_due_on": True} if node.value == NONE else {key: node.date()}
    return {name: _reader(key, currency)(node)}


def _reader(key: str, currency: str) -> Callable[[Node], Any]:
    if key in AMOUNTS:
        return lambda node: node.money(currency)
    if key in YES_OR_NO:
        return Node.yes_or_no
    if key in WORDS:
        return lambda node: node.one_of([str(word) for word in WORDS[key]])
    return lambda node: node.number(1 if key == "fine_period" else 0, MOST_NUMBER)


def written(rule: EffectiveRule, name: str, currency: str) -> Any:
    """One parameter of ``rule`` as a scenario writes it."""
    field = AMOUNTS.get(name, name)
    value = getattr(rule, field)
    if value is None:
        return UNLIMITED if field in MAY_BE_UNLIMITED else NONE
    if field in AMOUNTS.values():
        return plain(value, currency)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int) else str(value)
