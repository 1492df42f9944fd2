"""What the rules of circulation say. Pure: every date is an argument, nothing reads a clock or a database."""

from .calendar import Calendar, Exceptional
from .due_dates import DueDate, NoOpenDay, due_date, due_date_by_hand, end_of_day, renewed_due_date
from .fines import NO_FINE, Fine, LateDay, capped_fine, lowest_cap, overdue_fine, suspension
from .holds import can_be_filled_by, first_in_line, is_eligible, is_past, is_suspended, pickup_deadline
from .rules import (
    NO_VALUE,
    NONE,
    UNLIMITED,
    DueDateMode,
    EffectiveRule,
    FineChargedAt,
    FixedDueMode,
    HoldsOnShelf,
    PastClosing,
    RenewalBlock,
    Unit,
    effective_rule,
    seeded_parameters,
)

__all__ = [
    "NONE",
    "NO_FINE",
    "NO_VALUE",
    "UNLIMITED",
    "Calendar",
    "DueDate",
    "DueDateMode",
    "EffectiveRule",
    "Exceptional",
    "Fine",
    "FineChargedAt",
    "FixedDueMode",
    "HoldsOnShelf",
    "LateDay",
    "NoOpenDay",
    "PastClosing",
    "RenewalBlock",
    "Unit",
    "can_be_filled_by",
    "capped_fine",
    "due_date",
    "due_date_by_hand",
    "effective_rule",
    "end_of_day",
    "first_in_line",
    "is_eligible",
    "is_past",
    "is_suspended",
    "lowest_cap",
    "overdue_fine",
    "pickup_deadline",
    "renewed_due_date",
    "seeded_parameters",
    "suspension",
]
