"""Barcode labels for copies."""

from collections.abc import Iterable

from accounts.sheets import SHEETS, Label, label_sheet
from catalog.models import Copy


def labels_pdf(copies: Iterable[Copy], sheet: str, *, skip: int = 0) -> bytes:
    """Labels for ``copies`` on the ``sheet`` of that name (a key of accounts.sheets.SHEETS), as PDF.

    ``skip``: places of the first sheet that were used before.
    """
    labels = [Label(copy.barcode, copy.book.title, copy.call_number) for copy in copies]
    return label_sheet(labels, SHEETS[sheet], skip=skip)
