"""When a member is reminded, and how a text with placeholders becomes a message."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What a notice is about; FRAME is the text around the notices of one message."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    HOLD_READY = "hold_ready"
    HOLD_EXPIRED = "hold_expired"
    MEMBERSHIP_ENDING = "membership_ending"
    FRAME = "frame"


ALWAYS = ("name", "library", "contact")
OF_LOAN = ("title", "barcode", "due_on", "days")
PLACEHOLDERS: dict[str, tuple[str, ...]] = {
    Kind.DUE_SOON: (*OF_LOAN, *ALWAYS),
    Kind.OVERDUE: (*OF_LOAN, *ALWAYS),
    Kind.HOLD_READY: ("title", "pickup_by", "branch", *ALWAYS),
    Kind.HOLD_EXPIRED: ("title", "branch", *ALWAYS),
    Kind.MEMBERSHIP_ENDING: ("ends_on", "days", *ALWAYS),
    Kind.FRAME: ("items", *ALWAYS),
}
PLACEHOLDER = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")


def unknown_placeholders(text: str, kind: str) -> list[str]:
    """What stands in ``text`` like a placeholder and is none of its ``kind``, in order."""
    allowed = PLACEHOLDERS.get(kind, ())
    return [f"{{{name}}}" for name in dict.fromkeys(PLACEHOLDER.findall(text)) if name not in allowed]


def has_placeholder(text: str, name: str) -> bool:
    """Whether ``text`` holds the placeholder called ``name``, which ``filled`` would replace."""
    return name in PLACEHOLDER.findall(text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its placeholders replaced; what is no placeholder stays as it stands, and so do the values."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def due_soon_step(days_left: int, steps: Iterable[int]) -> int | None:
    """The step of a reminder that holds with so many days left: the latest one reached."""
    return min((step for step in steps if step >= days_left), default=None) if days_left >= 0 else None


def overdue_step(days_late: int, steps: Iterable[int]) -> int | None:
    """The step of an overdue notice that holds so many days late: the latest one reached, whatever was missed."""
    return max((step for step in steps if step <= days_late), default=None)
