"""A library of its own for the measurements, in a scratch folder, served as `make run` serves it."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import processes

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
START_SECONDS = 60
IDLE_SECONDS = 120


class Scratch:
    """The folder, its environment, and the processes started in it. ``database``: a URL, or "" for SQLite here."""

    def __init__(self, folder: Path, database: str, workers: int) -> None:
        self.folder, self.database, self.workers = folder, database, workers
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._serve: subprocess.Popen[str] | None = None
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "env").touch()

    @property
    def environment(self) -> dict[str, str]:
        """Production settings that touch nothing outside the folder."""
        return {
            **os.environ,
            "ENV_FILE": str(self.folder / "env"),
            "DATA_DIR": str(self.folder / "data"),
            "MEDIA_ROOT": str(self.folder / "data" / "media"),
            "DATABASE_URL": self.database or f"sqlite:///{self.folder / 'data' / 'library.db'}",
            "SECRET_KEY": self._secret(),
            "DEBUG": "false",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": self.url,
            "EMAIL_URL": "memorymail://",
            "OPENLIBRARY_URL": "http://127.0.0.1:9",
            "OPENLIBRARY_COVERS_URL": "http://127.0.0.1:9",
            "WEB_CONCURRENCY": str(self.workers),
            "API_RATE": "100000000",
            "API_RATE_ANONYMOUS": "100000000",
            "DJANGO_SETTINGS_MODULE": "library_site.settings",
            "PYTHONPATH": str(ROOT),
        }

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py and return what it printed; its progress goes to the terminal."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    def inside(self, program: str, *arguments: str) -> Any:
        """Run a program of bench/inside, which runs within the site's own code, and return the JSON it printed."""
        command = [sys.executable, str(HERE / "within.py"), str(HERE / "inside" / f"{program}.py"), *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout)

    def start(self) -> None:
        """Start site and worker with `manage.py serve` and wait until the site answers."""
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port), "--demo", "no"]
        log = (self.folder / "serve.log").open("a")
        self._serve = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, text=True)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._serve.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"The site did not start; see {log.name}.")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop site and worker together, as Ctrl-C does."""
        if self._serve and self._serve.poll() is None:
            self._serve.send_signal(signal.SIGTERM)
            self._serve.wait(timeout=40)
        self._serve = None

    def remove(self) -> None:
        """Take the folder away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def site_processes(self) -> list[int]:
        """gunicorn and its workers."""
        return [pid for pid in self._started() if "gunicorn" in processes.command_line(pid)]

    def worker_processes(self) -> list[int]:
        """The worker that goes on with imports and covers."""
        return [pid for pid in self._started() if "manage.py worker" in processes.command_line(pid)]

    def processor_seconds(self) -> dict[str, float]:
        """Processor time used so far by the site and by the database's own processes (0 for SQLite)."""
        name = urlsplit(self.database).path.strip("/")
        database = processes.postgres_seconds(name) if self.database.startswith("postgres") else 0.0
        return {"site": processes.processor_seconds(self.site_processes()), "database": database}

    def wait_until_idle(self) -> None:
        """Wait until the site works on nothing any more."""
        deadline = time.monotonic() + IDLE_SECONDS
        pids = self.site_processes()
        used = processes.processor_seconds(pids)
        while time.monotonic() < deadline:
            time.sleep(0.2)
            now = processes.processor_seconds(pids)
            if now - used < 0.02:
                return
            used = now

    def _started(self) -> list[int]:
        return processes.children(self._serve.pid) if self._serve else []

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def _secret(self) -> str:
        path = self.folder / "secret"
        if not path.exists():
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
