"""What the worker does for the library as a whole."""

from collections.abc import Callable

from django.utils import timezone

from accounts.models import Backup
from accounts.services import work
from accounts.services.backups import queue_if_due
from library_site.keeping.keeping import keep


def never() -> bool:
    return False


def make_backups(_should_stop: Callable[[], bool] = never) -> bool:
    """Make the backup that is due or was asked for, and prove it; whether there was one."""
    queue_if_due(timezone.now())
    backup = work.claim_next(Backup)
    if backup is None:
        return False
    keep(backup)
    return True
