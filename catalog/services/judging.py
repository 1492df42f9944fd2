"""What the lines of a file that are books are taken for: new, here already, doubtful or wrong."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Book, ImportBatch, ImportRow
from catalog.services.lines import AnyLine, draft_of
from catalog.services.matching import Found, Known, best, known_here
from catalog.services.placing import MOST_COPIES, Places, wrong_barcode
from catalog.services.seeking import Sought

Verdict, Outcome = ImportRow.Verdict, ImportRow.Outcome


class BookJudge:
    """Looks at lines in their order, and sees which are the same book as an earlier line of the file.

    Of the lines before it keeps only by which marks they are found, so that a file of any length fits into memory.
    """

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.places = Places.here(batch.options)
        self.seen: dict[int, int] = {}

    def recall(self, row: AnyLine) -> None:
        """Know this line of the same file, which was looked at in an earlier run."""
        if row.verdict != Verdict.WRONG:
            self._remember(row, _marks(Sought.of(draft_of(row))))

    def judge(self, rows: Sequence[AnyLine]) -> None:
        """Set verdict, match and reason of ``rows``, which are not saved yet."""
        wanted = [Sought.of(draft_of(row)) for row in rows]
        marks = [_marks(each) for each in wanted]
        known = known_here(wanted, [row.raw_digest for row in rows], self.batch)
        self._add_earlier_lines(known, marks)
        for row, sought, own in zip(rows, wanted, marks, strict=True):
            found = best(sought, known, row.raw_digest)
            row.verdict, row.reason = self._verdict(sought, found, known)
            if row.verdict == Verdict.WRONG:
                row.outcome = Outcome.FAILED
                continue
            if found:
                row.matched_by, row.matched_book_id = found.by, found.id if found.id > 0 else None
            if found is None or not found.is_certain:
                known.add(sought, -row.n)
            else:
                for code in sought.barcodes:
                    known.barcodes.setdefault(code, found.id)
            self._remember(row, own)

    def has_barcode(self, code: str) -> bool:
        """Whether a line before brings a copy with the barcode ``code``."""
        return hash(("barcode", code)) in self.seen

    def _verdict(self, sought: Sought, found: Found | None, known: Known) -> tuple[str, str]:
        if wrong := wrong_with(sought):
            return Verdict.WRONG, wrong
        if found and found.by == "barcode" and not found.is_certain:
            return Verdict.WRONG, barcode_taken(sought, known)
        if found is None:
            return Verdict.NEW, " ".join(self.places.unknown(sought.draft.copies))
        if found.is_certain:
            return Verdict.KNOWN, "" if found.id > 0 else _("The same book as line %(n)d.") % {"n": -found.id}
        return Verdict.DOUBTFUL, "" if found.id > 0 else _("Perhaps the same book as line %(n)d.") % {"n": -found.id}

    def _add_earlier_lines(self, known: Known, marks: Sequence[list[int]]) -> None:
        """Let ``known`` have those earlier lines of the file that share one of ``marks``."""
        lines = {self.seen[mark] for each in marks for mark in each if mark in self.seen}
        for row in ImportRow.objects.filter(batch=self.batch, n__among=lines).order_by("n") if lines else ():
            known.add(Sought.of(draft_of(row)), -row.n)

    def _remember(self, row: AnyLine, marks: Sequence[int]) -> None:
        for mark in marks:
            self.seen.setdefault(mark, row.n)


def wrong_with(sought: Sought) -> str:
    """Why a draft cannot be brought in whatever is here, in words; "" if it can."""
    draft = sought.draft
    if not draft.title:
        return _("The record has no title.")
    if len(draft.copies) > MOST_COPIES:
        return _("The record has more than %(most)d copies.") % {"most": MOST_COPIES}
    return wrong_barcode(draft.copies) if sought.barcodes else ""


def barcode_taken(sought: Sought, known: Known) -> str:
    """That another book has the barcode of one of the draft's copies, in words."""
    code, id = next((code, known.barcodes[code]) for code in sought.barcodes if code in known.barcodes)
    if id < 0:
        return _("Line %(n)d has the barcode %(code)s too, for another book.") % {"n": -id, "code": code}
    title = Book.objects.filter(pk=id).values_list("title", flat=True).first()
    return _("A copy of “%(title)s” has the barcode %(code)s.") % {"title": title, "code": code}


def _marks(sought: Sought) -> list[int]:
    """Small words for everything by which a draft is found; of use within one process only."""
    marks: list[Any] = [("barcode", code) for code in sought.barcodes]
    marks += sought.numbers
    marks += [("key", *key) for key in sought.keys]
    return list(map(hash, (*marks, ("text", *sought.text))))
