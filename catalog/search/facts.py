"""All that a search document is made of, read in five queries for as many books as asked for, without a model."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import QuerySet

from catalog.models import Book, BookIdentifier, Contributor, Copy


class PersonFacts(NamedTuple):
    """Somebody who had a part in a book: the author's key and names."""

    pk: int
    name: str
    sort_name: str


class SubjectFacts(NamedTuple):
    """A subject of a book."""

    pk: int
    name: str


class CopyFacts(NamedTuple):
    """A copy: where it is, whether its type may be lent, and the days on which it was given up, if it was."""

    pk: int
    call_number: str
    location: str
    branch: int
    is_lendable: bool
    withdrawn_on: Any
    lost_on: Any
    damaged_on: Any


class BookFacts(NamedTuple):
    """A book as its document needs it. Lists are in the order in which the book shows them."""

    pk: int
    title: str
    subtitle: str
    sort_title: str
    statement: str
    edition: str
    publisher: str
    place: str
    published: str
    year: int | None
    language: str
    format: str
    series: str
    description: str
    call_number: str
    people: list[PersonFacts]
    subjects: list[SubjectFacts]
    numbers: list[str]
    copies: list[CopyFacts]


PLAIN = BookFacts._fields[:15]


def facts_of(pks: Iterable[int]) -> list[BookFacts]:
    """The facts of these books (by key), in the order of the keys; those that are not there are left out."""
    wanted = list(pks)
    books = Book.objects.filter(pk__in=wanted).order_by("pk").values_list(*PLAIN)
    people = _by_book(
        Contributor.objects.filter(book__in=wanted).order_by("order", "pk"), "author_id", "author__name",
        "author__sort_name",
    )  # fmt: skip
    subjects = _by_book(
        Book.subjects.through.objects.filter(book__in=wanted).order_by("subject_id"), "subject_id", "subject__name"
    )
    numbers = _by_book(BookIdentifier.objects.filter(book__in=wanted).order_by("pk"), "value")
    copies = _by_book(
        Copy.objects.filter(book__in=wanted).order_by("pk"), "pk", "call_number", "location", "current_branch_id",
        "copy_type__is_lendable", "withdrawn_on", "lost_on", "damaged_on",
    )  # fmt: skip
    return [
        BookFacts._make(
            (
                *row,
                [PersonFacts(*each) for each in people[row[0]]],
                [SubjectFacts(*each) for each in subjects[row[0]]],
                [number for (number,) in numbers[row[0]]],
                [CopyFacts(*each) for each in copies[row[0]]],
            )
        )
        for row in books
    ]


def _by_book(rows: QuerySet[Any], *fields: str) -> defaultdict[int, list[tuple[Any, ...]]]:
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for book, *values in rows.values_list("book_id", *fields):
        found[book].append(tuple(values))
    return found
