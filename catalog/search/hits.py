"""What a list of books shows of each: read in two queries, for as many books as a page has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from accounts.addresses import address_of
from accounts.prepared import Prepared
from catalog.models import Book, Contributor, Cover

ON_A_PAGE = 25
BOOKS = Prepared(
    lambda keys: Book.objects.filter(pk__in=keys)
    .order_by()
    .values_list(
        "pk", "title", "subtitle", "language", "publisher", "year", "call_number", "description",
        "search_document__copies", "search_document__available", "cover__file", "cover__width", "cover__height",
    ),
    most=ON_A_PAGE,
)  # fmt: skip
PEOPLE = Prepared(
    lambda keys: (
        Contributor.objects.filter(book__in=keys)
        .order_by("order", "pk")
        .values_list("book_id", "author_id", "author__name", "role")
    ),
    most=ON_A_PAGE,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who had a part in a book, with all parts (of ROLES) they had in it."""

    pk: int
    name: str
    roles: tuple[str, ...]

    def get_absolute_url(self) -> str:
        return address_of("catalog:author", self.pk)


class Copies(NamedTuple):
    """How many copies of a book there are and how many can be taken home, as its search document says."""

    copies: int
    available: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A book as a list shows it: in templates it stands for the Book, with the same names."""

    pk: int
    title: str
    subtitle: str
    language: str
    publisher: str
    year: int | None
    call_number: str
    description: str
    search_document: Copies | None
    people: tuple[Person, ...]
    cover: Cover | None

    @property
    def full_title(self) -> str:
        return f"{self.title}: {self.subtitle}" if self.subtitle else self.title

    @property
    def first_author(self) -> str:
        """The name on a drawn cover, or ""."""
        return self.people[0].name if self.people else ""

    def get_absolute_url(self) -> str:
        return address_of("catalog:book", self.pk)


def hits_of(keys: Sequence[int]) -> list[Hit]:
    """The books with these keys, in this order; keys of books that are gone are left out."""
    people = _people_of(keys)
    hits = {}
    for pk, *shown, copies, available, file, width, height in BOOKS.rows(keys):
        cover = Cover(book_id=pk, file=file, width=width, height=height) if file else None
        stock = None if copies is None else Copies(copies, available)
        hits[pk] = Hit(pk, *shown, stock, people.get(pk, ()), cover)  # type: ignore[call-arg] # the columns in between are shown
    return [hits[key] for key in keys if key in hits]


def _people_of(keys: Sequence[int]) -> dict[int, tuple[Person, ...]]:
    parts: dict[int, dict[tuple[int, str], list[str]]] = {}
    for book, author, name, role in PEOPLE.rows(keys):
        parts.setdefault(book, {}).setdefault((author, name), []).append(role)
    return {
        book: tuple(Person(author, name, tuple(roles)) for (author, name), roles in each.items())
        for book, each in parts.items()
    }
