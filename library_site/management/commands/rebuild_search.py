"""``rebuild_search``: writes the search document of every book anew, while the library is in use."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand

from accounts.progress import TerminalBar
from catalog.models import Book, SearchDocument
from catalog.search.engine import engine
from catalog.services.search import rebuild
from circulation.queries.stock import stock_for_search


class Command(BaseCommand):
    help = (
        "Write the search document of every book anew and remove those of books that are gone. Search and desk go on "
        "meanwhile; it may be stopped at any time, and says how to go on."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--after", type=int, default=0, metavar="KEY", help="go on after the book with this key")

    def handle(self, *args: Any, **options: Any) -> None:
        self.after = options["after"]
        try:
            with _interrupted_by_sigterm():
                self._rebuild()
        except KeyboardInterrupt:
            self._tell_where()
            raise SystemExit(130) from None
        except Exception:
            self._tell_where()
            raise

    def _rebuild(self) -> None:
        began = time.monotonic()
        total = Book.objects.filter(pk__gt=self.after).count()
        bar = TerminalBar(self.stderr, "search")
        bar.show(0, total)

        def tell(done: int, after: int) -> None:
            self.after = after
            bar.show(done, total)

        done = rebuild(stock_for_search, after=self.after, tell=tell)
        engine().tidy()
        bar.end()
        seconds = max(time.monotonic() - began, 0.001)
        self.stdout.write(f"{done:,} documents in {seconds:.1f} s, {done / seconds:,.0f} a second")
        if failed := SearchDocument.objects.exclude(failed_at=None).count():
            self.stderr.write(f"{failed:,} documents could not be written: check_invariants names their books.")

    def _tell_where(self) -> None:
        """What was written so far is kept."""
        self.stderr.write(f"\nStopped after book {self.after}. To go on: manage.py rebuild_search --after {self.after}")


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """Within, whoever stops the process by SIGTERM does what Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
