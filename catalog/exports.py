"""Books as BookDrafts with everything that belongs to them, in bulk: what every export writes."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from catalog.drafts import BookDraft, CopyDraft, DraftContributor, DraftSource
from catalog.models import Book, BookIdentifier, Contributor, Copy, Cover, SourceRecord
from catalog.services.books import NUMBERS, PLAIN_FIELDS

AT_ONCE = 500
OWN_FIELDS = ("sort_title", *(name for name in PLAIN_FIELDS if name != "other_languages"))
COPY_FIELDS = (
    "barcode", "home_branch__code", "copy_type__code", "call_number", "location", "price_minor", "condition", "note",
    "acquired_on", "withdrawn_on", "lost_on", "damaged_on",
)  # fmt: skip
Parts = dict[int, list[tuple[Any, ...]]]


def drafts_of(books: QuerySet[Book]) -> Iterator[BookDraft]:
    """``books`` in the order they were added, as drafts with their copies, numbers and keys in their sources.

    Streams: seven queries for every AT_ONCE books.
    """
    return (draft for _pk, draft in keyed_drafts_of(books))


def keyed_drafts_of(books: QuerySet[Book]) -> Iterator[tuple[int, BookDraft]]:
    """As ``drafts_of``, each with the number of its book."""
    last = 0
    while True:
        rows = list(
            books.filter(pk__gt=last).order_by("pk").values_list("pk", "other_languages", *OWN_FIELDS)[:AT_ONCE]
        )
        yield from _drafts(rows)
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]


def _drafts(rows: list[tuple[Any, ...]]) -> Iterator[tuple[int, BookDraft]]:
    wanted = [row[0] for row in rows]
    if not wanted:
        return
    of = {"book__in": wanted}
    people = _by_book(Contributor.objects.filter(**of).order_by("book", "order", "pk"),
                      "author__name", "author__sort_name", "role", "author__source_key")  # fmt: skip
    numbers = _by_book(BookIdentifier.objects.filter(**of).order_by("pk"), "kind", "value")
    subjects = _by_book(Book.subjects.through.objects.filter(**of), "subject__name")
    sources = _by_book(SourceRecord.objects.filter(**of).order_by("pk"), "source", "key", "work_key", "revision")
    covers = _by_book(Cover.objects.filter(**of), "source_id")
    copies = _by_book(Copy.objects.filter(**of).order_by("pk"), *COPY_FIELDS)
    for pk, other_languages, *own in rows:
        values: dict[str, Any] = dict(zip(OWN_FIELDS, own, strict=True))
        yield (
            pk,
            BookDraft(
                **values,
                other_languages=tuple(other_languages),
                publishers=(values["publisher"],) if values["publisher"] else (),
                contributors=tuple(
                    DraftContributor(name, sort_as, role, key or "") for name, sort_as, role, key in people[pk]
                ),
                subjects=tuple(sorted(row[0] for row in subjects[pk])),
                cover_id=covers[pk][0][0] if covers[pk] else None,
                copies=tuple(_copy(row) for row in copies[pk]),
                **_numbers(numbers[pk]),
                **_source(sources[pk]),
            ),
        )


def _by_book(rows: QuerySet[Any], *names: str) -> Parts:
    found: Parts = defaultdict(list)
    for book, *values in rows.values_list("book_id", *names):
        found[book].append(tuple(values))
    return found


def _numbers(rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    return {name: tuple(value for kind, value in rows if kind == wanted) for wanted, name in NUMBERS.items()}


def _source(rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    if not rows:
        return {}
    first = dict(zip(("source", "source_key", "work_key", "revision"), rows[0], strict=True))
    return first | {"other_sources": tuple(DraftSource(*row) for row in rows[1:])}


def _copy(row: tuple[Any, ...]) -> CopyDraft:
    *texts, acquired, withdrawn, lost, damaged = row
    days = ("" if day is None else day.isoformat() for day in (acquired, withdrawn, lost, damaged))
    return CopyDraft(*texts, *days)
