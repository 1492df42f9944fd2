"""Lines of an import that are only an ISBN or a key: looked up one by one, by the worker or a command.

What a look-up finds goes the way of every other line: it is judged, and then or later it is brought in.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import LibrarySettings
from accounts.services import work
from catalog.drafts import BookDraft
from catalog.isbn import read_isbn
from catalog.models import ImportBatch, ImportRow
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import PASSING, OpenLibraryError
from catalog.openlibrary.keys import read_olid
from catalog.openlibrary.normalize import book_draft
from catalog.services.judging import BookJudge
from catalog.services.looking import fetch_record
from catalog.services.shelving import apply_books

LINES_PER_TURN = 20  # then other work gets its turn and a stopped worker stops
NOT_ITS_FAULT = PASSING | {"busy", "blocked", "no_contact"}  # says nothing of the line: it stays waiting
PATIENCE = 6  # failures of the source in a row after which a batch waits instead of burning through its lines
FOUND = ("draft", "verdict", "outcome", "reason", "matched_by", "matched_book")  # the rest may be changed meanwhile
Verdict, Outcome = ImportRow.Verdict, ImportRow.Outcome
Phase, State = ImportBatch.Phase, ImportBatch.State

logger = logging.getLogger(__name__)


def is_looked_up(batch: ImportBatch) -> bool:
    """Whether what ``batch`` waits for is the look-up of its lines."""
    is_list = batch.source in (ImportBatch.Source.OPEN_LIBRARY, ImportBatch.Source.SCAN) and not batch.file
    return is_list and (batch.phase in (Phase.STAGING, Phase.COLLECTING) or _applies_at_once(batch))


def continue_lookups(
    batch: ImportBatch, client: OpenLibrary, on_row: Callable[[ImportRow], Any] = lambda row: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:  # fmt: skip
    """Work on a claimed ``batch`` for LINES_PER_TURN lines, or until it is done, paused or the source gives out.

    ``on_row`` is told of every finished line; ``should_stop`` is asked before each whether to hand the batch
    back. A line is saved together with what it led to, so that a crash repeats at most a look-up.
    """
    failures, judge = 0, _judge_of(batch)
    waiting = _waiting(batch)
    for row in waiting.filter(n__gt=batch.cursor).order_by("n")[:LINES_PER_TURN]:
        if should_stop():
            break
        if not work.keep_claim(batch):
            return
        retry = _dealt_with(batch, row, client, judge)
        work.reach(batch, row.n, batch.rows.exclude(pk__in=waiting.values("pk")).count())
        if not work.keep_claim(batch):  # paused or taken over while we were waiting for the source
            return
        failures = failures + 1 if retry else 0
        if retry and failures >= PATIENCE:
            work.try_later(batch, row.reason, from_the_start=True)
            return
        on_row(row)
    with suppress(work.ClaimLost), work.claimed(batch):  # a line that is scanned now is seen, or wakes the batch up
        _end_turn(batch, waiting)


def _applies_at_once(batch: ImportBatch) -> bool:
    return bool(batch.options.get("auto_apply"))


def _waiting(batch: ImportBatch) -> QuerySet[ImportRow]:
    """The lines that were not looked up yet."""
    rows = batch.rows.filter(outcome=Outcome.WAITING)
    return rows if _applies_at_once(batch) else rows.filter(verdict=Verdict.UNREAD)


def _judge_of(batch: ImportBatch) -> BookJudge:
    """One that knows the lines looked up before, if they are not in the catalogue by now anyway."""
    judge = BookJudge(batch)
    if not _applies_at_once(batch):
        for row in batch.rows.exclude(verdict__in=(Verdict.UNREAD, Verdict.NOT_FOUND)).order_by("n"):
            judge.recall(row)
    return judge


def _end_turn(batch: ImportBatch, waiting: QuerySet[ImportRow]) -> None:
    """Go on later with the lines still ``waiting``, first with those not tried yet; or finish."""
    if waiting.filter(n__gt=batch.cursor).exists():
        work.hand_back(batch)
    elif waiting.exists():
        work.try_later(batch, _last_reason(waiting), from_the_start=True)
    elif _applies_at_once(batch):
        work.hand_over(batch, State.DONE, phase=Phase.APPLIED, finished_at=timezone.now())
    else:  # a scanning session stays open, all others wait to be looked through
        phase = Phase.COLLECTING if batch.phase == Phase.COLLECTING else Phase.REVIEW
        work.hand_over(batch, State.PAUSED, phase=phase, cursor=0, done=0)


def _last_reason(waiting: QuerySet[ImportRow]) -> str:
    """Why the last of the lines still ``waiting`` could not be dealt with."""
    reasons = waiting.exclude(reason="").order_by("-n").values_list("reason", flat=True)
    return reasons.first() or _("Open Library did not answer for some lines.")


def _dealt_with(batch: ImportBatch, row: ImportRow, client: OpenLibrary, judge: BookJudge) -> bool:
    """As ``_work_on``. A line that cannot be dealt with fails alone: the others still get their turn."""
    try:
        return _work_on(batch, row, client, judge)
    except OperationalError:  # the database's trouble, not the line's
        raise
    except Exception:
        logger.exception("line %s of import %s", row.n, batch.pk)
        _fail(row, _("Something unexpected went wrong; the log has more."))
        return False


def _work_on(batch: ImportBatch, row: ImportRow, client: OpenLibrary, judge: BookJudge) -> bool:
    """Deal with one line. True: the source is at fault and the line stays waiting."""
    if not (read_isbn(row.raw) or read_olid(row.raw)):
        _fail(row, _("This is neither an ISBN nor a key of Open Library."))
        return False
    try:
        record = fetch_record(client, row.raw, language=LibrarySettings.current().language)
    except OpenLibraryError as error:
        if error.code == "not_found":
            row.verdict, row.outcome, row.reason = Verdict.NOT_FOUND, Outcome.NOT_FOUND, error.message
            _keep(row)
        elif error.code in NOT_ITS_FAULT:
            row.reason = error.message
            _keep(row)
            return True
        else:
            _fail(row, error.message)
        return False
    _take(batch, row, judge, draft=book_draft(record), payload=record.as_json())
    return False


@transaction.atomic
def _take(
    batch: ImportBatch, row: ImportRow, judge: BookJudge, *, draft: BookDraft, payload: dict[str, Any]
) -> None:  # fmt: skip
    """Keep what was found for a line, and bring it in at once where nobody wants to look first."""
    if not _is_still_waiting(row):
        return
    row.draft, row.reason = draft.as_json(), ""
    if _applies_at_once(batch):
        row.verdict = Verdict.NEW
        row.save(update_fields=["draft"])
        row.draft |= {"payload": payload}
        apply_books(batch, [row], timezone.now())
    else:
        row.draft |= {"payload": payload}
        judge.judge([row])
        row.save(update_fields=FOUND)


def _fail(row: ImportRow, reason: str) -> None:
    row.verdict, row.outcome, row.reason = Verdict.WRONG, Outcome.FAILED, reason
    _keep(row)


@transaction.atomic
def _keep(row: ImportRow) -> None:
    verdict, outcome, reason = row.verdict, row.outcome, row.reason
    if _is_still_waiting(row):
        row.verdict, row.outcome, row.reason = verdict, outcome, reason
        row.save(update_fields=["verdict", "outcome", "reason"])


def _is_still_waiting(row: ImportRow) -> bool:
    """Whether nobody finished or removed ``row`` meanwhile; locks it. If finished, ``row`` is what it is now."""
    current = ImportRow.objects.select_for_update().filter(pk=row.pk).first()
    if current is None:
        return False
    if current.outcome == Outcome.WAITING:
        row.decision = current.decision
        return True
    row.outcome, row.reason, row.verdict = current.outcome, current.reason, current.verdict
    row.created_book_id, row.matched_book_id = current.created_book_id, current.matched_book_id
    return False
