"""Draws PDF sheets: cards and labels with barcodes that scanners read."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4, letter
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

CARD_SIZE = (85.6 * mm, 54 * mm)  # ISO/IEC 7810 ID-1, the size of a bank card
WIDE_FONTS = [
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Path("/usr/share/fonts/TTF/DejaVuSans.ttf"),
    Path("/Library/Fonts/Arial Unicode.ttf"),
    Path("C:/Windows/Fonts/arial.ttf"),
]
QUIET_BARS = 10  # blank module widths that Code 128 wants on either side


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """A sheet of labels as it is sold. Lengths in millimetres."""

    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    gap_x: float = 0.0
    gap_y: float = 0.0

    @property
    def per_page(self) -> int:
        """How many labels one page holds."""
        return self.columns * self.rows


SHEETS = {
    "a4-24": LabelSheet("A4, 3 × 8 (70 × 37 mm)", A4, 3, 8, 70.0, 37.0, 0.0, 0.5),
    "a4-40": LabelSheet("A4, 4 × 10 (48.5 × 25.4 mm)", A4, 4, 10, 48.5, 25.4, 8.0, 21.5),
    "a4-65": LabelSheet("A4, 5 × 13 (38.1 × 21.2 mm)", A4, 5, 13, 38.1, 21.2, 4.7, 10.7, 2.5),
    "letter-30": LabelSheet("Letter, 3 × 10 (2⅝ × 1 in)", letter, 3, 10, 66.7, 25.4, 4.8, 12.7, 3.1),
}


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one label: a barcode and up to two lines of text."""

    code: str
    title: str = ""
    line: str = ""


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
            y = sheet.page[1] / mm - sheet.top - (row + 1) * sheet.height - row * sheet.gap_y
            _draw_label(canvas, label, (x * mm, y * mm), (sheet.width * mm, sheet.height * mm))

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
    canvas.rect(0, height - 15 * mm, width, 15 * mm, stroke=0, fill=1)
    canvas.setFillColorRGB(0.99, 0.98, 0.96)
    _text(canvas, library, (6 * mm, height - 9.5 * mm), size=13, room=width - 12 * mm, font="Helvetica-Bold")
    canvas.setFillColorRGB(0, 0, 0)
    _text(canvas, name, (6 * mm, height - 23 * mm), size=11, room=width - 12 * mm, font="Helvetica-Bold")
    _barcode(canvas, code, (6 * mm, 9 * mm), (width - 12 * mm, 15 * mm))
    _text(canvas, code, (6 * mm, 4 * mm), size=10, room=width - 12 * mm, font="Courier")


def _draw_label(canvas: Canvas, label: Label, corner: tuple[float, float], size: tuple[float, float]) -> None:
    (x, y), (width, height) = corner, size
    margin = 2.5 * mm
    inner = width - 2 * margin
    _text(canvas, label.title, (x + margin, y + height - margin - 6), size=7, room=inner)
    _barcode(canvas, label.code, (x + margin, y + margin + 8), (inner, height - 2 * margin - 24))
    below = f"{label.code}   {label.line}".strip()
    _text(canvas, below, (x + margin, y + margin), size=7.5, room=inner, font="Courier")


def _barcode(canvas: Canvas, code: str, corner: tuple[float, float], size: tuple[float, float]) -> None:
    """Code 128 as wide as there is room for, up to half a millimetre a module."""
    modules = Code128(code, barWidth=1, quiet=0).width + 2 * QUIET_BARS
    bar = min(0.5 * mm, size[0] / modules)
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
