"""Brings in a file with the commands that a person would give; prints JSON.

Usage: files.py FILE. Run by bench/within.py, in an empty library.
"""

import io
import json
import resource
import sys
import time
from contextlib import suppress

from django.core.management import call_command


def main() -> None:
    found = {"reading": timed("import_file", sys.argv[1])}
    found["bringing in"] = timed("apply_import", found["reading"]["said"]["import"])
    said = found["bringing in"]["said"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found | {"records": said["lines"], "peak_mb": peak}))


def timed(command: str, *what: object) -> dict:
    """How long ``command`` takes, by the clock and on the processor, and what it says at the end."""
    out, wall, cpu = io.StringIO(), time.perf_counter(), time.process_time()
    with suppress(SystemExit):  # lines that are wrong or doubtful
        call_command(command, *map(str, what), stdout=out, stderr=io.StringIO())
    spent = {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
    return spent | {"said": json.loads(out.getvalue().splitlines()[-1])}


if __name__ == "__main__":
    main()
