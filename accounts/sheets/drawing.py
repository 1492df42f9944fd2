"""Draws PDF sheets: cards and labels with barcodes that scanners read."""

import io
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from accounts.sheets.formats import MM, Label, LabelSheet

CARD_SIZE = (85.6 * MM, 54 * MM)  # ISO/IEC 7810 ID-1, the size of a bank card
WIDE_FONTS = [
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Path("/usr/share/fonts/TTF/DejaVuSans.ttf"),
    Path("/Library/Fonts/Arial Unicode.ttf"),
    Path("C:/Windows/Fonts/arial.ttf"),
]
QUIET_BARS = 10  # blank module widths that Code 128 wants on either side


def card_sheet(code: str, name: str, library: str) -> bytes:
    """One member's card as a PDF page of a bank card's size: ``code`` as text and as a barcode, names cut to fit."""
    return _pdf(CARD_SIZE, lambda canvas: _draw_card(canvas, code, name, library))


def label_sheet(labels: Iterable[Label], sheet: LabelSheet, *, skip: int = 0) -> bytes:
    """``labels`` as PDF pages of ``sheet``, leaving out the first ``skip`` places, which were used before.

    Of ``skip`` whole pages are not left out: those are gone already. Text that is too long is cut.
    """

    def draw(canvas: Canvas) -> None:
        for place, label in enumerate(labels, start=skip % sheet.per_page):
            if place and place % sheet.per_page == 0:
                canvas.showPage()
            row, column = divmod(place % sheet.per_page, sheet.columns)
            x = sheet.left + column * (sheet.width + sheet.gap_x)
            y = sheet.page[1] / MM - sheet.top - (row + 1) * sheet.height - row * sheet.gap_y
            _draw_label(canvas, label, (x * MM, y * MM), (sheet.width * MM, sheet.height * MM))

    return _pdf(sheet.page, draw)


@cache
def _wide_font() -> str | None:
    """A font with Cyrillic, Greek and more, where the system has one; PDF's own fonts are Western European."""
    for path in WIDE_FONTS:
        if path.is_file():
            pdfmetrics.registerFont(TTFont("Wide", str(path)))
            return "Wide"
    return None


def _pdf(size: tuple[float, float], draw: Callable[[Canvas], None]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, pageCompression=1)
    canvas.setCreator("Openshelf")
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw_card(canvas: Canvas, code: str, name: str, library: str) -> None:
    width, height = CARD_SIZE
    canvas.setFillColorRGB(0.09, 0.32, 0.25)
    canvas.rect(0, height - 15 * MM, width, 15 * MM, stroke=0, fill=1)
    canvas.setFillColorRGB(0.99, 0.98, 0.96)
    _text(canvas, library, (6 * MM, height - 9.5 * MM), size=13, room=width - 12 * MM, font="Helvetica-Bold")
    canvas.setFillColorRGB(0, 0, 0)
    _text(canvas, name, (6 * MM, height - 23 * MM), size=11, room=width - 12 * MM, font="Helvetica-Bold")
    _barcode(canvas, code, (6 * MM, 9 * MM), (width - 12 * MM, 15 * MM))
    _text(canvas, code, (6 * MM, 4 * MM), size=10, room=width - 12 * MM, font="Courier")


def _draw_label(canvas: Canvas, label: Label, corner: tuple[float, float], size: tuple[float, float]) -> None:
    (x, y), (width, height) = corner, size
    margin = 2.5 * MM
    inner = width - 2 * margin
    _text(canvas, label.title, (x + margin, y + height - margin - 6), size=7, room=inner)
    _barcode(canvas, label.code, (x + margin, y + margin + 8), (inner, height - 2 * margin - 24))
    below = f"{label.code}   {label.line}".strip()
    _text(canvas, below, (x + margin, y + margin), size=7.5, room=inner, font="Courier")


def _barcode(canvas: Canvas, code: str, corner: tuple[float, float], size: tuple[float, float]) -> None:
    """Code 128 as wide as there is room for, up to half a millimetre a module."""
    modules = Code128(code, barWidth=1, quiet=0).width + 2 * QUIET_BARS
    bar = min(0.5 * MM, size[0] / modules)
    drawing = Code128(code, barWidth=bar, barHeight=size[1], quiet=0)
    drawing.drawOn(canvas, corner[0] + (size[0] - drawing.width) / 2, corner[1])


def _text(
    canvas: Canvas, text: str, at: tuple[float, float], *, size: float, room: float, font: str = "Helvetica"
) -> None:
    """One line of ``text``, cut to the ``room`` there is, without letters that no font here can draw."""
    plain = text.encode("cp1252", "ignore").decode("cp1252")
    if plain != text and (wide := _wide_font()):
        font, plain = wide, text
    while plain and pdfmetrics.stringWidth(plain, font, size) > room:
        plain = plain[:-1]
    canvas.setFont(font, size)
    canvas.drawString(*at, plain)
