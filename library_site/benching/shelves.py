"""Puts the books of a data set on the shelves: as the services would, but thousands at a time."""

import re
from datetime import date
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from accounts.queries import default_branch
from catalog.isbn import read_isbn
from catalog.models import Author, Book, BookIdentifier, Contributor, Copy, Subject
from catalog.normalize.languages import read_language
from catalog.normalize.names import name_key, natural_name
from catalog.normalize.shelf import shelf_key
from catalog.normalize.subjects import subject_key
from catalog.normalize.text import title_key
from catalog.normalize.titles import sort_title
from catalog.queries import default_copy_type
from catalog.services.books import FIELDS, LIBRARIAN
from library_site.benching.stores import Store
from library_site.benching.tables import BadData, Keys, Row

PLAIN_ISBN13 = re.compile("978[0-9]{10}")
OF_BOOK = (
    "title", "subtitle", "sort_title", "match_key", "publisher", "place", "published", "year", "language", "pages",
    "call_number", "description", "origins", "shelf_key",
)  # fmt: skip
OF_COPY = (
    "book_id", "barcode", "home_branch_id", "current_branch_id", "copy_type_id", "call_number", "location",
    "acquired_on",
)  # fmt: skip


class Named(NamedTuple):
    """An author or subject as it stands in the database."""

    pk: int
    name: str


class Headings:
    """The authors or the subjects: each name is looked for by its match key before it is made."""

    def __init__(self, model: type[Author] | type[Subject], *columns: str) -> None:
        self._store = Store(model, "name", "match_key", *columns)
        rows = model._default_manager.order_by("-pk").values_list("match_key", "pk", "name")  # the oldest wins
        self._known = {key: Named(pk, name) for key, pk, name in rows}

    def take(self, names: list[str], keys: list[str], *others: list[str]) -> list[Named]:
        """For each name the row that has its match key, made where there is none; ``others`` are further columns."""
        rows = zip(names, keys, *others, strict=True)
        new = {row[1]: row for row in reversed(list(rows)) if row[1] not in self._known}
        made = list(reversed(new.values()))
        for row, pk in zip(made, self._store.add(made), strict=True):
            self._known[row[1]] = Named(pk, row[0])
        return [self._known[key] for key in keys]


class Shelves:
    """Takes the rows of authors, subjects, publishers, places, titles and copies, in this order."""

    def __init__(self) -> None:
        self.authors: list[Named] = []
        self.subjects: list[Named] = []
        self.publishers: list[str] = []
        self.places: list[str] = []
        self.titles = Keys("titles")
        self.copies = Keys("copies")
        self.branch, self.copy_type = default_branch(), default_copy_type()
        self._author_headings, self._subject_headings = Headings(Author, "sort_name"), Headings(Subject)
        self._books, self._copies = Store(Book, *OF_BOOK), Store(Copy, *OF_COPY)
        self._contributors = Store(Contributor, "book_id", "author_id", "order")
        self._about = Store(Book.subjects.through, "book_id", "subject_id")
        self._identifiers = Store(BookIdentifier, "book_id", "kind", "value")
        self._subject_order: dict[int, int] = {}
        self._origins = cache(lambda filled: self._books.stored("origins", dict.fromkeys(filled, LIBRARIAN)))
        self._day = cache(lambda day: self._copies.stored("acquired_on", date.fromisoformat(day)))

    def take_authors(self, rows: list[Row]) -> None:
        """Authors by name ("Surname, Given"); equal names are one author, as everywhere."""
        names = [natural_name(row["name"]) for row in rows]
        keys = [name_key(name) for name in names]
        self.authors += self._author_headings.take(names, keys, [row["name"] for row in rows])

    def take_subjects(self, rows: list[Row]) -> None:
        """Subjects by heading."""
        names = [row["heading"] for row in rows]
        self.subjects += self._subject_headings.take(names, [subject_key(name) for name in names])
        self._subject_order = {pk: n for n, pk in enumerate(Subject.objects.values_list("pk", flat=True))}

    def take_publishers(self, rows: list[Row]) -> None:
        """The names of publishers; a book keeps the name."""
        self.publishers += [row["name"] for row in rows]

    def take_places(self, rows: list[Row]) -> None:
        """The names of places of publication."""
        self.places += [row["name"] for row in rows]

    def take_titles(self, rows: list[Row]) -> None:
        """Books with their contributors, subjects, identifiers and everything derived from these."""
        people = [_chosen(self.authors, row["author_ids"], "authors") for row in rows]
        about = [self._subjects_of(row) for row in rows]
        numbers = [_numbers(row["isbn"]) for row in rows]
        books = self._books.add(list(map(self._book, rows, people, about, numbers)))
        self._contributors.add(
            [
                (book, person.pk, order)
                for book, persons in zip(books, people, strict=True)
                for order, person in enumerate(persons)
            ]
        )
        self._about.add(
            [(book, subject.pk) for book, subjects in zip(books, about, strict=True) for subject in subjects]
        )
        self._identifiers.add([(book, *pair) for book, pairs in zip(books, numbers, strict=True) for pair in pairs])
        self.titles.extend(books)

    def take_copies(self, rows: list[Row]) -> None:
        """Copies at the first branch and of the first type, with the call number of their book."""
        books = [self.titles[row["title_id"]] for row in rows]
        call_numbers = dict(Book.objects.filter(pk__in=set(books)).values_list("pk", "call_number"))
        branch, copy_type = self.branch.pk, self.copy_type.pk
        copies = [
            (book, row["barcode"], branch, branch, copy_type, call_numbers[book], row["location"],
             self._day(row["acquired"]))
            for book, row in zip(books, rows, strict=True)
        ]  # fmt: skip
        self.copies.extend(self._copies.add(copies))

    def _subjects_of(self, row: Row) -> list[Named]:
        """In the database's order of names, because that is how the search document is made."""
        subjects = _chosen(self.subjects, row["subject_ids"], "subjects")
        return sorted(subjects, key=lambda subject: self._subject_order[subject.pk])

    def _book(self, row: Row, people: list[Named], about: list[Named], numbers: list[tuple[str, str]]) -> tuple:
        language = read_language(row["lang"])
        filled: dict[str, Any] = {
            "title": row["title"], "subtitle": row["subtitle"], "published": row["year"], "language": language,
            "publisher": _one(self.publishers, row["publisher_id"], "publishers"),
            "place": _one(self.places, row["place_id"], "places"),
            "year": int(row["year"]) if row["year"] else None, "pages": int(row["pages"]) if row["pages"] else None,
            "call_number": row["callno"], "description": row["summary"],
        }  # fmt: skip
        facts = filled | {"contributors": people, "subjects": about, "identifiers": numbers}
        derived = {
            "sort_title": sort_title(row["title"], language), "match_key": title_key(row["title"]),
            "origins": self._origins(tuple(filter(facts.get, FIELDS))),
            "shelf_key": shelf_key(row["callno"]),
        }  # fmt: skip
        return itemgetter(*OF_BOOK)(filled | derived)


def _numbers(isbn: str) -> list[tuple[str, str]]:
    if _is_plain_isbn13(isbn):
        return [("isbn13", isbn)]
    read = read_isbn(isbn)
    return [("isbn13" if read.is_valid else "isbn_invalid", read.value)] if read else []


def _is_plain_isbn13(text: str) -> bool:
    """Whether ``text`` is a right ISBN-13 already. Not every one that is answers to this; those are read in full."""
    if not PLAIN_ISBN13.fullmatch(text) or len(set(text[3:-1])) == 1:
        return False
    return (sum(map(int, text[::2])) + 3 * sum(map(int, text[1::2]))) % 10 == 0


def _chosen(known: list[Named], ids: str, name: str) -> list[Named]:
    """The rows that ``ids`` ("3|17") names, each once."""
    return list(dict.fromkeys(_one(known, each, name) for each in ids.split("|") if each))


def _one(known: list[Any], row_id: str, name: str) -> Any:
    if not row_id.isdecimal() or not 1 <= int(row_id) <= len(known):
        raise BadData(f"{name}.csv has no row with the id “{row_id}” that titles.csv names.")
    return known[int(row_id) - 1]
