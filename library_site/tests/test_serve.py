"""One command: the database is brought up to date, the site and the worker run, and stop together."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.conf import settings
from django.contrib.staticfiles.finders import get_finder
from django.core.management import CommandError, call_command

from accounts.models import LibrarySettings
from catalog.tests.factories import BookFactory
from library_site.first_run import is_new
from library_site.installation import write_env
from library_site.management.commands.serve import EVERYWHERE, Command
from library_site.static_files import collect_if_changed
from library_site.tests.running import Running, free_port

# Real processes on a real database file; one after the other, for they collect the static files in one place.
pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(*arguments: str, **how: Any) -> Running:
        started.append(Running(tmp_path, *arguments, **how))
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
    running = serve("--demo", "no", from_nothing=True).wait()
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


@pytest.mark.parametrize("which", ["gunicorn", "worker"])
def test_the_other_stops_when_one_of_the_two_dies(serve: Callable[..., Running], which: str) -> None:
    running = serve("--demo", "no").wait()
    pids = running.children()
    for pid in pids:
        if which in Path(f"/proc/{pid}/cmdline").read_text().split("\0"):
            os.kill(pid, signal.SIGKILL)
    assert running.process.wait(timeout=30) == 1
    assert alive(pids) == []
    assert "stopped by itself" in running.said


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells processes of their parent's death")
def test_both_stop_when_what_started_them_is_killed(serve: Callable[..., Running]) -> None:
    running = serve("--demo", "no").wait()
    pids = running.children()
    running.process.kill()
    deadline = time.monotonic() + 30
    while alive(pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert alive(pids) == []


def test_ctrl_c_reaches_the_whole_terminal_and_stops_both_without_a_word(serve: Callable[..., Running]) -> None:
    running = serve("--demo", "no").wait()
    pids = running.children()
    os.killpg(running.process.pid, signal.SIGINT)
    assert running.process.wait(timeout=30) == 0
    assert alive(pids) == []
    assert running.said.endswith("Stop with Ctrl-C.\n")


def test_health_answers_on_this_machine_whatever_the_site_is_called(serve: Callable[..., Running]) -> None:
    running = serve(
        "--demo", "no", SITE_URL="https://library.example.org", ALLOWED_HOSTS="library.example.org",
        TRUSTED_PROXY_COUNT="1",
    ).wait()  # fmt: skip
    answer = requests.get(f"{running.address}/healthz", timeout=30, allow_redirects=False)
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert running.stop() == 0


def test_long_address_has_an_answer_of_the_site_s_own(serve: Callable[..., Running]) -> None:
    running = serve("--demo", "no").wait()
    answer = requests.get(f"{running.address}/nowhere/", params={"q": "x" * 60_000}, timeout=30)
    assert (answer.status_code, "There is nothing here" in answer.text) == (404, True)
    assert running.stop() == 0


def test_site_on_every_interface_answers_under_each_of_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "shelf")
    command = Command()
    address = command._address(EVERYWHERE, 8765)
    environment = command._environment(EVERYWHERE, address)
    lan = urlsplit(address).hostname
    assert environment["SITE_URL"] == f"http://{lan}:8765"
    assert {lan, "shelf", "shelf.local", "localhost", "127.0.0.1"} <= set(environment["ALLOWED_HOSTS"].split(","))


def test_configured_address_is_kept(settings: Any) -> None:
    settings.SITE_URL = "https://library.example.org"
    assert Command()._address(EVERYWHERE, 8765) == "https://library.example.org"


def test_details_of_faults_are_never_shown_to_the_network(settings: Any) -> None:
    settings.DEBUG = True
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("serve", host=EVERYWHERE, port=free_port())


def test_folder_that_cannot_be_made_is_named_in_one_line(serve: Callable[..., Running], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    running = serve("--demo", "no", DATA_DIR=str(tmp_path / "file" / "data"))
    assert running.process.wait(timeout=30) == 1
    assert running.said == f"CommandError: The folder {tmp_path}/file/data cannot be made (Not a directory).\n"


def test_demo_is_loaded_into_a_new_library_only_and_not_again_after_it_was_removed(db: None) -> None:
    assert is_new()
    LibrarySettings.objects.update(demo={"was_removed": True})
    assert not is_new()
    LibrarySettings.objects.update(demo={})
    BookFactory()
    assert not is_new()


def test_static_files_are_collected_again_only_after_a_change(settings: Any, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    (source / "site.css").write_text("a {}")
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], str(target)
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    get_finder.cache_clear()
    assert [collect_if_changed(), collect_if_changed()] == [True, False]
    (source / "site.css").write_text("b {}")
    later = time.time() + 10
    os.utime(source / "site.css", (later, later))
    assert collect_if_changed()
    assert [path.read_text() for path in target.glob("site.*.css")].count("b {}") == 1
    get_finder.cache_clear()


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
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["one", "two"]


def test_environment_file_that_was_left_unfinished_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "env.unfinished").write_text("half")
    write_env(Path(settings.BASE_DIR, ".env.example"), tmp_path / "env", SITE_URL="http://localhost:8000")
    assert re.findall(r"^SITE_URL=.*$", (tmp_path / "env").read_text(), re.MULTILINE) == [
        "SITE_URL=http://localhost:8000"
    ]
    assert not (tmp_path / "env.unfinished").exists()
