"""``restore``: makes the library what a backup holds. Stop the site first."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from library_site.backups import BackupBroken, BackupFailed
from library_site.connecting import connected_to
from library_site.keeping.restoring import MediaMissing, restore


class Command(BaseCommand):
    help = (
        "Put database and media of FILE in the place of the library's, bring the database up to date and check it. "
        "A library with data is only replaced with --force, and a proven copy of it is kept."
    )
    requires_system_checks: list[str] = []  # the database may be empty

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--to", metavar="DATABASE_URL", help="into this database instead of the library's")
        parser.add_argument("--media", type=Path, default=Path(settings.MEDIA_ROOT), help="the folder for the media")
        parser.add_argument("--force", action="store_true", help="replace a library that is there")

    def handle(self, *args: Any, **options: Any) -> None:
        missing = ""
        try:
            with closing(connected_to(options["to"]) if options["to"] else connection) as target:
                restore(
                    options["file"], target, key=settings.BACKUP_KEY, media=options["media"].absolute(),
                    backups=Path(settings.BACKUP_ROOT), force=options["force"], tell=self._tell,
                )  # fmt: skip
        except (BackupBroken, BackupFailed, OSError, ImproperlyConfigured) as error:
            raise CommandError(f"{options['file']} was not restored, nothing was changed: {error}.") from error
        except MediaMissing as error:
            missing = str(error)
        self._tell("Bringing the database up to date and checking it ...")
        environment = {**os.environ, **({"DATABASE_URL": options["to"]} if options["to"] else {})}
        for command in (["migrate", "--without-copy", "-v0"], ["check_invariants"]):
            done = subprocess.run(  # noqa: S603 - our own commands
                [sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=environment, check=False
            )
            if done.returncode:
                raise CommandError(f"The backup is restored, but {command[0]} found something wrong (see above).")
        if missing:
            raise CommandError(f"The database is restored, but {missing}: mend that and restore it again with --force.")

    def _tell(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
