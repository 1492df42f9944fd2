"""Asks for pages as fast as the site answers: with wrk where it is installed, else with threads of our own."""

import http.client
import json
import shutil
import statistics
import subprocess
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 60
WRK = """
local paths, at = {%s}, 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"answers": %%d, "seconds": %%f, "failed": %%d, ' ..
    '"median_ms": %%f, "p95_ms": %%f, "min_ms": %%f, "max_ms": %%f}\\n',
    summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency.min / 1e3, latency.max / 1e3))
end
"""


def name_of_client() -> str:
    """Which client asks: "wrk" or "threads"."""
    return "wrk" if shutil.which("wrk") else "threads"


def ask(
    url: str, paths: list[str], *, header: str, clients: int, seconds: float, folder: Path, client: str = ""
) -> dict[str, Any]:
    """Ask for ``paths`` in turn over ``clients`` connections for ``seconds``: answers, failures and milliseconds.

    Only answers that came within the time count. ``header``: a line that each request has, or "". ``folder`` is for
    files of the client.
    """
    if (client or name_of_client()) == "wrk":
        return _with_wrk(url, paths, header=header, clients=clients, seconds=seconds, folder=folder)
    return _with_threads(url, paths, header=header, clients=clients, seconds=seconds)


def _with_wrk(url: str, paths: list[str], *, header: str, clients: int, seconds: float, folder: Path) -> dict[str, Any]:
    script = folder / "paths.lua"
    script.write_text(WRK % ", ".join(json.dumps(path) for path in paths))
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds:.0f}s", f"--timeout={TIMEOUT_SECONDS}s", "-s", str(script)]
    command += ["-H", header] if header else []
    printed = subprocess.run([*command, url], stdout=subprocess.PIPE, text=True, check=True).stdout
    line = next(line for line in printed.splitlines() if line.startswith("RESULT "))
    return json.loads(line.removeprefix("RESULT "))


def _with_threads(url: str, paths: list[str], *, header: str, clients: int, seconds: float) -> dict[str, Any]:
    times: list[float] = []
    failed: list[int] = []
    name, _colon, value = header.partition(": ")
    deadline = time.monotonic() + seconds

    def one_client(first: int) -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_SECONDS)
        at = first
        while (began := time.monotonic()) < deadline:
            connection.request("GET", paths[at % len(paths)], headers={name: value} if name else {})
            answer = connection.getresponse()
            answer.read()
            at += 1
            ended = time.monotonic()
            if ended <= deadline:
                times.append((ended - began) * 1_000)
                failed.extend([answer.status] * (answer.status >= 400))
        connection.close()

    threads = [threading.Thread(target=one_client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"answers": len(times), "seconds": seconds, "failed": len(failed), **spread(times)}


def spread(times: list[float]) -> dict[str, float]:
    """Median, 95th percentile, least and most of ``times`` (milliseconds)."""
    ordered = sorted(times) or [float("nan")]
    return {
        "median_ms": round(statistics.median(ordered), 2),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
        "min_ms": round(ordered[0], 2),
        "max_ms": round(ordered[-1], 2),
    }
