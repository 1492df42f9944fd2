"""Import batches: many ISBNs or keys, worked off line by line by the worker or a command, resumable after a crash."""

import logging
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, User, Work
from accounts.services import work
from accounts.services.actions import describe, recorded
from catalog.drafts import BookDraft
from catalog.isbn import find_isbns, read_isbn
from catalog.models import ImportBatch, ImportRow
from catalog.normalize.text import one_line
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import PASSING, OpenLibraryError
from catalog.openlibrary.keys import read_olid
from catalog.openlibrary.normalize import book_draft
from catalog.services.importing import Doubtful, save_draft
from catalog.services.looking import fetch_record

MOST_LINES = 5_000
LONGEST_LINE = 200  # characters; more is no ISBN, but may be a list of them
BETWEEN = re.compile(r"[,;|\t]")
LINES_PER_TURN = 20  # then other work gets its turn and a stopped worker stops
NOT_ITS_FAULT = PASSING | {"busy", "blocked", "no_contact"}  # says nothing of the line: it stays waiting
PATIENCE = 6  # failures of the source in a row after which a batch waits instead of burning through its lines

logger = logging.getLogger(__name__)


@recorded("start_import")
def start_import(
    action: Action, lines: Iterable[str], *, by: User | None, now: datetime, if_known: str = "nothing"
) -> ImportBatch:
    """Stage ``lines`` (an ISBN or Open Library key each; blank ones are left out) as a batch for the worker.

    A line of several ISBNs counts as so many lines. ``if_known``: what to do with a book that is here: "nothing" or
    "copy". Raises Refused("no_lines", "too_many_lines").
    """
    wanted = [record for line in lines for record in _records_in(line)]
    if not wanted:
        raise Refused("no_lines", _("Give at least one ISBN."))
    if len(wanted) > MOST_LINES:
        raise Refused("too_many_lines", _("Give at most %(most)d lines at a time.") % {"most": MOST_LINES})
    batch = ImportBatch.objects.create(by=by, total=len(wanted), options={"if_known": if_known})
    ImportRow.objects.bulk_create(ImportRow(batch=batch, n=n, raw=line) for n, line in enumerate(wanted, 1))
    describe(action, batch, after={"lines": len(wanted)})
    return batch


@recorded("pause_import")
def pause_import(action: Action, batch: ImportBatch, *, by: User | None, now: datetime) -> ImportBatch:
    """Stop working on ``batch`` after the line in hand, until it is resumed."""
    return _set_state(action, batch, (Work.State.QUEUED, Work.State.RUNNING), Work.State.PAUSED)


@recorded("resume_import")
def resume_import(action: Action, batch: ImportBatch, *, by: User | None, now: datetime) -> ImportBatch:
    """Go on with a paused or failed ``batch`` where it stopped."""
    return _set_state(action, batch, (Work.State.PAUSED, Work.State.FAILED), Work.State.QUEUED)


def continue_import(
    batch: ImportBatch, client: OpenLibrary, on_row: Callable[[ImportRow], Any] = lambda row: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:  # fmt: skip
    """Work on a claimed ``batch`` for LINES_PER_TURN lines, or until it is done, paused or the source gives out.

    ``on_row`` is told of every finished line; ``should_stop`` is asked before each whether to hand the batch
    back. A line is saved together with what it led to, so that a crash repeats at most a look-up.
    """
    failures = 0
    waiting = batch.rows.filter(outcome=ImportRow.Outcome.WAITING)
    for row in waiting.filter(n__gt=batch.cursor).order_by("n")[:LINES_PER_TURN]:
        if should_stop():
            break
        if not work.keep_claim(batch):
            return
        retry = _dealt_with(batch, row, client)
        work.reach(batch, row.n, batch.rows.exclude(outcome=ImportRow.Outcome.WAITING).count())
        if not work.keep_claim(batch):  # paused or taken over while we were waiting for the source
            return
        failures = failures + 1 if retry else 0
        if retry and failures >= PATIENCE:
            work.try_later(batch, row.reason, from_the_start=True)
            return
        on_row(row)
    if work.keep_claim(batch):
        _end_turn(batch, waiting)


def _end_turn(batch: ImportBatch, waiting: QuerySet[ImportRow]) -> None:
    """Go on later with the lines still ``waiting``, first with those not tried yet; or finish."""
    if waiting.filter(n__gt=batch.cursor).exists():
        work.hand_back(batch)
    elif waiting.exists():
        work.try_later(batch, _last_reason(waiting), from_the_start=True)
    else:
        work.finish(batch)


def _last_reason(waiting: QuerySet[ImportRow]) -> str:
    """Why the last of the lines still ``waiting`` could not be dealt with."""
    reasons = waiting.exclude(reason="").order_by("-n").values_list("reason", flat=True)
    return reasons.first() or _("Open Library did not answer for some lines.")


def _records_in(line: str) -> list[str]:
    """What one line asks for: usually itself, several where somebody put more than one ISBN in it."""
    is_long_list = len(line) > LONGEST_LINE and read_isbn(line)
    pieces = [part for piece in BETWEEN.split(line) for part in _parted(piece)] if is_long_list else [line]
    return [record for piece in pieces for record in _records_of(piece)]


def _parted(text: str) -> list[str]:
    """The words of ``text`` if each is an ISBN, else ``text``."""
    words = text.split()
    return words if all(map(read_isbn, words)) else [text]


def _records_of(piece: str) -> list[str]:
    several = find_isbns(piece) if read_isbn(piece) else []
    text = one_line(piece, LONGEST_LINE)
    return [isbn.text for isbn in several] if len(several) > 1 else [text] if text else []


def _dealt_with(batch: ImportBatch, row: ImportRow, client: OpenLibrary) -> bool:
    """As ``_work_on``. A line that cannot be dealt with fails alone: the others still get their turn."""
    try:
        return _work_on(batch, row, client)
    except OperationalError:  # the database's trouble, not the line's
        raise
    except Exception:
        logger.exception("line %s of import %s", row.n, batch.pk)
        row.outcome, row.reason = ImportRow.Outcome.FAILED, _("Something unexpected went wrong; the log has more.")
        _keep(row)
        return False


def _work_on(batch: ImportBatch, row: ImportRow, client: OpenLibrary) -> bool:
    """Deal with one line. True: the source is at fault and the line stays waiting."""
    if not (read_isbn(row.raw) or read_olid(row.raw)):
        row.outcome, row.reason = ImportRow.Outcome.FAILED, _("This is neither an ISBN nor a key of Open Library.")
        _keep(row)
        return False
    try:
        record = fetch_record(client, row.raw, language=LibrarySettings.current().language)
    except OpenLibraryError as error:
        row.reason = error.message
        is_passing = error.code in NOT_ITS_FAULT
        if not is_passing:
            is_unknown = error.code == "not_found"
            row.outcome = ImportRow.Outcome.NOT_FOUND if is_unknown else ImportRow.Outcome.FAILED
        _keep(row)
        return is_passing
    _save_row(batch, row, book_draft(record), record.as_json())
    return False


@transaction.atomic
def _save_row(batch: ImportBatch, row: ImportRow, draft: BookDraft, payload: dict[str, Any]) -> None:
    if not _is_still_waiting(row):
        return
    row.draft = draft.as_json()
    try:
        saved = save_draft(
            draft, by=batch.by, payload=payload, if_known=batch.options.get("if_known", "nothing"),
            decision=row.decision,
        )  # fmt: skip
    except Doubtful as doubt:
        row.outcome, row.matched_book = ImportRow.Outcome.FAILED, doubt.match.book
        row.reason = _("It may be “%(title)s”, which is here. Look at both and add it by hand.") % {
            "title": doubt.match.book.title
        }
    except Refused as refusal:
        row.outcome, row.reason = ImportRow.Outcome.FAILED, refusal.message
    else:
        row.outcome, row.reason = saved.outcome, ""
        row.matched_book = saved.book if saved.outcome != ImportRow.Outcome.ADDED else None
        row.created_book = saved.book if saved.outcome == ImportRow.Outcome.ADDED else None
        row.created_copies.set(saved.copies)
    row.save()


@transaction.atomic
def _keep(row: ImportRow) -> None:
    if _is_still_waiting(row):
        row.save(update_fields=["outcome", "reason"])


def _is_still_waiting(row: ImportRow) -> bool:
    """Whether nobody finished ``row`` meanwhile; locks it. If somebody did, ``row`` is what it is now."""
    current = ImportRow.objects.select_for_update().get(pk=row.pk)
    if current.outcome == ImportRow.Outcome.WAITING:
        return True
    row.outcome, row.reason = current.outcome, current.reason
    row.created_book_id, row.matched_book_id = current.created_book_id, current.matched_book_id
    return False


def _set_state(action: Action, batch: ImportBatch, from_states: tuple, to_state: str) -> ImportBatch:
    changed = ImportBatch.objects.filter(pk=batch.pk, state__in=from_states).update(
        state=to_state, lease_until=None, due_at=None, attempts=0, cursor=0
    )
    if not changed:
        raise Refused("changed_since", _("The import has gone on meanwhile; reload the page."))
    batch.refresh_from_db()
    describe(action, batch, after={"state": to_state})
    return batch
