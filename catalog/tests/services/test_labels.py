"""Labels come out as PDF, whatever a title is written in."""

import pytest

from accounts.sheets.formats import SHEETS
from catalog.services.labels import labels_pdf
from catalog.tests.factories import BookFactory, CopyFactory

pytestmark = pytest.mark.django_db


def pages(pdf: bytes) -> int:
    assert pdf.startswith(b"%PDF-")
    return pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ")


@pytest.mark.parametrize("sheet", SHEETS)
def test_labels_fill_sheet_after_sheet(sheet: str) -> None:
    copies = [CopyFactory() for _each in range(SHEETS[sheet].per_page)]
    assert [pages(labels_pdf(copies, sheet)), pages(labels_pdf(copies, sheet, skip=1))] == [1, 2]


@pytest.mark.parametrize(
    "title", ["吾輩は猫である", "الأيام", "😀 \u202e reversed", "a\x01b\nc", "<b>&amp;</b>", "x" * 500, " "]
)
def test_any_title_can_be_printed(title: str) -> None:
    copy = CopyFactory(book=BookFactory(title=title), call_number="№ 1 " * 15)
    assert pages(labels_pdf([copy], "a4-24")) == 1


def test_no_copies_are_an_empty_sheet() -> None:
    assert pages(labels_pdf([], "a4-24")) == 1


def test_unknown_sheet_is_none() -> None:
    with pytest.raises(KeyError):
        labels_pdf([], "a3")
