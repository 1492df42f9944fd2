"""Processor time of processes from /proc, the machine's load, and a gauge of how busy the machine is."""

import os
import statistics
import time
import zlib
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def load_average() -> float:
    """How many processes wanted a processor in the last minute."""
    return os.getloadavg()[0]


def gauge(times: int = 5) -> dict[str, float]:
    """A fixed task for one processor: its milliseconds by the wall clock and on the processor (median of ``times``).

    A quiet machine needs the same for both; the further apart they are, the less a wall time means.
    """
    walls, processor = [], []
    for _each in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        _fixed_task()
        walls.append((time.perf_counter() - wall) * 1_000)
        processor.append((time.process_time() - cpu) * 1_000)
    return {
        "wall_ms": round(statistics.median(walls), 1),
        "cpu_ms": round(statistics.median(processor), 1),
        "load": round(load_average(), 2),
    }


def _fixed_task() -> None:
    counts: dict[int, int] = {}
    number = 1
    for _each in range(250_000):
        number = (number * 48_271) % 2_147_483_647
        counts[number % 997] = counts.get(number % 997, 0) + 1
    zlib.crc32(repr(sorted(counts.items())).encode() * 400)


def children(pid: int) -> list[int]:
    """The processes that ``pid`` started and those that they started."""
    parents = {}
    for each in PROC.iterdir():
        if each.name.isdigit() and (fields := _stat(int(each.name))):
            parents[int(each.name)] = int(fields[1])
    found, new = [], [pid]
    while new:
        new = [child for child, parent in parents.items() if parent in new]
        found += new
    return found


def command_line(pid: int) -> str:
    """What ``pid`` was started as, or how it calls itself."""
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def processor_seconds(pids: list[int]) -> float:
    """User and system time that the living ones of ``pids`` have used."""
    return sum((int(f[11]) + int(f[12])) / TICKS for pid in pids if (f := _stat(pid)))


def memory_mb(pids: list[int]) -> dict[str, float]:
    """Resident memory of ``pids`` in MB, with shared pages counted for each (rss) and divided among all (pss)."""
    sums = {"rss": 0, "pss": 0}
    for pid in pids:
        try:
            lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            name, _colon, rest = line.partition(":")
            if name.lower() in sums:
                sums[name.lower()] += int(rest.split()[0])
    return {name: round(kilobytes / 1024, 1) for name, kilobytes in sums.items()}


def postgres_seconds(database: str) -> float:
    """Processor time of the server processes that work for ``database``, and of all of that server that have ended.

    The latter are needed for parallel workers, which live for one query. Other databases of the same server come in
    when their connections close.
    """
    ours = [int(p.name) for p in PROC.iterdir() if p.name.isdigit() and _works_for(int(p.name), database)]
    if not ours:
        return 0.0
    fields = _stat(ours[0])
    server = _stat(int(fields[1])) if fields else None
    ended = (int(server[13]) + int(server[14])) / TICKS if server else 0.0
    return processor_seconds(ours) + ended


def _works_for(pid: int, database: str) -> bool:
    words = command_line(pid).split()
    return words[:1] == ["postgres:"] and database in words


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the third on (state, ppid, ...)."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
