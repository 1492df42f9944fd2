"""Saves prepared drafts of books that are not here yet, as an import does after fetching; prints JSON.

Usage: imports.py IMPORT.csv COUNT. Run by bench/within.py.
"""

import csv
import json
import resource
import sys
import time
from itertools import islice
from pathlib import Path

from catalog.drafts import BookDraft, DraftContributor
from catalog.models import SourceRecord
from catalog.normalize.languages import read_language
from catalog.normalize.names import natural_name
from catalog.services.importing import save_draft


def main() -> None:
    count, first = int(sys.argv[2]), SourceRecord.objects.count()
    with Path(sys.argv[1]).open(newline="", encoding="utf-8") as file:
        rows = list(islice(csv.DictReader(file), first, first + count))
    drafts = [draft_of(row, number) for number, row in enumerate(rows, first)]
    times, outcomes = [], set()
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    for draft in drafts:
        started = time.perf_counter()
        outcomes.add(save_draft(draft, by=None, payload=draft.as_json()).outcome)
        times.append((time.perf_counter() - started) * 1_000)
    after = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "books": len(drafts),
                "outcomes": sorted(outcomes),
                "seconds": time.monotonic() - began,
                "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
                "save_ms": times,
            }
        )
    )


def draft_of(row: dict[str, str], number: int) -> BookDraft:
    """A row as the draft that a source would have given, with a key in that source."""
    people = [DraftContributor(natural_name(name), name) for name in row["authors"].split("|") if name]
    return BookDraft(
        title=row["title"], subtitle=row["subtitle"], contributors=tuple(people), isbns=(row["isbn"],),
        publisher=row["publisher"], place=row["place"], published=row["year"], year=int(row["year"]),
        language=read_language(row["lang"]), pages=int(row["pages"]), call_number=row["callno"],
        subjects=tuple(name for name in row["subjects"].split("|") if name), description=row["summary"],
        source=SourceRecord.Source.OPEN_LIBRARY, source_key=f"OL{90_000_001 + number}M",
        work_key=f"OL{90_000_001 + number}W", revision=1,
    )  # fmt: skip


if __name__ == "__main__":
    main()
