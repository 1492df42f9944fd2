"""Lists of lines as tests start them and go on with them."""

from typing import Any

from accounts.services import work
from catalog.models import ImportBatch
from catalog.services.batches import start_import
from catalog.services.lookups import continue_lookups

ISBN, OTHER_ISBN = "9780349101774", "9780684853154"


def start(*lines: str, **more: Any) -> ImportBatch:
    return start_import(list(lines), by=None, **more)


def claimed(batch: ImportBatch) -> ImportBatch:
    ImportBatch.objects.filter(pk=batch.pk).update(due_at=None)
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert work.claim(batch)
    return batch


def go_on(batch: ImportBatch, client: Any) -> ImportBatch:
    """One turn of a worker; the batch as it is then."""
    continue_lookups(claimed(batch), client)
    return ImportBatch.objects.get(pk=batch.pk)


def outcomes_of(batch: ImportBatch) -> list[str]:
    return list(batch.rows.order_by("n").values_list("outcome", flat=True))
