"""How questions are understood."""

import pytest

from catalog.queries import search_books
from catalog.search.reading import How

from .shelf import shelve

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books(db: None) -> None:
    shelve("The Brothers Karamazov", "Crime and Punishment", by="Fyodor Dostoyevsky", language="rus")
    shelve("Punishment in the Nursery", "The Cat", "A Catcher", "It", language="eng")


@pytest.mark.parametrize(
    ("typed", "how", "first"),
    [
        ("", How.EVERYTHING, "It"),
        ("crime punishment", How.LITERAL, "Crime and Punishment"),
        ("crime pun", How.LITERAL, "Crime and Punishment"),
        ("cats", How.LITERAL, "The Cat"),
        ("cat", How.LITERAL, "The Cat"),
        ("it", How.LITERAL, "It"),
        ("karamasov", How.CORRECTED, "The Brothers Karamazov"),
        ("crime qwertz", How.ANY_WORD, "Crime and Punishment"),
        ("crime punishment cat", How.ANY_WORD, "Crime and Punishment"),
        ("crime brothers karamasov", How.CORRECTED, "The Brothers Karamazov"),
        ("nursery crime", How.ANY_WORD, "Crime and Punishment"),
        ("dostoyevsky", How.LITERAL, "Crime and Punishment"),
    ],
)
def test_the_most_literal_reading_that_finds_something(typed: str, how: How, first: str) -> None:
    found = search_books(typed)
    assert found.reading.how is how
    assert shelved(found.pks[0]) == first


@pytest.mark.parametrize(
    ("typed", "only_begins"),
    [
        ("punishment", False), ("cat", False), ("crime", False), ("", False), ("nursery crime", False),
        ("punishm", True), ("crime puni", True), ("cri puni", True), ("cri* punishment", False), ("karamas", True),
    ],
)  # fmt: skip
def test_words_of_which_books_have_only_the_beginnings_say_so(typed: str, only_begins: bool) -> None:
    assert search_books(typed).reading.only_begins is only_begins


@pytest.mark.parametrize("typed", ["qwertz", "asdf yxcv", '"punishment crime"'])
def test_what_nothing_fits_finds_nothing(typed: str) -> None:
    assert search_books(typed).pks == []


def test_a_mended_question_says_what_was_looked_for() -> None:
    question = search_books("The Brothers Karamasov -nursery").reading.question
    assert question.text == "the brothers karamazov -nursery"


def shelved(pk: int) -> str:
    from catalog.models import Book

    return Book.objects.get(pk=pk).title
