"""The library of docker-compose.yml, started under a name of its own beside whatever else runs in Docker."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
IMAGE = "openshelf-measured"
DOCKER = shutil.which("docker") or "docker"
START_SECONDS = 300


class Stack:
    """``files``: compose files beside docker-compose.yml. ``data``: a data set, seen in containers as /data-set."""

    def __init__(self, name: str, data: Path, *files: str) -> None:
        self.name, self.data, self.files = name, data, ("docker-compose.yml", *files)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What Docker itself needs, and our own names and ports."""
        ours = {"COMPOSE_PROJECT_NAME": self.name, "OPENSHELF_PORT": str(self.port), "OPENSHELF_IMAGE": IMAGE}
        return {name: value for name, value in os.environ.items() if not name.startswith("OPENSHELF_")} | ours

    def compose(self, *arguments: str, text: str = "", check: bool = True) -> str:
        """Run `docker compose ...` and return what it printed; ``text`` is handed to it as its input."""
        files = [part for file in self.files for part in ("-f", file)]
        command = [DOCKER, "compose", "--project-directory", ".", *files, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=text, capture_output=True, text=True, check=False
        )
        if check and done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def up(self, *arguments: str) -> float:
        """Start everything and wait until it is well: the seconds that took."""
        began = time.monotonic()
        self.compose("up", "--detach", "--wait", "--wait-timeout", str(START_SECONDS), *arguments)
        return time.monotonic() - began

    def down(self) -> None:
        """Stop everything and take what it kept away."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "20", check=False)

    def manage(self, *arguments: str, check: bool = True) -> str:
        """Run a command of manage.py in a container of its own."""
        return self._once("python", "/app/manage.py", *arguments, check=check)

    def inside(self, program: str, *arguments: str) -> Any:
        """Run a program of bench/inside within the site's code and return the JSON it printed."""
        return json.loads(self._once("python", "/bench/within.py", f"/bench/inside/{program}.py", *arguments))

    def _once(self, *command: str, check: bool = True) -> str:
        mounts = ["-v", f"{ROOT / 'bench'}:/bench:ro", "-v", f"{self.data}:/data-set:ro"]
        variables = ["-e", "PYTHONPATH=/app", "-e", "DJANGO_SETTINGS_MODULE=library_site.settings"]
        return self.compose("run", "--rm", "--no-deps", "-T", *mounts, *variables, "worker", *command, check=check)

    def containers(self, service: str) -> list[str]:
        """The ids of what runs for ``service``."""
        return self.compose("ps", "--quiet", service).split()

    def sh(self, container: str, program: str, *, check: bool = True) -> str:
        """Run a line of shell in a container."""
        return docker("exec", container, "sh", "-c", program, check=check)

    def answers(self, path: str = "/healthz", timeout: float = 2) -> bool:
        """Whether ``path`` is answered with 200 in time."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=timeout) as answer:
                return answer.status == 200
        except (OSError, urllib.error.HTTPError):
            return False


def docker(*arguments: str, check: bool = True) -> str:
    """Run `docker ...` and return what it printed."""
    done = subprocess.run([DOCKER, *arguments], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise SystemExit(f"docker {' '.join(arguments)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def free_port() -> int:
    """One that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
