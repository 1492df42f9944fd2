"""``judge_search``: says how often search shows first what a librarian wants first."""

from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from library_site.judging.questions import Score, Verdict, judge, read_judgements, score
from library_site.judging.shelves import demo, fill, records


class Command(BaseCommand):
    help = (
        "Ask the questions in FILE and say how often a wanted book stands first (recall@1), the mean reciprocal rank, "
        "and what was missed. With --records the demo's books and those records are put beside the library's books "
        "meanwhile, and taken away again."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="questions as JSON: kind, q, first, field, filters")
        parser.add_argument(
            "--records", nargs="+", type=Path, default=[], metavar="JSONL", help="records of Open Library, one a line"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            judgements = read_judgements(options["file"])
            with transaction.atomic():
                if options["records"]:
                    fill([*demo(), *(each for path in options["records"] for each in records(path))])
                verdicts = judge(judgements)
                transaction.set_rollback(True)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"A file cannot be read: {error}") from error
        self._report(verdicts)

    def _report(self, verdicts: list[Verdict]) -> None:
        for verdict in verdicts:
            if verdict.rank != 1:
                asked, wanted = verdict.judgement.text, " or ".join(verdict.judgement.first)
                place = f"place {verdict.rank}" if verdict.rank else "not found"
                self.stdout.write(f"{asked!r}: {wanted}: {place}; found {'; '.join(verdict.shown) or 'nothing'}")
        by_kind = sorted(verdicts, key=lambda verdict: verdict.judgement.kind)
        for kind, group in groupby(by_kind, key=lambda verdict: verdict.judgement.kind):
            self._line(kind, score(list(group)))
        self._line("all", score(verdicts))

    def _line(self, name: str, found: Score) -> None:
        self.stdout.write(
            f"{name:<20} {found.questions:>4} questions, recall@1 {found.recall_at_1:.3f}, "
            f"MRR {found.mean_reciprocal_rank:.3f}"
        )
