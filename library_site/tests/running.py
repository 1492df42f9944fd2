"""The site as it is really run: `manage.py serve` in a folder of its own, on a free port."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

import requests
from django.conf import settings

from library_site.installation import write_env
from library_site.tests.settings import SCRATCH

START_SECONDS = 180  # of a machine that has other things to do; one that ends is noticed at once


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int) -> None:
    """Wait until somebody listens at ``port`` of this machine."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens at port {port}")


def in_folder(folder: Path) -> dict[str, str]:
    """The environment of a site whose everything is in ``folder``."""
    write_env(Path(settings.BASE_DIR, ".env.example"), folder / ".env")
    return {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "ENV_FILE": str(folder / ".env")}


@cache
def migrated() -> Path:
    """The database of a library nobody has taken over, made once: each site that is started has a copy of it."""
    folder = Path(SCRATCH, "migrated")
    folder.mkdir()
    migrate = [sys.executable, "manage.py", "migrate", "-v", "0"]
    subprocess.run(migrate, cwd=settings.BASE_DIR, env=in_folder(folder), check=True)
    return folder / "library.db"


class Running:
    """`manage.py serve` in a folder of its own. On SQLite its database is made already, unless ``from_nothing``."""

    def __init__(self, folder: Path, *arguments: str, from_nothing: bool = False, **environment: str) -> None:
        self.port, self.log = free_port(), folder / "serve.log"
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = in_folder(folder) | {"WEB_CONCURRENCY": "1", **environment}
        if not (from_nothing or "DATABASE_URL" in environment or (folder / "library.db").exists()):
            with closing(sqlite3.connect(migrated())) as made, closing(sqlite3.connect(folder / "library.db")) as own:
                made.backup(own)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(self.port), *arguments],
                cwd=settings.BASE_DIR, env=self.environment, stdout=log, stderr=subprocess.STDOUT, process_group=0,
            )  # fmt: skip

    def wait(self) -> "Running":
        """Wait until it answers. What does not is stopped, and what it said is the failure."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if requests.get(f"{self.address}/healthz", timeout=5).ok:
                    return self
            except requests.RequestException:
                time.sleep(0.1)
        self.kill()
        raise AssertionError(self.said or f"nothing was said in {START_SECONDS} seconds")

    @property
    def said(self) -> str:
        return self.log.read_text()

    def children(self) -> list[int]:
        """The processes it started: Linux lists them by thread."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in listed.read_text().split()] if listed.exists() else []

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        """End it and what it started, whatever they are at."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)

    def manage(self, *arguments: str, program: str = "") -> str:
        """Run a command on the same library; ``program`` is handed to it as its input."""
        answer = subprocess.run(
            [sys.executable, "manage.py", *arguments], input=program,
            cwd=settings.BASE_DIR, env=self.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert answer.returncode == 0, answer.stdout + answer.stderr
        return answer.stdout
