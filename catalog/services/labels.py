"""Barcode labels for copies."""

from collections.abc import Iterable

from accounts.sheets.formats import SHEETS, Label
from catalog.models import Copy


def labels_pdf(copies: Iterable[Copy], sheet: str, *, skip: int = 0) -> bytes:
    """Labels for ``copies`` on the ``sheet`` of that name (a key of accounts.sheets.formats.SHEETS), as PDF.

    ``skip``: places of the first sheet that were used before.
    """
    from accounts.sheets.drawing import label_sheet  # noqa: PLC0415 - reportlab: 4 MB that few processes ever need

    labels = [Label(copy.barcode, copy.book.title, copy.call_number) for copy in copies]
    return label_sheet(labels, SHEETS[sheet], skip=skip)
