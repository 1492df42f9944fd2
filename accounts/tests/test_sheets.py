"""Cards and labels on paper: they open, a scanner reads them, and no name breaks them."""

import base64
import re
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

from accounts.numbering import numbered_code
from accounts.sheets.drawing import CARD_SIZE, _wide_font, card_sheet, label_sheet
from accounts.sheets.formats import SHEETS, Label

PRINTER, SCANNER = shutil.which("pdftoppm") or "", shutil.which("zbarimg") or ""
needs_a_reader = pytest.mark.skipif(not (PRINTER and SCANNER), reason="pdftoppm and zbarimg are not installed")
NAMES = [
    "Анна Каренина", "山田太郎", "Ωμέγα", "محمد", "Zoë D’Arcy-Łukasz", "👩‍👩‍👧 Family", "e\u0301", "x" * 200,
    "W" * 2_000, "", "\x07bell\nline", "\ud7ff\ufffd", "(un)balanced\\",
]  # fmt: skip


def pages(pdf: bytes) -> int:
    """How many pages ``pdf`` has, and that it is whole: from its head to its end."""
    assert (pdf[:5], pdf.rstrip()[-5:]) == (b"%PDF-", b"%%EOF")
    return len(re.findall(rb"/Type /Page\b", pdf))


def orders(pdf: bytes) -> str:
    """The drawing orders of ``pdf``, in which Latin text stands between brackets."""
    streams = re.findall(rb"stream\r?\n(.*?)~>\s*endstream", pdf, re.DOTALL)
    return " ".join(zlib.decompress(base64.a85decode(stream)).decode("latin-1") for stream in streams)


def scanned(pdf: bytes, folder: Path) -> list[list[str]]:
    """The barcodes on each page, as a scanner reads them off paper printed at 300 dots an inch."""
    (folder / "sheet.pdf").write_bytes(pdf)
    subprocess.run([PRINTER, "-r", "300", "-gray", str(folder / "sheet.pdf"), str(folder / "page")], check=True)
    read = [SCANNER, "-q", "--raw", "-S*.enable=0", "-Scode128.enable=1"]
    return [
        subprocess.run([*read, str(page)], capture_output=True, text=True, check=False).stdout.split()
        for page in sorted(folder.glob("page*.pgm"))
    ]


def test_card_is_one_page_of_the_size_of_a_bank_card() -> None:
    pdf = card_sheet("M000042P", "Mia Member", "Town Library")
    width, height = (float(each) for each in re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", pdf).groups())
    assert (pages(pdf), round(width, 1), round(height, 1)) == (1, round(CARD_SIZE[0], 1), round(CARD_SIZE[1], 1))


def test_card_shows_name_number_and_library() -> None:
    drawn = orders(card_sheet("M000042P", "Mia Member", "Town Library"))
    assert [word for word in ("(Mia Member)", "(M000042P)", "(Town Library)") if word not in drawn] == []


def test_letters_of_western_europe_need_no_other_font() -> None:
    assert r"(\334mit Z\374rich)" in orders(card_sheet("M000042P", "Ümit Zürich", "x"))


@pytest.mark.parametrize("name", NAMES)
def test_no_name_breaks_a_card(name: str) -> None:
    assert pages(card_sheet("M000042P", name, name)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_no_name_breaks_a_card_where_no_wider_font_is_installed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.sheets.drawing.WIDE_FONTS", [])
    _wide_font.cache_clear()
    pdf = card_sheet("M000042P", name, name)
    _wide_font.cache_clear()
    assert pages(pdf) == 1


@needs_a_reader
@pytest.mark.parametrize("code", ["M000042P", "CARD1234567T", "12345678901234", "A-1.2/3+4", "X" * 40])
def test_scanner_reads_the_card(code: str, tmp_path: Path) -> None:
    assert scanned(card_sheet(code, "Анна Каренина", "Library"), tmp_path) == [[code]]


@needs_a_reader
@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_scanner_reads_every_label_of_a_sheet(sheet: str, tmp_path: Path) -> None:
    codes = [numbered_code("B", number) for number in range(1, SHEETS[sheet].per_page + 1)]
    labels = [Label(code, "A title of more words than a label holds " * 3, "813.54 TWA") for code in codes]
    assert [sorted(page) for page in scanned(label_sheet(labels, SHEETS[sheet]), tmp_path)] == [sorted(codes)]


@needs_a_reader
def test_labels_of_long_codes_do_not_run_into_each_other(tmp_path: Path) -> None:
    codes = [f"LIBRARY-{number:010d}" for number in range(1, 6)]
    drawn = label_sheet([Label(code) for code in codes], SHEETS["a4-65"])
    assert [sorted(page) for page in scanned(drawn, tmp_path)] == [codes]


@pytest.mark.parametrize(
    ("labels", "skip", "pages_drawn"),
    [(0, 0, 1), (24, 0, 1), (25, 0, 2), (24, 1, 2), (1, 23, 1), (1, 24, 1), (49, 0, 3)],
)
def test_labels_fill_as_many_pages_as_they_need(labels: int, skip: int, pages_drawn: int) -> None:
    drawn = label_sheet([Label(f"B{number}") for number in range(labels)], SHEETS["a4-24"], skip=skip)
    assert pages(drawn) == pages_drawn


def test_labels_stay_on_the_paper() -> None:
    outside = [
        name
        for name, sheet in SHEETS.items()
        if sheet.left + sheet.columns * sheet.width + (sheet.columns - 1) * sheet.gap_x
        > sheet.page[0] / 72 * 25.4 + 0.5
        or sheet.top + sheet.rows * sheet.height + (sheet.rows - 1) * sheet.gap_y > sheet.page[1] / 72 * 25.4 + 0.5
    ]
    assert outside == []
