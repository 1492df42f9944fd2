"""The library of one container with SQLite on a volume; asked and used like that of several (bench/stack.py)."""

import json
import time
from pathlib import Path
from typing import Any

from stack import IMAGE, ROOT, docker, free_port

START_SECONDS = 180


class Alone:
    """``data``: a data set, seen in the container as /data-set."""

    def __init__(self, name: str, data: Path, *, processes: int = 1) -> None:
        self.name, self.data, self.processes, self.port = name, data, processes, free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def up(self) -> float:
        """Start it with an empty library and wait until it is well: the seconds that took."""
        self.down()
        began = time.monotonic()
        docker(
            "run", "--detach", "--name", self.name, "--read-only", "--tmpfs", "/tmp",  # noqa: S108 - a container's own
            "--publish", f"127.0.0.1:{self.port}:8000", "--volume", f"{self.name}:/data",
            "--volume", f"{ROOT / 'bench'}:/bench:ro", "--volume", f"{self.data}:/data-set:ro",
            "--env", "DEMO=no", "--env", f"WEB_CONCURRENCY={self.processes}", IMAGE,
        )  # fmt: skip
        self.wait()
        return time.monotonic() - began

    def wait(self) -> None:
        """Until Docker calls it healthy."""
        deadline = time.monotonic() + START_SECONDS
        while docker("inspect", "--format", "{{.State.Health.Status}}", self.name).strip() != "healthy":
            if time.monotonic() > deadline:
                raise SystemExit(f"{self.name} is not well:\n{docker('logs', self.name, check=False)}")
            time.sleep(0.5)

    def down(self) -> None:
        """Stop it and take what it kept away."""
        docker("rm", "--force", "--volumes", self.name, check=False)
        docker("volume", "rm", "--force", self.name, check=False)

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py in it."""
        return docker("exec", self.name, "python", "manage.py", *arguments)

    def inside(self, program: str, *arguments: str) -> Any:
        """Run a program of bench/inside within the site's code and return the JSON it printed."""
        site = ["--env", "PYTHONPATH=/app", "--env", "DJANGO_SETTINGS_MODULE=library_site.settings"]
        command = ["python", "/bench/within.py", f"/bench/inside/{program}.py", *arguments]
        return json.loads(docker("exec", *site, self.name, *command))

    def containers(self, _service: str) -> list[str]:
        """The one there is."""
        return [self.name]
