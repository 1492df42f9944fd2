"""Bringing dumps of Open Library into the local copy: file by file, gone on with after a crash where it was."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, User
from accounts.services.actions import describe, recorded
from catalog.isbn import Isbn
from catalog.models import OfflineLoad
from catalog.openlibrary.dump import BrokenDump, Dump, MalformedLine, day_of, kind_of, read_line
from catalog.openlibrary.passes import EVERYTHING, Passes, StartAgain, Step
from catalog.openlibrary.sieves import (
    BothSieves,
    EveryLine,
    IsbnSieve,
    KeySieve,
    LanguageSieve,
    Sieve,
    isbn_values,
)
from catalog.services.offline import Row, count_missing, named_by_stored, store_records

ROWS_AT_ONCE = 5_000
BLOCKS_AT_ONCE = 100  # after so many the place is noted although little was found
MEGABYTE = 1_000_000
MOST_TOLD = 10  # lines that make no sense
# How a line begins whose type and key belong together.
HEADS = {
    "edition": b"/type/edition\t/books/OL", "work": b"/type/work\t/works/OL", "author": b"/type/author\t/authors/OL",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted: editions with one of ``isbns``, in one of ``languages`` (MARC codes), the first ``limit`` of
    them, and the works and authors that they name. Nothing given: everything."""

    isbns: tuple[Isbn, ...] = ()
    languages: tuple[str, ...] = ()
    limit: int | None = None

    @property
    def words(self) -> str:
        """In short; the same when the list of ISBNs has grown next month."""
        parts = ["isbns"] * bool(self.isbns) + sorted(self.languages) + ["limit"] * bool(self.limit)
        return " ".join(parts)[:200] or EVERYTHING

    def sieve(self) -> Sieve:
        """What finds the wanted editions."""
        by_isbn = IsbnSieve(self.isbns) if self.isbns else None
        by_language = LanguageSieve(self.languages) if self.languages else None
        if by_isbn and by_language:
            return BothSieves(by_isbn, by_language)
        return by_isbn or by_language or EveryLine()


@recorded("load_dump")
def start_load(
    action: Action, dumps: list[Dump], selection: Selection, *, by: User | None, now: datetime
) -> OfflineLoad:
    """The load of these very files with this ``selection`` that was not finished, else a new one.

    Raises Refused("empty_dump", "no_dump").
    """
    known = ([dump.identity() for dump in dumps], sorted(each.value for each in selection.isbns), selection.words)
    identity = hashlib.sha256(repr((*known, selection.limit)).encode()).hexdigest()
    load = OfflineLoad.objects.filter(identity=identity, state=OfflineLoad.State.RUNNING).first()
    if load is None:
        kinds = [sorted(_kinds_of(dump)) for dump in dumps]
        passes = Passes(kinds, is_everything=selection.words == EVERYTHING, done=[], counts={})
        load = OfflineLoad.objects.create(
            by=by, identity=identity, selection=selection.words, state=OfflineLoad.State.RUNNING,
            as_of=max((day for dump in dumps if (day := day_of(dump.path.name))), default=None),
            steps=passes.as_json(),
        )  # fmt: skip
    describe(action, load, after={"files": [dump.path.name for dump in dumps], "selection": selection.words})
    return load


def _kinds_of(dump: Dump) -> set[str]:
    """The kinds of record in the first lines of a file; at least one."""
    try:
        kinds, is_empty = dump.kinds(), next(dump.blocks(), None) is None
    except BrokenDump as broken:
        raise Refused("no_dump", f"{dump.path.name}: {broken}") from broken
    named = {"file": dump.path.name}
    if is_empty:
        text = _("%(file)s is empty. Open Library has published such files: take those of another month.") % named
        raise Refused("empty_dump", text)
    if not kinds:
        text = _("%(file)s is no dump of editions, works or authors: none of its first lines is one.") % named
        raise Refused("no_dump", text)
    return kinds


class Loader:
    """Works on a started ``load``; ``tell`` is called after every block of lines."""

    def __init__(
        self, load: OfflineLoad, dumps: list[Dump], selection: Selection,
        tell: Callable[["Loader"], Any] = lambda loader: None,
    ) -> None:  # fmt: skip
        self.load, self.passes = load, Passes(**load.steps)
        self.malformed: list[str] = []  # the first of the lines that make no sense, with the reason
        self.broken: list[str] = []  # files that could not be read to their end
        self.missing: dict[str, int] = {}  # how many works and authors are named and not there
        self._dumps, self._selection, self._tell = dumps, selection, tell
        self._step: Step | None = None
        self._rows: list[Row] = []
        self._blocks = 0  # since the place was noted
        self._newest = ""  # the last day on which a record was changed

    @property
    def bytes_read(self) -> int:
        """Of the files as they lie on the disk, each as often as it is read."""
        done = sum(self._dumps[step.number].size for step in self.passes.steps() if self.passes.is_done(step))
        return done + (self._dumps[self._step.number].read_bytes if self._step else 0)

    @property
    def bytes_to_read(self) -> int:
        """What ``bytes_read`` will be at the end."""
        return sum(self._dumps[step.number].size for step in self.passes.steps())

    def run(self) -> None:
        """Read what is left to read until all that is wanted is stored; afterwards the load is DONE or FAILED."""
        while step := self.passes.next_step():
            self._step = step
            try:
                self._read(step)
            except StartAgain:
                self._rows = []
                self._note(0)
            except BrokenDump as broken:
                self.broken.append(f"{self._dumps[step.number].path.name}: {broken}")
                self._finish(step)
            else:
                self._finish(step)
        if self._selection.words != EVERYTHING:
            self.missing = {kind: count_missing(kind) for kind in ("work", "author")}
        self.load.state = OfflineLoad.State.FAILED if self.broken else OfflineLoad.State.DONE
        self.load.finished_at, self.load.problem = timezone.now(), "\n".join(self.broken)
        self.load.save()

    def _finish(self, step: Step) -> None:
        self.passes.finish(step)
        self._note(0)
        self._step = None

    def _read(self, step: Step) -> None:
        sieve = self._sieve(step.kind)
        for block in self._dumps[step.number].blocks(self.load.cursor):
            if self._is_full(step):
                break
            self._read_block(step, sieve, block.data)
            self._blocks += 1
            if len(self._rows) >= ROWS_AT_ONCE or self._blocks >= BLOCKS_AT_ONCE:
                self._note(block.end)
            self._tell(self)

    def _sieve(self, kind: str) -> Sieve:
        return KeySieve(kind, named_by_stored(kind)) if kind in ("work", "author") else self._selection.sieve()

    def _is_full(self, step: Step) -> bool:
        """Whether there are as many editions as were asked for."""
        if not self._selection.limit or step.kind != "edition":
            return False
        editions = [each for each in self.passes.steps() if each.kind == "edition"]
        return sum(self.passes.counts_of(each)["taken"] for each in editions) >= self._selection.limit

    def _read_block(self, step: Step, sieve: Sieve, data: bytes) -> None:
        counts, lines = self.passes.counts_of(step), data.count(b"\n")
        self._newest = max(self._newest, _day_of_first_line(data))
        if _is_sound(data, lines, HEADS.get(step.kind)):
            starts = sorted({data.rfind(b"\n", 0, place) + 1 for place in sieve.places(data)})
            counts.update(lines=lines - len(starts), unwanted=lines - len(starts))
        else:
            starts = list(EveryLine().places(data))
        for start in starts:
            if self._is_full(step):
                return
            self._judge(step, sieve, data, start, counts)
        counts["read"] += lines

    def _judge(self, step: Step, sieve: Sieve, data: bytes, start: int, counts: Counter[str]) -> None:
        """Take, pass over or count as malformed the line of ``data`` that begins at ``start``."""
        line = data[start : data.index(b"\n", start)]
        kind = kind_of(line)
        if kind and step.kind not in (kind, EVERYTHING):
            self.passes.found(kind, step)
            return
        if not kind and not self.passes.is_first_of_file(step):
            return
        counts["lines"] += 1
        try:
            record = read_line(line)
        except MalformedLine as error:
            counts["malformed"] += 1
            self._keep_malformed(step, counts["read"] + data.count(b"\n", 0, start) + 1, str(error))
            return
        if record is None or not sieve.wants(record):
            counts["unwanted"] += 1
            return
        counts["taken"] += 1
        self._newest = max(self._newest, record.modified[:10])
        isbns = isbn_values(record.value) if kind == "edition" else ()
        self._rows.append(Row(record.olid, record.revision, record.text, isbns))

    def _keep_malformed(self, step: Step, number: int, reason: str) -> None:
        if len(self.malformed) < MOST_TOLD:
            self.malformed.append(f"{self._dumps[step.number].path.name}, line {number}: {reason}")

    @transaction.atomic
    def _note(self, cursor: int) -> None:
        """Store what was taken together with the place that was reached."""
        assert self._step is not None
        self.passes.counts_of(self._step).update(store_records(self._rows, self.load))
        self._rows, self._blocks = [], 0
        self.load.cursor, self.load.steps = cursor, self.passes.as_json()
        self.load.done, self.load.total = self.bytes_read // MEGABYTE, self.bytes_to_read // MEGABYTE
        if not any(day_of(dump.path.name) for dump in self._dumps):
            self.load.as_of = max(filter(None, (self.load.as_of, day_of(self._newest))), default=None)
        self.load.save()


def _is_sound(data: bytes, lines: int, head: bytes | None) -> bool:
    """Whether all lines of a block are of the kind that begins with ``head``, have five columns and end as JSON."""
    return (
        head is not None
        and data.startswith(head)
        and data.endswith(b"}\n")
        and data.count(b"}\n" + head) == lines - 1
        and data.count(b"\t") == 4 * lines
    )


def _day_of_first_line(data: bytes) -> str:
    columns = data[:200].split(b"\t", 4)
    return columns[3][:10].decode("ascii", "replace") if len(columns) == 5 else ""
