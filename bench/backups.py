"""How long a backup of a large library takes, its proof and its restoring, and how large it is.

Example: python bench/backups.py --titles 100000 --loans 200000
"""

import argparse
import json
import os
import secrets
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import libraries
import processes
from make_data import Library
from measuring import tell
from scratch import Scratch


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--titles", type=int, default=20_000, help="make a data set of so many titles")
    parser.add_argument("--loans", type=int, default=40_000, help="and so many loans that ended")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database instead of a SQLite file")
    parser.add_argument("--folder", type=Path, help="keep the library here, and use it again")
    parser.add_argument("--json", type=Path, help="write everything measured here")
    return parser.parse_args()


def measured(scratch: Scratch) -> dict[str, Any]:
    """Seconds of each step, plain and sealed; a backup that is not good ends with an error."""
    found: dict[str, Any] = {"rows": "", "processors": os.cpu_count(), "gauge": processes.gauge()}
    for kind, key in (("plain", ""), ("sealed", secrets.token_urlsafe(48))):
        os.environ["BACKUP_KEY"] = key
        file = scratch.folder / f"{kind}.backup"
        file.unlink(missing_ok=True)
        steps = {
            "made and proven": ["backup", "-o", str(file)],
            "proven again": ["verify_backup", str(file)],
            "restored and checked": ["restore", str(file), "--force", "--media", str(scratch.folder / "media")],
        }
        found[kind] = {}
        for name, command in steps.items():
            tell(f"{kind}: {name}")
            began = time.monotonic()
            said = scratch.manage(*command)
            found[kind][name] = round(time.monotonic() - began, 1)
            found["rows"] = said.strip() if name == "proven again" else found["rows"]
        found[kind]["megabytes"] = round(file.stat().st_size / 1e6, 1)
    return found


def main() -> int:
    options = arguments()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="openshelf-backups-"))
    scratch = Scratch(folder.resolve(), options.database, 1)
    try:
        data = scratch.folder / "data-set"
        if not data.exists():
            tell(f"making a data set of {options.titles:,} titles and {options.loans:,} loans")
            Library(options.titles, datetime.now().astimezone().date(), past=options.loans).write(data)
        libraries.fill(scratch, data)
        found = measured(scratch)
    finally:
        if not options.folder:
            scratch.remove()
    print(json.dumps(found, indent=1))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
