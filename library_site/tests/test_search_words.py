"""The words that misspelt ones are compared with follow the books: learned at once, forgotten later, checked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.drafts import BookDraft
from catalog.models import Book, SearchWord
from catalog.services.books import add_book, delete_book, edit_book
from catalog.services.spelling import AGAIN, BATCH, DAY, forget_words
from catalog.tasks import go_on_with_search
from library_site.tests.test_search_documents import check, rebuild

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    return add_book(BookDraft(title="The Wasp Factory"), by=None)


def words(**doubt: bool) -> set[str]:
    """The known words, or those that are doubted, or are not."""
    asked = {f"{name}__isnull": not yes for name, yes in doubt.items()}
    return set(SearchWord.objects.filter(**asked).values_list("word", flat=True))


def an_hour_later() -> None:
    SearchWord.objects.exclude(doubted_at=None).update(doubted_at=timezone.now() - 2 * AGAIN)


def test_a_word_that_no_book_has_any_more_is_doubted_and_then_forgotten(book: Book) -> None:
    add_book(BookDraft(title="Factory"), by=None)
    edit_book(book, BookDraft(title="The Crow"), fields=["title"], by=None)
    assert (words(), words(doubted_at=True)) == ({"the", "wasp", "factory", "crow"}, {"wasp"})
    assert (go_on_with_search(), check()) == (False, [])
    an_hour_later()
    assert (go_on_with_search(), words(), check()) == (True, {"the", "factory", "crow"}, [])


def test_the_words_of_a_deleted_book_are_forgotten_but_for_those_of_others(book: Book) -> None:
    add_book(BookDraft(title="Factory"), by=None)
    delete_book(book, by=None)
    an_hour_later()
    assert (go_on_with_search(), words(), words(doubted_at=True), check()) == (True, {"factory"}, set(), [])


def test_a_doubted_word_that_a_new_book_has_is_doubted_no_more(book: Book) -> None:
    delete_book(book, by=None)
    an_hour_later()
    add_book(BookDraft(title="Wasp"), by=None)
    assert (words(doubted_at=False), forget_words(), words()) == ({"wasp"}, 2, {"wasp"})


def test_words_that_are_missing_are_told_of_and_mended(book: Book) -> None:
    SearchWord.objects.filter(word="wasp").delete()
    assert check() == ["the spelling lacks “wasp”, which a book has: rebuild_search"]
    rebuild()
    assert check() == []


def test_words_that_are_left_over_are_told_of_and_mended(book: Book) -> None:
    SearchWord.objects.create(word="fosset", skeleton="fst")
    assert check() == ["the spelling knows “fosset”, which no book has: rebuild_search"]
    rebuild()
    assert (check(), words(doubted_at=True)) == ([], {"fosset"})
    SearchWord.objects.filter(word="fosset").update(doubted_at=timezone.now() - DAY - timedelta(minutes=1))
    assert check() == ["the spelling knows “fosset”, which no book has: rebuild_search"]


def test_many_words_are_forgotten_piece_by_piece() -> None:
    since, letters = timezone.now() - DAY, "abcdefghijklmnopqrstuvwxyz"
    made = [f"x{one}{other}" for one in letters for other in letters][: BATCH + 1]
    SearchWord.objects.bulk_create(SearchWord(word=word, doubted_at=since) for word in made)
    assert (forget_words(), forget_words(), forget_words()) == (BATCH, 1, 0)
