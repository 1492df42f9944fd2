"""Books edited by hand: what changes, where each field comes from, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import Action, User
from catalog.drafts import BookDraft, DraftContributor
from catalog.invariants import broken
from catalog.models import Author, Book, Contributor
from catalog.services.books import (
    add_isbns,
    create_book,
    draft_of,
    draft_value,
    edit_book,
    snapshot,
    version_of,
)
from catalog.tests.factories import AuthorFactory, BookFactory
from catalog.tests.services.books import DRAFT, code_of, found, make, now_of, people_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)


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
