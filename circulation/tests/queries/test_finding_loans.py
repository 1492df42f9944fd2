"""Loans by words: of members, titles, copies and numbers."""

import pytest

from accounts.models import Branch
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import BookIdentifierFactory, CopyFactory
from circulation.models import Loan
from circulation.queries.finding_loans import find_loans
from circulation.queries.loans import all_loans
from circulation.services.loans import return_copy
from circulation.tests.factories import make_loan

pytestmark = pytest.mark.django_db


def test_loans_are_found_by_every_word() -> None:
    book = BookIdentifierFactory(value="9780553382563", book__title="Neuromancer").book
    BookIdentifierFactory(kind="isbn10", value="055338256X", book=book)
    loan = make_loan(CopyFactory(book=book, barcode="C001"), MemberFactory(name="Ada Lovelace", card_number="M1"))
    other = make_loan(CopyFactory(book__title="Dune", barcode="C0012"), MemberFactory(name="Bob", card_number="M12"))
    queries = {
        "ada": 1,
        "lovelace neuro": 1,
        "m1": 1,
        "c001": 1,
        "9780553382563": 1,
        "978-0553382563": 1,
        "ada dune": 0,
        "055338256X": 1,
        "m1 m12": 0,
    }
    assert {text: find_loans(all_loans(), text).count() for text in queries} == queries
    assert list(find_loans(all_loans(), "bob")) == [other]
    assert set(find_loans(all_loans(), "  ")) == {loan, other}


@pytest.mark.parametrize("few", [0, 200])
def test_word_of_a_title_is_found_without_its_accents_in_few_books_and_in_many(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("circulation.queries.finding_loans.FEW", few)
    loan = make_loan(CopyFactory(book__title="Café Müller", book__match_key="cafe muller"))
    make_loan(CopyFactory(book__title="Dune"))
    assert {text: list(find_loans(all_loans(), text)) for text in ("cafe", "MÜLLER", "muller c", "mill")} == {
        "cafe": [loan], "MÜLLER": [loan], "muller c": [loan], "mill": [],
    }  # fmt: skip


@pytest.mark.parametrize("few", [0, 200])
@pytest.mark.parametrize(("text", "found"), [
    ("annotated", ["L"]), ("(annotated", ["L"]), ("C++", ["C"]), ("d.", []), ("100%", ["P"]),
    ("lolita - edition)", ["L"]), ("-", []),
])  # fmt: skip
def test_signs_and_brackets_of_a_title_are_looked_for_as_typed(
    text: str, found: list[str], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("circulation.queries.finding_loans.FEW", few)
    titles = {"L": ("Lolita (annotated edition)", "lolita"), "C": ("C++ Primer", "c primer"),
              "D": ("Dune", "dune"), "P": ("100% Wolf", "100 wolf"), "Q": ("$100", "100")}  # fmt: skip
    for barcode, (title, key) in titles.items():
        make_loan(CopyFactory(barcode=barcode, book__title=title, book__match_key=key), MemberFactory(name="Bob"))
    assert sorted(find_loans(all_loans(), text).values_list("copy__barcode", flat=True)) == found


def test_search_for_many_words_joins_no_identifiers() -> None:
    """A book of two identifiers is one row, without sorting out what is there twice."""
    book = BookIdentifierFactory(value="9780553382563", book__title="Neuromancer").book
    BookIdentifierFactory(kind="isbn10", value="055338256X", book=book)
    loan = make_loan(CopyFactory(book=book))
    found = find_loans(all_loans(), "neuro 9780553382563 055338256X")
    assert (list(found), "JOIN \"catalog_bookidentifier\"" in str(found.query), found.query.distinct) == (
        [loan], False, False,
    )  # fmt: skip


def test_loan_that_forgot_its_member_is_found_by_its_book(branch: Branch) -> None:
    loan = make_loan(CopyFactory(barcode="C001"))
    return_copy(loan.copy, branch=branch, by=None)
    Loan.objects.update(member=None)
    assert list(find_loans(all_loans(), "c001")) == [loan]
