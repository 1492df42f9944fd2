"""What is written down of a book."""

import pytest

from catalog.models import Author, Book, Contributor, Subject
from catalog.queries import search_books
from catalog.search.documents import Stock, document
from catalog.search.facts import facts_of
from catalog.services.search import index_book

from .shelf import shelve

pytestmark = pytest.mark.django_db


def part(book: Book, n: int) -> str:
    (found,) = facts_of([book.pk])
    return document(found, Stock()).parts[n]


def test_words_other_spellings_and_roots_with_fences_between() -> None:
    (book,) = shelve("L'Étranger", subtitle="Les chevaux", language="fre")
    assert part(book, 0) == "letranger les chevaux _ l etranger _ _fre_letrang _fre_le _fre_cheval"


def test_names_are_also_kept_whole_and_by_surname() -> None:
    (book,) = shelve("X")
    author = Author.objects.create(name="Ursula K. Le Guin", sort_name="Le Guin, Ursula K.", match_key="x")
    Contributor.objects.create(book=book, author=author)
    assert part(book, 1).split() == [
        "ursula", "k", "le", "guin", "_", "_n_guin_k_le_ursula", "_n_guin_le_ursula", "_s_guin", "_s_leguin",
    ]  # fmt: skip


@pytest.mark.parametrize("phrase", ['"moon red"', '"night l etranger"', '"ann bob"', '"ann smith bob"'])
def test_no_phrase_runs_over_a_fence(phrase: str) -> None:
    (book,) = shelve("L'Étranger by Night", by="Ann Smith", language="fre")
    other = Author.objects.create(name="Bob Jones", sort_name="Jones, Bob", match_key="bob")
    Contributor.objects.create(book=book, author=other, order=2)
    book.subjects.set([Subject.objects.create(name=name, match_key=name) for name in ("Moon", "Red")])
    index_book(book)
    assert search_books(phrase).pks == []


def test_a_phrase_may_run_from_title_to_subtitle() -> None:
    (book,) = shelve("Frankenstein", subtitle="Or, The Modern Prometheus")
    assert search_books('"frankenstein or the modern"').pks == [book.pk]


def test_a_record_without_a_language_and_headings_have_english_roots() -> None:
    (book,) = shelve("Running Dogs")
    book.subjects.set([Subject.objects.create(name="Wild cats", match_key="c")])
    index_book(book)
    assert (search_books("dog").pks, search_books("cat", field="subject").pks) == ([book.pk], [book.pk])


def test_brackets_do_not_make_another_title() -> None:
    shelve("Elections and Voters", "Elections and Voters in Britain (Politics)", "Elections, Voters and Britain")
    (first, *_others) = search_books("elections and voters in britain").pks
    assert Book.objects.get(pk=first).title == "Elections and Voters in Britain (Politics)"


LONG = {
    "one word": "x" * 9_999, "no blanks": "猫" * 9_999, "accents": "é" * 9_999, "many words": "ab " * 3_333,
    "new script": "\U0001e900" * 4_000, "apostrophes": "'" * 9_999, "hyphens": "o'b-c " * 1_600,
}  # fmt: skip


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_the_longest_texts_are_written_and_found(text: str) -> None:
    (book,) = shelve("Plain", description=text)
    assert search_books("plain").pks == [book.pk]
    assert search_books(text[:300]).pks in ([book.pk], [])
