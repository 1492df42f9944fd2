"""One backup from being asked for to being good: made, proven, older ones put away."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Backup, LibrarySettings
from accounts.services import backups, work
from library_site.backups import BackupBroken, BackupFailed
from library_site.keeping.making import UNFINISHED, UNPACKED, make_backup, size_to_read
from library_site.keeping.proving import prove
from library_site.keeping.rotation import kept

SUFFIX = ".backup"
LEFT_AFTER = 24 * 3600  # seconds
NOTED_EVERY = 8_000_000  # bytes
Tell = Callable[[int, int], None]


def nobody(_done: int, _total: int) -> None:
    """Nobody watches."""


class Told:
    """Counts bytes, notes now and then how far the backup is, and stops when its claim is lost."""

    def __init__(self, backup: Backup, total: int, tell: Tell) -> None:
        self.backup, self.total, self.tell = backup, max(1, total), tell
        self.done, self.noted = 0, 0
        self.lost = threading.Event()

    def __call__(self, count: int) -> None:
        self.done = min(self.done + count, self.total)
        if self.done - self.noted < NOTED_EVERY:
            return
        self.noted = self.done
        self.tell(self.done, self.total)
        Backup.objects.filter(pk=self.backup.pk).update(done=self.done // 1_000, total=self.total // 1_000)
        if self.lost.is_set():
            raise work.ClaimLost


def keep(backup: Backup, tell: Tell = nobody) -> None:
    """Make the claimed ``backup``, prove it and put away what is older than the library keeps.

    What fails is noted in it, and tried again after a pause. ``tell`` hears how many bytes of all are done.
    """
    path = Path(settings.BACKUP_ROOT) / f"openshelf-{datetime.now(UTC):%Y%m%d-%H%M%S}-{backup.pk}{SUFFIX}"
    told = Told(backup, 2 * size_to_read(connection), tell)
    try:
        with held(told):
            _make_and_prove(backup, path, told)
    except (BackupFailed, BackupBroken, OSError) as error:
        path.unlink(missing_ok=True)
        work.try_later(backup, _("The backup failed: %(reason)s.") % {"reason": error})
    except work.ClaimLost:
        path.unlink(missing_ok=True)
    else:
        work.finish(backup)
        rotate()
    tell(told.total, told.total)


def _make_and_prove(backup: Backup, path: Path, told: Told) -> None:
    key = settings.BACKUP_KEY
    made = make_backup(path, connection, key=key, on_bytes=told)
    Backup.objects.filter(pk=backup.pk).update(file=path.name)
    backup.file = path.name
    backups.note_made(
        backup, size=made.size, rows=made.rows, media=made.media, is_encrypted=bool(key), now=timezone.now()
    )
    prove(path, connection, key=key, on_bytes=told)
    backups.note_proven(path.name, timezone.now())


@contextmanager
def held(told: Told) -> Iterator[None]:
    """Prolong the claim from beside, while a database copies itself for minutes."""
    over = threading.Event()

    def prolong() -> None:
        try:
            while not over.wait(work.LEASE.total_seconds() / 3):
                with suppress(OperationalError):  # busy; there is time for another try
                    if not work.keep_claim(told.backup):
                        told.lost.set()
        finally:
            connection.close()  # this thread's own

    thread = threading.Thread(target=prolong, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def rotate() -> None:
    """Take away the backups beyond those the library keeps, of every day, week and month the newest."""
    library = LibrarySettings.current()
    proven = list(Backup.objects.filter(proven_at__isnull=False).exclude(file="").order_by("pk"))
    days = [each.created_at.astimezone(library.zone).date() for each in proven]
    counts = (library.backups_kept_days, library.backups_kept_weeks, library.backups_kept_months)
    stay = kept(days, *counts)
    gone = [each for position, each in enumerate(proven) if position not in stay]
    for each in gone:
        file_of(each).unlink(missing_ok=True)
    backups.forget(gone)
    _take_leftovers_away(Path(settings.BACKUP_ROOT))


def _take_leftovers_away(folder: Path) -> None:
    """What a process that was killed left behind: a day later nobody works with it, and it may hold everything
    about everybody."""
    yesterday = time.time() - LEFT_AFTER
    for each in [*folder.glob(f"{UNPACKED}*"), *folder.glob(f"*{UNFINISHED}")]:
        if each.stat().st_mtime < yesterday:
            shutil.rmtree(each, ignore_errors=True) if each.is_dir() else each.unlink(missing_ok=True)


def file_of(backup: Backup) -> Path:
    """Where the file of ``backup`` is, or was."""
    return Path(settings.BACKUP_ROOT) / Path(backup.file).name
