"""Measures the library at a size of your choice: pages, queries, bytes, the desk, imports. See README.md.

Example: python bench/run.py --titles 100000 --json bench-data/result.json
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import api
import desks
import libraries
import pages
import processes
import report
from clients import spread
from measuring import Measuring, tell
from scratch import Scratch

PARTS = ("pages", "queries", "weights", "desks", "api", "services", "bare", "fines", "imports", "daily")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--titles", type=int, default=20_000, help="make a data set of so many titles")
    parser.add_argument("--data", type=Path, help="use the data set in this folder instead")
    parser.add_argument("--database", default="", help="URL of an empty PostgreSQL database; default: a SQLite file")
    parser.add_argument("--folder", type=Path, help="keep everything here; a library that is here already is used")
    parser.add_argument("--workers", type=int, default=4, help="processes of the site")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2, help="for each page and number of clients in each round")
    parser.add_argument("--pairs", type=int, default=200, help="issues and returns")
    parser.add_argument("--imports", type=int, default=500, help="books")
    parser.add_argument("--loans", type=int, default=100_000, help="open loans of the daily run")
    parser.add_argument("--parts", default=",".join(PARTS), help="only some of: %(default)s")
    parser.add_argument("--json", type=Path, help="write everything measured here")
    return parser.parse_args()


class Run(Measuring):
    """The parts of this run, each a method."""

    def load(self) -> None:
        """Make the data set and the library unless they are here."""
        self.data = libraries.data_set(self.scratch, self.options.data, self.options.titles)
        seconds = libraries.fill(self.scratch, self.data)
        if seconds is not None:
            began = time.monotonic()
            check = self.scratch.manage("check_invariants").strip()
            self.found["load"] = {"seconds": seconds, "check": check, "check_seconds": time.monotonic() - began}
        self.prepared = self.scratch.inside("prepare", str(self.data / "terms.json"))
        self.found["counts"] = self.prepared["counts"]
        (self.scratch.folder / "prepared.json").write_text(json.dumps(self.prepared))

    def _pages(self) -> None:
        self.found["pages"] = pages.measure(
            self.scratch, self.prepared, rounds=self.options.rounds, seconds=self.options.seconds, tell=tell
        )
        self.found["memory"] = processes.memory_mb(self.scratch.site_processes())

    def _queries(self) -> None:
        self.found["queries"] = self.scratch.inside("queries", str(self.scratch.folder / "prepared.json"))

    def _weights(self) -> None:
        self.found["weights"] = pages.weigh(self.scratch, self.prepared)

    def _desks(self) -> None:
        chosen = self.prepared["pairs"]
        half = min(self.options.pairs, len(chosen) // 2)
        self.found["desks"] = [
            desks.measure(self.scratch, self.prepared, pairs=chosen[:half], desks=1),
            desks.measure(self.scratch, self.prepared, pairs=chosen[half : 2 * half], desks=4),
        ]

    def _api(self) -> None:
        how = {"rounds": self.options.rounds, "seconds": self.options.seconds, "pairs": self.options.pairs}
        self.found["api"] = api.measure(self.scratch, self.prepared, **how, tell=tell)

    def _services(self) -> None:
        self.found["services"] = [self._through_services(count) for count in (1, 4)]

    def _through_services(self, count: int) -> dict[str, Any]:
        before = self.scratch.processor_seconds()["database"]
        done = self.scratch.inside(
            "desks", str(self.scratch.folder / "prepared.json"), str(self.options.pairs), str(count)
        )
        in_database = self.scratch.processor_seconds()["database"] - before
        return {
            "desks": count,
            "pairs": done["pairs"],
            "pairs_per_second": round(done["pairs"] / done["seconds"], 1),
            "cpu_ms": round((done["cpu_seconds"] + in_database) * 1_000 / done["pairs"], 1),
            "issue": spread(done["issue_ms"]),
            "return": spread(done["return_ms"]),
        }

    def _bare(self) -> None:
        before = self.scratch.processor_seconds()["database"]
        done = self.scratch.inside("bare", str(self.scratch.folder / "prepared.json"), str(self.options.pairs))
        done["database_cpu_seconds"] = self.scratch.processor_seconds()["database"] - before
        self.found["bare"] = done

    def _fines(self) -> None:
        self.found["fines"] = self.scratch.inside("fines")

    def _imports(self) -> None:
        before = self.scratch.processor_seconds()["database"]
        done = self.scratch.inside("imports", str(self.data / "import.csv"), str(self.options.imports))
        in_database = self.scratch.processor_seconds()["database"] - before
        self.found["imports"] = {
            "books": done["books"],
            "outcomes": done["outcomes"],
            "per_second": round(done["books"] / done["seconds"], 1),
            "cpu_ms": round((done["cpu_seconds"] + in_database) * 1_000 / max(1, done["books"]), 1),
            "save": spread(done["save_ms"]),
        }

    def _daily(self) -> None:
        self.scratch.stop()  # else the worker would do the same beside it
        self.found["daily"] = self.scratch.inside("daily", str(self.options.loans))


def main() -> int:
    options = arguments()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="openshelf-bench-"))
    scratch = Scratch(folder.resolve(), options.database, options.workers)
    run = Run(options, scratch)
    try:
        run.load()
        scratch.start()
        for part in PARTS:
            if part in options.parts.split(","):
                run.measure(part)
    finally:
        scratch.stop()
        if not options.folder:
            scratch.remove()
    print(report.tables(run.found))
    if options.json:
        options.json.write_text(json.dumps(run.found, indent=1))
    slow = report.above_limit(run.found.get("queries", []))
    for each in slow:
        repeated = f"; {each['repeated']} times: {each['query']}" if each["repeated"] else ""
        print(f"{each['page']} needs {each['queries']} queries, at most {report.QUERY_LIMIT} are allowed{repeated}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
