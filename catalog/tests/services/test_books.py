"""Books made and edited by hand: what is kept, where each field comes from, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import ProtectedError

from accounts.exceptions import Refused
from accounts.models import Action, User
from accounts.numbering import numbered_code
from accounts.services.actions import FormAlreadyUsed
from accounts.tests.factories import BranchFactory
from accounts.tests.threads import at_once
from catalog.drafts import BookDraft, DraftContributor
from catalog.invariants import broken
from catalog.models import Author, Book, Contributor, Copy, Cover, Subject
from catalog.queries import in_order, search_books
from catalog.services.books import (
    add_book,
    add_isbns,
    create_book,
    delete_book,
    draft_of,
    draft_value,
    edit_book,
    snapshot,
    version_of,
)
from catalog.services.copies import add_copies
from catalog.services.search import index_book
from catalog.tests.factories import AuthorFactory, BookFactory, CopyFactory, CopyTypeFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
WRONG_ISBN = "9780132567088"  # its check digit does not fit
DRAFT = BookDraft(
    title="The Wasp Factory", subtitle="A Novel", contributors=(DraftContributor("Iain Banks"),),
    isbns=("9780349101774",), isbns_10=("0349101779",), publisher="Abacus", year=1990, language="eng", pages=184,
    subjects=("Scotland", "Islands"), lccns=("84012345",),
)  # fmt: skip


def found(text: str) -> list[Book]:
    """What readers find."""
    return in_order(Book.objects.all(), search_books(text).pks)


def make(draft: BookDraft = DRAFT, **more: Any) -> Book:
    return add_book(draft, by=None, **more)


def now_of(book: Book) -> Book:
    return Book.objects.get(pk=book.pk)


def people_of(book: Book) -> list[tuple[str, str]]:
    return [(part.author.name, part.role) for part in now_of(book).contributors.all()]


def code_of(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, by=None, **kwargs)
    return refused.value.code


# --- adding -----------------------------------------------------------------------------------------


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


# --- editing ----------------------------------------------------------------------------------------


def test_edit_changes_the_given_fields_and_says_before_and_after(librarian: User) -> None:
    book = make()
    edited = edit_book(book, replace(DRAFT, title="Walking on Glass", pages=1), fields=["title"], by=librarian, now=NOW)
    assert (edited.title, edited.pages, edited.sort_title, edited.match_key) == (
        "Walking on Glass", 184, "walking on glass", "walking on glass",
    )  # fmt: skip
    action = Action.objects.get(verb="edit_book")
    assert (action.by, action.at, action.target_id, action.before, action.after) == (
        librarian, NOW, book.pk, {"title": "The Wasp Factory"}, {"title": "Walking on Glass"},
    )  # fmt: skip


def test_only_what_changed_is_marked_as_edited() -> None:
    book = create_book(replace(DRAFT, source="openlibrary"), "openlibrary")
    edit_book(book, replace(DRAFT, pages=200), by=None)
    assert now_of(book).origins == {
        "title": "openlibrary", "subtitle": "openlibrary", "publisher": "openlibrary", "year": "openlibrary",
        "language": "openlibrary", "pages": "librarian", "contributors": "openlibrary", "subjects": "openlibrary",
        "identifiers": "openlibrary",
    }  # fmt: skip


def test_field_that_was_emptied_is_remembered_as_edited() -> None:
    book = create_book(DRAFT, "openlibrary")
    edit_book(book, replace(DRAFT, subtitle=""), fields=["subtitle"], by=None)
    assert (now_of(book).subtitle, now_of(book).origins["subtitle"]) == ("", "librarian")


def test_numbers_added_later_stand_where_a_draft_has_them() -> None:
    """Else every edit would seem to be one of the numbers."""
    book = create_book(DRAFT, "openlibrary")
    add_isbns(book, BookDraft(isbns=("9780684853154",)))
    edit_book(book, replace(draft_of(snapshot(now_of(book))), pages=1), by=None)
    assert now_of(book).origins["identifiers"] == "openlibrary"


def test_edited_book_is_found_by_what_it_says_now_only() -> None:
    book = make()
    edit_book(book, BookDraft(title="Crow Road"), by=None)
    assert (found("crow"), found("wasp"), found("banks")) == ([book], [], [])


def test_edit_needs_a_title() -> None:
    assert code_of(edit_book, make(), BookDraft()) == "no_title"


def test_fields_may_be_given_one_by_one() -> None:
    book = edit_book(make(), BookDraft(title="New"), fields=(name for name in ["title"]), by=None)
    assert (book.title, book.subtitle) == ("New", "A Novel")


@pytest.mark.parametrize(
    ("year", "published", "kept"), [(1991, "May 1990", ""), (1990, "May 1990", "May 1990"), (None, "May 1990", "")]
)
def test_printed_date_goes_when_it_names_another_year(year: int | None, published: str, kept: str) -> None:
    book = make(replace(DRAFT, year=1984, published=published))
    assert edit_book(book, replace(DRAFT, year=year), fields=["year"], by=None).published == kept


def test_language_decides_which_article_is_left_out_for_sorting() -> None:
    book = make(BookDraft(title="Die Verwandlung"))
    assert book.sort_title == "die verwandlung"
    assert edit_book(book, BookDraft(language="ger"), fields=["language"], by=None).sort_title == "verwandlung"


def test_edit_of_a_book_that_somebody_changed_meanwhile_is_refused() -> None:
    book = make()
    seen = version_of(snapshot(book))
    edit_book(book, BookDraft(title="First desk"), fields=["title"], seen=seen, by=None)
    assert code_of(edit_book, book, BookDraft(title="Second desk"), fields=["title"], seen=seen) == "changed_since"
    assert now_of(book).title == "First desk"


def test_version_changes_with_lists_too() -> None:
    book = make()
    before = version_of(snapshot(book))
    assert version_of(snapshot(now_of(book))) == before
    edit_book(book, BookDraft(subjects=("Isles",)), fields=["subjects"], by=None)
    assert version_of(snapshot(now_of(book))) != before


def test_edit_means_the_author_whom_the_book_had() -> None:
    AuthorFactory(name="Iain Banks", match_key="banks iain", source_key="OL1A")
    theirs = AuthorFactory(name="Iain Banks", match_key="banks iain", source_key="OL2A")
    book = BookFactory()
    Contributor.objects.create(book=book, author=theirs)
    people = (DraftContributor("Iain Banks"), DraftContributor("Ann Other"))
    edit_book(book, BookDraft(contributors=people), fields=["contributors"], by=None)
    assert [part.author for part in book.contributors.all()] == [theirs, Author.objects.get(name="Ann Other")]


def test_two_authors_called_alike_stay_two() -> None:
    people = (DraftContributor("John Smith", key="OL1A"), DraftContributor("John Smith", key="OL2A"))
    book = make(replace(DRAFT, contributors=people))
    more = replace(
        draft_of(snapshot(book)), contributors=(*draft_of(snapshot(book)).contributors, DraftContributor("Z"))
    )
    edit_book(book, more, fields=["contributors"], by=None)
    assert [part.author.source_key for part in now_of(book).contributors.all()] == ["OL1A", "OL2A", None]


def test_namesakes_keep_their_own_parts() -> None:
    people = (DraftContributor("John Smith", key="OL1A"), DraftContributor("John Smith", role="ill", key="OL2A"))
    book = make(replace(DRAFT, contributors=people))
    turned = (DraftContributor("John Smith", role="ill"), DraftContributor("John Smith"))
    edit_book(book, BookDraft(contributors=turned), fields=["contributors"], by=None)
    parts = [(part.author.source_key, part.role) for part in now_of(book).contributors.all()]
    assert parts == [("OL2A", "ill"), ("OL1A", "aut")]


def test_source_says_by_key_which_namesake_it_means() -> None:
    book = make(replace(DRAFT, contributors=(DraftContributor("John Smith", key="OL1A"),)))
    theirs = (DraftContributor("John Smith", key="OL2A"), DraftContributor("Ann"))
    edit_book(book, BookDraft(contributors=theirs), fields=["contributors"], origin="openlibrary", by=None)
    assert [part.author.source_key for part in now_of(book).contributors.all()] == ["OL2A", None]


def renamed(book: Book, *names: str, **more: Any) -> list[tuple[str, str]]:
    people = tuple(DraftContributor(name) for name in names)
    edit_book(book, BookDraft(contributors=people), fields=["contributors"], by=None, **more)
    return people_of(book)


def test_author_s_name_is_spelled_as_the_librarian_says_in_all_books() -> None:
    book = make(BookDraft(title="Jane Eyre", contributors=(DraftContributor("charlotte Bronte"),)))
    other = make(BookDraft(title="Villette", contributors=(DraftContributor("charlotte Bronte"),)))
    assert renamed(book, "Charlotte Brontë") == [("Charlotte Brontë", "aut")]
    assert people_of(other) == [("Charlotte Brontë", "aut")]
    assert Author.objects.get().sort_name == "Brontë, Charlotte"
    assert list(broken()) == []
    before = {"contributors": [{"name": "charlotte Bronte", "role": "aut"}]}
    assert Action.objects.get(verb="edit_book").before == before
    assert now_of(book).origins["contributors"] == "librarian"


@pytest.mark.parametrize("count", [1, 20])
def test_spelling_of_a_name_costs_the_same_for_many_books_as_for_one(
    count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        make(BookDraft(title=f"Novel {number}", contributors=(DraftContributor("charlotte Bronte"),)))
    with django_assert_max_num_queries(45):
        renamed(Book.objects.order_by("pk")[0], "Charlotte Brontë")
    assert list(broken()) == []


def test_form_to_sort_by_that_was_given_by_hand_stays() -> None:
    book = make(replace(DRAFT, contributors=(DraftContributor("Pope francis", "Francis, Pope"),)))
    renamed(book, "Pope Francis")
    assert Author.objects.values_list("name", "sort_name").get() == ("Pope Francis", "Francis, Pope")


def test_author_whom_a_book_did_not_have_is_not_spelled_otherwise() -> None:
    make()
    assert renamed(make(BookDraft(title="Zine")), "banks, iain") == [("Iain Banks", "aut")]


def test_source_does_not_change_the_spelling_of_a_name() -> None:
    assert renamed(make(), "IAIN BANKS", "Ann", origin="openlibrary") == [("Iain Banks", "aut"), ("Ann", "aut")]


def test_snapshot_comes_back_from_a_draft() -> None:
    book = make()
    said = snapshot(book)
    draft = draft_of(said)
    assert {name: draft_value(draft, name) for name in said} == said


# --- ISBNs of another printing ----------------------------------------------------------------------


def test_book_gets_the_isbns_it_lacks_and_is_found_by_them_once_it_is_indexed() -> None:
    book = make()
    add_isbns(book, BookDraft(isbns=("9780349101774", "9780684853154"), isbns_10=("0684853159",), lccns=("1",)))
    assert snapshot(now_of(book))["identifiers"] == [
        ["isbn13", "9780349101774"], ["isbn13", "9780684853154"], ["isbn10", "0349101779"], ["isbn10", "0684853159"],
        ["lccn", "84012345"],
    ]  # fmt: skip
    index_book(book)
    assert found("978068485") == [book]


# --- deleting ---------------------------------------------------------------------------------------


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


# --- several desks ----------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_desks_that_edit_one_book_at_once_one_is_heard(transactional_db: None) -> None:
    book = make()
    seen = version_of(snapshot(book))
    results = at_once(
        10, lambda n: edit_book(book, BookDraft(title=f"Title {n}"), fields=["title"], seen=seen, by=None).title
    )
    said = [result for result in results if isinstance(result, str)]
    assert [getattr(result, "code", result) for result in results if result not in said] == ["changed_since"] * 9
    assert (said, Action.objects.filter(verb="edit_book").count()) == ([now_of(book).title], 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_desks_that_edit_different_fields_at_once_are_all_heard(transactional_db: None) -> None:
    book = make()
    fields = ["title", "subtitle", "statement", "edition", "publisher", "place", "published", "pagination", "series",
              "format_text"]  # fmt: skip
    at_once(10, lambda n: edit_book(book, BookDraft(**{fields[n]: "New"}), fields=[fields[n]], by=None))
    said = snapshot(now_of(book))
    assert [said[name] for name in fields] == ["New"] * 10
    assert list(broken()) == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_books_added_at_once_share_their_author_and_their_subject(transactional_db: None) -> None:
    at_once(
        10, lambda n: make(BookDraft(title=f"T{n}", contributors=DRAFT.contributors, subjects=("Islands",)), stock=2)
    )
    counts = [model.objects.count() for model in (Book, Author, Subject, Copy)]
    assert counts == [10, 1, 1, 20]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_isbn_added_at_ten_desks_at_once_is_one_new_book(transactional_db: None) -> None:
    results = at_once(10, lambda n: make(replace(DRAFT, title=f"T{n}"), only_new=True))
    codes = [result.code for result in results if isinstance(result, Refused)]
    assert (codes, Book.objects.count()) == (["isbn_here"] * 9, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_book_deleted_while_copies_are_added_is_gone_or_has_them_all(transactional_db: None) -> None:
    book = make()
    at_once(6, lambda n: add_copies(book, by=None) if n else delete_book(book, by=None))
    assert Copy.objects.count() == (5 if Book.objects.exists() else 0)
