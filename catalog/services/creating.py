"""Making books of drafts, one or many at once, inside the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.services.rows import insert_and_key, insert_rows
from catalog.drafts import BookDraft
from catalog.models import Author, Book, BookIdentifier, Contributor, Subject
from catalog.normalize.shelf import shelf_key
from catalog.normalize.subjects import subject_key
from catalog.normalize.text import title_key
from catalog.normalize.titles import sort_title
from catalog.search.facts import PLAIN, BookFacts, CopyFacts, PersonFacts, SubjectFacts
from catalog.services.authors import authors_for, subjects_for
from catalog.services.placing import NewCopy

PLAIN_FIELDS = (
    "title", "subtitle", "statement", "edition", "publisher", "place", "published", "year", "first_year", "language",
    "other_languages", "pages", "pagination", "format", "format_text", "series", "description", "call_number",
)  # fmt: skip
LIST_FIELDS = ("contributors", "subjects", "identifiers")
FIELDS = PLAIN_FIELDS + LIST_FIELDS
# kind of identifier -> the draft's list of them
NUMBERS = {
    "isbn13": "isbns", "isbn10": "isbns_10", "isbn_invalid": "isbns_invalid", "lccn": "lccns", "oclc": "oclcs",
}  # fmt: skip
COLUMNS = (*PLAIN_FIELDS, "sort_title", "match_key", "shelf_key", "origins", "created_at")
LENGTHS = {name: getattr(Book._meta.get_field(name), "max_length", None) for name in PLAIN_FIELDS}
PLAIN_VALUES = attrgetter(*PLAIN_FIELDS)
OTHER_LANGUAGES = PLAIN_FIELDS.index("other_languages")
CUTS = [(n, length) for n, length in enumerate(LENGTHS.values()) if length]
FOR_SEARCH = itemgetter(*((*COLUMNS, "pk").index(name) for name in PLAIN))


@dataclass(slots=True)
class Made:
    """A book just made, with what stands in the tables beside it, and the authors and subjects that are new with it.

    ``values``: of COLUMNS.
    """

    pk: int
    values: tuple[Any, ...]
    people: list[Author] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    new_authors: list[int] = field(default_factory=list)
    new_subjects: list[int] = field(default_factory=list)

    @property
    def call_number(self) -> str:
        return self.values[COLUMNS.index("call_number")]

    def for_search(self, copies: Iterable[NewCopy]) -> BookFacts:
        """What the search document of the book with these ``copies`` is made of."""
        people = [PersonFacts(each.pk, each.name, each.sort_name) for each in self.people]
        subjects = [SubjectFacts(each.pk, each.name) for each in sorted(self.subjects, key=lambda each: each.pk)]
        plain = FOR_SEARCH((*self.values, self.pk))
        return BookFacts._make((*plain, people, subjects, self.numbers, [_copy_facts(copy) for copy in copies]))


def create_book(draft: BookDraft, origin: str) -> Book:
    """Make a book of ``draft`` (see ``create_books``)."""
    (made,) = create_books([draft], [origin])
    book = Book(pk=made.pk, **dict(zip(COLUMNS, made.values, strict=True)))
    book._state.adding, book._state.db = False, connection.alias
    return book


def create_books(drafts: Sequence[BookDraft], origins: Sequence[str]) -> list[Made]:
    """Make a book of each of ``drafts``; every filled field is marked as from its one of ``origins``.

    It is the caller's to let search know, once everything about the books is there.
    """
    now = timezone.now()
    numbers = [numbers_of(draft) for draft in drafts]
    rows = [_row_of(*each, now) for each in zip(drafts, origins, numbers, strict=True)]
    made = [Made(pk, row) for pk, row in zip(insert_and_key(Book, COLUMNS, rows), rows, strict=True)]
    _write_contributors(made, drafts)
    _write_subjects(made, drafts)
    _write_identifiers(made, numbers)
    return made


def draft_value(draft: BookDraft, name: str) -> Any:
    """What ``draft`` says in the field ``name`` (of FIELDS), in the words of ``snapshot``, as far as it can be kept."""
    if name == "contributors":
        return [{"name": person.name[:300], "role": person.role} for person in draft.contributors]
    if name == "identifiers":
        return [list(pair) for pair in numbers_of(draft)]
    value, length = getattr(draft, name), LENGTHS.get(name)
    if isinstance(value, str):
        return value[:length] if length else value
    return list(value) if isinstance(value, tuple) else value


def set_plain(book: Book, draft: BookDraft, wanted: Iterable[str]) -> None:
    """Give ``book``, not saved yet, what ``draft`` says in those fields of PLAIN_FIELDS that are ``wanted``."""
    wanted = set(wanted)
    for name in wanted.intersection(PLAIN_FIELDS):
        setattr(book, name, draft_value(draft, name))
    if "year" in wanted and "published" not in wanted and str(book.year) not in book.published:
        book.published = ""  # the date as printed, which names another year
    if "call_number" in wanted:
        book.shelf_key = shelf_key(book.call_number)
    if wanted & {"title", "language"}:
        given = draft.sort_title[:500] if "title" in wanted else ""
        book.sort_title = given or sort_title(book.title, book.language)
        book.match_key = title_key(book.title)


def numbers_of(draft: BookDraft) -> list[tuple[str, str]]:
    """Kind and value of every number, each once, as the column takes it."""
    listed = [(kind, value[:40]) for kind, name in NUMBERS.items() for value in getattr(draft, name)]
    return list(dict.fromkeys(listed))


def subjects_of(draft: BookDraft) -> list[str]:
    """The subjects of ``draft`` that have a key."""
    return [name for name in draft.subjects if subject_key(name)]


def _copy_facts(copy: NewCopy) -> CopyFacts:
    return CopyFacts(
        copy.pk, copy.call_number, copy.location, copy.current_branch_id, copy.copy_type.is_lendable,
        copy.withdrawn_on, copy.lost_on, copy.damaged_on,
    )  # fmt: skip


def _row_of(draft: BookDraft, origin: str, numbers: Sequence[Any], now: datetime) -> tuple[Any, ...]:
    """The values of COLUMNS for a new book, as ``set_plain`` would set them all."""
    values = list(PLAIN_VALUES(draft))
    for n, length in CUTS:
        if len(values[n]) > length:
            values[n] = values[n][:length]
    said = dict(zip(PLAIN_FIELDS, values, strict=True))
    said["other_languages"] = values[OTHER_LANGUAGES] = list(draft.other_languages)
    lists = {"contributors": draft.contributors, "subjects": draft.subjects, "identifiers": numbers}
    origins = dict.fromkeys([name for name, value in (*said.items(), *lists.items()) if value], origin)
    sorted_as = draft.sort_title[:500] or sort_title(said["title"], said["language"])
    return (*values, sorted_as, title_key(said["title"]), shelf_key(said["call_number"]), origins, now)


def _write_contributors(made: Sequence[Made], drafts: Sequence[BookDraft]) -> None:
    authors, new = authors_for([person for draft in drafts for person in draft.contributors])
    left, fresh, rows = iter(authors), {author.pk for author in new}, []
    for each, draft in zip(made, drafts, strict=True):
        parts = set()
        for order, person in enumerate(draft.contributors):
            author = next(left)
            if (author.pk, person.role) not in parts:
                parts.add((author.pk, person.role))
                each.people.append(author)
                rows.append((each.pk, author.pk, person.role, order))
        each.new_authors = sorted(fresh.intersection(author.pk for author in each.people))
        fresh.difference_update(each.new_authors)
    insert_rows(Contributor, ("book", "author", "role", "order"), rows)


def _write_subjects(made: Sequence[Made], drafts: Sequence[BookDraft]) -> None:
    named = [subjects_of(draft) for draft in drafts]
    subjects, new = subjects_for([name for names in named for name in names])
    left, fresh, rows = iter(subjects), {subject.pk for subject in new}, []
    for each, names in zip(made, named, strict=True):
        own = {subject.pk: subject for subject in (next(left) for _name in names)}
        each.subjects = list(own.values())
        each.new_subjects = sorted(fresh.intersection(own))
        fresh.difference_update(own)
        rows += [(each.pk, pk) for pk in own]
    insert_rows(Book.subjects.through, ("book", "subject"), rows)


def _write_identifiers(made: Sequence[Made], numbers: Sequence[list[tuple[str, str]]]) -> None:
    rows = []
    for each, found in zip(made, numbers, strict=True):
        each.numbers = [value for _kind, value in found]
        rows += [(each.pk, kind, value) for kind, value in found]
    insert_rows(BookIdentifier, ("book", "kind", "value"), rows)
