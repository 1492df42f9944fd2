"""Loads dumps, sifted and whole, beside unpacking and parsing them alone; prints JSON.

Usage: dump.py FOLDER ROUNDS. Run by bench/within.py. The folder holds editions.txt.gz, works.txt.gz, authors.txt.gz
and isbns.txt. Each round does everything once, so that a busy moment hits all of them.
"""

import gzip
import json
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import orjson
import processes
from django.db import connection

from catalog.isbn import Isbn, read_isbn
from catalog.openlibrary.dump import Dump
from catalog.openlibrary.offline import find_by_isbn
from catalog.services.dumps import Loader, Selection, start_load
from catalog.services.offline import drop_local_copy

NAMES = ("editions.txt.gz", "works.txt.gz", "authors.txt.gz")
ANSWERS = 300


def main() -> None:
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    paths = [folder / name for name in NAMES]
    isbns = tuple(found for line in (folder / "isbns.txt").read_text().split() if (found := read_isbn(line)))
    ways: dict[str, Callable[[], int]] = {
        "parsing alone": lambda: parse(paths, orjson.loads),
        "parsing alone (json)": lambda: parse(paths, json.loads),
        "sifted by ISBN": lambda: load(paths, Selection(isbns=isbns)),
        "the same again": lambda: load(paths, Selection(isbns=isbns)),
        "sifted by language": lambda: load(paths, Selection(languages=("ger",))),
        "everything": lambda: load(paths, Selection()),
    }
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for _round in range(rounds):
        drop_local_copy(by=None)
        for name, way in ways.items():
            found[name].append(timed(way))
            if name == "the same again":
                drop_local_copy(by=None)
    print(json.dumps({"ways": found, "answers_ms": answers(isbns), "wanted": len(isbns)}))


def parse(paths: list[Path], read: Callable[[bytes], object]) -> int:
    """Unpack and parse, and do nothing with it."""
    lines = 0
    for path in paths:
        with gzip.open(path) as file:
            for line in file:
                read(line.split(b"\t", 4)[4])
                lines += 1
    return lines


def load(paths: list[Path], selection: Selection) -> int:
    with ExitStack() as opened:
        dumps = [opened.enter_context(Dump(path)) for path in paths]
        loader = Loader(start_load(dumps, selection, by=None), dumps, selection)
        loader.run()
    return loader.passes.total()["lines"]


def timed(way: Callable[[], int]) -> dict[str, float]:
    """Lines, seconds by the clock and of processors (with PostgreSQL's), the most memory (MB) this process ever had."""
    began, before = time.perf_counter(), processor_seconds()
    lines = way()
    seconds, used = time.perf_counter() - began, processor_seconds() - before
    return {"lines": lines, "seconds": seconds, "cpu_seconds": used, "peak_mb": peak_mb()}


def processor_seconds() -> float:
    is_postgres = connection.vendor == "postgresql"
    return time.process_time() + (processes.postgres_seconds(connection.settings_dict["NAME"]) if is_postgres else 0)


def peak_mb() -> int:
    """The most memory that this process ever had; not what its parent had, as getrusage would say."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def answers(isbns: tuple[Isbn, ...]) -> float:
    """Milliseconds (median) from an ISBN to edition, work and authors."""
    times = []
    for isbn in isbns[:ANSWERS]:
        began = time.perf_counter()
        assert find_by_isbn(isbn) is not None
        times.append((time.perf_counter() - began) * 1_000)
    return round(statistics.median(times), 2)


if __name__ == "__main__":
    main()
