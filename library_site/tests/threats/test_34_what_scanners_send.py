"""34, what scanners send: a code is read through all they add to it or lose of it, and the wrong box says what it got.

Each reading by itself: accounts/tests/test_scans.py and SCAN-1 to SCAN-11 (circulation/tests/queries/test_scans.py).
"""

import pytest
from django.test import Client

from accounts.tests.factories import MemberFactory
from catalog.tests.factories import BookIdentifierFactory, CopyFactory
from circulation.models import Loan
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break("accounts/scans.py", 'bare = _AIM_PREFIX.sub("", code)', "bare = code"),
    Break("accounts/scans.py", "if len(bare) > 2 and", "if len(bare) > 20 and"),
    Break("accounts/scans.py", "found.append(frame[1])", "found.append(bare)"),
    Break("accounts/scans.py", "found += _with_other_zeros(found[-1])", "found += []"),
    Break("accounts/scans.py", 'unicodedata.normalize("NFKC", text[:400])', "text[:400]"),
    Break("circulation/views/issue.py", 'if scan.member and read_as != "copy":', "if scan.member and read_as:"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("barcode", "sent"),
    [
        ("C001", "  C001\r\n"),
        ("C001", "]C1C001"),
        ("C001", "*C001*"),
        ("C001", "]C1*c001*\t"),
        ("C001", "c001"),
        ("C001", "Ｃ００１"),
        ("C001", "\ufeffC001\u200b"),
        ("C001", "\x02C001\x03"),
        ("12345", "A12345B"),
        ("12345", "a12345b\n"),
        ("00012345", "12345"),
        ("12345", "00012345"),
        ("12345", "１２３４５"),
    ],
)
def test_code_is_read_through_what_the_scanner_adds_and_loses(barcode: str, sent: str, desk: Client) -> None:
    copy, member = CopyFactory(barcode=barcode), MemberFactory()
    assert desk.post("/desk/issue/", {"member": member.pk, "scan": sent}).status_code == 302
    assert (Loan.objects.get().copy, Loan.objects.get().is_open) == (copy, True)
    assert desk.post("/desk/return/", {"scan": sent}).status_code == 302
    assert Loan.objects.get().is_open is False


def test_code_that_looks_like_noise_is_read_as_it_stands(desk: Client) -> None:
    framed, member = CopyFactory(barcode="A12345B"), MemberFactory()
    CopyFactory(barcode="12345")
    desk.post("/desk/issue/", {"member": member.pk, "scan": "A12345B"})
    assert Loan.objects.get().copy == framed


def test_isbn_is_no_barcode_and_issues_the_only_copy_of_its_book(desk: Client) -> None:
    copy, member = CopyFactory(barcode="C001"), MemberFactory()
    BookIdentifierFactory(book=copy.book, value="9780553382563")
    desk.post("/desk/issue/", {"member": member.pk, "scan": "978-0-553-38256-3\r\n"})
    assert Loan.objects.get().copy == copy


def test_card_in_the_box_for_copies_changes_the_member_or_says_what_it_is(desk: Client) -> None:
    one, other = MemberFactory(card_number="M1"), MemberFactory(card_number="M2", name="Otto Other")
    page = desk.post("/desk/issue/", {"member": one.pk, "scan": "]C1m2\r\n"})
    assert page.headers["Location"] == f"/desk/issue/?member={other.pk}"
    said = desk.post("/desk/return/", {"scan": "*M2*"}).content.decode()
    assert ("That is the card of Otto Other." in said, Loan.objects.count()) == (True, 0)


def test_copy_in_the_box_for_cards_asks_for_the_card(desk: Client) -> None:
    copy = CopyFactory(barcode="C001")
    page = desk.post("/desk/issue/", {"scan": "c001"})
    assert ("Scan the member’s card first." in page.content.decode().replace("&#x27;", "’"), copy.loans.count()) == (
        True,
        0,
    )
