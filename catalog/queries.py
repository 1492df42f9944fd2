"""What is in the catalogue. Reads only; whether a copy is on loan is circulation's to say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.databases import reading
from accounts.models import Action, Branch, User
from accounts.prepared import Prepared
from accounts.scans import readings
from catalog.isbn import forms
from catalog.models import (
    Author,
    Book,
    BookIdentifier,
    Contributor,
    Copy,
    CopyType,
    ImportBatch,
    ImportRow,
    SearchLanguage,
    SourceRecord,
    Subject,
)
from catalog.search import marks
from catalog.search.asking import ask
from catalog.search.filters import NO_FILTERS, Filters
from catalog.search.finding import Found, find

NAMED = {marks.AUTHOR: Author, marks.SUBJECT: Subject, marks.BRANCH: Branch}  # facets whose value is a key
LANGUAGES = Prepared(lambda _keys: SearchLanguage.objects.order_by("pk").values_list("code"))
ISBNS = ("isbn13", "isbn10", "isbn_invalid")  # kinds of identifiers, the best to show first
# What a librarian does that makes copies; each Action says which in after["copies"].
ADDING = ("save_draft", "add_book", "add_copies")


def for_lists(books: QuerySet[Book]) -> QuerySet[Book]:
    """``books`` with what a row of a list shows: contributors, cover, copies and how many are in; in two queries."""
    people = Contributor.objects.select_related("author").order_by("order", "pk")
    return books.select_related("cover", "search_document").prefetch_related(Prefetch("contributors", people))


def public_books() -> QuerySet[Book]:
    """The books readers may see: all but those whose every copy was withdrawn."""
    copies = Copy.objects.filter(book=OuterRef("pk"))
    withdrawn, standing = copies.filter(withdrawn_on__isnull=False), copies.filter(withdrawn_on=None)
    return Book.objects.filter(~Exists(withdrawn) | Exists(standing))


def search_books(
    text: str, *, field: str = "all", filters: Filters = NO_FILTERS, sort: str = "relevance", page: int = 1,
    per_page: int = 20, after: str = "",
) -> Found:  # fmt: skip
    """One page of the books that ``text`` finds in ``field`` (see catalog.search.finding.find)."""
    languages = [code for (code,) in LANGUAGES.rows()]
    return find(ask(text, field), filters, languages, sort=sort, page=page, per_page=per_page, after=after)


def in_order(books: QuerySet[Book], pks: list[int]) -> list[Book]:
    """Those of ``books`` with these keys, in the order of the keys."""
    found = books.in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]


def names_of(facets: Iterable[marks.Facet]) -> dict[marks.Facet, str]:
    """The names of those of ``facets`` that are authors, subjects or branches, in one query."""
    keys: dict[str, set[int]] = {}
    for facet in facets:
        if facet.letter in NAMED:
            keys.setdefault(facet.letter, set()).add(int(facet.value))
    if not keys:
        return {}
    # By hand: Django takes longer to make this than the database to answer it.
    selects = [
        f"SELECT '{letter}', id, name FROM {NAMED[letter]._meta.db_table} WHERE id IN ({', '.join(['%s'] * len(pks))})"  # noqa: S608 - our own pieces
        for letter, pks in keys.items()
    ]
    with reading(Author).cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects), [pk for pks in keys.values() for pk in pks])
        return {marks.Facet(letter, str(pk)): name for letter, pk, name in cursor.fetchall()}


def books_scanned(text: str, books: QuerySet[Book]) -> list[Book]:
    """Those of ``books`` that the barcode of a copy or the ISBN in ``text`` means; at most two, to see whether one."""
    if not text.strip():
        return []
    # Most words are no barcode and no ISBN, which the keys alone tell sooner than the books.
    owners = set(Copy.objects.filter(barcode__in=readings(text)).values_list("book", flat=True))
    found = list(books.filter(pk__in=owners).order_by("pk")[:2]) if owners else []
    isbns = [] if found else forms(text)
    return list(books.filter(pk__in=with_isbns(isbns).values("pk"))[:2]) if isbns else found


def books_with_isbn(text: str) -> QuerySet[Book]:
    """The books that have the ISBN ``text``, however it is written and whatever its check digit, oldest first."""
    return with_isbns(forms(text))


def with_isbns(values: Iterable[str]) -> QuerySet[Book]:
    """The books that have one of these ISBNs, given as they are kept, oldest first."""
    owners = BookIdentifier.objects.filter(value__in=values, kind__in=ISBNS).values("book")
    return Book.objects.filter(pk__in=owners).order_by("pk")


def new_arrivals(count: int) -> QuerySet[Book]:
    """The books added last that readers may see, newest first."""
    return for_lists(public_books().order_by("-created_at", "-pk"))[:count]


def books_of_author(author: Author) -> QuerySet[Book]:
    """The books ``author`` had a part in that readers may see, by title."""
    return for_lists(public_books().filter(contributors__author=author).distinct().order_by("sort_title", "pk"))


def books_about(subject: Subject) -> QuerySet[Book]:
    """The books about ``subject`` that readers may see, by title."""
    return for_lists(public_books().filter(subjects=subject).order_by("sort_title", "pk"))


@dataclass(frozen=True, slots=True)
class Here:
    """A book of ours beside search results: the keys of its editions and its ISBNs, those of its works, its copies."""

    book: Book
    numbers: frozenset[str]
    works: frozenset[str]
    copies: int


def editions_here(edition_keys: list[str], work_keys: list[str], isbns: list[str]) -> list[Here]:
    """The books here that come from one of these editions or works of Open Library or have one of these ISBNs."""
    known = Q(key__in=[key for key in edition_keys if key]) | Q(work_key__in=[key for key in work_keys if key])
    records = SourceRecord.objects.filter(known, source=SourceRecord.Source.OPEN_LIBRARY)
    # Not by joins: with an "or" across them every book would be looked at.
    books = Book.objects.filter(Q(pk__in=records.values("book")) | Q(pk__in=with_isbns(isbns).order_by().values("pk")))
    books = books.order_by("pk")
    return [here_as(book) for book in books.prefetch_related("source_records", "identifiers", "copies")]


def here_as(book: Book) -> Here:
    """``book`` with what it is known by and how many of its copies were not withdrawn."""
    records = book.source_records.all()
    return Here(
        book,
        numbers=frozenset([r.key for r in records] + [i.value for i in book.identifiers.all()]),
        works=frozenset(record.work_key for record in records if record.work_key),
        copies=sum(1 for copy in book.copies.all() if copy.withdrawn_on is None),
    )


def with_source_key(books: QuerySet[Book]) -> QuerySet[Book]:
    """``books`` with ``source_key``, the key of the Open Library record each came from, or None."""
    records = SourceRecord.objects.filter(book=OuterRef("pk"), source=SourceRecord.Source.OPEN_LIBRARY)
    return books.annotate(source_key=Subquery(records.order_by("pk").values("key")[:1]))


def source_record(book: Book) -> SourceRecord | None:
    """The Open Library record of ``book``, if it came from there."""
    return book.source_records.filter(source=SourceRecord.Source.OPEN_LIBRARY).order_by("pk").first()


def deletion_of(model: type[Book] | type[Copy], pk: int) -> Action | None:
    """The Action by which the book or copy with this key was deleted, if it was."""
    kind = model._meta.label_lower
    return Action.objects.filter(verb__startswith="delete_", target_type=kind, target_id=pk).order_by("pk").last()


def default_copy_type() -> CopyType:
    """The first copy type."""
    return CopyType.objects.order_by("pk")[0]


def copies_added(by: User, since: datetime, count: int) -> list[Copy]:
    """The last ``count`` copies that ``by`` added ``since`` then and that are still there, newest first."""
    actions = Action.objects.filter(by=by, at__gte=since, verb__in=ADDING).order_by("-at", "-pk")
    made = (pk for after in actions.values_list("after", flat=True) for pk in reversed(after.get("copies", [])))
    copies = Copy.objects.select_related("book").filter(pk__in=list(islice(made, count))).order_by("-pk")
    return list(copies)


def rows_of(batch: ImportBatch) -> QuerySet[ImportRow]:
    """The lines of an import in order, with the books they led to."""
    return batch.rows.select_related("created_book", "matched_book").order_by("n")


def copies_of(batch: ImportBatch) -> QuerySet[Copy]:
    """The copies an import has made."""
    return Copy.objects.filter(pk__in=batch.rows.values("created_copies")).select_related("book").order_by("pk")


def beside_ours(rows: QuerySet[ImportRow]) -> QuerySet[ImportRow]:
    """``rows`` with the people and numbers of the books they may be, to be looked at side by side."""
    people = Prefetch("matched_book__contributors", Contributor.objects.select_related("author"))
    return rows.prefetch_related(people, "matched_book__identifiers")


def verdicts(batch: ImportBatch) -> dict[str, int]:
    """How many lines of an import were taken for what."""
    return dict(batch.rows.order_by().values_list("verdict").annotate(n=Count("pk")))


def outcomes(batch: ImportBatch) -> dict[str, int]:
    """How many lines of an import had which outcome."""
    return dict(batch.rows.order_by().values_list("outcome").annotate(n=Count("pk")))


def withdrawn_among(book_ids: list[int]) -> set[int]:
    """Those of the keys ``book_ids`` that lead readers to no book, because every copy was withdrawn; in one query."""
    return set(book_ids) - set(public_books().filter(pk__in=book_ids).values_list("pk", flat=True))


def isbns_of(book_ids: list[int]) -> dict[int, str]:
    """The ISBN to show for each of these books that has one, valid ones first, in one query."""
    rows = BookIdentifier.objects.filter(book__in=book_ids, kind__in=ISBNS).order_by("pk")
    best: dict[int, str] = {}
    for row in sorted(rows, key=lambda row: ISBNS.index(row.kind)):
        best.setdefault(row.book_id, row.value)
    return best
