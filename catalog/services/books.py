"""Making and editing books, whatever they come from. A librarian's edit is remembered as one and never overwritten."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, Branch, User
from accounts.services.actions import describe, recorded
from accounts.services.numbers import BARCODES, hold
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Author, Book, BookIdentifier, Contributor, CopyType, Cover
from catalog.normalize.names import name_key
from catalog.queries import with_isbns
from catalog.services.authors import author_for, rename, subjects_for
from catalog.services.copies import create_copies
from catalog.services.covers import forget_file
from catalog.services.creating import (
    FIELDS,
    NUMBERS,
    PLAIN_FIELDS,
    create_book,
    draft_value,
    numbers_of,
    set_plain,
    subjects_of,
)
from catalog.services.search import follow, index_book
from catalog.services.spelling import doubt_words_of

LIBRARIAN = "librarian"
# Those that people see and edit; the others stay as a source gave them.
SHOWN_FIELDS = (
    "title", "subtitle", "contributors", "publisher", "place", "year", "edition", "language", "pages", "format",
    "series", "call_number", "subjects", "description", "identifiers",
)  # fmt: skip


@recorded("add_book")
def add_book(
    action: Action, draft: BookDraft, *, by: User | None, now: datetime, stock: int = 0, only_new: bool = False,
    branch: Branch | None = None, copy_type: CopyType | None = None, **copy_details: Any,
) -> Book:  # fmt: skip
    """Catalogue a book by hand, with ``stock`` copies of ``copy_type`` at ``branch`` that get the next barcodes.

    ``copy_details`` are further fields of the copies (location, price_minor, ...). ``only_new``: refuse a book whose
    ISBN another one here has. Raises Refused("no_title", "isbn_here").
    """
    if not draft.title:
        raise Refused("no_title", _("A book needs a title."))
    hold(BARCODES)
    known = with_isbns([*draft.isbns, *draft.isbns_invalid]).first() if only_new else None
    if known:
        raise Refused("isbn_here", _("“%(title)s” is here with this ISBN.") % {"title": known.title})
    book = create_book(draft, LIBRARIAN)
    copies = []
    if stock:
        copies = create_copies(book, stock, branch=branch, copy_type=copy_type, now=now, **copy_details)
    index_book(book)
    describe(action, book, after={"title": book.title, "copies": [copy.pk for copy in copies]})
    return book


@recorded("edit_book")
def edit_book(
    action: Action, book: Book, draft: BookDraft, *, fields: Iterable[str] = FIELDS, origin: str = LIBRARIAN,
    seen: str = "", by: User | None, now: datetime,
) -> Book:  # fmt: skip
    """Give ``book`` the values of ``draft`` in ``fields`` (of FIELDS); what changes is marked as from ``origin``.

    ``seen``: the ``version_of`` the book that the editor saw; another one by now is refused.
    Raises Refused("no_title", "changed_since").
    """
    fields = set(fields)
    if "title" in fields and not draft.title:
        raise Refused("no_title", _("A book needs a title."))
    hold(BARCODES)  # authors and subjects are looked up, else made: one transaction at a time
    book = Book.objects.select_for_update(of=("self",)).get(pk=book.pk)
    before = snapshot(book)
    if seen and seen != version_of(before):
        raise Refused("changed_since", _("Somebody changed this book while you had it open. Nothing was saved yet."))
    wanted = {name for name in fields if draft_value(draft, name) != before[name]}
    set_plain(book, draft, wanted)
    own = list(Author.objects.filter(contributions__book=book))
    _write_lists(book, draft, wanted)
    respelt = _respell(own, draft.contributors) if origin == LIBRARIAN and "contributors" in wanted else []
    after = snapshot(book)
    changed = [name for name in FIELDS if before[name] != after[name]]
    book.origins |= dict.fromkeys(changed, origin)
    book.save()
    follow(Book.objects.filter(Q(pk=book.pk) | Q(contributors__author__in=respelt)), first=book)
    describe(action, book, before={n: before[n] for n in changed}, after={n: after[n] for n in changed})
    return book


@recorded("delete_book")
def delete_book(action: Action, book: Book, *, by: User | None, now: datetime) -> None:
    """Delete a ``book`` that has no copies and nobody waited for, with its cover. Raises Refused("has_copies")."""
    hold(BARCODES)  # nobody finds it as what they are about to add a copy to
    book = Book.objects.select_for_update(of=("self",)).get(pk=book.pk)
    if book.copies.exists() or book.holds.exists():
        raise Refused("has_copies", _("This book has copies. Withdraw them; a book with a history stays."))
    describe(action, book, before=snapshot(book))
    for file in Cover.objects.filter(book=book).values_list("file", flat=True):
        forget_file(file)
    doubt_words_of([book.pk])
    book.delete()


def add_isbns(book: Book, draft: BookDraft) -> None:
    """Give ``book`` the ISBNs of ``draft`` that it lacks, inside the caller's transaction, which tells search."""
    known = set(book.identifiers.values_list("kind", "value"))
    new = [pair for pair in numbers_of(draft) if pair[0] in ("isbn13", "isbn10") and pair not in known]
    BookIdentifier.objects.bulk_create(BookIdentifier(book=book, kind=kind, value=value) for kind, value in new)


def snapshot(book: Book) -> dict[str, Any]:
    """What ``book`` says now, field by field, in JSON values: for the record and for putting beside a source."""
    values = {name: getattr(book, name) for name in PLAIN_FIELDS}
    people = list(book.contributors.all())
    prefetch_related_objects(people, "author")
    values["contributors"] = [{"name": c.author.name, "role": c.role} for c in people]
    values["subjects"] = [subject.name for subject in book.subjects.order_by("pk")]
    numbers = [[i.kind, i.value] for i in book.identifiers.all()]
    values["identifiers"] = sorted(numbers, key=lambda number: list(NUMBERS).index(number[0]))  # as a draft lists them
    return values


def version_of(values: dict[str, Any]) -> str:
    """A word that changes whenever anything in a book's ``snapshot`` changes; for edit_book's ``seen``."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]


def draft_of(values: dict[str, Any]) -> BookDraft:
    """The draft that says what a book's ``snapshot`` says."""
    numbers: dict[str, Any] = {kind: tuple(v for k, v in values["identifiers"] if k == kind) for kind in NUMBERS}
    return BookDraft(
        **{name: values[name] for name in PLAIN_FIELDS if name != "other_languages"},
        other_languages=tuple(values["other_languages"]),
        contributors=tuple(DraftContributor(person["name"], role=person["role"]) for person in values["contributors"]),
        subjects=tuple(values["subjects"]),
        **{NUMBERS[kind]: found for kind, found in numbers.items()},
    )


def _write_lists(book: Book, draft: BookDraft, wanted: set[str]) -> None:
    if "contributors" in wanted:
        _write_contributors(book, draft.contributors)
    if "subjects" in wanted:
        book.subjects.set(subjects_for(subjects_of(draft))[0])
    if "identifiers" in wanted:
        _write_identifiers(book, draft)


def _write_contributors(book: Book, people: Iterable[DraftContributor]) -> None:
    own = list(book.contributors.select_related("author"))
    Contributor.objects.filter(book=book).delete()
    parts: set[tuple[int, str]] = set()
    for order, person in enumerate(people):
        author = _own_author(own, person, parts) or author_for(person)
        if (author.pk, person.role) not in parts:
            parts.add((author.pk, person.role))
            Contributor.objects.create(book=book, author=author, role=person.role, order=order)


def _own_author(own: list[Contributor], person: DraftContributor, parts: set[tuple[int, str]]) -> Author | None:
    """Whom of the book's ``own`` people ``person`` means: by name and part, else by name, who has no such part yet.

    Of several authors called alike an edit means the one whom the book had. A source says by key whom it means.
    """
    if person.key:
        return None
    free = [part for part in own if (part.author_id, person.role) not in parts]
    same = [part for part in free if (part.author.name, part.role) == (person.name, person.role)]
    alike = same or [part for part in free if part.author.match_key == name_key(person.name)]
    return alike[0].author if alike else None


def _respell(own: Iterable[Author], people: Iterable[DraftContributor]) -> list[Author]:
    """Whoever of the book's ``own`` authors is now called the same in another spelling gets it, in all their books."""
    respelt = []
    for author in own:
        names = [person.name[:300] for person in people if name_key(person.name) == author.match_key]
        if names and author.name not in names:
            rename(author, names[0])
            respelt.append(author)
    return respelt


def _write_identifiers(book: Book, draft: BookDraft) -> None:
    book.identifiers.all().delete()
    BookIdentifier.objects.bulk_create(
        BookIdentifier(book=book, kind=kind, value=value) for kind, value in numbers_of(draft)
    )
