"""``backup``: writes a backup while the library is in use, proves it, and puts older ones away."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts.exceptions import Refused
from accounts.models import Backup
from accounts.progress import TerminalBar
from accounts.services import work
from accounts.services.backups import ask_for_backup
from library_site.backups import BackupBroken, BackupFailed
from library_site.keeping.keeping import file_of, keep
from library_site.keeping.making import make_backup
from library_site.keeping.proving import prove


class Command(BaseCommand):
    help = (
        "Write database and media into one file, restore it into a scratch database, and only then call it good. "
        "Encrypted if BACKUP_KEY is set. Exit code 1 if it is not good."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("-o", "--output", type=Path, help="write it here, beside those the library keeps itself")

    def handle(self, *args: Any, **options: Any) -> None:
        self.bar = TerminalBar(self.stderr, "backup")
        path = options["output"]
        path = self._one_beside(path) if path else self._one_of_the_library()
        self.bar.end()
        if not settings.BACKUP_KEY:
            self.stderr.write("It is not encrypted: BACKUP_KEY is not set.")
        self.stdout.write(f"Restored, counted and found sound: {path}")

    def _one_of_the_library(self) -> Path:
        try:
            backup = ask_for_backup(by=None)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        if work.claim(backup):
            backup.refresh_from_db()
            keep(backup, lambda done, total: self.bar.show(done // 1_000, total // 1_000, " kB"))
        kept = Backup.objects.get(pk=backup.pk)
        if kept.proven_at is None:
            work.fail(kept, kept.problem)
            raise CommandError(kept.problem or "The worker is making it: see /desk/backups/.")
        return file_of(kept)

    def _one_beside(self, path: Path) -> Path:
        if path.exists():
            raise CommandError(f"{path} is there already; it was not touched.")
        try:
            make_backup(path, connection, key=settings.BACKUP_KEY)
            prove(path, connection, key=settings.BACKUP_KEY)
        except (BackupFailed, BackupBroken, OSError) as error:
            path.unlink(missing_ok=True)
            raise CommandError(f"The backup failed: {error}.") from error
        return path
