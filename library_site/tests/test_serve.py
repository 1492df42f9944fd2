"""One command: the database is brought up to date, the site and the worker run, and stop together."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from django.conf import settings

from library_site.installation import write_env
from library_site.tests.running import Running

pytestmark = pytest.mark.race  # real processes on a real database file


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(*arguments: str) -> Running:
        started.append(Running(tmp_path, *arguments))
        return started[-1]

    yield start
    for running in started:
        for pid in running.children():
            os.kill(pid, signal.SIGKILL)
        running.process.kill()
        running.process.wait()


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}/stat").exists()]


def test_empty_library_leads_to_the_set_up_page_with_the_code_of_the_terminal(serve: Callable[..., Running]) -> None:
    running = serve("--demo", "no").wait()
    code = re.search(r"/setup/ with the code (\S+)", running.said)
    assert code is not None
    browser = requests.Session()
    page = browser.get(f"{running.address}/", timeout=30)
    assert page.url == f"{running.address}/setup/"
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token is not None
    form = {
        "csrfmiddlewaretoken": token[1], "code": code[1], "name": "Village Library", "time_zone": "Europe/Zurich",
        "currency": "CHF", "admin_name": "Ada", "email": "ada@example.org", "password": "a sentence nobody guesses",
    }  # fmt: skip
    done = browser.post(page.url, data=form, timeout=30)
    assert done.url == f"{running.address}/accounts/login/"
    assert browser.get(f"{running.address}/setup/", timeout=30).status_code == 404
    assert "Village Library" in browser.get(f"{running.address}/", timeout=30).text
    assert running.stop() == 0


def test_site_and_worker_stop_together_and_data_stays(serve: Callable[..., Running], tmp_path: Path) -> None:
    running = serve("--demo", "no").wait()
    pids = running.children()
    assert len(pids) == 2
    assert running.stop() == 0
    assert alive(pids) == []
    with sqlite3.connect(tmp_path / "library.db") as connection:
        connection.execute("UPDATE accounts_librarysettings SET name = 'Kept'")
    connection.close()
    again = serve("--demo", "no").wait()
    assert "Kept" in requests.get(f"{again.address}/search/", timeout=30).text
    assert again.stop() == 0


def test_site_stops_when_the_worker_dies(serve: Callable[..., Running]) -> None:
    running = serve("--demo", "no").wait()
    pids = running.children()
    for pid in pids:
        if b"worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes() + b"\0":
            os.kill(pid, signal.SIGKILL)
    assert running.process.wait(timeout=30) == 1
    assert alive(pids) == []
    assert "stopped by itself" in running.said


def test_taken_port_is_named_in_one_line(serve: Callable[..., Running]) -> None:
    running = serve("--demo", "no").wait()
    second = subprocess.run(
        [sys.executable, "manage.py", "serve", "--demo", "no", "--port", str(running.port)],
        cwd=settings.BASE_DIR, env={**os.environ, "ENV_FILE": str(running.log.parent / ".env")},
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"Port {running.port}" in second.stderr
    assert running.stop() == 0


def test_environment_file_is_written_once_with_a_secret_of_its_own(tmp_path: Path) -> None:
    example = Path(settings.BASE_DIR, ".env.example")
    assert write_env(example, tmp_path / "one")
    assert write_env(example, tmp_path / "two")
    assert not write_env(example, tmp_path / "one")
    one, two = (tmp_path / name for name in ("one", "two"))
    secrets = [re.search(r"^SECRET_KEY=(\S{50,})$", path.read_text(), re.MULTILINE) for path in (one, two)]
    assert all(secrets)
    assert one.read_text() != two.read_text()
    assert one.stat().st_mode & 0o777 == 0o600
