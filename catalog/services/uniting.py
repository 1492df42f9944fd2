"""The descriptions of several books made one, and parted again. Copies and whoever waits for them are circulation's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Min, Q
from django.utils.translation import gettext as _

from catalog.models import (
    AlsoBorrowed,
    Author,
    Book,
    BookIdentifier,
    Contributor,
    Cover,
    ImportRow,
    MostBorrowed,
    RecordKind,
    SourceRecord,
    Subject,
)
from catalog.services.books import LIBRARIAN, PLAIN_FIELDS, snapshot, version_of
from catalog.services.creating import LIST_FIELDS
from catalog.services.kept_rows import kept_rows, put_back
from catalog.services.merged import changed_since, forget, remember

COVER = "cover"
UNITABLE = ("contributors", "subjects")
# What goes with a field because it says the same in another way.
COMPANIONS = {
    "title": ("sort_title", "match_key"), "year": ("published",), "language": ("other_languages",),
    "pages": ("pagination",), "format": ("format_text",), "call_number": ("shelf_key",),
}  # fmt: skip
OWN_ROWS = (Contributor, BookIdentifier, MostBorrowed)
POINTERS = ((SourceRecord, "book"), (ImportRow, "created_book"), (ImportRow, "matched_book"))


def unite(
    keep: Book, others: Sequence[Book], *, take: Mapping[str, int], both: Iterable[str], now: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give ``keep`` what ``others`` say, as far as it is wanted, and all their numbers, records and figures.

    ``take``: field (of services.books.FIELDS, or "cover") -> key of the one of ``others`` whose value it gets.
    ``both``: which of UNITABLE get what all of them say. Returns what the record keeps as before and after. The books
    are locked, the transaction is the caller's, and so are deleting the others and telling search.
    """
    books = [keep, *others]
    before = _as_they_are(keep, books)
    by_key = {book.pk: book for book in others}
    for name in PLAIN_FIELDS:
        if name in take:
            _take_field(keep, by_key[take[name]], name)
    for name in UNITABLE:
        sources = others if name in both else [by_key[take[name]]] if name in take else []
        _take_list(keep, sources, name, replaces=name not in both)
    keep.origins |= dict.fromkeys(set(take).intersection((*PLAIN_FIELDS, *LIST_FIELDS)) | set(both), LIBRARIAN)
    keep.save()
    _take_numbers(keep, others)
    covers = _take_cover(keep, others, take.get(COVER))
    for model, field in POINTERS:
        model._default_manager.filter(**{f"{field}__in": others}).update(**{field: keep})
    _take_figures(keep, others)
    for book in others:
        remember(book, keep.pk, now, cover=covers.get(book.pk, ""))
    cover = Cover.objects.filter(book=keep).first()
    after = {"version": version_of(snapshot(keep)), "cover": cover.file.name if cover else ""}
    return before, after


def part(before: dict[str, Any], after: dict[str, Any], keep: Book) -> list[int]:
    """Make all of ``unite`` undone, inside the caller's transaction; the keys of the books that are there again.

    Raises Refused("changed_since") where that is not possible.
    """
    _refuse_what_changed(before, after, keep)
    books = [row["pk"] for row in before["books"]]
    others = [pk for pk in books if pk != keep.pk]
    Contributor.objects.filter(book=keep).delete()
    BookIdentifier.objects.filter(book=keep).delete()
    AlsoBorrowed.objects.filter(Q(book__in=books) | Q(other__in=books)).delete()
    MostBorrowed.objects.filter(book__in=books).delete()
    covers = _covers_that_went(before["covers"], keep)
    put_back([*before["books"], *before["rows"], *covers, *_still_possible(before["also_borrowed"], others)])
    for (model, field), moved in zip(POINTERS, before["pointers"], strict=True):
        for pk, book in moved:
            model._default_manager.filter(pk=pk, **{field: keep}).update(**{field: book})
    forget(RecordKind.BOOK, others)
    return others


def _as_they_are(keep: Book, books: list[Book]) -> dict[str, Any]:
    others = books[1:]
    return {
        "books": kept_rows(books),
        "rows": kept_rows(*(model._default_manager.filter(book__in=books) for model in OWN_ROWS)),
        "covers": kept_rows(Cover.objects.filter(book__in=others), Cover.objects.filter(book=keep)),
        "also_borrowed": kept_rows(AlsoBorrowed.objects.filter(Q(book__in=books) | Q(other__in=books))),
        "pointers": [
            list(map(list, model._default_manager.filter(**{f"{field}__in": others}).values_list("pk", field)))
            for model, field in POINTERS
        ],
    }  # fmt: skip


def _take_field(keep: Book, other: Book, name: str) -> None:
    for each in (name, *COMPANIONS.get(name, ())):
        setattr(keep, each, getattr(other, each))


def _take_list(keep: Book, sources: Sequence[Book], name: str, *, replaces: bool) -> None:
    if not sources:
        return
    if name == "subjects":
        found = Subject.objects.filter(books__in=sources)
        keep.subjects.set(found.distinct()) if replaces else keep.subjects.add(*found)
        return
    if replaces:
        keep.contributors.all().delete()
    known = {(each.author_id, each.role) for each in keep.contributors.all()}
    last = max((each.order for each in keep.contributors.all()), default=-1)
    for each in Contributor.objects.filter(book__in=sources).order_by("book", "order", "pk"):
        if (each.author_id, each.role) not in known:
            known.add((each.author_id, each.role))
            last += 1
            Contributor.objects.create(book=keep, author_id=each.author_id, role=each.role, order=last)


def _take_numbers(keep: Book, others: Sequence[Book]) -> None:
    known = set(keep.identifiers.values_list("kind", "value"))
    theirs = BookIdentifier.objects.filter(book__in=others).order_by("pk").values_list("kind", "value")
    new = [pair for pair in dict.fromkeys(theirs) if pair not in known]
    BookIdentifier.objects.bulk_create(BookIdentifier(book=keep, kind=kind, value=value) for kind, value in new)


def _take_cover(keep: Book, others: Sequence[Book], wanted: int | None) -> dict[int, str]:
    """The picture of ``wanted``, or of the first that has one where ``keep`` has none; by book what shows no more."""
    covers = {cover.book_id: cover for cover in Cover.objects.select_for_update().filter(book__in=[keep, *others])}
    own = covers.pop(keep.pk, None)
    pictures = [book.pk for book in others if book.pk in covers and covers[book.pk].file]
    taken = wanted if wanted in pictures else None if own and own.file else next(iter(pictures), None)
    left = {pk: str(cover.file.name or "") for pk, cover in covers.items()}
    if taken is not None:
        left[taken] = str(own.file.name or "") if own else ""
        Cover.objects.filter(book=keep).delete()
        Cover.objects.filter(pk=covers[taken].pk).update(book=keep)
    return left


def _take_figures(keep: Book, others: Sequence[Book]) -> None:
    """Until they are counted again: of each figure the best that is known, never more than was counted."""
    one = {book.pk: keep.pk for book in others}
    concerned = AlsoBorrowed.objects.filter(Q(book__in=[keep, *others]) | Q(other__in=[keep, *others]))
    best: dict[tuple[int, int], int] = {}
    for book, other, readers in concerned.values_list("book", "other", "readers"):
        pair = (one.get(book, book), one.get(other, other))
        best[pair] = max(readers, best.get(pair, 0))
    concerned.delete()
    AlsoBorrowed.objects.bulk_create(
        AlsoBorrowed(book_id=book, other_id=other, readers=n) for (book, other), n in best.items() if book != other
    )
    places = MostBorrowed.objects.filter(book__in=[keep, *others])
    place = places.aggregate(first=Min("place"))["first"]
    places.delete()
    if place is not None:
        MostBorrowed.objects.create(book=keep, place=place)


def _refuse_what_changed(before: dict[str, Any], after: dict[str, Any], keep: Book) -> None:
    if version_of(snapshot(keep)) != after["version"]:
        raise changed_since(_("“%(title)s” was edited since. What was edited would be lost.") % {"title": keep.title})
    cover = Cover.objects.filter(book=keep).first()
    moved = {row["pk"] for row in before["covers"] if row["fields"]["book"] != keep.pk}
    if cover and cover.pk in moved and cover.file.name != after["cover"]:
        raise changed_since(_("“%(title)s” got another cover since.") % {"title": keep.title})
    authors = {row["fields"]["author"] for row in before["rows"] if row["model"] == Contributor._meta.label_lower}
    subjects = {pk for row in before["books"] for pk in row["fields"]["subjects"]}
    is_whole = Author.objects.filter(pk__in=authors).count() == len(authors)
    if not is_whole or Subject.objects.filter(pk__in=subjects).count() < len(subjects):
        raise changed_since(_("An author or subject of these books was merged since. Take that back first."))


def _covers_that_went(rows: list[dict[str, Any]], keep: Book) -> list[dict[str, Any]]:
    """Those of ``rows`` that the merge took from their books: all but that of ``keep`` if it has its own still."""
    stays = Cover.objects.filter(book=keep, pk__in=[row["pk"] for row in rows if row["fields"]["book"] == keep.pk])
    return [row for row in rows if row["fields"]["book"] != keep.pk or not stays.exists()]


def _still_possible(rows: list[dict[str, Any]], others: Iterable[int]) -> list[dict[str, Any]]:
    """Those of the ``rows`` of AlsoBorrowed whose books are here, or are among ``others`` and will be."""
    named = {row["fields"][end] for row in rows for end in ("book", "other")}
    here = {*Book.objects.filter(pk__in=named).values_list("pk", flat=True), *others}
    return [row for row in rows if row["fields"]["book"] in here and row["fields"]["other"] in here]
