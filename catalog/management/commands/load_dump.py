"""``load_dump``: makes a local copy of Open Library, or of a part of it, from its monthly dumps; resumable."""

import fcntl
import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.exceptions import Refused
from accounts.progress import TerminalBar
from catalog.isbn import Isbn, find_isbns
from catalog.models import OfflineLoad
from catalog.normalize.languages import read_language
from catalog.openlibrary.dump import Dump
from catalog.services.dumps import Loader, Selection, start_load
from catalog.services.offline import drop_local_copy

MEGABYTE = 1_000_000
NAMES = {"edition": "editions", "work": "works", "author": "authors"}


class Command(BaseCommand):
    help = (
        "Load dumps of Open Library (editions, works, authors; packed by gzip or not) into a local copy, from which "
        "ISBNs are answered without the internet. The same command goes on where it was stopped; the next month's "
        "dumps update it. Prints counts as one line of JSON. Exit code 1 if a line made no sense or a file was broken."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="dumps, in any order")
        parser.add_argument("--isbns", type=Path, metavar="FILE", help="only editions with an ISBN in this text file")
        parser.add_argument("--languages", nargs="+", metavar="CODE", help="only editions in these, as in: ger eng")
        parser.add_argument("--limit", type=int, metavar="N", help="only the first N editions")
        parser.add_argument("--drop", action="store_true", help="remove the local copy")

    def handle(self, *args: Any, **options: Any) -> None:
        with only_one():
            if options["drop"]:
                self._drop(options)
            else:
                self._load(options)

    def _drop(self, options: dict[str, Any]) -> None:
        if options["files"]:
            raise CommandError("--drop removes the whole local copy and takes no files. Nothing was done.")
        self.stdout.write(json.dumps({"dropped": drop_local_copy(by=None)}))

    def _load(self, options: dict[str, Any]) -> None:
        if not options["files"]:
            raise CommandError("Name the dumps: load_dump editions.txt.gz works.txt.gz authors.txt.gz")
        selection = self._selection(options)
        with ExitStack() as opened:
            try:
                dumps = [opened.enter_context(Dump(path)) for path in options["files"]]
                load = start_load(dumps, selection, by=None)
            except OSError as error:
                raise CommandError(f"{error.filename} cannot be read: {error.strerror}") from error
            except Refused as refusal:
                raise CommandError(refusal.message) from refusal
            if load.done or load.cursor:
                self.stderr.write(f"Going on after {load.done} of {load.total} MB.")
            self._work_on(load, dumps, selection)

    def _work_on(self, load: OfflineLoad, dumps: list[Dump], selection: Selection) -> None:
        bar = TerminalBar(self.stderr, "Loading")
        loader, began = Loader(load, dumps, selection, Progress(bar).show), time.monotonic()
        try:
            loader.run()
        except KeyboardInterrupt:
            raise CommandError("Stopped. The same command goes on from here.") from None
        finally:
            bar.end()
        self._sum_up(loader, time.monotonic() - began)

    def _selection(self, options: dict[str, Any]) -> Selection:
        given = [code for text in options["languages"] or [] for code in text.split(",") if code.strip()]
        languages = tuple(dict.fromkeys(map(read_language, given)))
        if "" in languages or (options["languages"] and not languages):
            raise CommandError("--languages takes codes such as ger eng, or de en.")
        if options["limit"] is not None and options["limit"] < 1:
            raise CommandError("--limit takes a number from 1.")
        return Selection(self._isbns(options["isbns"]), languages, options["limit"])

    def _isbns(self, path: Path | None) -> tuple[Isbn, ...]:
        if path is None:
            return ()
        try:
            with path.open(encoding="utf-8-sig", errors="replace") as lines:
                found = [(line, find_isbns(line)) for line in lines if line.strip()]
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        if without := sum(not isbns for _line, isbns in found):
            self.stderr.write(f"{path.name}: {without} lines hold no ISBN.")
        isbns = {isbn.value: isbn for _line, several in found for isbn in several}
        if not isbns:
            raise CommandError(f"{path} holds no ISBN. Give a text file with one a line.")
        return tuple(isbns.values())

    def _sum_up(self, loader: Loader, seconds: float) -> None:
        for line in loader.malformed:
            self.stderr.write(f"Left out: {line}")
        for problem in loader.broken:
            self.stderr.write(f"Not read to the end: {problem}")
        self._say_what_is_missing(loader)
        counts, as_of = loader.passes.total(), loader.load.as_of
        missing = {f"missing_{NAMES[kind]}": count for kind, count in loader.missing.items()}
        more = {"as_of": as_of and as_of.isoformat(), "broken_files": len(loader.broken), "seconds": round(seconds, 1)}
        self.stdout.write(json.dumps({**counts, **missing, **more}))
        if counts["malformed"] or loader.broken:
            raise SystemExit(1)

    def _say_what_is_missing(self, loader: Loader) -> None:
        for kind, name in NAMES.items():
            count = loader.missing.get(kind)
            if kind not in loader.passes.kinds and count != 0:
                self.stderr.write(
                    f"None of the files holds {name}{f', and {count} that are named are not here' if count else ''}: "
                    f"run the command again with ol_dump_{name}_latest.txt.gz and the same options. Until then Open "
                    "Library is asked for them one by one."
                )
            elif count:
                self.stderr.write(
                    f"{count} {name} that are named are not in the files; most were merged into others since. Open "
                    "Library is asked for them one by one."
                )


class Progress:
    """The bar with lines a second and the time that is left, both as they were in this run."""

    def __init__(self, bar: TerminalBar) -> None:
        self._bar, self._began = bar, time.monotonic()
        self._first: tuple[int, int] | None = None

    def show(self, loader: Loader) -> None:
        """Draw the bar where ``loader`` has come to."""
        lines, done, total = loader.passes.total()["lines"], loader.bytes_read, loader.bytes_to_read
        seconds = max(time.monotonic() - self._began, 0.001)
        if self._first is None:
            self._first = (lines, done)
        lines_now, bytes_now = lines - self._first[0], done - self._first[1]
        left = (total - done) * seconds / bytes_now if bytes_now else 0
        note = f" MB, {lines_now / seconds:,.0f} lines/s, {left // 60:.0f}:{int(left % 60):02} left"
        self._bar.show(done // MEGABYTE, total // MEGABYTE, f"{note:<36}")


@contextmanager
def only_one() -> Iterator[None]:
    """For one process at a time: the lock goes when the process does, however it ends."""
    path = Path(settings.DATA_DIR) / "load_dump.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError("Another load_dump is at work. Wait for it, or stop it.") from error
        yield
