"""Measures the search at a size of your choice: pages by kind of question, index size, build rate. See README.md.

Example: python bench/search.py --titles 100000 --json bench-data/search.json
"""

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import clients
import libraries
import pages
import processes
import questions
import search_report
from browser import Browser
from measuring import Measuring, tell
from scratch import Scratch

PARTS = ("build", "size", "pages")
SEED = 1605
CHECKED = 5  # addresses of each kind that are looked at before anything is measured


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--titles", type=int, default=20_000, help="make a data set of so many titles")
    parser.add_argument("--data", type=Path, help="use the data set in this folder instead")
    parser.add_argument("--database", default="", help="URL of a PostgreSQL database; default: a SQLite file")
    parser.add_argument("--folder", type=Path, help="keep everything here; a library that is here already is used")
    parser.add_argument("--workers", type=int, default=4, help="processes of the site")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2, help="for each kind and number of clients in each round")
    parser.add_argument("--kinds", default="", help="only these kinds of questions, divided by commas")
    parser.add_argument("--parts", default=",".join(PARTS), help="only some of: %(default)s")
    parser.add_argument("--json", type=Path, help="write everything measured here")
    parser.add_argument("--markdown", type=Path, help="write the tables here too")
    return parser.parse_args()


class Run(Measuring):
    """The parts of this run, each a method."""

    def load(self) -> None:
        """Make the data set and the library unless they are here."""
        self.data = libraries.data_set(self.scratch, self.options.data, self.options.titles)
        seconds = libraries.fill(self.scratch, self.data)
        if seconds is not None:
            self.found["load_seconds"] = round(seconds, 1)
        self.facts = self.scratch.inside("search_facts")
        self.found["titles"] = self.facts["titles"]

    def _build(self) -> None:
        """Every document of the search made anew, as after an upgrade, with the site at rest."""
        before, began = self._used(), time.monotonic()
        try:
            self.scratch.manage("rebuild_search")
        except subprocess.CalledProcessError as error:
            tell(f"rebuild_search failed: {error}")
            return
        seconds = time.monotonic() - began
        self.found["build"] = {
            "seconds": round(seconds, 1),
            "per_second": round(self.facts["titles"] / seconds),
            "cpu_ms": round((self._used() - before) * 1_000 / max(1, self.facts["titles"]), 3),
        }

    def _used(self) -> float:
        """Processor seconds of the commands run so far and of the database's processes."""
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return ended.ru_utime + ended.ru_stime + self.scratch.processor_seconds()["database"]

    def _size(self) -> None:
        self.found["size"] = self.scratch.inside("search_size")

    def _pages(self) -> None:
        chance = random.Random(SEED)
        wanted = list(filter(None, self.options.kinds.split(",")))
        asked = questions.kinds(questions.Vocabulary(self.data, chance), self.facts["titles"], self.facts)
        asked = {name: paths for name, paths in asked.items() if paths and (not wanted or name in wanted)}
        self.scratch.start()
        asked = self._answered(asked)
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in asked}
        gauges: dict[str, list[dict[str, float]]] = {name: [] for name in asked}
        for number in range(self.options.rounds):
            for name, paths in asked.items():
                tell(f"round {number + 1} of {self.options.rounds}: {name}")
                runs[name].append(self._one_round(paths, chance, is_first=number == 0))
                gauges[name].append(processes.gauge(1))
        self.found["memory"] = processes.memory_mb(self.scratch.site_processes())
        self.found["client"] = clients.name_of_client()
        self.found["pages"] = [
            {
                "page": name, "addresses": len(asked[name]), "example": asked[name][0],
                "gauge_cpu_ms": statistics.median(gauge["cpu_ms"] for gauge in gauges[name]),
                "gauge_wall_ms": statistics.median(gauge["wall_ms"] for gauge in gauges[name]),
                "load": statistics.median(gauge["load"] for gauge in gauges[name]),
                **pages.medians(each),
            }
            for name, each in runs.items()
        ]  # fmt: skip

    def _one_round(self, paths: list[str], chance: random.Random, *, is_first: bool) -> dict[str, dict[str, Any]]:
        """With one client and with many; in another order each time, so that nobody asks what was just answered."""
        if is_first:
            pages.ask_once(self.scratch, chance.sample(paths, len(paths)), "", 16, pages.WARM_UP_SECONDS)
        return {
            str(count): pages.ask(
                self.scratch, chance.sample(paths, len(paths)), "", count, self.options.seconds
            )
            for count in pages.CLIENTS
        }  # fmt: skip

    def _answered(self, asked: questions.Kinds) -> questions.Kinds:
        """What the site answers; kinds of questions whose page is not there are left out, and told."""
        browser = Browser(self.scratch.url)
        statuses = {name: {browser.get(path).status for path in paths[:CHECKED]} for name, paths in asked.items()}
        self.found["left_out"] = {name: sorted(each) for name, each in statuses.items() if each != {200}}
        return {name: paths for name, paths in asked.items() if statuses[name] == {200}}


def main() -> int:
    options = arguments()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="openshelf-bench-"))
    scratch = Scratch(folder.resolve(), options.database, options.workers)
    run = Run(options, scratch)
    try:
        run.load()
        for part in PARTS:
            if part in options.parts.split(","):
                run.measure(part)
    finally:
        scratch.stop()
        if not options.folder:
            scratch.remove()
    tables = search_report.tables(run.found)
    print(tables)
    if options.json:
        options.json.write_text(json.dumps(run.found, indent=1))
    if options.markdown:
        options.markdown.write_text(tables)
    return 1 if any(run.found.get("left_out", {}).values()) else 0


if __name__ == "__main__":
    sys.exit(main())
