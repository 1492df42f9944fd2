"""Keeping what a source said beside the book it became."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.drafts import LONGEST_KEY, BookDraft, DraftSource
from catalog.models import Book, SourceRecord


@dataclass(frozen=True, slots=True)
class Received:
    """What came for the book with the key ``book``: the draft of it, and its parts as they were received."""

    book: int
    draft: BookDraft
    payload: dict[str, Any] = field(default_factory=dict)


def keep_source(book: Book, draft: BookDraft, payload: dict[str, Any], now: datetime) -> bool:
    """Keep what was received (see ``keep_sources``); whether it was news."""
    return bool(keep_sources([Received(book.pk, draft, payload)], now)[0])


def keep_sources(received: Sequence[Received], now: datetime) -> list[list[SourceRecord]]:
    """Keep what was received, where it is news: the records that were written for each.

    A part that is missing this time stays as it was received before. Inside the caller's transaction.
    """
    named = [(each, source, n == 0) for each in received for n, source in enumerate(each.draft.sources)]
    keys = [source.key for _each, source, _is_first in named]
    here = {(row.source, row.key): row for row in SourceRecord.objects.filter(key__among=keys)} if keys else {}
    news: dict[int, list[SourceRecord]] = {id(each): [] for each in received}
    for each, source, is_first in named:
        if record := _news(each, source, each.payload if is_first else {}, here, now):
            news[id(each)].append(record)
    written = {id(row): row for rows in news.values() for row in rows}.values()
    new, old = [row for row in written if row.pk is None], [row for row in written if row.pk]
    SourceRecord.objects.bulk_create(new)
    for row in old:
        row.save()
    return [news[id(each)] for each in received]


def _news(
    each: Received, source: DraftSource, payload: dict[str, Any], here: dict[tuple[str, str], SourceRecord],
    now: datetime,
) -> SourceRecord | None:  # fmt: skip
    name = (source.source, source.key)
    record = here.get(name) or SourceRecord(source=source.source, key=source.key, book_id=each.book)
    before = (record.payload, record.work_key, record.revision)
    record.payload = record.payload | {part: value for part, value in payload.items() if value}
    record.work_key = source.work_key[:LONGEST_KEY] or record.work_key
    record.revision = source.revision or record.revision
    if name in here and before == (record.payload, record.work_key, record.revision):
        return None
    here[name] = record
    record.fetched_at = now
    return record
