"""What the commands that bring things in have in common: working through an import, and the last line about it."""

import json
import time
from typing import Any

from django.core.management.base import CommandError
from django.db.models import Count
from django.utils import translation

from accounts.models import LibrarySettings
from accounts.progress import TerminalBar
from accounts.services import work
from catalog.models import ImportBatch, ImportRow
from catalog.tasks import go_on_with_import

GOOD_VERDICTS = {ImportRow.Verdict.NEW, ImportRow.Verdict.KNOWN}
GOOD_OUTCOMES = {
    ImportRow.Outcome.ADDED, ImportRow.Outcome.COPY_ADDED, ImportRow.Outcome.UPDATED, ImportRow.Outcome.KNOWN,
    ImportRow.Outcome.UNDONE, ImportRow.Outcome.SKIPPED,
}  # fmt: skip
WORKING = (ImportBatch.State.QUEUED, ImportBatch.State.RUNNING)
PATIENCE_SECONDS = 90


def batch_called(number: int) -> ImportBatch:
    """The import with this number. Raises CommandError."""
    try:
        return ImportBatch.objects.get(pk=number)
    except ImportBatch.DoesNotExist:
        raise CommandError(f"There is no import {number}.") from None


def work_through(batch: ImportBatch, stderr: Any, label: str) -> None:
    """Go on with ``batch`` until it waits for a person or is over; whoever else works on it is waited for."""
    bar = TerminalBar(stderr, label)
    try:
        with translation.override(LibrarySettings.current().language):  # reasons are stored in words
            while batch.state in WORKING:
                if work.claim(batch):
                    go_on_with_import(batch, on_step=lambda: bar.show(batch.done, max(batch.total, batch.done)))
                else:
                    _wait_for(batch)
                batch.refresh_from_db()
    except KeyboardInterrupt:
        raise CommandError(f"Stopped. `manage.py worker` goes on with import {batch.pk}.") from None
    finally:
        bar.end()


def _wait_for(batch: ImportBatch) -> None:
    """A worker has it, or its source needs a pause."""
    if batch.due_at and (batch.due_at.timestamp() - time.time()) > PATIENCE_SECONDS:
        raise CommandError(f"{batch.problem} `manage.py worker` goes on with import {batch.pk} later.")
    time.sleep(0.2)


def counts_of(batch: ImportBatch) -> dict[str, int]:
    """How many lines have come to what: verdicts while it waits to be looked through, outcomes afterwards."""
    name = "verdict" if batch.phase in (ImportBatch.Phase.STAGING, ImportBatch.Phase.REVIEW) else "outcome"
    found = batch.rows.order_by().values_list(name).annotate(n=Count("pk"))
    return {word or "unread": n for word, n in found.order_by(name)}


def tell(batch: ImportBatch, stdout: Any) -> None:
    """Write one JSON line about ``batch``. Raises SystemExit(1) unless every line was taken or known."""
    counts = counts_of(batch)
    said = {"import": batch.pk, "phase": batch.phase, "state": batch.state, "lines": sum(counts.values()), **counts}
    if batch.problem:
        said["problem"] = batch.problem
    stdout.write(json.dumps(said, ensure_ascii=False))
    is_well = batch.state in (ImportBatch.State.PAUSED, ImportBatch.State.DONE)
    if not is_well or not counts.keys() <= GOOD_VERDICTS | GOOD_OUTCOMES:
        raise SystemExit(1)
