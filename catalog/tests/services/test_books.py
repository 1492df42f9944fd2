"""Books made by hand and deleted: what is kept, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import ProtectedError

from accounts.models import Action
from accounts.numbering import numbered_code
from accounts.services.actions import FormAlreadyUsed
from accounts.tests.factories import BranchFactory
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Author, Book, Contributor, Copy, Cover, Subject
from catalog.services.books import (
    add_book,
    add_isbns,
    delete_book,
    snapshot,
)
from catalog.services.search import index_book
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from catalog.tests.services.books import DRAFT, code_of, found, make, now_of, people_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
WRONG_ISBN = "9780132567088"  # its check digit does not fit


def test_book_says_what_the_draft_says() -> None:
    book = now_of(make())
    assert snapshot(book) == {
        "title": "The Wasp Factory", "subtitle": "A Novel", "statement": "", "edition": "", "publisher": "Abacus",
        "place": "", "published": "", "year": 1990, "first_year": None, "language": "eng", "other_languages": [],
        "pages": 184, "pagination": "", "format": "", "format_text": "", "series": "", "description": "",
        "call_number": "", "contributors": [{"name": "Iain Banks", "role": "aut"}],
        "subjects": ["Scotland", "Islands"],
        "identifiers": [["isbn13", "9780349101774"], ["isbn10", "0349101779"], ["lccn", "84012345"]],
    }  # fmt: skip
    assert (book.sort_title, book.match_key) == ("wasp factory", "the wasp factory")


def test_every_filled_field_is_the_librarian_s() -> None:
    assert make().origins == dict.fromkeys(
        ["title", "subtitle", "publisher", "year", "language", "pages", "contributors", "subjects", "identifiers"],
        "librarian",
    )


@pytest.mark.parametrize("text", ["wasp fact", "novel", "banks iain", "9780349101774", "0-349-10177-9", "abac", "scot"])
def test_new_book_is_found_by_what_it_says(text: str) -> None:
    book = make()
    assert found(text) == [book]


def test_stock_of_ten_makes_ten_copies_with_barcodes_of_our_own() -> None:
    branch, kind = BranchFactory(), CopyTypeFactory()
    book = make(stock=10, branch=branch, copy_type=kind, location="Attic", price_minor=990, now=NOW)
    copies = list(book.copies.order_by("pk"))
    assert [copy.barcode for copy in copies] == [numbered_code("B", number) for number in range(1, 11)]
    facts = {(c.home_branch, c.current_branch, c.copy_type, c.location, c.price_minor) for c in copies}
    assert facts == {(branch, branch, kind, "Attic", 990)}
    assert Action.objects.get().after == {"title": "The Wasp Factory", "copies": [copy.pk for copy in copies]}


def test_book_without_stock_has_no_copies() -> None:
    assert make().copies.count() == 0


@pytest.mark.parametrize("stock", [-1, 501])
def test_stock_out_of_bounds_is_refused_and_leaves_nothing(stock: int) -> None:
    assert code_of(add_book, DRAFT, stock=stock) == "too_many_copies"
    assert (Book.objects.count(), Copy.objects.count(), Action.objects.count()) == (0, 0, 0)


def test_book_needs_a_title() -> None:
    assert code_of(add_book, BookDraft()) == "no_title"


def test_wrong_isbn_is_kept_and_found() -> None:
    book = make(BookDraft(title="Java", isbns_invalid=(WRONG_ISBN,)))
    assert snapshot(book)["identifiers"] == [["isbn_invalid", WRONG_ISBN]]
    assert found("978-0132567088") == [book]


@pytest.mark.parametrize("numbers", [{"isbns": ("9780349101774",)}, {"isbns_invalid": (WRONG_ISBN,)}])
def test_same_isbn_is_refused_where_only_a_new_book_is_wanted(numbers: dict) -> None:
    make(BookDraft(title="First", **numbers))
    assert code_of(add_book, BookDraft(title="Second", **numbers), only_new=True) == "isbn_here"
    assert make(BookDraft(title="Second", **numbers)).title == "Second"


def test_other_number_with_the_same_digits_is_no_isbn() -> None:
    make(BookDraft(title="First", oclcs=("1234567890",)))
    assert make(BookDraft(title="Second", isbns_invalid=("1234567890",)), only_new=True).title == "Second"


def test_books_without_isbn_are_never_the_same() -> None:
    assert make(BookDraft(title="Zine")) != make(BookDraft(title="Zine"), only_new=True)


def test_form_sent_twice_makes_one_book() -> None:
    first = make(stock=2, key="form-0001")
    assert (make(stock=2, key="form-0001"), Book.objects.count(), Copy.objects.count()) == (first, 1, 2)


def test_text_longer_than_its_column_is_cut() -> None:
    book = make(
        BookDraft(
            title="t" * 600, subtitle="s" * 600, publisher="p" * 400, language="engl", format_text="f" * 200,
            description="d" * 11_000, call_number="c" * 90, oclcs=("1" * 50,),
            contributors=(DraftContributor("n" * 400, "m" * 400),), subjects=("u" * 400,),
        )
    )  # fmt: skip
    said = snapshot(now_of(book))
    lengths = {name: len(said[name]) for name in ("title", "subtitle", "publisher", "language", "format_text",
                                                  "description", "call_number")}  # fmt: skip
    assert lengths == {"title": 500, "subtitle": 500, "publisher": 300, "language": 3, "format_text": 100,
                       "description": 10_000, "call_number": 60}  # fmt: skip
    assert (len(said["contributors"][0]["name"]), len(said["subjects"][0]), len(said["identifiers"][0][1])) == (
        300, 300, 40,
    )  # fmt: skip
    assert len(book.contributors.get().author.sort_name) == 300


@pytest.mark.parametrize("subject", ["", "   "])
def test_subject_without_a_word_is_left_out(subject: str) -> None:
    assert snapshot(make(replace(DRAFT, subjects=(subject, "Islands"))))["subjects"] == ["Islands"]


def test_everything_said_twice_is_kept_once() -> None:
    twice = BookDraft(
        title="T", contributors=(DraftContributor("Iain Banks"), DraftContributor("Banks, Iain")),
        subjects=("Islands", "ISLANDS"), isbns=("9780349101774", "9780349101774"),
    )  # fmt: skip
    said = snapshot(make(twice))
    assert (said["contributors"], said["subjects"], said["identifiers"]) == (
        [{"name": "Iain Banks", "role": "aut"}], ["Islands"], [["isbn13", "9780349101774"]],
    )  # fmt: skip


def test_one_person_may_have_two_parts() -> None:
    people = (DraftContributor("Tove Jansson"), DraftContributor("Tove Jansson", role="ill"))
    book = make(replace(DRAFT, contributors=people))
    assert people_of(book) == [("Tove Jansson", "aut"), ("Tove Jansson", "ill")]
    assert Author.objects.count() == 1


def test_book_gets_the_isbns_it_lacks_and_is_found_by_them_once_it_is_indexed() -> None:
    book = make()
    add_isbns(book, BookDraft(isbns=("9780349101774", "9780684853154"), isbns_10=("0684853159",), lccns=("1",)))
    assert snapshot(now_of(book))["identifiers"] == [
        ["isbn13", "9780349101774"], ["isbn13", "9780684853154"], ["isbn10", "0349101779"], ["isbn10", "0684853159"],
        ["lccn", "84012345"],
    ]  # fmt: skip
    index_book(book)
    assert found("978068485") == [book]


@pytest.mark.parametrize("copy", [{}, {"withdrawn_on": NOW.date()}])
def test_book_with_copies_is_not_deleted(copy: dict) -> None:
    book = CopyFactory(**copy).book
    assert code_of(delete_book, book) == "has_copies"
    with pytest.raises(ProtectedError):
        book.delete()
    assert Book.objects.count() == 1


def test_book_without_copies_goes_with_everything_of_its_own(django_capture_on_commit_callbacks: Any) -> None:
    book = make()
    Cover.objects.create(book=book, file=default_storage.save("covers/a.jpg", ContentFile(b"a")))
    with django_capture_on_commit_callbacks(execute=True):
        delete_book(book, by=None)
    assert (Book.objects.count(), Cover.objects.count(), Contributor.objects.count()) == (0, 0, 0)
    assert default_storage.exists("covers/a.jpg") is False
    assert Action.objects.get(verb="delete_book").before["title"] == "The Wasp Factory"
    assert (Author.objects.count(), Subject.objects.count()) == (1, 2)


def test_cover_stays_when_the_deletion_did_not_happen() -> None:
    copy = CopyFactory()
    Cover.objects.create(book=copy.book, file=default_storage.save("covers/a.jpg", ContentFile(b"a")))
    code_of(delete_book, copy.book)
    assert default_storage.exists("covers/a.jpg") is True


def test_form_that_comes_back_after_its_book_was_deleted_is_answered() -> None:
    delete_book(make(key="form-0001"), by=None)
    with pytest.raises(FormAlreadyUsed):
        make(key="form-0001")
