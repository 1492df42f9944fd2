"""``bench_load``: fills an empty library with a large invented one, for measurements."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts.models import User
from accounts.progress import TerminalBar
from library_site.benching.loading import build_search, gather_statistics, is_empty, load
from library_site.benching.tables import BadData, Folder


class Command(BaseCommand):
    help = (
        "Fill an empty library with the data set in DIR, for measurements: CSV files of the shape that bench/README.md "
        "describes. Everything is loaded or nothing. Loans that came back late get no fine."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("dir", metavar="DIR", type=Path, help="the folder with authors.csv, titles.csv, ...")
        parser.add_argument("--force", action="store_true", help="load it beside the books and members that are here")
        parser.add_argument(
            "--no-search", dest="search", action="store_false", help="leave the search documents to rebuild_search"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["force"] and not is_empty():
            raise CommandError("The library is not empty: nothing was loaded. --force loads beside what is here.")
        self.bar: TerminalBar | None = None
        self.file = ""
        began = time.monotonic()
        try:
            loaded = load(Folder(options["dir"]), self._show)
        except BadData as error:
            raise CommandError(f"{error} Nothing was loaded.") from error
        except DatabaseError as error:
            raise CommandError(f"{self.file}.csv: the database refused it: {error} Nothing was loaded.") from error
        if options["search"]:
            loaded.append(build_search(self._show))
        seconds = time.monotonic() - began
        self._end_bar()
        gather_statistics()
        for part in loaded:
            self._report(part.name, part.rows, part.seconds)
        self._report("in all", sum(part.rows for part in loaded), seconds)
        if not User.objects.filter(is_active=True, is_staff=True).exists():
            self.stdout.write("Nobody can sign in to the desk yet: manage.py createsuperuser makes a sign-in.")

    def _show(self, name: str, done: int, total: int) -> None:
        if name != self.file or self.bar is None:
            self._end_bar()
            self.file, self.bar = name, TerminalBar(self.stderr, f"{name:<12}")
        self.bar.show(done, total)

    def _end_bar(self) -> None:
        if self.bar:
            self.bar.end()

    def _report(self, name: str, rows: int, seconds: float) -> None:
        self.stdout.write(f"{name:<12} {rows:>9,} rows {seconds:>8.1f} s {rows / max(seconds, 0.001):>9,.0f} rows/s")
