"""``verify_backup``: restores a backup into a scratch database and says whether it is good."""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from accounts.services.backups import note_proven
from library_site.backups import BackupBroken, BackupFailed
from library_site.keeping.proving import prove


class Command(BaseCommand):
    help = (
        "Restore FILE into a scratch database, check every sum, count the rows, run check_invariants. The library is "
        "not touched. Exit code 1 if the backup is not good."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        file, began = options["file"], time.monotonic()
        try:
            proof = prove(file, connection, key=settings.BACKUP_KEY)
        except BackupBroken as error:
            raise CommandError(f"{file} is not good: {error}.") from error
        except (BackupFailed, OSError) as error:
            raise CommandError(f"{file} could not be tried: {error}.") from error
        if file.absolute().parent == Path(settings.BACKUP_ROOT).absolute():
            note_proven(file.name, timezone.now())
        older = " It is of an older version, and was migrated." if proof.is_older else ""
        seconds = time.monotonic() - began
        self.stdout.write(f"Good: {proof.rows:,} rows, {proof.media:,} media, {seconds:.1f} s.{older}")
