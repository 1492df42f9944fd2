"""Bringing in the lines of an import, some hundreds in one transaction, from the line reached on."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile

from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.services import work
from catalog.models import ImportBatch, ImportRow
from catalog.services.lines import Line, lines_of
from catalog.services.shelving import save_rows

CHUNK = 500  # lines that come in together or not at all
CHUNKS_PER_TURN = 4  # then other work gets its turn
Outcome = ImportRow.Outcome

logger = logging.getLogger(__name__)

# Makes of lines of one kind, locked and waiting, what they say; inside the caller's transaction.
Apply = Callable[[ImportBatch, Sequence[Line], datetime], None]
Appliers = Mapping[str, Apply]


def continue_applying(
    batch: ImportBatch, appliers: Appliers, *, should_stop: Callable[[], bool] = lambda: False,
    chunks: int = CHUNKS_PER_TURN, on_chunk: Callable[[int], None] = lambda _done: None,
) -> None:  # fmt: skip
    """Bring in lines of a claimed ``batch`` for a turn of so many ``chunks``, or to the end.

    ``appliers`` by kind of line. A line comes in together with the note of what became of it, so that nothing is lost
    or done twice, whoever dies. A line that cannot come in fails alone. ``on_chunk`` hears how many lines are done.
    """
    try:
        for _turn in range(chunks):
            if not _apply_chunk(batch, appliers):
                _end(batch)
                return
            on_chunk(batch.done)
            if should_stop():
                break
        work.hand_back(batch)
    except work.ClaimLost:
        return


def _apply_chunk(batch: ImportBatch, appliers: Appliers) -> bool:
    """Bring in the next lines; False where there are none."""
    waiting = batch.rows.filter(outcome=Outcome.WAITING, n__gt=batch.cursor).order_by("n")
    found = list(waiting.values_list("pk", "what")[:CHUNK])
    if not found:
        return False
    # One kind at a time: locks are taken in an order that differs from kind to kind.
    pks = [pk for pk, _what in takewhile(lambda row: row[1] == found[0][1], found)]
    try:
        _apply(batch, pks, appliers)
    except (OperationalError, work.ClaimLost):
        raise
    except Exception:
        logger.exception("lines of import %s: one by one now", batch.pk)
        for pk in pks:
            _apply_alone(batch, pk, appliers)
    return True


def _apply(batch: ImportBatch, pks: Sequence[int], appliers: Appliers) -> None:
    with work.claimed(batch):
        rows = lines_of(batch.rows.select_for_update().filter(pk__among=pks, outcome=Outcome.WAITING).order_by("n"))
        if rows:
            appliers[rows[0].what](batch, rows, timezone.now())
        done = batch.done + len(rows) - [row.outcome for row in rows].count(Outcome.WAITING)
        work.reach(batch, rows[-1].n if rows else batch.cursor, done)


def _apply_alone(batch: ImportBatch, pk: int, appliers: Appliers) -> None:
    try:
        _apply(batch, [pk], appliers)
    except (OperationalError, work.ClaimLost):
        raise
    except Exception as error:
        _fail(batch, pk, error)


def _fail(batch: ImportBatch, pk: int, error: Exception) -> None:
    with work.claimed(batch):
        row = batch.rows.select_for_update().get(pk=pk)
        if row.outcome != Outcome.WAITING:
            return
        if isinstance(error, Refused):
            row.reason = error.message
        else:
            logger.error("line %s of import %s", row.n, batch.pk, exc_info=error)
            row.reason = _("Something unexpected went wrong; the log has more.")
        row.outcome = Outcome.FAILED
        save_rows([row])
        work.reach(batch, row.n, batch.done + 1)


def _end(batch: ImportBatch) -> None:
    """All that could come in is there. Lines of which a person has to say something wait for that."""
    work.hand_over(batch, ImportBatch.State.DONE, phase=ImportBatch.Phase.APPLIED, cursor=0, finished_at=timezone.now())
