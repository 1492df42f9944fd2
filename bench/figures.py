"""What is asked of a running library, whether of one container or of many: pages, desks, memory."""

from pathlib import Path
from typing import Any

import desks
from clients import ask, spread
from stack import docker

PAGES = ("search, common word", "book")
CLIENTS = 16
PAIRS = 320
WARMING_SECONDS = 3
MEMORY = """
import pathlib
for each in pathlib.Path("/proc").glob("[0-9]*/smaps_rollup"):
    try:
        name = each.with_name("cmdline").read_bytes().replace(b"\\0", b" ").decode()[:60]
        lines = each.read_text().splitlines()
    except OSError:
        continue
    rss, pss = (next(int(l.split()[1]) for l in lines if l.startswith(w)) // 1024 for w in ("Rss:", "Pss:"))
    print(rss, pss, name)
"""


def of_pages(url: str, prepared: dict[str, Any], folder: Path, seconds: float = 6) -> dict[str, Any]:
    """Answers and milliseconds of pages that anybody may see, asked for by 16 at once; before, all is asked for once
    unmeasured, for each process reads some things only once."""
    for name, _who, paths in prepared["pages"]:
        if name in PAGES:
            ask(url, paths, header="", clients=CLIENTS, seconds=WARMING_SECONDS, folder=folder)
    return {
        name: ask(url, paths, header="", clients=CLIENTS, seconds=seconds, folder=folder)
        for name, _who, paths in prepared["pages"]
        if name in PAGES
    }


def of_desks(url: str, prepared: dict[str, Any], pairs: int = PAIRS) -> dict[str, Any]:
    """Milliseconds of an issue with its return at 16 desks at once, and how many scans failed."""
    staff = [desks.Desk(url, sign_in) for sign_in in prepared["librarians"]]
    seconds = desks.at_once(staff, prepared["pairs"][:pairs])
    times = [sum(pair) for desk in staff for pair in zip(desk.times["issue"], desk.times["return"], strict=True)]
    return {"desks": len(staff), "failed": sum(desk.failed for desk in staff), "seconds": round(seconds, 1),
            "issue_and_return": spread(times)}  # fmt: skip


def of_memory(container: str) -> list[str]:
    """Lines of resident MB, proportional MB and command of each process."""
    return docker("exec", container, "python", "-c", MEMORY).splitlines()
