"""``import_openlibrary``: adds many books by ISBN or Open Library key, line by line, resumable."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.exceptions import Refused
from accounts.progress import TerminalBar
from accounts.services import work
from catalog.models import Cover, ImportBatch, ImportRow
from catalog.queries import rows_of
from catalog.services.batches import continue_import, start_import
from catalog.services.covers import fetch_next_cover
from catalog.tasks import batch_client, contact

GOOD = (ImportRow.Outcome.ADDED, ImportRow.Outcome.COPY_ADDED, ImportRow.Outcome.KNOWN)
PATIENCE_SECONDS = 90


class Command(BaseCommand):
    help = (
        "Add books from Open Library. Says for each line: added, copy added, here already, not found, or failed and "
        "why. Running it again changes nothing. Exit code 1 if a line was not found or failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("records", nargs="*", metavar="ISBN|OLID", help="an ISBN in any form, or a key")
        parser.add_argument("--file", type=Path, help="a text file with one ISBN or key a line")
        parser.add_argument("--add-copies", action="store_true", help="add a copy where a book is here already")
        parser.add_argument("--no-covers", action="store_true", help="leave the covers to the worker")

    def handle(self, *args: Any, **options: Any) -> None:
        if not contact():
            raise CommandError(
                "Open Library wants to know whom to write to: set OPENLIBRARY_CONTACT or the library's contact e-mail."
            )
        lines = [*options["records"], *self._lines_of(options["file"])]
        try:
            batch = start_import(lines, by=None, if_known="copy" if options["add_copies"] else "nothing")
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        try:
            self._work_through(batch)
            if not options["no_covers"]:
                self._fetch_covers()
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. `manage.py worker` goes on with import {batch.pk} and its covers.") from None
        self._sum_up(batch)

    def _lines_of(self, path: Path | None) -> list[str]:
        if path is None:
            return []
        try:
            return path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error

    def _work_through(self, batch: ImportBatch) -> None:
        bar, said = TerminalBar(self.stderr, "Importing"), set[int]()

        def say(row: ImportRow) -> None:
            if row.outcome != ImportRow.Outcome.WAITING:  # it is tried once more later
                said.add(row.n)
                self._say(row, bar, batch)

        try:
            with batch_client() as client:
                while not batch.is_finished:
                    if work.claim(batch):
                        continue_import(batch, client, say)
                    else:
                        self._wait_for(batch)
                    batch.refresh_from_db()
            for row in rows_of(batch).exclude(n__in=said):  # done by a worker beside us, or given up
                self._say(row, bar, batch)
        finally:
            bar.end()

    def _say(self, row: ImportRow, bar: TerminalBar, batch: ImportBatch) -> None:
        book = row.created_book or row.matched_book
        title = f" “{book.title}”" if book else ""
        bar.clear()
        self.stdout.write(f"{row.raw}: {row.get_outcome_display()}{title}{f' - {row.reason}' if row.reason else ''}")
        bar.show(batch.done, batch.total)

    def _wait_for(self, batch: ImportBatch) -> None:
        """A worker has it, or Open Library needs a pause: wait a little, but not for ever."""
        pause = (batch.due_at - timezone.now()).total_seconds() if batch.due_at else 0
        if batch.state == ImportBatch.State.PAUSED:
            raise CommandError(f"Somebody paused import {batch.pk} at the desk; it goes on from there.")
        if pause > PATIENCE_SECONDS:
            raise CommandError(f"{batch.problem} `manage.py worker` goes on with import {batch.pk} later.")
        time.sleep(min(1.0, max(0.1, pause)))

    def _fetch_covers(self) -> None:
        bar = TerminalBar(self.stderr, "Covers")
        wanted, fetched = Cover.objects.filter(state=Cover.State.QUEUED).count(), 0
        with batch_client() as client:
            while fetch_next_cover(client):
                fetched += 1
                bar.show(min(fetched, wanted), wanted)
        bar.end()

    def _sum_up(self, batch: ImportBatch) -> None:
        rows = list(batch.rows.values_list("outcome", flat=True))
        parts = [f"{rows.count(o.value)} {o.label}" for o in ImportRow.Outcome if o.value in rows]
        self.stdout.write(f"{len(rows)} lines: {', '.join(parts)}")
        if batch.state == ImportBatch.State.FAILED:
            self.stderr.write(
                f"{batch.problem} Import {batch.pk} was given up; go on with it at the desk, or try again."
            )
        if any(outcome not in GOOD for outcome in rows):
            raise SystemExit(1)
