"""The settings of the library that a scenario may name, and how each is read."""

from collections.abc import Callable
from typing import Any

from accounts.models import LibrarySettings
from accounts.models.library import MOST_DAYS

from .misread import Node

FEW = MOST_DAYS.limit_value
SETTINGS: dict[str, Callable[[Node], Any]] = {
    "lost_fine_policy": lambda node: node.one_of(LibrarySettings.LostFine.values),
    "found_refund_policy": lambda node: node.one_of(LibrarySettings.FoundRefund.values),
    "refund_window_days": lambda node: node.or_nothing(lambda days: days.number(most=FEW)),
    "unlink_history_after_days": lambda node: node.number(most=FEW),
    "long_overdue_lost_days": lambda node: node.or_nothing(lambda days: days.number(most=FEW)),
    "estimate_counts_for_limits": Node.yes_or_no,
    "hours_past_closing": lambda node: node.one_of(LibrarySettings.PastClosing.values),
    "due_soon_days": lambda node: [day.number(most=3_650) for day in node.items()],
    "overdue_notice_days": lambda node: [day.number(most=3_650) for day in node.items()],
}
