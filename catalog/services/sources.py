"""Keeping what a source said beside the book it became."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.drafts import BookDraft
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


def keep_sources(received: Sequence[Received], now: datetime) -> list[SourceRecord | None]:
    """Keep what was received, where it is news: the record that was written for each, or None.

    A part that is missing this time stays as it was received before. Inside the caller's transaction.
    """
    keys = [each.draft.source_key for each in received if each.draft.source_key]
    here = {(row.source, row.key): row for row in SourceRecord.objects.filter(key__among=keys)} if keys else {}
    news = [_news(each, here, now) for each in received]
    written = {id(row): row for row in news if row}.values()
    new, old = [row for row in written if row.pk is None], [row for row in written if row.pk]
    SourceRecord.objects.bulk_create(new)
    for row in old:
        row.save()
    return news


def _news(each: Received, here: dict[tuple[str, str], SourceRecord], now: datetime) -> SourceRecord | None:
    draft = each.draft
    if not draft.source_key:
        return None
    name = (draft.source, draft.source_key)
    record = here.get(name) or SourceRecord(source=draft.source, key=draft.source_key, book_id=each.book)
    before = (record.payload, record.work_key, record.revision)
    record.payload = record.payload | {part: value for part, value in each.payload.items() if value}
    record.work_key = draft.work_key or record.work_key
    record.revision = draft.revision or record.revision
    if name in here and before == (record.payload, record.work_key, record.revision):
        return None
    here[name] = record
    record.fetched_at = now
    return record
