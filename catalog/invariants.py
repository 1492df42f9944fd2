"""What must always be true of the catalogue; checked by ``check_invariants``."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from catalog.models import Book, Copy, CopyType, MergedRecord, SearchDocument
from catalog.normalize.shelf import shelf_key
from catalog.search.documents import Document, Stock, document
from catalog.search.engine import engine
from catalog.search.facts import facts_of
from catalog.services.merged import KINDS
from catalog.services.search import BATCH, FIELDS
from catalog.services.spelling import unknown_words, unused_words

LONG = timedelta(hours=1)  # more than the worker needs, however much it has to do


def broken() -> Iterator[str]:
    """A sentence for everything that is not as it must be."""
    if not CopyType.objects.exists():
        yield "there is no copy type"
    yield from _of_search()
    for pk, mark, key in Book.objects.order_by("pk").values_list("pk", "call_number", "shelf_key").iterator():
        if key != shelf_key(mark):
            yield f"book {pk} does not stand where its call number says"
    yield from (f"the words of book {pk} are there, and the book is gone: rebuild_search" for pk in engine().strays())
    yield from _merged()
    for copy in Copy.objects.exclude(barcode__regex=r"^[A-Z0-9][A-Z0-9./+-]*\Z"):
        yield f"copy {copy.pk} has a barcode that no scan can match"


def _of_search() -> Iterator[str]:
    yield from (not_found := list(_not_found()))
    yield from _not_found_yet()
    for words in unused_words() if not not_found else ():  # a word may be missing from the index only
        yield from (f"the spelling knows “{word}”, which no book has: rebuild_search" for word in words)


def _merged() -> Iterator[str]:
    """What was merged into another is not there."""
    for model, kind in KINDS.items():
        merged = MergedRecord.objects.filter(kind=kind).values("old")
        for pk in model._default_manager.filter(pk__in=merged).order_by("pk").values_list("pk", flat=True):
            yield f"{kind} {pk} was merged into another, and is there"


def _not_found() -> Iterator[str]:
    """Books whose search document is missing or says something else than they do."""
    after = 0
    while pks := list(Book.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        rows = SearchDocument.objects.in_bulk(pks)
        documents = [
            document(book, Stock(row.out, row.times_lent, row.holds))
            for book in facts_of(pks)
            if (row := rows.get(book.pk)) and row.stale_since is None
        ]
        wrong = set(pks).difference(rows) | set(engine().wrong(documents))
        wrong |= {each.pk for each in documents if not _is_as(rows[each.pk], each)}
        yield from (f"book {pk} is not found by what it says now: rebuild_search" for pk in sorted(wrong))
        unknown = unknown_words({word for each in documents if each.pk not in wrong for word in each.spellings})
        yield from (f"the spelling lacks “{word}”, which a book has: rebuild_search" for word in sorted(unknown))
        after = pks[-1]


def _not_found_yet() -> Iterator[str]:
    """Books whose search document cannot be written, or should have been by the worker long ago."""
    documents = SearchDocument.objects.exclude(stale_since=None).order_by("pk")
    for pk in documents.exclude(failed_at=None).values_list("pk", flat=True):
        yield f"the search document of book {pk} cannot be written: the worker's log says why"
    waiting = documents.filter(stale_since__lt=timezone.now() - LONG, failed_at=None)
    for pk, since in waiting.values_list("pk", "stale_since").iterator():
        yield f"book {pk} waits since {since:%Y-%m-%d %H:%M} UTC to be found by what it says: is a worker running?"


def _is_as(row: SearchDocument, wanted: Document) -> bool:
    return all(getattr(row, name) == wanted.fields[name] for name in FIELDS)
