"""What is probably there twice, and what only looks so."""

import pytest

from catalog.drafts import BookDraft, DraftContributor
from catalog.duplicates import Pair, likely_authors, likely_books, likely_subjects
from catalog.duplicates.books import Facts, reason_for_books
from catalog.duplicates.names import reason_for_authors, reason_for_subjects
from catalog.models import Author, Book, NotTheSame, Subject
from catalog.normalize.names import name_key
from catalog.normalize.subjects import subject_key
from catalog.services.authors import author_for, subject_for
from catalog.services.books import create_book

EMMA = {"title": "Emma", "contributors": (DraftContributor("Jane Austen"),), "year": 1815}


def facts(**said: object) -> Facts:
    values = {"pk": 1, "title": "Emma", "match_key": "emma", "year": 1815, "author": "austen jane", "said": ("", "")}
    return Facts(**values | said)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"isbns": {"A"}}, "isbn"),
        ({"isbns": {"A", "B"}, "year": 1900, "said": ("2nd", "")}, "isbn"),
        ({"isbns": {"A"}, "title": "Windows for beginners"}, "isbn_only"),
        ({"isbns": {"B"}, "numbers": {("lccn", "1")}}, ""),
        ({"numbers": {("lccn", "1")}, "year": 1990}, "number"),
        ({"numbers": {("lccn", "1")}, "said": ("2nd", "")}, ""),
        ({}, "same_year"),
        ({"year": 1816}, "near_year"),
        ({"year": 1817}, ""),
        ({"year": None}, "no_year"),
        ({"author": ""}, ""),
        ({"author": "kant immanuel"}, ""),
        ({"said": ("2nd", "")}, ""),
        ({"said": ("", "ger")}, "same_year"),
    ],
)
def test_reason_why_two_books_may_be_one(other: dict, reason: str) -> None:
    mine = facts(isbns={"A"}, numbers={("lccn", "1")}, said=("1st", ""))
    assert reason_for_books(mine, facts(**other)) == reason


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Mark Twain", "Twain, Mark, 1835-1910", "same"),
        ("Karl Müller", "Karl Mueller", "spelling"),
        ("José Saramago", "Jose Saramago", "same"),
        ("Twain Mark", "Mark Twain", "swapped"),
        ("J. R. R. Tolkien", "John Ronald Reuel Tolkien", "initials"),
        ("Stephen King", "Stephen E. King", "fewer"),
        ("Stephen King", "Stephanie King", ""),
        ("S. King", "Tabitha King", ""),
        ("Smith, John, 1580-1631", "Smith, John, 1949-", ""),
        ("Homer", "Homer Simpson", ""),
    ],
)
def test_reason_why_two_names_may_be_one_persons(one: str, other: str, reason: str) -> None:
    assert reason_for_authors((1, name_key(one), one), (2, name_key(other), other)) == reason


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Whale", "Whales", "plural"),
        ("E-Mail", "Email", "spelling"),
        ("Medieval history", "History, Medieval", "swapped"),
        ("Glass", "Glas", ""),
        ("Cats", "Dogs", ""),
    ],
)
def test_reason_why_two_subjects_may_be_one(one: str, other: str, reason: str) -> None:
    assert reason_for_subjects((1, subject_key(one), one), (2, subject_key(other), other)) == reason


def made(**said: object) -> Book:
    return create_book(BookDraft(**EMMA | said), "librarian")


@pytest.mark.django_db
def test_likely_books_come_best_first_each_pair_once() -> None:
    number = made(title="Persuasion", lccns=("1",), year=1818)
    number_too = made(title="Persuasion", lccns=("1",), year=1990)
    year, year_too, near = made(), made(), made(year=1816)
    reused = made(title="Windows for beginners", isbns=("9780141439587",))
    isbn = made(title="Sanditon", isbns=("9780141439587", "9780141439600"), year=None)
    isbn_too = made(title="Sanditon", isbns=("9780141439600", "9780141439587"), year=1925)
    assert list(likely_books()) == [
        Pair(isbn.pk, isbn_too.pk, "isbn"),
        Pair(number.pk, number_too.pk, "number"),
        Pair(year.pk, year_too.pk, "same_year"),
        Pair(year.pk, near.pk, "near_year"),
        Pair(year_too.pk, near.pk, "near_year"),
        Pair(reused.pk, isbn.pk, "isbn_only"),
        Pair(reused.pk, isbn_too.pk, "isbn_only"),
    ]


@pytest.mark.django_db
def test_pair_that_is_not_the_same_is_left_out() -> None:
    one, other = made(), made()
    NotTheSame.objects.create(kind="book", one=one.pk, other=other.pk)
    assert list(likely_books()) == []


@pytest.mark.django_db
def test_each_of_a_crowd_is_put_beside_those_near_it() -> None:
    books = [made(year=1815) for _each in range(15)]
    pairs = [pair[:2] for pair in likely_books()]
    assert (len(pairs), pairs[0]) == (99, (books[0].pk, books[1].pk))


@pytest.mark.django_db
def test_likely_authors_come_best_first() -> None:
    names = ["Mark Twain|OL1A", "Mark Twain|OL2A", "Karl Müller", "Karl Mueller", "J. Austen", "Jane Austen", "Plato"]
    made_of = [author_for(DraftContributor(name, key=key)).pk for name, _, key in (n.partition("|") for n in names)]
    twain, twain_too, muller, mueller, initial, austen, _plato = made_of
    assert list(likely_authors()) == [
        Pair(twain, twain_too, "same"), Pair(muller, mueller, "spelling"), Pair(initial, austen, "initials"),
    ]  # fmt: skip
    assert Author.objects.count() == 7


@pytest.mark.django_db
def test_likely_subjects_come_best_first() -> None:
    keys = [subject_for(name).pk for name in ("Whales", "Whale", "Märchen", "Maerchen", "Glass")]
    assert list(likely_subjects()) == [Pair(keys[2], keys[3], "spelling"), Pair(keys[0], keys[1], "plural")]
    assert Subject.objects.count() == 5
