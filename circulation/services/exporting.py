"""Taking everything out is recorded: who took what, when."""

from datetime import datetime

from accounts.models import Action, User
from accounts.services.actions import recorded


@recorded("export")
def record_export(action: Action, *, kind: str, what: str, by: User | None, now: datetime) -> str:
    """Note that ``by`` takes ``what`` (books, members, loans, all) out as ``kind``; gives ``what``."""
    action.after = {"kind": kind, "what": what}
    return what
