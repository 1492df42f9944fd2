"""What the lines of a file that are books are taken for: new, here already, doubtful or wrong."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from catalog.drafts import BookDraft
from catalog.models import Book, ImportBatch, ImportRow
from catalog.services.matching import Found, Known, barcodes_of, best, known_here, numbers_of, text_of
from catalog.services.placing import MOST_COPIES, Places, wrong_barcode

Verdict, Outcome = ImportRow.Verdict, ImportRow.Outcome


class BookJudge:
    """Looks at lines in their order, and sees which are the same book as an earlier line of the file.

    Of the lines before it keeps only by which marks they are found, so that a file of any length fits into memory.
    """

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.places = Places.here(batch.options)
        self.seen: dict[int, int] = {}

    def recall(self, row: ImportRow) -> None:
        """Know this line of the same file, which was looked at in an earlier run."""
        if row.verdict != Verdict.WRONG:
            self._remember(row, BookDraft.from_json(row.draft))

    def judge(self, rows: Sequence[ImportRow]) -> None:
        """Set verdict, match and reason of ``rows``, which are not saved yet."""
        drafts = [BookDraft.from_json(row.draft) for row in rows]
        known = known_here(drafts, [row.raw_digest for row in rows], self.batch)
        self._add_earlier_lines(known, drafts)
        for row, draft in zip(rows, drafts, strict=True):
            found = best(draft, known, row.raw_digest)
            row.verdict, row.reason = self._verdict(draft, found, known)
            if row.verdict == Verdict.WRONG:
                row.outcome = Outcome.FAILED
                continue
            if found:
                row.matched_by, row.matched_book_id = found.by, found.id if found.id > 0 else None
            if found is None or not found.is_certain:
                known.add(draft, -row.n)
            else:
                for code in barcodes_of(draft):
                    known.barcodes.setdefault(code, found.id)
            self._remember(row, draft)

    def has_barcode(self, code: str) -> bool:
        """Whether a line before brings a copy with the barcode ``code``."""
        return hash(("barcode", code)) in self.seen

    def _verdict(self, draft: BookDraft, found: Found | None, known: Known) -> tuple[str, str]:
        if wrong := wrong_with(draft):
            return Verdict.WRONG, wrong
        if found and found.by == "barcode" and not found.is_certain:
            return Verdict.WRONG, barcode_taken(draft, known)
        if found is None:
            return Verdict.NEW, " ".join(self.places.unknown(draft.copies))
        if found.is_certain:
            return Verdict.KNOWN, "" if found.id > 0 else _("The same book as line %(n)d.") % {"n": -found.id}
        return Verdict.DOUBTFUL, "" if found.id > 0 else _("Perhaps the same book as line %(n)d.") % {"n": -found.id}

    def _add_earlier_lines(self, known: Known, drafts: Sequence[BookDraft]) -> None:
        """Let ``known`` have those earlier lines of the file that share a mark with one of ``drafts``."""
        lines = {self.seen[mark] for draft in drafts for mark in _marks(draft) if mark in self.seen}
        for row in ImportRow.objects.filter(batch=self.batch, n__in=lines).order_by("n") if lines else ():
            known.add(BookDraft.from_json(row.draft), -row.n)

    def _remember(self, row: ImportRow, draft: BookDraft) -> None:
        for mark in _marks(draft):
            self.seen.setdefault(mark, row.n)


def wrong_with(draft: BookDraft) -> str:
    """Why ``draft`` cannot be brought in whatever is here, in words; "" if it can."""
    if not draft.title:
        return _("The record has no title.")
    if len(draft.copies) > MOST_COPIES:
        return _("The record has more than %(most)d copies.") % {"most": MOST_COPIES}
    return wrong_barcode(draft.copies)


def barcode_taken(draft: BookDraft, known: Known) -> str:
    """That another book has the barcode of one of the draft's copies, in words."""
    code, id = next((code, known.barcodes[code]) for code in barcodes_of(draft) if code in known.barcodes)
    if id < 0:
        return _("Line %(n)d has the barcode %(code)s too, for another book.") % {"n": -id, "code": code}
    title = Book.objects.filter(pk=id).values_list("title", flat=True).first()
    return _("A copy of “%(title)s” has the barcode %(code)s.") % {"title": title, "code": code}


def _marks(draft: BookDraft) -> list[int]:
    """Small words for everything by which a draft is found; of use within one process only."""
    marks: list[Any] = [("barcode", code) for code in barcodes_of(draft)]
    marks += numbers_of(draft)
    if draft.source_key:
        marks.append(("key", draft.source, draft.source_key))
    return [hash(mark) for mark in (*marks, ("text", *text_of(draft)))]
