"""Imports for tests: rows that a reader would have yielded, staged and brought in by real services."""

from collections.abc import Iterator, Sequence
from typing import Any

from accounts.services import work
from catalog.drafts import BookDraft, CopyDraft, SourceRow
from catalog.files import OpenedFile, store
from catalog.models import ImportBatch
from catalog.services.applying import continue_applying
from catalog.services.batches import apply_import, start_file
from catalog.services.staging import stage_file
from circulation.services.importing import APPLIERS, judges_of
from circulation.services.undoing import continue_undoing


def book(n: int, title: str, *barcodes: str, **facts: Any) -> SourceRow:
    """Line ``n`` of a file: a book with a copy for each of ``barcodes``."""
    copies = tuple(CopyDraft(barcode=code) for code in barcodes)
    draft = BookDraft(title=title, copies=copies, **facts)
    return SourceRow(n, f"{title};{barcodes};{sorted(facts.items())}", values=draft.as_json())


def started(**options: Any) -> ImportBatch:
    """An import whose file waits to be read."""
    return start_file(stored=store([b"any file"]), name="books.csv", kind="csv", by=None, options=options)


def claimed(batch: ImportBatch) -> ImportBatch:
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert work.claim(batch)
    return batch


def stage(batch: ImportBatch, rows: Sequence[SourceRow], **how: Any) -> ImportBatch:
    """Read ``rows`` as if they stood in the file of ``batch``; the batch as it is then."""

    def read(_file: OpenedFile, _batch: ImportBatch) -> Iterator[SourceRow]:
        yield from rows

    stage_file(claimed(batch), read, judges_of(batch), **how)
    return ImportBatch.objects.get(pk=batch.pk)


def staged(*rows: SourceRow, **options: Any) -> ImportBatch:
    return stage(started(**options), rows)


def bring_in(batch: ImportBatch, **how: Any) -> ImportBatch:
    """Have ``batch`` brought in, and do it; the batch as it is then."""
    apply_import(batch, by=None)
    return go_on(batch, **how)


def go_on(batch: ImportBatch, **how: Any) -> ImportBatch:
    continue_applying(claimed(batch), APPLIERS, **how)
    return ImportBatch.objects.get(pk=batch.pk)


def applied(*rows: SourceRow, **options: Any) -> ImportBatch:
    return bring_in(staged(*rows, **options))


def take_back(batch: ImportBatch) -> ImportBatch:
    continue_undoing(claimed(batch))
    return ImportBatch.objects.get(pk=batch.pk)


def lines(batch: ImportBatch, *names: str) -> list[Any]:
    """These fields of the lines, in order."""
    return list(batch.rows.order_by("n").values_list(*names, flat=len(names) == 1))
