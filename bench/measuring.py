"""What every run of measurements has in common: its options, the machine, gauges between its parts."""

import argparse
import os
import platform
import sys
from typing import Any

import processes
from scratch import Scratch


class Measuring:
    """One run of the measurements in ``scratch``; ``found`` grows part by part."""

    def __init__(self, options: argparse.Namespace, scratch: Scratch) -> None:
        self.options, self.scratch = options, scratch
        self.found: dict[str, Any] = {
            "machine": {
                "workers": options.workers, "python": f"Python {platform.python_version()}",
                "processors": os.cpu_count(), "system": platform.platform(),
            },
            "database": "PostgreSQL" if options.database else "SQLite",
            "gauges": {"before": processes.gauge()},
        }  # fmt: skip

    def measure(self, part: str) -> None:
        """Measure one part, by the method of its name."""
        tell(part)
        getattr(self, f"_{part}")()
        self.found["gauges"][f"after {part}"] = processes.gauge()


def tell(what: str) -> None:
    """Say on the terminal what is at work."""
    print(f"... {what}", file=sys.stderr, flush=True)
