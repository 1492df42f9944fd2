"""Imports as a whole: started from a list or a file, looked through, brought in, paused, gone on with, thrown away."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, User, Work
from accounts.services.actions import describe, recorded
from catalog.files import TABLES, StoredFile, forget
from catalog.isbn import find_isbns, read_isbn
from catalog.models import ImportBatch, ImportRow
from catalog.normalize.text import one_line

MOST_LINES = 5_000
LONGEST_LINE = 200  # characters; more is no ISBN, but may be a list of them
BETWEEN = re.compile(r"[,;|\t]")
# kind of file -> what an import of it is called
SOURCES = {"isbns": ImportBatch.Source.OPEN_LIBRARY, TABLES: ImportBatch.Source.CSV} | {
    source.value: source for source in ImportBatch.Source if source.value in ("csv", "marc", "marcxml", "jsonl")
}
Phase, State = ImportBatch.Phase, Work.State
OPEN = (State.QUEUED, State.RUNNING)


@recorded("start_import")
def start_import(
    action: Action, lines: Iterable[str], *, by: User | None, now: datetime, if_known: str = "nothing",
    auto_apply: bool = True,
) -> ImportBatch:  # fmt: skip
    """Stage ``lines`` (an ISBN or Open Library key each; blank ones are left out) as a batch for the worker.

    A line of several ISBNs counts as so many lines. ``if_known``: what to do with a book that is here: "nothing" or
    "copy". ``auto_apply``: bring in what is found without a look. Raises Refused("no_lines", "too_many_lines").
    """
    wanted = [record for line in lines for record in records_in(line)]
    if not wanted:
        raise Refused("no_lines", _("Give at least one ISBN."))
    if len(wanted) > MOST_LINES:
        raise Refused("too_many_lines", _("Give at most %(most)d lines at a time.") % {"most": MOST_LINES})
    options = {"if_known": if_known, "auto_apply": auto_apply}
    phase = Phase.APPLYING if auto_apply else Phase.STAGING
    batch = ImportBatch.objects.create(by=by, total=len(wanted), options=options, phase=phase)
    ImportRow.objects.bulk_create(ImportRow(batch=batch, n=n, raw=line) for n, line in enumerate(wanted, 1))
    describe(action, batch, after={"lines": len(wanted)})
    return batch


@recorded("start_import", secret=("stored",))
def start_file(
    action: Action, *, stored: StoredFile, name: str, kind: str, by: User | None, now: datetime,
    options: dict[str, Any] | None = None, is_mapped: bool = True,
) -> ImportBatch:  # fmt: skip
    """Make an import of a ``stored`` file that its owner calls ``name``; the worker reads it.

    ``kind``: of catalog.files.KINDS, or TABLES. ``options``: see services.staging. ``is_mapped`` False: it waits until
    a person has said what its columns are (``name_columns``).
    """
    phase, state = (Phase.STAGING, State.QUEUED) if is_mapped else (Phase.MAPPING, State.PAUSED)
    batch = ImportBatch.objects.create(
        by=by, source=SOURCES[kind], phase=phase, state=state, name=one_line(name, 200), file=stored.name,
        digest=stored.digest, total=stored.size // 1024, options={"kind": kind, **(options or {})},
    )  # fmt: skip
    describe(action, batch, after={"file": batch.name, "digest": stored.digest})
    return batch


@recorded("name_columns")
def name_columns(
    action: Action, batch: ImportBatch, columns: dict[str, str], *, what: str, by: User | None, now: datetime
) -> ImportBatch:
    """Say what the columns of a table of the kind ``what`` are (header -> field): then it is read.

    Raises Refused("changed_since").
    """
    options = batch.options | {"columns": columns, "what": what}
    return _move(action, batch, (Phase.MAPPING,), (State.PAUSED,), Phase.STAGING, options=options)


@recorded("set_import_options")
def set_options(
    action: Action, batch: ImportBatch, options: dict[str, Any], *, by: User | None, now: datetime
) -> ImportBatch:
    """Change how an import that is looked through will be brought in. Raises Refused("changed_since")."""
    batch = _locked(batch, (Phase.MAPPING, Phase.REVIEW, Phase.APPLIED))
    before = {name: batch.options.get(name) for name in options}
    batch.options |= options
    batch.save(update_fields=["options"])
    describe(action, batch, before=before, after=options)
    return batch


@recorded("decide_import")
def decide(
    action: Action, batch: ImportBatch, decisions: dict[int, str], *, by: User | None, now: datetime
) -> ImportBatch:
    """Keep what a person says of lines (by number) that wait: ImportRow.Decision. Raises Refused("changed_since")."""
    batch = _locked(batch, (Phase.REVIEW, Phase.APPLIED, Phase.COLLECTING))
    for decision in ImportRow.Decision.values:
        lines = [n for n, said in decisions.items() if said == decision]
        batch.rows.filter(n__in=lines, outcome=ImportRow.Outcome.WAITING).update(decision=decision)
    describe(action, batch, after={"lines": len(decisions)})
    return batch


@recorded("decide_import")
def decide_all(
    action: Action, batch: ImportBatch, decision: str, *, by: User | None, now: datetime
) -> ImportBatch:  # fmt: skip
    """Keep what a person says of all doubtful lines that wait. Raises Refused("changed_since")."""
    batch = _locked(batch, (Phase.REVIEW, Phase.APPLIED, Phase.COLLECTING))
    doubtful = batch.rows.filter(verdict=ImportRow.Verdict.DOUBTFUL, outcome=ImportRow.Outcome.WAITING)
    describe(action, batch, after={"lines": doubtful.update(decision=decision), "decision": decision})
    return batch


@recorded("apply_import")
def apply_import(action: Action, batch: ImportBatch, *, by: User | None, now: datetime) -> ImportBatch:
    """Have the worker bring in the lines of ``batch`` that wait. Asked twice it happens once.

    Raises Refused("changed_since"), and "nothing_waits" where every line was dealt with.
    """
    waiting = batch.rows.filter(outcome=ImportRow.Outcome.WAITING).count()
    if not waiting:
        raise Refused("nothing_waits", _("There is no line left to be brought in."))
    phases, states = (Phase.REVIEW, Phase.APPLIED), (State.PAUSED, State.DONE)
    return _move(action, batch, phases, states, Phase.APPLYING, done=0, total=waiting, finished_at=None)


@recorded("pause_import")
def pause_import(action: Action, batch: ImportBatch, *, by: User | None, now: datetime) -> ImportBatch:
    """Stop working on ``batch`` after the lines in hand, until it is resumed. Raises Refused("changed_since")."""
    return _set_state(action, batch, OPEN, State.PAUSED)


@recorded("resume_import")
def resume_import(action: Action, batch: ImportBatch, *, by: User | None, now: datetime) -> ImportBatch:
    """Go on with a paused or failed ``batch`` where it stopped. Raises Refused("changed_since")."""
    if batch.phase in (Phase.MAPPING, Phase.REVIEW, Phase.COLLECTING):
        raise _changed_since()
    return _set_state(action, batch, (State.PAUSED, State.FAILED), State.QUEUED)


@recorded("discard_import")
def discard_import(action: Action, batch: ImportBatch, *, by: User | None, now: datetime) -> ImportBatch:
    """Throw away a ``batch`` of which nothing was brought in yet, with its lines and its file. Not a scan queue.

    Raises Refused("changed_since").
    """
    phases = (Phase.MAPPING, Phase.STAGING, Phase.REVIEW)
    file, states = batch.file, (State.QUEUED, State.PAUSED, State.FAILED)
    batch = _move(action, batch, phases, states, batch.phase, state=State.CANCELLED, finished_at=now, file="", total=0)
    ImportRow.objects.filter(batch=batch)._raw_delete(batch.rows.db)
    transaction.on_commit(lambda: forget(file))
    return batch


def records_in(line: str) -> list[str]:
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


def _locked(batch: ImportBatch, phases: Iterable[str]) -> ImportBatch:
    """``batch`` locked, while nobody works on it in one of these ``phases``."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.phase not in phases or batch.state not in (State.PAUSED, State.DONE):
        raise _changed_since()
    return batch


def _move(
    action: Action, batch: ImportBatch, phases: Iterable[str], states: Iterable[str], phase: str, **fields: Any
) -> ImportBatch:
    """Put ``batch`` into ``phase``, to be worked on. The one statement decides between several who want it moved."""
    values = {"state": State.QUEUED, "lease_until": None, "due_at": None, "attempts": 0, "cursor": 0, "problem": ""}
    found = ImportBatch.objects.filter(pk=batch.pk, phase__in=phases, state__in=states)
    if not found.update(**values | {"phase": phase} | fields):
        raise _changed_since()
    batch.refresh_from_db()
    describe(action, batch, after={"phase": phase, "state": batch.state})
    return batch


def _set_state(action: Action, batch: ImportBatch, from_states: Iterable[str], to_state: str) -> ImportBatch:
    changed = ImportBatch.objects.filter(pk=batch.pk, phase=batch.phase, state__in=from_states).update(
        state=to_state, lease_until=None, due_at=None, attempts=0, cursor=0
    )
    if not changed:
        raise _changed_since()
    batch.refresh_from_db()
    describe(action, batch, after={"state": to_state})
    return batch


def _changed_since() -> Refused:
    return Refused("changed_since", _("The import has gone on meanwhile; reload the page."))
