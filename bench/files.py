"""Measures bringing in a file: reading and matching its lines, then making books of them. See README.md.

Example: python bench/files.py --titles 20000
"""

import argparse
import csv
import json
import statistics
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import make_data
import processes
from measuring import tell
from scratch import Scratch

LEAST = 2_000  # records a second of processor time, reading and bringing in together


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="files to bring in; default: a table that is made up")
    parser.add_argument("--titles", type=int, default=20_000, help="rows of the table that is made up")
    parser.add_argument("--rounds", type=int, default=3, help="how often, each time into an empty library")
    parser.add_argument(
        "--database", default="", help="URL of an empty PostgreSQL database, for one round and one file"
    )
    parser.add_argument("--json", type=Path, help="write everything measured here")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    found: dict[str, list[dict]] = {}
    gauges = [processes.gauge()]
    with tempfile.TemporaryDirectory() as temporary:
        files = [path.resolve() for path in options.files] or [made_up(Path(temporary), options.titles)]
        for each in range(1 if options.database else options.rounds):
            for path in files:
                tell(f"{path.name}, round {each + 1}")
                folder = Path(temporary) / f"{each}-{path.name}"
                folder.mkdir()
                scratch = Scratch(folder, options.database, workers=1)
                scratch.manage("migrate", "--verbosity", "0")
                found.setdefault(path.name, []).append(scratch.inside("files", str(path)))
                scratch.remove()
    gauges.append(processes.gauge())
    if options.json:
        options.json.write_text(json.dumps({"files": found, "gauges": gauges}, indent=1))
    return report(found, gauges)


def made_up(folder: Path, titles: int) -> Path:
    """A table of so many invented books, a copy each."""
    data, path = make_data.Library(titles, datetime.now().astimezone().date()), folder / "made-up.csv"
    rows = [data.spelled_out(title) | {"barcode": f"9{n:08}"} for n, title in enumerate(data.titles, 1)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def report(found: dict[str, list[dict]], gauges: list[dict]) -> int:
    """Print the rates; 1 if the aim was missed."""
    print(f"gauges before and after: {gauges}; a second of processor time, in brackets by the clock; medians\n")
    print("| file | records | reading and matching | bringing in | both | most memory MB |")
    print("|---|---:|---:|---:|---:|---:|")
    slowest = float("inf")
    for name, rounds in found.items():
        cells = []
        for phase in (["reading"], ["bringing in"], ["reading", "bringing in"]):
            cpu, wall = (
                statistics.median(each["records"] / sum(each[part][clock] for part in phase) for each in rounds)
                for clock in ("cpu_seconds", "seconds")
            )
            cells.append(f"{cpu:,.0f} ({wall:,.0f})")
        slowest = min(slowest, cpu)
        peak = max(each["peak_mb"] for each in rounds)
        print(f"| {name} | {rounds[0]['records']:,} | {' | '.join(cells)} | {peak:,.0f} |")
    print(f"\nAim: {LEAST:,} a second of processor time for both together")
    return int(slowest < LEAST)


if __name__ == "__main__":
    sys.exit(main())
