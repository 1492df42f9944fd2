"""Asking for backups, and noting what became of them. They are made by library_site.keeping, which sees everything."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, Backup, LibrarySettings, User, Work
from accounts.services.actions import describe, recorded

OPEN = (Work.State.QUEUED, Work.State.RUNNING)
FAILED_KEPT = 20


@recorded("ask_for_backup")
def ask_for_backup(action: Action, *, by: User | None, now: datetime) -> Backup:
    """Queue a backup for the worker. Raises Refused("backup_waits") while one is waiting or being made."""
    LibrarySettings.objects.select_for_update().get(pk=1)
    if Backup.objects.filter(state__in=OPEN).exists():
        raise Refused("backup_waits", _("A backup is being made already."))
    backup = Backup.objects.create(by=by)
    describe(action, backup)
    return backup


def queue_if_due(now: datetime) -> bool:
    """Queue today's backup once the library's hour for it has come; whether it was due."""
    if not is_due(now):
        return False
    with transaction.atomic():
        LibrarySettings.objects.select_for_update().get(pk=1)
        if not is_due(now):
            return False
        Backup.objects.create(is_automatic=True)
    return True


def is_due(now: datetime) -> bool:
    """Whether there is no backup of the library's present day yet, though its hour has come.

    Not before the day after the library was set up: until then there is nothing to lose.
    """
    library = LibrarySettings.current()
    local = now.astimezone(library.zone)
    if library.backup_hour is None or local.hour < library.backup_hour or library.set_up_at is None:
        return False
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if library.set_up_at >= midnight:
        return False
    today = Q(created_at__gte=midnight, created_at__lt=midnight + timedelta(days=1))
    return not Backup.objects.filter(today, is_automatic=True).exists()


@recorded("download_backup")
def note_download(action: Action, backup: Backup, *, by: User | None, now: datetime) -> None:
    """Note who took a backup, and with it everybody's data, out of the library."""
    describe(action, backup)


def note_made(backup: Backup, *, size: int, rows: int, media: int, is_encrypted: bool, now: datetime) -> None:
    """Note what is in the file of ``backup``."""
    values = {"size": size, "rows": rows, "media": media, "is_encrypted": is_encrypted, "made_at": now}
    for name, value in values.items():
        setattr(backup, name, value)
    backup.save(update_fields=list(values))


def note_proven(file: str, now: datetime) -> bool:
    """Note that the backup in ``file`` was restored and found sound. False: it is none the library knows."""
    return bool(Backup.objects.filter(file=file, made_at__isnull=False).update(proven_at=now))


def forget(backups: list[Backup]) -> None:
    """Forget ``backups`` whose files were taken away, and all but the last that failed."""
    Backup.objects.filter(pk__in=[each.pk for each in backups]).delete()
    failed = Backup.objects.filter(state=Work.State.FAILED).order_by("-pk").values_list("pk", flat=True)
    Backup.objects.filter(pk__in=list(failed[FAILED_KEPT:])).delete()
