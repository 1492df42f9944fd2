"""SCAN: what a scan at the desk stands for, whatever the scanner or the keyboard adds."""

import pytest

from accounts.models import Member
from accounts.numbering import numbered_code
from accounts.tests.anything import TEXTS
from accounts.tests.anything import text as text_of
from accounts.tests.factories import MemberFactory
from catalog.models import Book, Copy
from catalog.tests.factories import BookIdentifierFactory, CopyFactory
from circulation.queries.scans import Scan, copy_with_barcode, read_scan
from circulation.tests.factories import set_library

pytestmark = pytest.mark.django_db


@pytest.fixture
def copy(db: None) -> Copy:
    return CopyFactory(barcode="C001")


@pytest.fixture
def member(db: None) -> Member:
    return MemberFactory(card_number="M000042K")


@pytest.fixture
def book(db: None) -> Book:
    return BookIdentifierFactory(value="9780553382563").book


@pytest.mark.parametrize("noise", [
    "C001", "  C001\r\n", "]C1C001", "*C001*", "]C1*C001*", "c001", "Ｃ００１", "ｃ００１", "C0\x0001", "\x02C001\x03",
    "C001\t", "\ufeffC001", "C 001",
])  # fmt: skip
def test_scan_1_barcode_is_read_through_what_scanners_add(noise: str, copy: Copy) -> None:
    assert read_scan(noise) == Scan(noise, copy=copy)


def test_codabar_letters_are_taken_off() -> None:
    copy = CopyFactory(barcode="12345")
    assert read_scan("A12345B").copy == copy


def test_code_that_looks_like_noise_still_works() -> None:
    plain, framed = CopyFactory(barcode="12345"), CopyFactory(barcode="A12345B")
    assert (read_scan("12345").copy, read_scan("A12345B").copy) == (plain, framed)


@pytest.mark.parametrize("text", ["00123", "123"])
def test_scan_2_leading_noughts_are_part_of_a_barcode(text: str) -> None:
    copies = {code: CopyFactory(barcode=code) for code in ("00123", "123")}
    assert read_scan(text).copy == copies[text]


@pytest.mark.parametrize("noise", ["M000042K", "m000042k", " *M000042K*\r", "]C1M000042K", "Ｍ０００042K"])
def test_scan_3_card_is_read_likewise(noise: str, member: Member) -> None:
    assert read_scan(noise) == Scan(noise, member=member)


def test_scan_4_value_that_is_card_and_barcode_is_both() -> None:
    member, copy = MemberFactory(card_number="42"), CopyFactory(barcode="42")
    scan = read_scan("42")
    assert (scan.member, scan.copy, scan.is_ambiguous) == (member, copy, True)
    book = BookIdentifierFactory(value="9780553382563").book
    member = MemberFactory(card_number="9780553382563")
    scan = read_scan("9780553382563")
    assert (scan, scan.is_ambiguous) == (Scan("9780553382563", member=member, books=[book]), True)


def test_card_that_looks_like_an_isbn_nobody_has_here_is_a_card() -> None:
    member = MemberFactory(card_number="9780553382563")
    scan = read_scan("9780553382563")
    assert (scan, scan.is_ambiguous) == (Scan("9780553382563", member=member), False)


@pytest.mark.parametrize("text", [
    "9780553382563", "978-0-553-38256-3", "978 0 553 38256 3", "055338256X", "0-553-38256-X", "]E09780553382563",
    "ISBN 978-0-553-38256-3", "９７８０５５３３８２５６３", "9780553382563\r\n", "978055338256351299",
])  # fmt: skip
def test_scan_5_isbn_in_any_form_is_its_books(text: str, book: Book) -> None:
    assert read_scan(text) == Scan(text, books=[book])


def test_isbn_that_several_books_have_is_all_of_them(book: Book) -> None:
    other = BookIdentifierFactory(value="9780553382563").book
    assert read_scan("9780553382563").books == [book, other]


def test_isbn_with_a_wrong_check_digit_is_found_as_it_is_printed() -> None:
    book = BookIdentifierFactory(kind="isbn_invalid", value="9780132567088").book
    assert read_scan("978-0132567088").books == [book]


def test_barcode_that_looks_like_an_isbn_is_a_barcode(book: Book) -> None:
    copy = CopyFactory(barcode="9780553382563")
    assert read_scan("9780553382563") == Scan("9780553382563", copy=copy)


@pytest.mark.parametrize("text", ["M000042L", "M000043K", "B000007Q", "m000042l"])
def test_scan_9_own_code_with_a_wrong_check_character_is_mistyped(text: str, member: Member) -> None:
    assert read_scan(text) == Scan(text, mistyped=True)


def test_own_code_of_a_card_that_was_replaced_is_unknown_not_mistyped() -> None:
    assert read_scan(numbered_code("M", 77)) == Scan(numbered_code("M", 77))


def test_prefixes_are_those_of_the_library() -> None:
    set_library(card_prefix="KART", barcode_prefix="BUCH")
    assert (read_scan("KART000042K").mistyped, read_scan("M000042L").mistyped) == (True, False)


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00", "nobody", "9" * 200, "'; DROP TABLE", "%", "_", "*", "**", "]C1", "😀", "٣٤٥"]
)
def test_scan_10_anything_else_is_nothing(text: str, copy: Copy, member: Member, book: Book) -> None:
    assert read_scan(text) == Scan(text)


def test_anything_typed_that_is_no_code_is_nothing(copy: Copy, member: Member, book: Book) -> None:
    for anything in TEXTS:
        scan = read_scan(text_of(anything))
        assert (scan.member, scan.copy, scan.books) == (None, None, []), anything[:20]


def test_card_is_no_barcode(member: Member, copy: Copy) -> None:
    assert (copy_with_barcode("M000042K"), copy_with_barcode("*c001*")) == (None, copy)


@pytest.mark.parametrize(("text", "queries"), [("C001", 2), ("M000042K", 2), ("9780553382563", 3), ("nobody", 3)])
@pytest.mark.usefixtures("copy", "member", "book")
def test_scan_costs_few_queries(text: str, queries: int, django_assert_num_queries) -> None:
    with django_assert_num_queries(queries):
        read_scan(text)
