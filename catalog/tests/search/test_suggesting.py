"""What is suggested to who is typing."""

import pytest

from catalog.models import Author, Contributor, Subject
from catalog.search.documents import Stock
from catalog.search.suggesting import Suggestion, suggest
from catalog.services.search import index_books
from catalog.tests.factories import CopyFactory

from .shelf import shelve

pytestmark = pytest.mark.django_db


def texts(text: str) -> list[tuple[str, str]]:
    return [(each.kind, each.text) for each in suggest(text)]


def test_titles_that_begin_so_come_first_the_most_lent_before_the_others() -> None:
    shelve("The Sea", "Sea Fish", "Seal", "Deep Sea", lent={"Seal": 4, "Sea Fish": 2})
    assert texts("sea") == [("title", "Seal"), ("title", "Sea Fish"), ("title", "The Sea")]
    assert texts("the se") == [("title", "The Sea")]


def test_where_few_titles_begin_so_those_that_have_the_words_follow() -> None:
    shelve("Deep Sea", "The Old Sea")
    assert texts("sea") == [("title", "Deep Sea"), ("title", "The Old Sea")]
    assert texts("sea dee") == [("title", "Deep Sea")]


def test_editions_with_one_title_are_suggested_once_the_most_lent_of_them() -> None:
    first, _second = shelve("Seal", "Seal")
    index_books([first.pk], {first.pk: Stock(times_lent=3)})
    assert suggest("seal") == [Suggestion("Seal", "title", first.pk)]


def test_authors_are_found_by_either_name_and_subjects_by_their_beginning() -> None:
    author = Author.objects.create(name="Ann Marsh", sort_name="Marsh, Ann", match_key="ann marsh")
    subject = Subject.objects.create(name="Marshes", match_key="marshes")
    (book,) = shelve("Reed")
    Contributor.objects.create(book=book, author=author)
    book.subjects.add(subject)
    index_books([book.pk])
    assert suggest("mars") == [
        Suggestion("Ann Marsh", "author", author.pk),
        Suggestion("Marshes", "subject", subject.pk),
    ]
    assert suggest("ann m") == [Suggestion("Ann Marsh", "author", author.pk)]


def test_what_readers_may_not_see_is_not_suggested() -> None:
    author = Author.objects.create(name="Ann Marsh", sort_name="Marsh, Ann", match_key="ann marsh")
    subject = Subject.objects.create(name="Reeds", match_key="reeds")
    (book,) = shelve("Reed")
    Contributor.objects.create(book=book, author=author)
    book.subjects.add(subject)
    CopyFactory(book=book, withdrawn_on="2026-01-01")
    index_books([book.pk])
    assert [suggest(text) for text in ("ree", "marsh", "ann")] == [[], [], []]


@pytest.mark.parametrize(
    "text", ["", " ", "s", "?", "\0", "se\0a'\"*", "%", "_ea", "-sea", '"sea', "a" * 10_000, "\ud800x"]
)
def test_anything_typed_is_answered(text: str) -> None:
    shelve("Sea")
    assert suggest(text) in ([], suggest("sea"))


def test_a_beginning_is_taken_to_the_letter() -> None:
    shelve("100% Wool", "1001 Nights", "Über Wasser", "東京の本")
    assert texts("100") == [("title", "100% Wool"), ("title", "1001 Nights")]
    assert texts("uber") == texts("ÜBER") == [("title", "Über Wasser")]
    assert texts("東") == [("title", "東京の本")]
