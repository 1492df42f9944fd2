"""Measures loading dumps of Open Library: sifting beside unpacking and parsing alone, and storing. See README.md.

Example: python bench/dump.py --records 400000 --json bench-data/dump.json
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

import dump_data
import processes
from measuring import tell
from scratch import Scratch

LEAST_RATIO = 0.6  # of parsing alone
LEAST_STORED = 15_000  # records a second, on PostgreSQL


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200_000, help="make so many editions, and works and authors")
    parser.add_argument("--wanted", type=int, default=1_000, help="so many ISBNs are sifted out")
    parser.add_argument("--database", default="", help="URL of an empty PostgreSQL database; default: a SQLite file")
    parser.add_argument("--folder", type=Path, help="keep everything here; dumps that are here already are used")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write everything measured here")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Scratch(options.folder or Path(temporary), options.database, workers=1)
        if not (scratch.folder / "isbns.txt").exists():
            tell("making dumps")
            dump_data.make(scratch.folder, options.records, options.wanted)
        before = processes.gauge()
        scratch.manage("migrate", "--verbosity", "0")
        tell("loading")
        found = scratch.inside("dump", str(scratch.folder), str(options.rounds))
    found |= {"database": "PostgreSQL" if options.database else "SQLite", "gauges": [before, processes.gauge()]}
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    return report(found)


def report(found: dict) -> int:
    """Print the rates; 1 if an aim was missed."""
    print(f"{found['database']}; {found['wanted']} ISBNs wanted; gauges before and after: {found['gauges']}\n")
    print("| way | lines/s | lines/s of processor time | peak MB |\n|---|---:|---:|---:|")
    wall, cpu = {}, {}
    for name, rounds in found["ways"].items():
        wall[name] = statistics.median(each["lines"] / each["seconds"] for each in rounds)
        cpu[name] = statistics.median(each["lines"] / each["cpu_seconds"] for each in rounds)
        print(f"| {name} | {wall[name]:,.0f} | {cpu[name]:,.0f} | {max(each['peak_mb'] for each in rounds):,.0f} |")
    ratio = wall["sifted by ISBN"] / wall["parsing alone"]
    ratio_cpu = cpu["sifted by ISBN"] / cpu["parsing alone"]
    print(f"\nSifting reaches {ratio:.0%} of parsing alone ({ratio_cpu:.0%} by processor time); aim: {LEAST_RATIO:.0%}")
    print(f"An ISBN is answered in {found['answers_ms']} ms (median)")
    is_slow = found["database"] == "PostgreSQL" and wall["everything"] < LEAST_STORED
    return int(ratio < LEAST_RATIO or is_slow)


if __name__ == "__main__":
    sys.exit(main())
