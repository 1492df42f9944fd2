"""What was fetched for one edition, as received."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class FetchedRecord:
    """One edition with what belongs to it. Every part but ``edition`` may be empty.

    ``authors``: key ("/authors/OL1A") -> the author's record, or only the name.
    ``search_doc``: the work as the search index has it (author_key and author_name side by side, first year).
    ``as_of``: the day for which it holds, if it is from the local copy.
    """

    edition: dict[str, Any] = field(default_factory=dict)
    work: dict[str, Any] = field(default_factory=dict)
    authors: dict[str, Any] = field(default_factory=dict)
    search_doc: dict[str, Any] = field(default_factory=dict)
    as_of: date | None = None

    def as_json(self) -> dict[str, Any]:
        """All parts in one JSON value, to be kept as SourceRecord.payload."""
        return {
            "edition": self.edition,
            "work": self.work,
            "authors": self.authors,
            "search_doc": self.search_doc,
        }
