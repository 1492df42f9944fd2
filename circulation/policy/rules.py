"""Which rule applies: each parameter is looked up alone, the most specific row that sets it wins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

UNLIMITED = "unlimited"
NONE = "none"
NO_VALUE = -1  # how "unlimited" and "none" stand in a whole-number column, where NULL means inherit

Scope = tuple[int | None, int | None, int | None]  # branch, member category, copy type; None is any
FOR_ALL: Scope = (None, None, None)


class Unit(StrEnum):
    """What loan, grace and fine periods are counted in."""

    DAYS = "days"
    HOURS = "hours"


class DueDateMode(StrEnum):
    """What closed days do to a due date: nothing, not counted, moved past, moved by whole weeks."""

    DAYS = "days"
    CALENDAR = "calendar"
    DATEDUE = "datedue"
    DAYWEEK = "dayweek"


class FixedDueMode(StrEnum):
    """How a fixed due date holds: at the latest, exactly, at the earliest."""

    BEFORE = "before"
    EXACTLY = "exactly"
    AFTER = "after"


class FineChargedAt(StrEnum):
    """When a period of a fine is charged: once it is over, or as soon as it begins."""

    PERIOD_END = "period_end"
    PERIOD_START = "period_start"


class HoldsOnShelf(StrEnum):
    """When a book may be held: while a copy is out, always, while all are out."""

    ONLY_IF_OUT = "only_if_out"
    YES = "yes"
    ONLY_IF_ALL_OUT = "only_if_all_out"


class RenewalBlock(StrEnum):
    """When holds block a renewal: always, or unless other copies can fill them."""

    ALWAYS = "always"
    UNLESS_OTHERS_FREE = "unless_others_free"


class PastClosing(StrEnum):
    """Where an hourly loan ends that would end after closing: at closing time, or at the next opening."""

    SHORTEN = "shorten"
    EXTEND = "extend"


SEEDED_FINE = Decimal("0.50")
SEEDED_CAP = Decimal("10.00")
SEEDED: dict[str, Any] = {
    "loan_period": 21,
    "loan_unit": Unit.DAYS,
    "due_date_mode": DueDateMode.DATEDUE,
    "fixed_due_on": NONE,
    "fixed_due_mode": FixedDueMode.BEFORE,
    "max_loans": 5,
    "max_renewals": 2,
    "renewal_period": NONE,
    "no_renewal_before": NONE,
    "fine_period": 1,
    "fine_charged_at": FineChargedAt.PERIOD_END,
    "grace_period": 0,
    "grace_included": True,
    "cap_fine_to_price": True,
    "charge_closed_days": False,
    "suspension_days": 0,
    "suspension_max": UNLIMITED,
    "max_holds": 5,
    "hold_pickup_days": 7,
    "holds_on_shelf": HoldsOnShelf.YES,
    "renewal_blocked_by_holds": RenewalBlock.UNLESS_OTHERS_FREE,
}


def seeded_parameters(currency_digits: int) -> dict[str, Any]:
    """What holds where no row says anything, money in minor units of a currency with so many digits, half up."""
    unit = 10**currency_digits
    return {
        **SEEDED,
        "fine_amount_minor": int(SEEDED_FINE * unit + Decimal("0.5")),
        "fine_cap_minor": int(SEEDED_CAP * unit + Decimal("0.5")),
    }


@dataclass(frozen=True, slots=True)
class EffectiveRule:
    """Every parameter for one branch, member category and copy type. ``sources`` names the row each came from.

    ``None`` stands for unlimited (``max_*``, ``fine_cap_minor``, ``suspension_max``) and for none (``fixed_due_on``,
    ``renewal_period``, ``no_renewal_before``); a source of None is the seeded value.
    """

    loan_period: int
    loan_unit: Unit
    due_date_mode: DueDateMode
    fixed_due_on: date | None
    fixed_due_mode: FixedDueMode
    max_loans: int | None
    max_renewals: int | None
    renewal_period: int | None
    no_renewal_before: int | None
    fine_amount_minor: int
    fine_period: int
    fine_charged_at: FineChargedAt
    grace_period: int
    grace_included: bool
    fine_cap_minor: int | None
    cap_fine_to_price: bool
    charge_closed_days: bool
    suspension_days: int
    suspension_max: int | None
    max_holds: int | None
    hold_pickup_days: int
    holds_on_shelf: HoldsOnShelf
    renewal_blocked_by_holds: RenewalBlock
    sources: Mapping[str, Scope | None] = field(default_factory=dict)


def effective_rule(
    rows: Iterable[tuple[Scope, Mapping[str, Any]]], scope: Scope, seeded: Mapping[str, Any]
) -> EffectiveRule:
    """The parameters that hold for ``scope`` (a branch, a category, a copy type).

    ``rows`` are the library's rules as (scope, parameters set there); a parameter that no fitting row sets has its
    ``seeded`` value. Order, most specific first, as in Koha (Koha/CirculationRules.pm): branch before category before
    copy type, given before any.
    """
    fitting = [
        (s, values)
        for s, values in rows
        if all(own is None or own == asked for own, asked in zip(s, scope, strict=True))
    ]
    fitting.sort(key=lambda row: tuple(own is None for own in row[0]))
    values, sources = dict(seeded), dict.fromkeys(seeded)
    for row_scope, row_values in reversed(fitting):
        values.update(row_values)
        sources.update(dict.fromkeys(row_values, row_scope))
    plain: dict[str, Any] = {name: None if value in (UNLIMITED, NONE) else value for name, value in values.items()}
    return EffectiveRule(**plain, sources=sources)
