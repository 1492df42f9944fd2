"""The scan queue: ISBNs scanned one after the other, looked up in the background, brought in together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, User
from accounts.services.actions import describe, recorded
from catalog.drafts import BookDraft
from catalog.models import ImportBatch, ImportRow
from catalog.queries import with_isbns
from catalog.services.judging import BookJudge
from catalog.services.placing import MOST_COPIES
from catalog.services.shelving import apply_books

MOST_LINES = 5_000
Phase, State = ImportBatch.Phase, ImportBatch.State
Verdict, Decision, Outcome = ImportRow.Verdict, ImportRow.Decision, ImportRow.Outcome
OPEN = (State.QUEUED, State.RUNNING, State.PAUSED, State.FAILED)
AT_REST = (State.PAUSED, State.FAILED)
UNSOLVED = Q(outcome__in=(Outcome.NOT_FOUND, Outcome.FAILED))
UNREAD = Q(outcome=Outcome.WAITING, verdict=Verdict.UNREAD)
UNDECIDED = Q(outcome=Outcome.WAITING, verdict=Verdict.DOUBTFUL, decision=Decision.AUTO)
OPEN_LINES = UNSOLVED | Q(outcome=Outcome.WAITING)  # of which nothing was brought in yet


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan led to: the line (None if it was removed since), and how many copies of it are wanted now."""

    row: ImportRow | None
    copies: int


def scan(
    isbn: str, *, by: User, options: Mapping[str, Any] | None = None, key: str | None = None,
    now: datetime | None = None,
) -> Scanned:  # fmt: skip
    """Put the ``isbn`` (13 digits, right) into the queue of ``by``; one that is in it already wants a copy more.

    ``options``: of the import, for a queue that begins with it. Asks nobody outside: the worker looks it up, unless
    it is here already. Raises Refused("queue_full", "too_many_copies").
    """
    done = _scan(isbn, by=by, options=options, key=key, now=now)
    return Scanned(ImportRow.objects.select_related("matched_book").filter(pk=done["row"]).first(), done["copies"])


@recorded("scan_isbn", secret=("options",))
def _scan(
    action: Action, isbn: str, *, by: User | None, now: datetime, options: Mapping[str, Any] | None
) -> dict[str, int]:  # fmt: skip
    batch = _open_queue(by, options)
    row = batch.rows.filter(OPEN_LINES, raw=isbn).order_by("n").first()
    if row is None:
        row = _new_line(batch, isbn)
        _know_what_is_here(row)
        row.save()
        if row.verdict == Verdict.UNREAD:
            _wake(batch, row.n, now)
    else:
        row.copies = _number(row.copies or 0, 1)
        row.save(update_fields=["copies"])
    describe(action, batch, after={"line": row.n, "isbn": isbn, "copies": row.copies})
    return {"row": row.pk, "copies": row.copies or 1}


@recorded("add_scanned", secret=("options",))
def add_by_hand(
    action: Action, draft: BookDraft, *, line: int | None = None, by: User | None, now: datetime,
    options: Mapping[str, Any] | None = None,
) -> ImportRow:  # fmt: skip
    """Bring in the book of ``draft`` at once, with a copy, as a line of the queue of ``by``.

    ``line``: the one of the queue that nobody knew anything of, which becomes this book. A book that is here, or may
    be, waits for an answer instead. Raises Refused("no_title", "changed_since", "queue_full").
    """
    if not draft.title:
        raise Refused("no_title", _("A book needs a title."))
    batch = _open_queue(by, options)
    raw = next(iter((*draft.isbns, *draft.isbns_invalid)), draft.title)
    row = _line(batch, line) if line else _new_line(batch, raw[:200])
    row.draft, row.verdict, row.outcome, row.reason = draft.as_json(), Verdict.UNREAD, Outcome.WAITING, ""
    row.copies, row.decision, row.matched_book, row.matched_by = row.copies or 1, Decision.AUTO, None, ""
    BookJudge(batch).judge([row])
    row.save()
    if row.verdict == Verdict.NEW:
        apply_books(batch, [row], now)
    describe(action, batch, after={"line": row.n, "title": draft.title, "outcome": row.outcome})
    return row


@recorded("decide_scan")
def decide_line(action: Action, n: int, decision: str, *, by: User | None, now: datetime) -> ImportRow:
    """Keep what is said of line ``n`` of the queue of ``by`` (ImportRow.Decision). Raises Refused("changed_since")."""
    batch = _locked_queue(by)
    row = _line(batch, n)
    describe(action, batch, before={"decision": row.decision}, after={"line": n, "decision": decision})
    row.decision = decision
    row.save(update_fields=["decision"])
    return row


@recorded("count_scans")
def set_copies(action: Action, copies: Mapping[int, int], *, by: User | None, now: datetime) -> ImportBatch:
    """Want so many ``copies`` of these lines (by number) of the queue of ``by``.

    Raises Refused("changed_since", "too_many_copies").
    """
    batch = _locked_queue(by)
    for n, count in copies.items():
        row = _line(batch, n)
        row.copies = _number(0, count)
        row.save(update_fields=["copies"])
    describe(action, batch, after={"copies": {str(n): count for n, count in copies.items()}})
    return batch


@recorded("remove_scan")
def remove_line(action: Action, n: int, *, by: User | None, now: datetime) -> ImportBatch:
    """Take line ``n`` out of the queue of ``by``. Raises Refused("changed_since")."""
    batch = _locked_queue(by)
    row = _line(batch, n)
    describe(action, batch, before={"line": n, "isbn": row.raw, "copies": row.copies})
    row.delete()
    return batch


@recorded("scan_again")
def look_up_again(action: Action, n: int | None = None, *, by: User | None, now: datetime) -> ImportBatch:
    """Have line ``n`` of the queue of ``by``, or all that were not looked up yet, looked up now.

    Raises Refused("changed_since").
    """
    batch = _locked_queue(by)
    if n:
        row = _line(batch, n)
        row.verdict, row.outcome, row.reason = Verdict.UNREAD, Outcome.WAITING, ""
        row.save(update_fields=["verdict", "outcome", "reason"])
    _wake(batch, n or 1, now)
    describe(action, batch, after={"line": n})
    return batch


@recorded("set_import_options")
def set_choices(action: Action, options: Mapping[str, Any], *, by: User | None, now: datetime) -> ImportBatch:
    """Say where the copies of the queue of ``by`` go, and what becomes of books that are here (services.staging)."""
    batch = _open_queue(by, options)
    _choose(action, batch, options)
    return batch


@recorded("commit_scans")
def commit(action: Action, options: Mapping[str, Any], *, by: User | None, now: datetime) -> ImportBatch:
    """Have the worker bring in what is ready in the queue of ``by``, with these last ``options``.

    What is not ready stays behind, in a queue that goes on. Raises Refused("changed_since"), and "nothing_waits" where
    no line is ready.
    """
    batch = _locked_queue(by)
    _choose(action, batch, options)
    left = list(batch.rows.filter(UNSOLVED | UNREAD | UNDECIDED).values_list("pk", flat=True))
    ready = batch.rows.filter(outcome=Outcome.WAITING).exclude(UNREAD | UNDECIDED).count()
    if not ready and batch.rows.count() == len(left):
        raise Refused("nothing_waits", _("No line is ready to be brought in yet."))
    batch.phase, batch.cursor, batch.done, batch.total = Phase.APPLYING, 0, 0, ready
    batch.state, batch.attempts, batch.lease_until, batch.due_at, batch.problem = State.QUEUED, 0, None, None, ""
    if not ready:  # all of it was brought in by hand
        batch.phase, batch.state, batch.finished_at = Phase.APPLIED, State.DONE, now
    batch.save()
    if left:
        _go_on_with(batch, left)
    describe(action, batch, after={"lines": ready, "left": len(left)} | dict(options))
    return batch


@recorded("empty_scans")
def empty_queue(action: Action, *, by: User | None, now: datetime) -> ImportBatch:
    """Remove all lines of the queue of ``by`` that were not brought in. Raises Refused("changed_since")."""
    batch = _locked_queue(by)
    open_lines = batch.rows.filter(OPEN_LINES)
    describe(action, batch, before={"lines": open_lines.count()})
    open_lines.delete()
    return batch


def _open_queue(by: User | None, options: Mapping[str, Any] | None) -> ImportBatch:
    """The open queue of ``by``, locked until the transaction ends; begun if there is none."""
    batches = ImportBatch.objects.select_for_update(of=("self",))
    batch, _is_new = batches.get_or_create(
        by=by, source=ImportBatch.Source.SCAN, phase=Phase.COLLECTING, state__in=OPEN,
        defaults={"state": State.PAUSED, "options": dict(options or {})},
    )  # fmt: skip
    return batch


def _go_on_with(batch: ImportBatch, left: list[int]) -> None:
    """The lines ``left`` go on in a queue of their own, with their numbers and the choices made so far."""
    rest = ImportBatch.objects.create(
        by=batch.by, source=batch.source, phase=Phase.COLLECTING, options=batch.options, total=len(left)
    )
    ImportRow.objects.filter(pk__in=left).update(batch=rest)


def _locked_queue(by: User | None) -> ImportBatch:
    found = ImportBatch.objects.select_for_update(of=("self",))
    batch = found.filter(by=by, phase=Phase.COLLECTING, state__in=OPEN).first()
    if batch is None:
        raise _changed_since()
    return batch


def _line(batch: ImportBatch, n: int) -> ImportRow:
    """Line ``n`` of a locked queue, locked too, if nothing was brought in of it yet."""
    row = batch.rows.select_for_update(of=("self",)).filter(OPEN_LINES, n=n).first()
    if row is None:
        raise _changed_since()
    return row


def _new_line(batch: ImportBatch, raw: str) -> ImportRow:
    """A line more for a locked queue, not saved."""
    n = (batch.rows.aggregate(last=Max("n"))["last"] or 0) + 1
    if n > MOST_LINES:
        raise Refused("queue_full", _("The queue is full. Bring in what is ready, then scan on."))
    ImportBatch.objects.filter(pk=batch.pk).update(total=F("total") + 1)
    return ImportRow(batch=batch, n=n, raw=raw, copies=1)


def _know_what_is_here(row: ImportRow) -> None:
    """A book that has the ISBN is known without asking anybody; all else is to be looked up."""
    book = with_isbns([row.raw]).first()
    if book:
        row.verdict, row.matched_book, row.matched_by = Verdict.KNOWN, book, "isbn"
        row.draft = BookDraft(title=book.title, isbns=(row.raw,)).as_json()


def _wake(batch: ImportBatch, n: int, now: datetime) -> None:
    """Have the worker go on with line ``n`` of a locked queue, unless it does so anyway."""
    rests = batch.state in AT_REST or (batch.state == State.QUEUED and batch.due_at and batch.due_at > now)
    if rests:
        ImportBatch.objects.filter(pk=batch.pk).update(
            state=State.QUEUED, cursor=n - 1, due_at=None, lease_until=None, attempts=0, problem=""
        )


def _choose(action: Action, batch: ImportBatch, options: Mapping[str, Any]) -> None:
    describe(action, batch, before={name: batch.options.get(name) for name in options}, after=dict(options))
    batch.options = batch.options | dict(options)
    ImportBatch.objects.filter(pk=batch.pk).update(options=batch.options)


def _number(now: int, more: int) -> int:
    if not 1 <= now + more <= MOST_COPIES:
        text = _("A line is for 1 to %(most)d copies.") % {"most": MOST_COPIES}
        raise Refused("too_many_copies", text)
    return now + more


def _changed_since() -> Refused:
    return Refused("changed_since", _("This line was dealt with meanwhile; look at the queue again."))
