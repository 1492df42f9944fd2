"""What can be taken back, and for how long."""

from datetime import datetime, timedelta

TIME_TO_UNDO = timedelta(minutes=10)
UNDOABLE = ("issue", "return", "renew", "take_payment", "mark_lost", "mark_found", "claim_returned", "trap_copy")


def undo_refusal(verb: str, done_at: datetime, is_undone: bool, now: datetime) -> str:
    """Why an action called ``verb``, done at ``done_at``, cannot be taken back at ``now``: a code, or nothing."""
    if verb not in UNDOABLE:
        return "cannot_undo"
    if is_undone:
        return "already_undone"
    return "too_late" if now - done_at > TIME_TO_UNDO else ""
