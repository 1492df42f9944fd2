"""Going through many rows in flat memory, whatever is done to them on the way."""

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
AT_ONCE = 500


def batches(rows: QuerySet[M], at_once: int = AT_ONCE) -> Iterator[list[M]]:
    """``rows`` in lists of ``at_once`` in the order of their numbers, each read when it is wanted."""
    rows, last = rows.order_by("pk"), 0
    while batch := list(rows.filter(pk__gt=last)[:at_once]):
        yield batch
        last = batch[-1].pk
