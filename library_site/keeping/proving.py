"""A backup is good once it has been restored into a scratch database and found sound there."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from library_site.backups import BackupBroken
from library_site.keeping.archives import Manifest, OnBytes, header_of, unpack
from library_site.keeping.making import Nothing, work_folder
from library_site.keeping.stores import STORES


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found in a backup that is good."""

    rows: int
    media: int
    is_older: bool


def prove(file: Path, connection: Any, *, key: str, on_bytes: OnBytes = Nothing) -> Proof:
    """Restore ``file`` into a scratch database, count its rows, check every sum and every invariant.

    ``connection``: a PostgreSQL server to try dumps on. Raises BackupBroken with the reason, BackupFailed where it
    could not be tried, OSError.
    """
    header = header_of(file)
    with work_folder(file.absolute().parent) as folder:
        manifest = unpack(file, key, folder, with_media=False, on_bytes=on_bytes)
        missing = missing_migrations(manifest)
        with STORES[header.database].scratch(connection, folder) as (url, found):
            compare(manifest, found)
            if missing:
                _manage(url, "migrate", "--without-copy", "--verbosity", "0")
            _manage(url, "check_invariants")
    return Proof(sum(found.rows.values()), manifest.media, bool(missing))


def missing_migrations(manifest: Manifest) -> int:
    """How many migrations bring the backup up to date. Raises BackupBroken if a newer program made it."""
    shipped = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    applied = {(app, name) for app, name in manifest.migrations}
    unknown = sorted(name for app, name in applied - shipped)
    if unknown:
        raise BackupBroken(f"a newer program made it (it knows {unknown[0]}): update first")
    return len(shipped - applied)


def compare(manifest: Manifest, found: Manifest) -> None:
    """Raises BackupBroken where the database has not the rows that the manifest names."""
    for table, rows in manifest.rows.items():
        if found.rows.get(table) != rows:
            raise BackupBroken(f"{table} has {found.rows.get(table, 'no')} rows instead of {rows}")


def _manage(url: str, *arguments: str) -> None:
    """Run a command on the database at ``url``. Raises BackupBroken with its first words if it fails."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "manage.py", *arguments], cwd=settings.BASE_DIR, env={**os.environ, "DATABASE_URL": url},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines() or ["it gave no reason"]
        raise BackupBroken(f"restored, its library is not sound: {lines[0]}")
