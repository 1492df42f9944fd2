"""Puts the books of a data set on the shelves: as the services would, but thousands at a time."""

from collections.abc import Callable
from datetime import date
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
from library_site.benching.tables import BadData, Keys, Row


class Named(NamedTuple):
    """An author or subject as it stands in the database."""

    pk: int
    name: str


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
        self._subject_order: dict[int, int] = {}

    def take_authors(self, rows: list[Row]) -> None:
        """Authors by name ("Surname, Given"); equal names are one author, as everywhere."""
        names = [natural_name(row["name"]) for row in rows]
        keys = [name_key(name) for name in names]
        sort_forms = dict(zip(keys, (row["name"] for row in rows), strict=True))
        self.authors += _found_or_made(
            Author, names, keys, lambda name, key: Author(name=name, sort_name=sort_forms[key], match_key=key)
        )

    def take_subjects(self, rows: list[Row]) -> None:
        """Subjects by heading."""
        names = [row["heading"] for row in rows]
        self.subjects += _found_or_made(
            Subject, names, [subject_key(name) for name in names], lambda name, key: Subject(name=name, match_key=key)
        )
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
        parts = zip(rows, people, about, numbers, strict=True)
        books = Book.objects.bulk_create([self._book(*each) for each in parts])
        Contributor.objects.bulk_create(
            Contributor(book=book, author_id=person.pk, order=order)
            for book, persons in zip(books, people, strict=True)
            for order, person in enumerate(persons)
        )
        Book.subjects.through.objects.bulk_create(
            Book.subjects.through(book=book, subject_id=subject.pk)
            for book, subjects in zip(books, about, strict=True)
            for subject in subjects
        )
        BookIdentifier.objects.bulk_create(
            BookIdentifier(book=book, kind=kind, value=value)
            for book, pairs in zip(books, numbers, strict=True)
            for kind, value in pairs
        )
        self.titles.extend(book.pk for book in books)

    def take_copies(self, rows: list[Row]) -> None:
        """Copies at the first branch and of the first type, with the call number of their book."""
        books = [self.titles[row["title_id"]] for row in rows]
        call_numbers = dict(Book.objects.filter(pk__in=set(books)).values_list("pk", "call_number"))
        copies = Copy.objects.bulk_create(
            Copy(
                book_id=book, barcode=row["barcode"], home_branch=self.branch, current_branch=self.branch,
                copy_type=self.copy_type, call_number=call_numbers[book], location=row["location"],
                acquired_on=date.fromisoformat(row["acquired"]),
            )
            for book, row in zip(books, rows, strict=True)
        )  # fmt: skip
        self.copies.extend(copy.pk for copy in copies)

    def _subjects_of(self, row: Row) -> list[Named]:
        """In the database's order of names, because that is how the search document is made."""
        subjects = _chosen(self.subjects, row["subject_ids"], "subjects")
        return sorted(subjects, key=lambda subject: self._subject_order[subject.pk])

    def _book(self, row: Row, people: list[Named], about: list[Named], numbers: list[tuple[str, str]]) -> Book:
        language = read_language(row["lang"])
        filled: dict[str, Any] = {
            "title": row["title"], "subtitle": row["subtitle"], "published": row["year"], "language": language,
            "publisher": _one(self.publishers, row["publisher_id"], "publishers"),
            "place": _one(self.places, row["place_id"], "places"),
            "year": int(row["year"]) if row["year"] else None, "pages": int(row["pages"]) if row["pages"] else None,
            "call_number": row["callno"], "description": row["summary"],
        }  # fmt: skip
        lists = {"contributors": people, "subjects": about, "identifiers": numbers}
        return Book(
            **filled, sort_title=sort_title(row["title"], language), match_key=title_key(row["title"]),
            shelf_key=shelf_key(row["callno"]),
            origins={name: LIBRARIAN for name in FIELDS if (filled | lists).get(name)},
        )  # fmt: skip


def _found_or_made(
    model: type[Author] | type[Subject], names: list[str], keys: list[str], make: Callable[[str, str], Any]
) -> list[Named]:
    """For each name the row that has its match key, made where there is none."""
    known = _by_key(model, keys)
    new = {key: name for key, name in zip(reversed(keys), reversed(names), strict=True) if key not in known}
    model._default_manager.bulk_create(make(name, key) for key, name in reversed(new.items()))
    known |= _by_key(model, list(new))
    return [known[key] for key in keys]


def _by_key(model: type[Author] | type[Subject], keys: list[str]) -> dict[str, Named]:
    rows = model._default_manager.filter(match_key__in=keys).order_by("-pk")  # the oldest wins
    return {key: Named(pk, name) for key, pk, name in rows.values_list("match_key", "pk", "name")}


def _numbers(isbn: str) -> list[tuple[str, str]]:
    read = read_isbn(isbn)
    return [("isbn13" if read.is_valid else "isbn_invalid", read.value)] if read else []


def _chosen(known: list[Named], ids: str, name: str) -> list[Named]:
    """The rows that ``ids`` ("3|17") names, each once."""
    return list(dict.fromkeys(_one(known, each, name) for each in ids.split("|") if each))


def _one(known: list[Any], row_id: str, name: str) -> Any:
    if not row_id.isdecimal() or not 1 <= int(row_id) <= len(known):
        raise BadData(f"{name}.csv has no row with the id “{row_id}” that titles.csv names.")
    return known[int(row_id) - 1]
