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
from catalog.openlibrary.offline import date_of_copy
from catalog.queries import rows_of
from catalog.services.batches import start_import
from catalog.services.covers import fetch_next_cover
from catalog.services.lookups import continue_lookups
from catalog.tasks import batch_client, contact

GOOD = (ImportRow.Outcome.ADDED, ImportRow.Outcome.COPY_ADDED, ImportRow.Outcome.KNOWN)
PATIENCE_SECONDS = 90
COMPLAINT_SECONDS = 30


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
        if not contact() and date_of_copy() is None:
            raise CommandError(
                "Open Library wants to know whom to write to: set OPENLIBRARY_CONTACT or the library's contact e-mail."
            )
        lines = [*options["records"], *self._lines_of(options["file"])]
        try:
            batch = start_import(lines, by=None, if_known="copy" if options["add_copies"] else "nothing")
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self._bar, self._said = TerminalBar(self.stderr, "Importing"), set[int]()
        self._trouble, self._trouble_at = "", 0.0
        self._bar.show(0, batch.total)
        try:
            self._work_through(batch)
            if batch.is_finished and not options["no_covers"]:
                self._fetch_covers()
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. `manage.py worker` goes on with import {batch.pk} and its covers.") from None
        finally:
            self._bar.end()
        self._sum_up(batch)

    def _lines_of(self, path: Path | None) -> list[str]:
        if path is None:
            return []
        try:
            return path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error

    def _work_through(self, batch: ImportBatch) -> None:
        """Until it is finished, or Open Library is away for long; then a worker goes on with it."""
        with batch_client("terminal", on_retry=lambda error: self._complain(error.message)) as client:
            while not batch.is_finished:
                if work.claim(batch):
                    continue_lookups(batch, client, lambda row: self._say(row, batch))
                elif not self._has_waited_for(batch):
                    break
                batch.refresh_from_db()
                self._say_what_others_did(batch)
        for row in rows_of(batch).exclude(n__in=self._said):
            self._say(row, batch, is_last_word=True)

    def _say_what_others_did(self, batch: ImportBatch) -> None:
        """A worker beside us may have done some lines."""
        done = rows_of(batch).exclude(outcome=ImportRow.Outcome.WAITING)
        for row in done.exclude(n__in=self._said) if batch.done > len(self._said) else []:
            self._say(row, batch)

    def _say(self, row: ImportRow, batch: ImportBatch, *, is_last_word: bool = False) -> None:
        if row.outcome == ImportRow.Outcome.WAITING and not is_last_word:
            self._complain(row.reason)
            return
        self._said.add(row.n)
        book = row.created_book or row.matched_book
        title = f" “{book.title}”" if book else ""
        self._bar.clear()
        self.stdout.write(f"{row.raw}: {row.get_outcome_display()}{title}{f' - {row.reason}' if row.reason else ''}")
        self._bar.show(batch.done, batch.total)

    def _complain(self, trouble: str) -> None:
        """Tell the person who waits why, at once and then now and again."""
        if trouble == self._trouble and time.monotonic() - self._trouble_at < COMPLAINT_SECONDS:
            return
        self._trouble, self._trouble_at = trouble, time.monotonic()
        self._bar.clear()
        self.stderr.write(f"{trouble} Still trying; Ctrl-C leaves the rest to the worker.")

    def _has_waited_for(self, batch: ImportBatch) -> bool:
        """A worker has it, or Open Library needs a pause: wait a little, but not for ever."""
        pause = (batch.due_at - timezone.now()).total_seconds() if batch.due_at else 0
        if batch.state == ImportBatch.State.PAUSED:
            raise CommandError(f"Somebody paused import {batch.pk} at the desk; it goes on from there.")
        if pause > PATIENCE_SECONDS:
            return False
        if batch.problem:
            self._complain(batch.problem)
        time.sleep(min(1.0, max(0.1, pause)))
        return True

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
        elif not batch.is_finished:
            self.stderr.write(f"{batch.problem} Import {batch.pk} goes on later with `manage.py worker`.")
        if any(outcome not in GOOD for outcome in rows):
            raise SystemExit(1)
