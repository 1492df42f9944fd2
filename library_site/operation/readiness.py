"""Whether this process can do its work now: one check for each thing it cannot work without."""

import shutil
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import cache as once
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from accounts.models import Action
from accounts.services.work import PULSE_SECONDS, worker_is_running
from library_site import replica

LEAST_FREE_BYTES = 200_000_000
CLOCK_MAY_LAG = timedelta(minutes=5)
UNREACHABLE = "cannot be reached"


def checks(without: Collection[str] = ()) -> dict[str, str]:
    """What each check found: "ok", or a sentence that holds no secret. Those named in ``without`` are left out."""
    return {name: _found(check) for name, check in CHECKS.items() if name not in without}


def _found(check: Callable[[], str]) -> str:
    try:
        return check() or "ok"
    except (DatabaseError, OSError):  # what exactly is in the log: the sentence is for everybody
        return UNREACHABLE


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    missing = missing_migrations()
    return f"{missing} migrations are not applied: manage.py migrate" if missing else ""


def missing_migrations() -> int:
    """How many of the migrations this program brings the database has not had."""
    return len(_shipped() - set(MigrationRecorder(connection).applied_migrations()))


@once
def _shipped() -> set[tuple[str, str]]:
    """The migrations this program brings: they do not change while it runs."""
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _cache() -> str:
    """A cache that keeps quiet when it is away has a ``ping`` that does not."""
    backend: Any = cache
    if hasattr(backend, "ping"):
        backend.ping()
    else:
        backend.get("readiness")
    return ""


def _disk() -> str:
    places = {"the database": settings.DATA_DIR, "the covers": settings.MEDIA_ROOT, "the backups": settings.BACKUP_ROOT}
    for what, place in places.items():
        if shutil.disk_usage(_existing(Path(place))).free < LEAST_FREE_BYTES:
            return f"less than {LEAST_FREE_BYTES // 1_000_000} MB are free on the disk of {what}"
    return ""


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())


def _worker() -> str:
    return "" if worker_is_running() else f"no worker was heard of in the last {PULSE_SECONDS} seconds"


def clock_problem() -> str:
    """What is wrong with this computer's clock; empty if nothing can be told."""
    latest = Action.objects.order_by("-at").values_list("at", flat=True).first()
    behind = latest is not None and timezone.now() < latest - CLOCK_MAY_LAG
    return "the clock is behind: something was recorded at a later time than now" if behind else ""


def _replica() -> str:
    """A site without a replica lacks nothing."""
    return replica.lag() if replica.ALIAS in replica.connections else ""


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database, "migrations": _migrations, "cache": _cache, "disk": _disk, "worker": _worker,
    "clock": clock_problem, "replica": _replica,
}  # fmt: skip
