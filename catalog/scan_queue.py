"""What a scan queue holds: its lines by what is known of them, and what bringing it in would make. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Copy, ImportBatch, ImportRow

Verdict, Decision, Outcome = ImportRow.Verdict, ImportRow.Decision, ImportRow.Outcome
OPEN = ("queued", "running", "paused", "failed")


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of which the same is known."""

    name: str
    label: Any
    where: Q


GROUPS = (
    Group("looking", _("being looked up"), Q(outcome=Outcome.WAITING, verdict=Verdict.UNREAD)),
    Group("new", _("found"), Q(outcome=Outcome.WAITING, verdict=Verdict.NEW)),
    Group("known", _("here already"), Q(outcome=Outcome.WAITING, verdict=Verdict.KNOWN)),
    Group("doubtful", _("doubtful"), Q(outcome=Outcome.WAITING, verdict=Verdict.DOUBTFUL)),
    Group("missing", _("not found"), Q(outcome__in=(Outcome.NOT_FOUND, Outcome.FAILED))),
    Group("added", _("brought in"), Q(outcome__in=(Outcome.ADDED, Outcome.COPY_ADDED))),
)
UNSOLVED = (Outcome.NOT_FOUND, Outcome.FAILED)
GROUP_OF_VERDICT = {Verdict.UNREAD: "looking", Verdict.NEW: "new", Verdict.KNOWN: "known", Verdict.DOUBTFUL: "doubtful"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the page shows it. ``here``: copies of the book it matches; ``adds``: whether one more is made."""

    row: ImportRow
    group: str
    here: int
    adds: bool

    @property
    def names(self) -> str:
        """Up to three of the people its record names."""
        people = [person["name"] for person in self.row.draft.get("contributors", ())]
        return ", ".join(people[:3]) + (" …" if len(people) > 3 else "")


@dataclass(frozen=True, slots=True)
class Tally:
    """``counts``: lines of each group. ``books`` and ``copies``: what would be made now. ``left``: what stays."""

    counts: dict[str, int]
    books: int = 0
    copies: int = 0
    left: int = 0

    @property
    def lines(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Mine:
    """What somebody scans: the ``queue`` that is open, and the batch that was brought in ``last``, where there are."""

    queue: ImportBatch | None
    last: ImportBatch | None

    @property
    def choices(self) -> dict[str, Any]:
        """Where the copies of the queue go, or those of the last one went; empty before the first."""
        newest = self.queue or self.last
        return newest.options if newest else {}


def scanned_by(user: User) -> Mine:
    """The last two batches that ``user`` scanned, in one query; the queue that is open is always the newest."""
    batches = list(ImportBatch.objects.filter(by=user, source=ImportBatch.Source.SCAN).order_by("-pk")[:2])
    is_open = bool(batches) and batches[0].phase == ImportBatch.Phase.COLLECTING and batches[0].state in OPEN
    queue = batches.pop(0) if is_open else None
    return Mine(queue, batches[0] if batches else None)


def rows_in(batch: ImportBatch | None, group: str = "") -> QuerySet[ImportRow]:
    """The lines of ``batch``, the last one first; those of one ``group`` where it is named."""
    if batch is None:
        return ImportRow.objects.none()
    wheres = [each.where for each in GROUPS if each.name == group]
    rows = batch.rows.filter(*wheres).order_by("-n")
    return rows.select_related("matched_book", "created_book").prefetch_related(
        "matched_book__contributors__author", "created_copies"
    )


def lines_of(batch: ImportBatch, rows: Sequence[ImportRow]) -> list[Line]:
    """``rows`` of ``batch`` as the page shows them, in one query."""
    books = [row.matched_book_id for row in rows if row.matched_book_id]
    standing = Copy.objects.filter(book__in=books, withdrawn_on=None).order_by().values("book")
    here = dict(standing.annotate(n=Count("pk")).values_list("book", "n"))
    adds_copies = batch.options.get("if_known") == "copy"
    return [Line(row, group_of(row), here.get(row.matched_book_id or 0, 0), _adds(row, adds_copies)) for row in rows]


def group_of(row: ImportRow) -> str:
    """The name of the group ``row`` is in."""
    if row.outcome in UNSOLVED:
        return "missing"
    return GROUP_OF_VERDICT.get(Verdict(row.verdict), "missing") if row.outcome == Outcome.WAITING else "added"


def tally_of(batch: ImportBatch | None) -> Tally:
    """What ``batch`` holds, in one query."""
    if batch is None:
        return Tally({group.name: 0 for group in GROUPS})
    waits = Q(outcome=Outcome.WAITING)
    new = Q(verdict=Verdict.NEW) & ~Q(decision=Decision.SKIP) | Q(verdict=Verdict.DOUBTFUL, decision=Decision.NEW)
    known = Q(verdict__in=(Verdict.KNOWN, Verdict.DOUBTFUL))
    more = known & Q(decision=Decision.COPY) | Q(verdict=Verdict.KNOWN, matched_book=None, decision=Decision.AUTO)
    if batch.options.get("if_known") == "copy":
        more |= Q(verdict=Verdict.KNOWN, decision=Decision.AUTO)
    undecided = Q(outcome=Outcome.WAITING, verdict=Verdict.DOUBTFUL, decision=Decision.AUTO)
    found = batch.rows.aggregate(
        **{group.name: Count("pk", filter=group.where) for group in GROUPS},
        books=Count("pk", filter=waits & new), copies=Sum("copies", filter=waits & (new | more), default=0),
        undecided=Count("pk", filter=undecided),
    )  # fmt: skip
    counts = {group.name: found[group.name] for group in GROUPS}
    left = counts["looking"] + counts["missing"] + found["undecided"]
    return Tally(counts, found["books"], found["copies"], left)


def _adds(row: ImportRow, adds_copies: bool) -> bool:
    if row.decision != Decision.AUTO:
        return row.decision == Decision.COPY
    return row.verdict == Verdict.KNOWN and (adds_copies or row.matched_book_id is None)
