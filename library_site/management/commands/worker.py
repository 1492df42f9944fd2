"""``worker``: sends messages, goes on with imports and covers, does the daily work, until it is told to stop."""

import logging
import signal
import threading
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import translation

from accounts.models import LibrarySettings
from accounts.services import work
from catalog.tasks import go_on_with_covers, go_on_with_imports, go_on_with_search
from circulation.tasks import do_the_daily_work, send_events, send_messages
from library_site.tasks import make_backups

logger = logging.getLogger(__name__)

PIECES = (
    do_the_daily_work, send_messages, send_events, go_on_with_search, go_on_with_imports, go_on_with_covers,
    make_backups,
)  # fmt: skip
PAUSE_SECONDS = 1.0
TOLD_EVERY = 60.0  # seconds
AWAY = (OperationalError, InterfaceError)


class Command(BaseCommand):
    help = (
        "Do what takes long: messages, webhooks, imports, covers, and once a day the daily work. Runs until stopped "
        "(Ctrl-C); several may run side by side."
    )

    # They would import every page of the site, 40 MB that stay; what comes before a worker (migrate, serve) does them.
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--alive", type=Path, help="a file that is touched as long as this worker can do its work")
        parser.add_argument("--once", action="store_true", help="stop when nothing is left to do")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = threading.Event()
        self.told: dict[str, float] = {}
        if threading.current_thread() is threading.main_thread():
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_signal: self.stopping.set())
        pulse = threading.Thread(target=self._beat, args=[options["alive"]], daemon=True)
        pulse.start()
        while not self.stopping.is_set():
            busy = self._one_round()
            if options["once"] and not busy:
                break
            if not busy:
                self.stopping.wait(PAUSE_SECONDS)
        self.stopping.set()
        pulse.join(timeout=5)
        work.stop_beating()

    def _one_round(self) -> bool:
        busy = False
        for piece in PIECES:
            if self.stopping.is_set():
                break
            try:
                with translation.override(LibrarySettings.current().language):  # reasons are stored in words
                    busy = piece(self.stopping.is_set) or busy
            except AWAY as error:
                self._tell_now_and_then("the database is busy or away, trying again: %s", error)
            except Exception:  # one broken piece must not stop all other work
                logger.exception("%s failed", piece.__name__)
            close_old_connections()
        return busy

    def _tell_now_and_then(self, sentence: str, error: Exception) -> None:
        """A database that is away for hours fails every piece every second: once a minute is enough."""
        if time.monotonic() >= self.told.get(sentence, 0.0):
            self.told[sentence] = time.monotonic() + TOLD_EVERY
            logger.warning(sentence, error)

    def _beat(self, alive: Path | None) -> None:
        try:
            while not self.stopping.is_set():
                try:
                    work.beat()
                    if alive:
                        alive.touch()
                except AWAY as error:
                    self._tell_now_and_then("the worker's pulse could not be written: %s", error)
                close_old_connections()
                self.stopping.wait(work.PULSE_SECONDS / 3)
        finally:
            connection.close()  # this thread's own
