"""What a list of books shows of each: read in two queries, for as many books as a page has."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from accounts.addresses import address_of
from accounts.prepared import Prepared
from catalog.models import Book, Contributor

ON_A_PAGE = 25
BOOKS = Prepared(
    lambda keys: Book.objects.filter(pk__in=keys)
    .order_by()
    .values_list(
        "pk", "title", "subtitle", "language", "publisher", "year", "call_number", "cover__file", "cover__width",
        "cover__height",
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


@dataclass(frozen=True, slots=True)
class Picture:
    """A cover's picture; ``version`` changes when another takes its place."""

    version: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A book as a list shows it."""

    pk: int
    title: str
    subtitle: str
    language: str
    publisher: str
    year: int | None
    call_number: str
    people: tuple[Person, ...]
    picture: Picture | None

    @property
    def full_title(self) -> str:
        return f"{self.title}: {self.subtitle}" if self.subtitle else self.title

    def get_absolute_url(self) -> str:
        return address_of("catalog:book", self.pk)


def hits_of(keys: Sequence[int]) -> list[Hit]:
    """The books with these keys, in this order; keys of books that are gone are left out."""
    people: dict[int, dict[tuple[int, str], list[str]]] = {}
    for book, author, name, role in PEOPLE.rows(keys):
        people.setdefault(book, {}).setdefault((author, name), []).append(role)
    hits = {}
    for pk, title, subtitle, language, publisher, year, call_number, file, width, height in BOOKS.rows(keys):
        who = tuple(Person(author, name, tuple(roles)) for (author, name), roles in people.get(pk, {}).items())
        picture = Picture(PurePosixPath(file).stem, width, height) if file else None
        hits[pk] = Hit(pk, title, subtitle, language, publisher, year, call_number, who, picture)
    return [hits[key] for key in keys if key in hits]
