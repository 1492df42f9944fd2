"""Copies are found in the fields where the systems of the field keep them."""

from datetime import UTC, datetime

import pytest

from catalog.drafts import CopyDraft
from catalog.marc.money_and_days import read_day, read_price
from catalog.tests.marc.files import TITLE, draft


def copies(*fields: tuple) -> tuple[CopyDraft, ...]:
    return draft(TITLE, *fields).copies


def test_koha() -> None:
    assert copies(
        ("952", "  ", "aMAIN", "bEAST", "cROOM", "d2020-02-29", "o823 LEG", "p0001", "v12.50", "xtorn", "zgift", "yBK")
    ) == (
        CopyDraft(
            barcode="0001", branch="MAIN", copy_type="BK", call_number="823 LEG", location="ROOM", price=1_250,
            note="torn\ngift", acquired_on="2020-02-29",
        ),
    )  # fmt: skip


def test_koha_says_what_is_lost_but_not_since_when() -> None:
    today = datetime.now(UTC).date().isoformat()
    (copy,) = copies(("952", "  ", "00", "12", "40", "aMAIN", "p0001"))
    assert (copy.withdrawn_on, copy.lost_on, copy.damaged_on) == ("", today, "")


def test_notes_in_952_are_no_copies() -> None:
    assert copies(("952", "  ", "aLibrary has 2 copies.")) == ()


def test_852_with_the_barcodes_of_several_copies() -> None:
    place = {"branch": "EAST", "call_number": "QA9 .K5", "location": "Stacks", "price": 1_995}
    assert copies(("852", "0 ", "aUS", "bEAST", "cStacks", "hQA9", "i.K5", "p0001", "p0002", "9$19.95")) == (
        CopyDraft(barcode="0001", **place),
        CopyDraft(barcode="0002", **place),
    )


def test_876_names_the_copies_of_852() -> None:
    assert copies(
        ("852", "0 ", "81", "bEAST", "hQA9"),
        ("852", "0 ", "82", "bWEST", "hQA9"),
        ("876", "  ", "81.1", "p0001", "c5.00"),
        ("876", "  ", "82.1", "p0002"),
    ) == (
        CopyDraft(barcode="0001", branch="EAST", call_number="QA9", price=500),
        CopyDraft(barcode="0002", branch="WEST", call_number="QA9"),
    )


def test_852_without_barcode_is_a_copy_only_where_it_has_a_place() -> None:
    assert copies(("852", "0 ", "aDLC", "hQA9")) == ()
    assert copies(("852", "0 ", "bEAST", "hQA9")) == (CopyDraft(branch="EAST", call_number="QA9"),)


@pytest.mark.parametrize("tag", ["949", "999"])
def test_sirsi(tag: str) -> None:
    field = (tag, "  ", "aBX 1421", "wLC", "i30007006057912", "p22.00", "lSTACKS", "mMAIN", "tBOOKS", "u6/28/1996")
    assert copies(field) == (
        CopyDraft(
            barcode="30007006057912", branch="MAIN", copy_type="BOOKS", call_number="BX 1421", location="STACKS",
            price=2_200, acquired_on="1996-06-28",
        ),
    )  # fmt: skip


def test_the_same_barcode_twice_is_one_copy() -> None:
    assert len(copies(("952", "  ", "aMAIN", "p1"), ("952", "  ", "aMAIN", "p1"))) == 1


@pytest.mark.parametrize(
    ("text", "digits", "minor"),
    [
        ("$12.95", 2, 1_295), ("12,95 EUR", 2, 1_295), ("1.234,50", 2, 123_450), ("1,234", 2, 123_400), ("7", 2, 700),
        ("1500", 0, 1_500), ("1.250", 3, 1_250), ("free", 2, None), ("", 2, None),
    ],
)  # fmt: skip
def test_prices(text: str, digits: int, minor: int | None) -> None:
    assert read_price(text, digits) == minor


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-02-29", "2020-02-29"), ("20200229", "2020-02-29"), ("6/28/1996", "1996-06-28"),
        ("28/6/1996", "1996-06-28"), ("28.6.1996", "1996-06-28"), ("2021-02-29", ""), ("soon", ""),
    ],
)  # fmt: skip
def test_days(text: str, day: str) -> None:
    assert read_day(text) == day
