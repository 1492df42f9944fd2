"""Lines of an import while they are read or brought in by the hundred: plain values, without what a model costs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from catalog.drafts import BookDraft
from catalog.models import ImportRow

READ = (
    "pk", "n", "what", "raw_digest", "verdict", "matched_book_id", "matched_by", "decision", "copies", "outcome",
    "reason", "created_book_id", "created_member_id",
)  # fmt: skip


@dataclass(slots=True)
class Line:
    """What ``ImportRow`` calls the same. ``raw`` is there while a file is read, ``pk`` once the line is kept.

    ``given``: the draft itself, where the line was just read.
    """

    pk: int = 0
    n: int = 0
    what: str = ImportRow.What.BOOK.value
    raw_digest: str = ""
    verdict: str = ImportRow.Verdict.UNREAD.value
    matched_book_id: int | None = None
    matched_by: str = ""
    decision: str = ImportRow.Decision.AUTO.value
    copies: int | None = None
    outcome: str = ImportRow.Outcome.WAITING.value
    reason: str = ""
    created_book_id: int | None = None
    created_member_id: int | None = None
    draft: dict[str, Any] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    raw: str = ""
    given: BookDraft | None = None


AnyLine = Line | ImportRow


def draft_of(row: AnyLine) -> BookDraft:
    """What the line was understood as."""
    given = row.given if isinstance(row, Line) else None
    return given or BookDraft.from_json(row.draft)


def lines_of(rows: QuerySet[ImportRow]) -> list[Line]:
    """``rows`` as lines, in their order and with their lock."""
    found = rows.annotate(draft_text=Cast("draft", TextField()), made_text=Cast("made", TextField()))
    values: Iterable[Any] = found.values_list(*READ, "draft_text", "made_text")
    return [Line(*plain, *map(orjson.loads, texts)) for *plain, texts in ((*row[:-2], row[-2:]) for row in values)]
