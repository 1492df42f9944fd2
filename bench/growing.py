"""Makes the table of docs/growing.md: one library on SQLite, on PostgreSQL, in three processes, with pools and a copy.

Example: python bench/growing.py --titles 5000 --json bench-data/growing.json
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import figures
import processes
import slow_clients
from alone import Alone
from make_data import Library
from measuring import tell
from stack import IMAGE, ROOT, Stack, docker

COLUMNS = {
    "alone": "SQLite, one process of each kind",
    "one": "PostgreSQL, one `web`",
    "three": "PostgreSQL, three `web`, two `worker`",
    "grown": "the same with pools and a copy to read from",
}
SCALED = ("--scale", "web=3", "--scale", "worker=2")
ADD_REPLICA = "sed -n 's/^DATABASE_URL=/REPLICA_URL=/; s/@db:/@replica:/p' /secrets/site/.env >> /tmp/more"
ADD_REPLICA += " && cat /tmp/more >> /secrets/site/.env"
ASKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'openshelf' AND query LIKE '%catalog_%'"
Found = dict[str, Any]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--titles", type=int, default=5_000, help="make a data set of so many titles")
    parser.add_argument("--seconds", type=float, default=6, help="how long each page is asked for")
    parser.add_argument("--columns", default=",".join(COLUMNS), help="only some of: %(default)s")
    parser.add_argument("--json", type=Path, help="write everything measured here")
    return parser.parse_args()


class Growing:
    """One run; ``found`` grows column by column."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder, self.data = options, folder, folder / "data-set"
        self.found: Found = {"processors": os.cpu_count(), "titles": options.titles, "gauge": processes.gauge()}
        Library(options.titles, datetime.now().astimezone().date()).write(self.data)

    def alone(self) -> None:
        """One container."""
        with taken_away(Alone("openshelf-growing-alone", self.data)) as library:
            self.found["alone"] = {"seconds": round(library.up(), 1)} | self._used(library)

    def one(self) -> None:
        """The stack as it is. ``three`` goes on with it."""
        with taken_away(Stack("openshelf-growing", self.data)) as stack:
            first = round(stack.up(), 1)
            self.found["one"] = {"seconds": first} | self._used(stack) | self._with_slow_visitors(stack)
            if "three" in self.options.columns:
                scaled = round(stack.up(*SCALED), 1)
                self.found["three"] = {"seconds": scaled} | self._measured(stack, self._prepared(stack))

    def three(self) -> None:
        """Measured with ``one``."""

    def grown(self) -> None:
        """Three of `web`, each process with a pool, catalogue and loans read from a copy that follows."""
        with taken_away(Stack("openshelf-grown", self.data, "bench/grown.yml")) as stack:
            stack.compose("run", "--rm", "--no-deps", "-T", "secrets")
            stack.compose("run", "--rm", "--no-deps", "-T", "secrets", "sh", "-c", ADD_REPLICA)
            seconds = round(stack.up(*SCALED), 1)
            self.found["grown"] = {"seconds": seconds} | self._used(stack, lambda: follows(stack))
            [copy] = stack.containers("replica")
            asked = docker("exec", copy, "psql", "-h", "127.0.0.1", "-U", "openshelf", "-Atc", ASKED, check=False)
            self.found["grown"]["connections_to_the_copy"] = asked.strip()

    def _used(self, library: Any, ready: Callable[[], None] = lambda: None) -> Found:
        library.manage("bench_load", "/data-set")
        ready()
        return self._measured(library, self._prepared(library))

    def _prepared(self, library: Any) -> Found:
        return library.inside("prepare", "/data-set/terms.json")

    def _measured(self, library: Any, prepared: Found) -> Found:
        pages = figures.of_pages(library.url, prepared, self.folder, self.options.seconds)
        at_desks = figures.of_desks(library.url, prepared)
        memory = [line for each in ("web", "worker") for line in figures.of_memory(library.containers(each)[0])]
        return {"pages": pages, "desks": at_desks, "memory": memory, "gauge": processes.gauge()}

    def _with_slow_visitors(self, stack: Stack) -> Found:
        return {"slow_clients": slow_clients.measure(stack.url, clients=400, megabytes=300, seconds=15)}


@contextmanager
def taken_away(library: Any) -> Iterator[Any]:
    """Stopped at the end, whatever happens, and what it kept with it."""
    try:
        yield library
    finally:
        library.down()


def follows(stack: Stack) -> None:
    """Wait until the copy has all that the database has."""
    deadline = time.monotonic() + 120
    while not stack.answers("/readyz?without=worker,clock", timeout=10):
        if time.monotonic() > deadline:
            raise SystemExit("The copy does not follow.")
        time.sleep(1)


def table(found: Found) -> str:
    """What was measured, as in docs/growing.md."""
    columns = [name for name in COLUMNS if name in found]
    rows: dict[str, Callable[[Found], str]] = {
        "seconds until it is well": lambda each: f"{each['seconds']:.0f}",
        "memory of one process of `web`, of `worker` (resident MB; shared pages divided)": lambda each: (
            f"{_memory(each, 'gunicorn')}, {_memory(each, 'manage.py worker')}"
        ),
        "pages a second, 16 at once: search for a common word": lambda each: _rate(each, "search, common word"),
        "the same: page of a book": lambda each: _rate(each, "book"),
        "issue and return at 16 desks at once: median, 95 of 100, failed": lambda each: _desks(each["desks"]),
        "`/healthz` while 400 visitors dribble and one sends 300 MB: median, 95 of 100, longest": _health,
    }
    head = ["| | " + " | ".join(COLUMNS[name] for name in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    body = ["| " + " | ".join([row, *(cell(found[name]) for name in columns)]) + " |" for row, cell in rows.items()]
    return "\n".join([*head, *body])


def _memory(each: Found, command: str) -> str:
    lines = [line.split(maxsplit=2) for line in each["memory"] if command in line and "-c" not in line.split()[2:4]]
    largest = max(((int(rss), int(pss)) for rss, pss, _command in lines), default=(0, 0))
    return f"{largest[0]} ({largest[1]})"


def _rate(each: Found, page: str) -> str:
    asked = each["pages"][page]
    failed = f", {asked['failed']} failed" if asked["failed"] else ""
    return f"{asked['answers'] / asked['seconds']:.0f}{failed}"


def _desks(measured: Found) -> str:
    times = measured["issue_and_return"]
    return f"{times['median_ms'] / 1_000:.1f} s, {times['p95_ms'] / 1_000:.1f} s, {measured['failed']}"


def _health(each: Found) -> str:
    if "slow_clients" not in each:
        return ""
    times = each["slow_clients"]["health"]
    return f"{times['median_ms']:.0f} ms, {times['p95_ms']:.0f} ms, {times['max_ms']:.0f} ms"


def main() -> int:
    options = arguments()
    if "Server" not in docker("version", check=False):
        print("This wants a running Docker Engine with Compose (docker version).")
        return 1
    docker("build", "--quiet", "--tag", IMAGE, str(ROOT))
    run = Growing(options, Path(tempfile.mkdtemp(prefix="openshelf-growing-")))
    try:
        for column in options.columns.split(","):
            tell(column)
            getattr(run, column)()
    finally:
        print(table(run.found))
        if options.json:
            options.json.parent.mkdir(parents=True, exist_ok=True)
            options.json.write_text(json.dumps(run.found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
