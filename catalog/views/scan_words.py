"""What whoever scans is told, at once and in words, of each scan."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.isbn import BOOKLAND, Isbn, find_isbns, hyphenated, read_isbn
from catalog.models import Copy, ImportRow
from catalog.services.scanning import Scanned
from circulation.queries.scans import Scan, read_scan

SOUNDS = {"success": "success", "warning": "attention", "error": "error"}


@dataclass(frozen=True, slots=True)
class Told:
    """``level``: success, warning or error, as messages have it. ``fill``: what the form by hand begins with."""

    level: str
    text: str
    fill: dict[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        return {"level": self.level, "sound": SOUNDS[self.level], "text": self.text, "fill": self.fill or {}}


def isbns_of(text: str) -> list[Isbn] | Told:
    """The ISBNs that were scanned, usually one; else what it was, and what to do."""
    found = find_isbns(text)
    if len(found) > 1 and all(isbn.is_valid for isbn in found):
        return found
    isbn = read_isbn(text)
    if isbn and isbn.is_valid and len(isbn.digits) == 13:
        return [isbn]
    return _something_of_ours(read_scan(text)) or ([isbn] if isbn and isbn.is_valid else _no_isbn(text, isbn))


def told_of(scanned: Scanned) -> Told:
    """What a scan has led to."""
    row = scanned.row
    if row is None:
        return Told("warning", _("This line was removed since it was scanned."))
    facts = {"isbn": hyphenated(row.raw), "n": row.n, "copies": scanned.copies}
    if scanned.copies > 1:
        return Told("warning", _("%(isbn)s again: line %(n)d stands for %(copies)d copies now.") % facts)
    if row.verdict == ImportRow.Verdict.KNOWN and row.matched_book:
        return Told("warning", _known(row))
    return Told("success", _("Line %(n)d: %(isbn)s. It is being looked up.") % facts)


def told_of_hand(row: ImportRow) -> Told:
    """What became of a book that was added in three fields."""
    if row.outcome == ImportRow.Outcome.ADDED:
        codes = ", ".join(copy.barcode for copy in row.created_copies.order_by("pk"))
        title = row.created_book.title if row.created_book else row.raw
        text = ngettext(
            "“%(title)s” is in the catalogue. Its copy has the barcode %(codes)s.",
            "“%(title)s” is in the catalogue. Its copies have the barcodes %(codes)s.",
            row.copies or 1,
        )
        return Told("success", text % {"title": title, "codes": codes})
    if row.verdict == ImportRow.Verdict.KNOWN and row.matched_book:
        return Told("warning", _known(row))
    if row.verdict == ImportRow.Verdict.DOUBTFUL:
        return Told("warning", _("It may be here already. Say in line %(n)d which book it is.") % {"n": row.n})
    return Told("warning", _("Line %(n)d waits in the queue.") % {"n": row.n})


def _known(row: ImportRow) -> str:
    copies = Copy.objects.filter(Q(withdrawn_on=None), book=row.matched_book_id).count()
    text = ngettext(
        "“%(title)s” is here already, with %(n)d copy. Add one more? Say so in line %(line)d.",
        "“%(title)s” is here already, with %(n)d copies. Add one more? Say so in line %(line)d.",
        copies,
    )
    return text % {"title": row.matched_book.title if row.matched_book else "", "n": copies, "line": row.n}


def _something_of_ours(scan: Scan) -> Told | None:
    if scan.member:
        return Told("error", _("That is the card of %(name)s. Scan the ISBN of a book.") % {"name": scan.member.name})
    if scan.copy:
        facts = {"title": scan.copy.book.title, "code": scan.copy.barcode}
        return Told("error", _("%(code)s is our own label, on a copy of “%(title)s”. Scan the ISBN.") % facts)
    if scan.mistyped:
        return Told("error", _("%(text)s is one of our own numbers, mistyped. Scan the ISBN.") % {"text": scan.text})
    return None


def _no_isbn(text: str, isbn: Isbn | None) -> Told:
    short = " ".join(text.split())[:60]
    if isbn:
        told = _("The check digit of ISBN %(text)s is wrong. Scan it again. If the book has it so, add it by hand.")
        return Told("error", told % {"text": short}, {"isbn": isbn.digits})
    if short.isascii() and short.isdigit() and len(short) in (8, 12, 13) and not short.startswith(BOOKLAND):
        told = _("%(text)s is no ISBN: those begin with 978 or 979. Look for another barcode, or add the book by hand.")
        return Told("error", told % {"text": short})
    told = _("“%(text)s” is no ISBN. A book without one is added by hand, below.")
    return Told("error", told % {"text": short}, {} if any(map(str.isdigit, short)) else {"title": short})
