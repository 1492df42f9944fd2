"""Reading a file into the lines of an import, each with a verdict, so that a person can look before anything is done.

Options of an import (ImportBatch.options) that are read here and when it is applied: ``if_known`` "nothing" or "copy"
(for books that are here already), ``branch``, ``copy_type`` (codes) and ``location`` (where copies go that name none),
``make_copies`` (for a new book that brings none), ``auto_apply`` (without a person's look), ``kind``, and what its
reader wants to know (``columns``, ``encoding``, ``delimiter``), ``members`` "nothing" or "update".
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Protocol

from django.db import DatabaseError, OperationalError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.services import work
from accounts.services.rows import attributes, insert_rows
from catalog.drafts import SourceRow
from catalog.files import FileRefused, OpenedFile, forget, opened, stored_path
from catalog.models import ImportBatch, ImportRow
from catalog.services.lines import Line

CHUNK = 500  # lines that are read, matched and kept together
COLUMNS = (
    "n", "what", "raw", "raw_digest", "draft", "verdict", "matched_book", "matched_by", "outcome", "reason", "made",
)  # fmt: skip
VALUES = attrgetter(*attributes(ImportRow, COLUMNS))
KEPT_EVERY = 5_000  # lines that were read before, until the claim is prolonged
MOST_WRONG = 10_000  # lines one after the other: a file that goes on so would fill the disk with its reasons
MOST_LINES = 2_000_000  # of one import: five bytes make a line, and some hundred keep it
LONGEST_RAW = 1_000_000  # characters of a line that are kept
Phase, State = ImportBatch.Phase, ImportBatch.State

logger = logging.getLogger(__name__)


class Judge(Protocol):
    """Says what lines of one kind are taken for."""

    def recall(self, row: Line) -> None:
        """Know a line of the same file that was looked at in an earlier run."""

    def judge(self, rows: Sequence[Line]) -> None:
        """Set verdict, match and reason of ``rows``, which are not saved yet."""


Read = Callable[[OpenedFile, ImportBatch], Iterator[SourceRow]]
Judges = Mapping[str, Judge]


def stage_file(
    batch: ImportBatch, read: Read, judges: Judges, *, should_stop: Callable[[], bool] = lambda: False,
    on_chunk: Callable[[int], None] = lambda _lines: None,
) -> None:  # fmt: skip
    """Read the file of a claimed ``batch`` into its lines, from where an earlier run has come to.

    ``read`` yields the records of the opened file, ``judges`` have the last word on each kind of line. What cannot be
    read at all has failed, with the reason. ``on_chunk`` hears how many lines there are; ``should_stop`` is asked
    between chunks whether to hand the batch back.
    """
    try:
        with opened(stored_path(batch.file), batch.name, batch.options.get("kind", "")) as file:
            staging = _Staging(batch, file, judges)
            for n in staging.chunks(read(file, batch)):
                on_chunk(n)
                if should_stop():
                    work.hand_back(batch)
                    return
        _end(batch)
    except work.ClaimLost:
        return
    except FileRefused as refusal:
        work.fail(batch, refusal.message)
    except FileNotFoundError:
        work.fail(batch, _("The file is not on the server any more. Upload it again."))
    except OperationalError:  # the database's trouble, not the file's
        raise
    except Exception:
        logger.exception("import %s cannot be read", batch.pk)
        work.fail(batch, _("This file cannot be read to its end. The log has more."))


def digest_of(what: str, raw: str) -> str:
    """By what a line is known again, in this file and in the next one."""
    return hashlib.blake2b(f"{what}\n{raw}".encode(), digest_size=16).hexdigest()


@dataclass(slots=True)
class _Staging:
    """One run through a file, from where an earlier run has come to."""

    batch: ImportBatch
    file: OpenedFile
    judges: Judges
    wrong_at_last: int = 0  # lines, since the last one that made sense

    def chunks(self, records: Iterator[SourceRow]) -> Iterator[int]:
        """Keep chunk after chunk of ``records``; the number of the last line of each."""
        self._skip(records, self.batch.rows.aggregate(last=Max("n"))["last"] or 0)
        while chunk := list(islice(records, CHUNK)):
            try:
                self._keep([self._row_of(record) for record in chunk])
            except OperationalError:
                raise
            except DatabaseError:  # something in a line that the database will not take
                logger.exception("lines of import %s: one by one now", self.batch.pk)
                for record in chunk:
                    self._keep_alone(record)
            yield chunk[-1].n
            self._refuse_to_go_on(chunk[-1].n)

    def _refuse_to_go_on(self, line: int) -> None:
        """Give up where the file would go on without end or sense: memory is bounded anyhow, the disk is not."""
        if self.wrong_at_last >= MOST_WRONG:
            raise _makes_no_sense(line)
        if line >= MOST_LINES:
            message = _("The file has more than %(most)d lines. Bring it in in parts.")
            raise FileRefused("too_many_lines", message % {"most": MOST_LINES})

    def _skip(self, records: Iterator[SourceRow], reached: int) -> None:
        for record in records if reached else ():
            row = self._row_of(record)
            if row.what in self.judges:
                self.judges[row.what].recall(row)
            if record.n % KEPT_EVERY == 0 and not work.keep_claim(self.batch):
                raise work.ClaimLost
            if record.n >= reached:
                return

    def _row_of(self, record: SourceRow) -> Line:
        raw = record.raw[:LONGEST_RAW].replace("\0", "\ufffd")
        row = Line(
            n=record.n, what=record.what, raw=raw, raw_digest=digest_of(record.what, raw), draft=record.values,
            reason=record.problem, given=record.draft,
        )  # fmt: skip
        if record.problem:
            row.verdict, row.outcome = ImportRow.Verdict.WRONG, ImportRow.Outcome.FAILED
        return row

    def _keep(self, rows: Sequence[Line]) -> None:
        with work.claimed(self.batch):
            for what, judge in self.judges.items():
                right = [row for row in rows if row.what == what and row.verdict != ImportRow.Verdict.WRONG]
                if right:
                    judge.judge(right)
            for row in rows:
                self.wrong_at_last = self.wrong_at_last + 1 if row.verdict == ImportRow.Verdict.WRONG else 0
            insert_rows(ImportRow, ("batch", *COLUMNS), [(self.batch.pk, *VALUES(row)) for row in rows])
            work.reach(self.batch, rows[-1].n, self.file.reached // 1024)

    def _keep_alone(self, record: SourceRow) -> None:
        try:
            self._keep([self._row_of(record)])
        except OperationalError:
            raise
        except DatabaseError:
            logger.exception("line %s of import %s", record.n, self.batch.pk)
            why = _("This line holds what cannot be kept. Correct it and bring it in again.")
            self._keep([self._row_of(SourceRow(record.n, record.raw[:2_000], record.what, problem=why))])


def _makes_no_sense(line: int) -> FileRefused:
    return FileRefused(
        "makes_no_sense",
        _(
            "It was read up to line %(line)d, and the last %(most)d lines make no sense. Look at the reasons, mend the "
            "file and bring it in again."
        )
        % {"line": line, "most": MOST_WRONG},
    )


def _end(batch: ImportBatch) -> None:
    lines = batch.rows.count()
    if not lines:
        raise FileRefused("empty", _("There is not one record in this file."))
    phase, state = Phase.REVIEW, State.PAUSED
    if batch.source == ImportBatch.Source.OPEN_LIBRARY:  # what the lines are about is still to be looked up
        phase, state = Phase.STAGING, State.QUEUED
    elif batch.options.get("auto_apply"):
        phase, state = Phase.APPLYING, State.QUEUED
    with transaction.atomic():
        if work.hand_over(batch, state, phase=phase, cursor=0, done=0, total=lines, file=""):
            transaction.on_commit(partial(forget, batch.file))
