"""Builds, starts, uses, scales, breaks and stops the library of docker-compose.yml. Wants a running Docker.

Example: python bench/containers.py --json bench-data/containers.json
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import figures
import processes
import slow_clients
from faults import Faults, told
from make_data import Library
from measuring import tell
from stack import IMAGE, ROOT, Stack, docker

LARGEST_PARTS = "du -sk /venv/lib/python3*/site-packages/* /app/* /usr/share/fonts | sort -rn | head -20"
PARTS = ("image", "figures", "alone", "faults")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--titles", type=int, default=5_000, help="make a data set of so many titles")
    parser.add_argument("--seconds", type=float, default=15, help="how long each part stays broken")
    parser.add_argument("--parts", default=",".join(PARTS), help="only some of: %(default)s")
    parser.add_argument("--json", type=Path, help="write everything measured here")
    return parser.parse_args()


class Run:
    """One run; ``found`` grows part by part."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.data = folder / "data-set"
        self.found: dict[str, Any] = {"processors": os.cpu_count(), "gauge": processes.gauge()}

    def image(self) -> None:
        """Build the image; its size and its largest parts."""
        began = time.monotonic()
        docker("build", "--quiet", "--tag", IMAGE, str(ROOT))
        size = int(docker("image", "inspect", "--format", "{{.Size}}", IMAGE))
        parts = docker("run", "--rm", "--entrypoint", "sh", IMAGE, "-c", LARGEST_PARTS)
        layers = docker("history", "--no-trunc", "--format", "{{.Size}}\t{{.CreatedBy}}", IMAGE)
        self.found["image"] = {
            "build_seconds": round(time.monotonic() - began, 1), "megabytes": round(size / 1e6),
            "parts": parts.splitlines(), "layers": [line[:150] for line in layers.splitlines()],
        }  # fmt: skip

    def figures(self) -> None:
        """The stack as it is: starting, scaling, memory, pages a second, desks, slow clients."""
        stack = Stack("openshelf-figures", self.data)
        try:
            first = stack.up()
            said = stack.compose("logs", "--no-log-prefix", "migrate")
            assert "/setup/ with the code" in said, said
            prepared = self._filled(stack)
            found: dict[str, Any] = {"first_up_seconds": round(first, 1), "tables": stack.inside("table_sizes")}
            found["one_replica"] = figures.of_pages(stack.url, prepared, self.folder)
            services = ("web", "worker")  # of processes that have served
            found["memory"] = {each: figures.of_memory(stack.containers(each)[0]) for each in services}
            found["scaled_seconds"] = round(stack.up("--scale", "web=3", "--scale", "worker=2"), 1)
            found["three_replicas"] = figures.of_pages(stack.url, prepared, self.folder)
            found["desks"] = figures.of_desks(stack.url, prepared)
            found["slow_clients"] = slow_clients.measure(stack.url, clients=400, megabytes=300, seconds=20)
            found["again_seconds"] = self._stopped_and_started(stack)
            self.found["figures"] = found
        finally:
            stack.down()

    def alone(self) -> None:
        """One container with SQLite on a volume, its root read-only; what was written is there after a restart."""
        name = "openshelf-alone"
        docker("rm", "--force", "--volumes", name, check=False)
        docker("volume", "rm", "--force", name, check=False)
        try:
            began = time.monotonic()
            docker("run", "--detach", "--name", name, "--read-only", "--tmpfs", "/tmp",  # noqa: S108 - a container's own
                   "--volume", f"{name}:/data", "--env", "DEMO=no", IMAGE)  # fmt: skip
            self._until_healthy(name)
            seconds = round(time.monotonic() - began, 1)
            code = docker("logs", name)
            docker("exec", name, "python", "manage.py", "shell", "-v", "0", "-c",
                   "from accounts.models import Branch; Branch.objects.update(name='Kept')")  # fmt: skip
            docker("restart", name)
            self._until_healthy(name)
            kept = docker("exec", name, "python", "manage.py", "shell", "-v", "0", "-c",
                          "from accounts.models import Branch; print(Branch.objects.get().name)").strip()  # fmt: skip
            assert (kept, "/setup/ with the code" in code) == ("Kept", True), (kept, code)
            self.found["alone"] = {
                "seconds": seconds,
                "memory": figures.of_memory(name),
            }
        finally:
            docker("rm", "--force", "--volumes", name, check=False)
            docker("volume", "rm", "--force", name, check=False)

    def faults(self) -> None:
        """The stack with a stand-in for Open Library and a small disk, broken in every way."""
        stack = Stack("openshelf-faults", self.data, "bench/containers.yml")
        series: Faults | None = None
        try:
            stack.up("--scale", "web=3", "--scale", "worker=2")
            series = Faults(stack, self._filled(stack), self.options.seconds)
            self.found["faults"] = series.found
            with told(series.found):
                series.run()
        finally:
            if series:
                series.people.end()
            (self.folder / "faults.log").write_text(stack.compose("logs", "--timestamps", check=False))
            stack.down()

    def _filled(self, stack: Stack) -> dict[str, Any]:
        if not self.data.exists():
            Library(self.options.titles, datetime.now().astimezone().date()).write(self.data)
        stack.manage("bench_load", "/data-set")
        return stack.inside("prepare", "/data-set/terms.json")

    def _stopped_and_started(self, stack: Stack) -> float:
        before = stack.inside("keys")
        stack.compose("down")
        seconds = stack.up()
        assert stack.inside("keys") == before, "something was lost by stopping"
        return round(seconds, 1)

    def _until_healthy(self, name: str) -> None:
        for _each in range(300):
            if docker("inspect", "--format", "{{.State.Health.Status}}", name).strip() == "healthy":
                return
            time.sleep(0.5)
        raise SystemExit(f"{name} is not well:\n{docker('logs', name, check=False)}")


def main() -> int:
    options = arguments()
    if not shutil.which("docker") or "Server" not in docker("version", check=False):
        print("This wants a running Docker Engine with Compose (docker version).")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="openshelf-containers-"))
    run = Run(options, folder)
    try:
        for part in PARTS:
            if part in options.parts.split(","):
                tell(part)
                getattr(run, part)()
    finally:
        print(json.dumps({name: value for name, value in run.found.items() if name != "faults"}, indent=1))
        if options.json:
            options.json.parent.mkdir(parents=True, exist_ok=True)
            options.json.write_text(json.dumps(run.found, indent=1))
    bad = [each["fault"] for each in run.found.get("faults", []) if each["healed_after"] is None or each["lost"]]
    bad += [each["fault"] for each in run.found.get("faults", []) if each["sound"] != "The library is sound."]
    print(f"Files of this run: {folder}")
    if bad:
        print(f"Not healed, or not sound: {', '.join(dict.fromkeys(bad))}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
