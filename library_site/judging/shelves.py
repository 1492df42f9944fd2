"""The fixed library in which search is judged: the demo's books and records of Open Library, all at once."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from accounts.queries import default_branch
from catalog.drafts import BookDraft
from catalog.models import Author, Book, BookIdentifier, Contributor, Copy, Subject
from catalog.normalize.names import name_key
from catalog.normalize.subjects import subject_key
from catalog.normalize.text import title_key
from catalog.normalize.titles import sort_title
from catalog.openlibrary.normalize import book_draft
from catalog.openlibrary.records import FetchedRecord
from catalog.queries import default_copy_type
from catalog.search.documents import Stock
from catalog.search.engine import engine
from catalog.services.books import NUMBERS, PLAIN_FIELDS, draft_value
from catalog.services.search import index_books
from library_site.demo.shelves import DATA, draft_of

BATCH = 500
THIS_YEAR = 2026  # the records are read alike for ever


class Shelved(NamedTuple):
    """A draft with its number of copies and how often they were lent."""

    draft: BookDraft
    copies: int = 0
    times_lent: int = 0


def demo() -> list[Shelved]:
    """The demo's books; each step of popularity counts twice as many loans as the one below."""
    entries = json.loads((DATA / "books.json").read_text(encoding="utf-8"))
    return [Shelved(draft_of(entry), entry["copies"], 2 ** entry["popularity"] // 16) for entry in entries]


def records(path: Path) -> list[Shelved]:
    """Open Library's records in ``path``, one JSON object a line: edition, and work and authors where known."""
    lines = path.read_text(encoding="utf-8").splitlines()
    drafts = (book_draft(FetchedRecord(**json.loads(line)), this_year=THIS_YEAR) for line in lines)
    return [Shelved(draft) for draft in drafts if draft.title]


def fill(shelved: Iterable[Shelved]) -> int:
    """Put ``shelved`` into the library, inside the caller's transaction; how many books there were."""
    shelves, books = _Shelves(), list(shelved)
    written = sum(shelves.take(books[n : n + BATCH]) for n in range(0, len(books), BATCH))
    engine().tidy()
    return written


class _Shelves:
    """Writes many books with few statements; authors and subjects are the same where their keys are."""

    def __init__(self) -> None:
        self.authors = {author.match_key: author for author in Author.objects.all()}
        self.subjects = {subject.match_key: subject for subject in Subject.objects.all()}
        branch = default_branch()
        self.place = {"home_branch": branch, "current_branch": branch, "copy_type": default_copy_type()}

    def take(self, batch: list[Shelved]) -> int:
        self._learn(batch)
        books = Book.objects.bulk_create([_book(each.draft) for each in batch])
        pairs = list(zip(books, batch, strict=True))
        Contributor.objects.bulk_create([row for book, each in pairs for row in self._people(book, each.draft)])
        about = Book.subjects.through
        about.objects.bulk_create(
            [about(book=book, subject=found) for book, each in pairs for found in self._about(each.draft)]
        )
        BookIdentifier.objects.bulk_create([row for book, each in pairs for row in _numbers(book, each.draft)])
        Copy.objects.bulk_create([row for book, each in pairs for row in self._copies(book, each.copies)])
        return index_books([b.pk for b in books], {b.pk: Stock(times_lent=each.times_lent) for b, each in pairs})

    def _learn(self, batch: list[Shelved]) -> None:
        people = {name_key(p.name): p for each in batch for p in each.draft.contributors}
        new = [
            Author(name=people[k].name, sort_name=people[k].sort_name, match_key=k)
            for k in people.keys() - self.authors
        ]
        self.authors |= {author.match_key: author for author in Author.objects.bulk_create(new)}
        named = {subject_key(name): name for each in batch for name in each.draft.subjects}
        missing = [Subject(name=named[key], match_key=key) for key in named.keys() - self.subjects if key]
        self.subjects |= {subject.match_key: subject for subject in Subject.objects.bulk_create(missing)}

    def _people(self, book: Book, draft: BookDraft) -> list[Contributor]:
        parts = dict.fromkeys((name_key(person.name), person.role) for person in draft.contributors)
        return [
            Contributor(book=book, author=self.authors[key], role=role, order=n) for n, (key, role) in enumerate(parts)
        ]

    def _about(self, draft: BookDraft) -> list[Subject]:
        return list(dict.fromkeys(self.subjects[k] for k in map(subject_key, draft.subjects) if k))

    def _copies(self, book: Book, count: int) -> list[Copy]:
        return [
            Copy(book=book, barcode=f"{book.pk}-{n}", call_number=book.call_number, **self.place) for n in range(count)
        ]


def _book(draft: BookDraft) -> Book:
    plain = {name: draft_value(draft, name) for name in PLAIN_FIELDS}
    return Book(**plain, sort_title=sort_title(draft.title, draft.language), match_key=title_key(draft.title))


def _numbers(book: Book, draft: BookDraft) -> list[BookIdentifier]:
    pairs = dict.fromkeys((kind, value[:40]) for kind, name in NUMBERS.items() for value in getattr(draft, name))
    return [BookIdentifier(book=book, kind=kind, value=value) for kind, value in pairs]
