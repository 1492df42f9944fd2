"""Tables of circulation: calendar, rules, loans, holds, uses in the library, money."""

from .calendar import Closure, OpeningHours
from .holds import Hold
from .ledger import Allocation, LedgerEntry
from .loans import Loan
from .notices import Notice, NoticeText
from .rules import CirculationRule
from .uses import OnSiteUse

__all__ = [
    "Allocation",
    "CirculationRule",
    "Closure",
    "Hold",
    "LedgerEntry",
    "Loan",
    "Notice",
    "NoticeText",
    "OnSiteUse",
    "OpeningHours",
]
