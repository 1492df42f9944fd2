"""Makes the library that is measured: a data set unless one is given, loaded unless it is there."""

import sys
import time
from datetime import datetime
from pathlib import Path

from make_data import Library
from scratch import Scratch


def data_set(scratch: Scratch, given: Path | None, titles: int) -> Path:
    """The folder of the data set: the one given, or one of so many titles in the folder of ``scratch``."""
    folder = given or scratch.folder / "data-set"
    if not folder.exists():
        print(f"... making a data set of {titles:,} titles", file=sys.stderr, flush=True)
        Library(titles, datetime.now().astimezone().date()).write(folder)
    return folder


def fill(scratch: Scratch, data: Path) -> float | None:
    """Load ``data`` into the library of ``scratch``: the seconds it took, None if there were books already."""
    scratch.manage("migrate", "--verbosity", "0")
    if scratch.inside("is_loaded"):
        return None
    began = time.monotonic()
    print(scratch.manage("bench_load", str(data)), file=sys.stderr)
    return time.monotonic() - began
