"""What is written into a cell and what was meant by it: no formulas, lists in one cell."""

import re
from collections.abc import Iterable

# With any of these a spreadsheet begins to reckon; full-width ones too, in the East.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how some exports keep a spreadsheet from reckoning
BETWEEN = " | "
ROUNDED = re.compile(r"\s*\d[.,]\d*E\+\d+\s*", re.IGNORECASE)  # what a spreadsheet makes of a long number


def harmless(text: str) -> str:
    """``text`` as a cell that no spreadsheet takes for a formula. ``as_meant`` gives it back exactly."""
    return f"'{text}" if FORMULA.match(text) else text


def as_meant(cell: str) -> str:
    """The text that a cell stands for: without what guarded it from being reckoned."""
    if cell[:1] not in ("'", "="):
        return cell
    if GUARDED.match(cell):
        return cell[1:]
    found = AS_TEXT.fullmatch(cell)
    return found[1] if found else cell


def in_one_cell(texts: Iterable[str]) -> str:
    """Several ``texts`` in one cell, divided by a stroke. ``out_of_cell`` gives them back."""
    return BETWEEN.join(text.replace("\\", "\\\\").replace("|", "\\|") for text in texts)


def out_of_cell(cell: str) -> list[str]:
    """The texts that ``in_one_cell`` put together, empty ones too; [] for an empty cell."""
    if "\\" not in cell:
        return [text.strip() for text in cell.split("|")] if cell else []
    texts = [""]
    for escaped, stroke, text in re.findall(r"\\(.)|(\|)|([^\\|]+|\\)", cell, re.DOTALL):
        if stroke:
            texts.append("")
        else:
            texts[-1] += escaped or text
    return [text.strip() for text in texts]
