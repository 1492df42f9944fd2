"""What can be taken back, and for how long."""

from datetime import datetime, timedelta

TIME_TO_UNDO = timedelta(minutes=10)
TIME_TO_OPEN_AGAIN = timedelta(days=7)  # a mistake in the calendar shows when people ask about their due dates
UNDOABLE = ("issue", "return", "renew", "take_payment", "mark_lost", "mark_found", "claim_returned", "trap_copy",
            "close_days")  # fmt: skip


def undo_refusal(verb: str, done_at: datetime, is_undone: bool, now: datetime) -> str:
    """Why an action called ``verb``, done at ``done_at``, cannot be taken back at ``now``: a code, or nothing."""
    if verb not in UNDOABLE:
        return "cannot_undo"
    if is_undone:
        return "already_undone"
    time = TIME_TO_OPEN_AGAIN if verb == "close_days" else TIME_TO_UNDO
    return "too_late" if now - done_at > time else ""
