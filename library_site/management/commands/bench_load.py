"""``bench_load``: fills an empty library with a large invented one, for measurements."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts.models import User
from accounts.progress import TerminalBar
from catalog.models import Book
from catalog.search.engine import engine
from catalog.services.search import rebuild
from circulation.queries.stock import stock_for_search
from library_site.benching.loading import Loaded, gather_statistics, is_empty, load
from library_site.benching.tables import BadData, Folder


class Command(BaseCommand):
    help = (
        "Fill an empty library with the data set in DIR, for measurements: CSV files of the shape that bench/README.md "
        "describes. Everything is loaded or nothing. Loans that came back late get no fine."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("dir", metavar="DIR", type=Path, help="the folder with authors.csv, titles.csv, ...")
        parser.add_argument("--force", action="store_true", help="load it beside the books and members that are here")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["force"] and not is_empty():
            raise CommandError("The library is not empty: nothing was loaded. --force loads beside what is here.")
        self.bar: TerminalBar | None = None
        self.file = ""
        try:
            loaded = load(Folder(options["dir"]), self._show)
        except BadData as error:
            raise CommandError(f"{error} Nothing was loaded.") from error
        except DatabaseError as error:
            raise CommandError(f"{self.file}.csv: the database refused it: {error} Nothing was loaded.") from error
        self._end_bar()
        gather_statistics()
        loaded.append(self._make_findable())
        self._end_bar()
        for part in loaded:
            self._report(part.name, part.rows, part.seconds)
        self._report("in all", sum(part.rows for part in loaded), sum(part.seconds for part in loaded))
        if not User.objects.filter(is_active=True, is_staff=True).exists():
            self.stdout.write("Nobody can sign in to the desk yet: manage.py createsuperuser makes a sign-in.")

    def _make_findable(self) -> Loaded:
        """The search documents, a transaction for some at a time; after an interruption rebuild_search goes on."""
        began, total = time.monotonic(), Book.objects.count()
        done = rebuild(stock_for_search, tell=lambda done: self._show("documents", done, total))
        engine().tidy()
        return Loaded("documents", done, time.monotonic() - began)

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
