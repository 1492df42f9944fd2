"""``export``: writes books, members and loans into a file, or all of them; everything can be brought in again."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from accounts.exceptions import Refused
from accounts.models import LibrarySettings
from accounts.progress import TerminalBar
from circulation.exports.writing import KINDS, WHATS, Export
from circulation.services.exporting import record_export


class Command(BaseCommand):
    help = (
        "Write the library into a file: as tables (csv; with --what all a zip of three), as JSON lines (jsonl), or its "
        "books and copies as MARC 21 (marc, marcxml). Ends with one line of JSON: how many there were."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", choices=list(KINDS), required=True, help="the form of the file")
        parser.add_argument("--what", choices=WHATS, default="books", help="what goes into it (default: books)")
        parser.add_argument("-o", "--output", required=True, metavar="FILE", help="where to; - for standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, what, target = options["kind"], options["what"], options["output"]
        self._bar, self._done = TerminalBar(self.stderr, "Exporting"), 0
        try:
            export = Export(kind, what, LibrarySettings.current(), on_row=self._show)
        except Refused as refusal:
            raise CommandError(f"{refusal.message} {_instead(kind)}") from refusal
        self._total = export.total()
        try:
            with _opened(target) as file:
                for piece in export.stream():
                    file.write(piece)
        except BrokenPipeError:
            raise CommandError("Whoever read the output stopped doing so; it is not whole.") from None
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}") from error
        finally:
            self._bar.end()
        record_export(kind=kind, what=what, by=None)
        outlet = self.stderr if target == "-" else self.stdout
        outlet.write(json.dumps({"kind": kind, "what": what} | export.counts), str)

    def _show(self) -> None:
        self._done += 1
        self._bar.show(self._done, self._total)


def _instead(kind: str) -> str:
    return f"Books: export --kind {kind} --what books -o FILE. Everything: export --kind csv --what all -o FILE.zip."


@contextmanager
def _opened(target: str) -> Iterator[IO[bytes]]:
    """Standard output, or a file that only takes its place, readable for its owner alone, when it is whole."""
    if target == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise
