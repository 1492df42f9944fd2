"""Tables of circulation: calendar, rules, loans, money."""

from .calendar import Closure, OpeningHours
from .ledger import Allocation, LedgerEntry
from .loans import Loan
from .rules import CirculationRule

__all__ = ["Allocation", "CirculationRule", "Closure", "LedgerEntry", "Loan", "OpeningHours"]
