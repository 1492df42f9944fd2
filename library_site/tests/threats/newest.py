"""Asks the package index whether each pinned package is the newest patch of its series: mended faults come in those.

python -m library_site.tests.threats.newest
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from packaging.version import VERSION_PATTERN, Version

PROJECT = Path(__file__).resolve().parents[3]
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", re.MULTILINE)
IS_VERSION = re.compile(VERSION_PATTERN, re.VERBOSE | re.IGNORECASE)  # some of long ago are none
KEPT_BACK: dict[str, str] = {}  # a package and the version it is kept at, where the newest patch cannot be had


def pins() -> dict[str, str]:
    """Every pinned package and its version."""
    files = sorted(PROJECT.glob("requirements*.txt"))
    return {name: version for file in files for name, version in PIN.findall(file.read_text(encoding="utf-8"))}


def on_the_index(package: str) -> list[str]:
    """The versions of ``package`` that this Python could have."""
    command = [sys.executable, "-m", "pip", "index", "versions", package]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    [listed] = re.findall(r"^Available versions: (.*)$", answer.stdout, re.MULTILINE)
    return listed.split(", ")


def newest_patch(version: str, versions: list[str]) -> str:
    """The newest of ``versions`` that differs from ``version`` behind the second number only; itself, if none does."""
    own = Version(version)
    read = [Version(each) for each in versions if IS_VERSION.fullmatch(each)]
    series = [each for each in read if each.release[:2] == own.release[:2] and not each.is_prerelease]
    return str(max([*series, own]))


def behind(pinned: dict[str, str], listing: Callable[[str], list[str]]) -> Iterator[str]:
    """A line for each pin that is not the newest patch of its series."""
    for name, version in pinned.items():
        newest = newest_patch(version, listing(name))
        if Version(newest) != Version(version) and KEPT_BACK.get(name) != version:
            yield f"{name} {version}: there is {newest}"


def main() -> int:
    found = list(behind(pins(), on_the_index))
    print(*found or [f"All {len(pins())} pins are the newest of their series."], sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
