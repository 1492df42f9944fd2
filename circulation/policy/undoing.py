"""What can be taken back, and for how long."""

from datetime import datetime, timedelta

TIME_TO_UNDO = timedelta(minutes=10)
TIME_TO_REPENT = timedelta(days=7)  # a mistake in the calendar or the catalogue shows when people come across it
LONG_UNDOABLE = ("close_days", "merge_books", "merge_authors", "merge_subjects", "change_copies")
UNDOABLE = ("issue", "return", "renew", "take_payment", "mark_lost", "mark_found", "claim_returned", "trap_copy",
            *LONG_UNDOABLE)  # fmt: skip


def undo_refusal(verb: str, done_at: datetime, is_undone: bool, now: datetime) -> str:
    """Why an action called ``verb``, done at ``done_at``, cannot be taken back at ``now``: a code, or nothing."""
    if verb not in UNDOABLE:
        return "cannot_undo"
    if is_undone:
        return "already_undone"
    time = TIME_TO_REPENT if verb in LONG_UNDOABLE else TIME_TO_UNDO
    return "too_late" if now - done_at > time else ""
