"""Which sheets of labels there are and what stands on a label, for forms that ask and for what draws."""

from dataclasses import dataclass

MM = 72 / 25.4  # points in a millimetre
A4, LETTER = (210 * MM, 297 * MM), (612.0, 792.0)


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """A sheet of labels as it is sold. Lengths in millimetres, but ``page`` in points."""

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
    "letter-30": LabelSheet("Letter, 3 × 10 (2⅝ × 1 in)", LETTER, 3, 10, 66.7, 25.4, 4.8, 12.7, 3.1),
}


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one label: a barcode and up to two lines of text."""

    code: str
    title: str = ""
    line: str = ""
