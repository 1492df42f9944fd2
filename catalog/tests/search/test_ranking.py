"""The order of hits."""

import pytest

from catalog.models import Book
from catalog.queries import search_books

from .shelf import shelve

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    titles = dict(Book.objects.values_list("pk", "title"))
    return [titles[pk] for pk in search_books(text).pks]


def test_exact_title_phrase_words_in_any_order_other_forms() -> None:
    shelve(
        "Cats of Wild Islands", "Islands of Cats", "Wild Cats", "The Wild Cats of Rome", "A Wild Cat", language="eng"
    )
    assert found("wild cats") == ["Wild Cats", "The Wild Cats of Rome", "Cats of Wild Islands", "A Wild Cat"]


def test_the_popular_before_those_that_begin_so_before_the_short_before_the_newest() -> None:
    shelve("Deep Sea", "Sea Fish", "Sea of Many Old Words", "The Old Sea", "Sea Bird", lent={"The Old Sea": 3})
    assert found("sea") == ["The Old Sea", "Sea Bird", "Sea Fish", "Sea of Many Old Words", "Deep Sea"]


def test_title_and_author_together_stand_beside_titles() -> None:
    shelve("The Hobbit", by="J. R. R. Tolkien")
    shelve("Tolkien and The Hobbit: A Long Companion to the Book", lent={})
    assert found("tolkien hobbit")[0] == "The Hobbit"


def test_title_then_the_author_named_in_full_then_other_authors() -> None:
    shelve("Emma", by="Jane Austen")
    shelve("Cookery", by="Jane Smith Austen")
    shelve("Jane Austen at Home")
    assert found("jane austen") == ["Jane Austen at Home", "Emma", "Cookery"]


def test_the_author_as_surname_before_the_author_as_given_name() -> None:
    shelve("One", by="Martin King")
    shelve("Two", by="King, Ann")
    assert found("king") == ["Two", "One"]
