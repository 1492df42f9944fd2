"""``rebuild_search``: writes the search document of every book anew, while the library is in use."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from accounts.progress import TerminalBar
from catalog.models import Book
from catalog.search.engine import engine
from catalog.services.search import rebuild
from circulation.queries.stock import stock_for_search


class Command(BaseCommand):
    help = (
        "Write the search document of every book anew and remove those of books that are gone. Search and desk go on "
        "meanwhile; it may be stopped at any time and started again."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--after", type=int, default=0, metavar="KEY", help="go on after the book with this key")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        total = Book.objects.filter(pk__gt=options["after"]).count()
        bar = TerminalBar(self.stderr, "search")
        bar.show(0, total)
        done = rebuild(stock_for_search, after=options["after"], tell=lambda n: bar.show(n, total))
        engine().tidy()
        bar.end()
        seconds = max(time.monotonic() - began, 0.001)
        self.stdout.write(f"{done:,} documents in {seconds:.1f} s, {done / seconds:,.0f} a second")
