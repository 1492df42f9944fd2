"""What a process holds: nothing large that its work does not need; what all processes of the site need, once."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from library_site.processes import main
from library_site.tests.running import in_folder, migrated

# With those that start the site, for they have a database that is migrated already.
pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]

LARGE = ("reportlab", "pymarc", "rapidfuzz", "zxingcpp")
PAGES = ("/search/", "/accounts/login/", "/api/v1/books")
# As gunicorn goes on: once in the process that the others are forked from, then in each of them.
SITE = f"""
import gc, json, sys
from types import SimpleNamespace
from library_site import web_server
web_server.when_ready(SimpleNamespace(cfg=SimpleNamespace(workers=2)))
from django.db import connections
facts = {{"prepared": gc.get_freeze_count() > 100_000}}
facts["connections"] = sum(each.connection is not None for each in connections.all())
from django.test import Client
facts["answers"] = [Client().get(path, headers={{"host": "localhost"}}).status_code for path in {PAGES!r}]
print(json.dumps(facts | {{"large": sorted(set({LARGE!r}) & set(sys.modules))}}))
"""
WORKER = f"""
import json, sys
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "worker", "--once"])
print(json.dumps(sorted({{"library_site.urls", "rest_framework", *{LARGE!r}}} & set(sys.modules))))
"""


def run(folder: Path, program: str, **environment: str) -> Any:
    shutil.copy(migrated(), folder / "library.db")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], cwd=settings.BASE_DIR,
        env={**in_folder(folder), "DJANGO_SETTINGS_MODULE": "library_site.settings", **environment},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def test_process_that_serves_pages_is_forked_prepared_and_imports_nothing_large_and_seldom_needed(
    tmp_path: Path,
) -> None:
    # DEBUG asks for no static files that somebody has collected.
    assert run(tmp_path, SITE, WEB_PRELOAD="true", DEBUG="true") == {
        "prepared": True, "connections": 0, "answers": [200] * len(PAGES), "large": [],
    }  # fmt: skip


def test_worker_with_nothing_to_do_imports_no_page(tmp_path: Path) -> None:
    assert run(tmp_path, WORKER) == []


def test_what_runs_site_and_worker_together_imports_nothing_of_either() -> None:
    program = "import sys, library_site.processes; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=settings.BASE_DIR, capture_output=True, check=True)
    assert done.stdout == b"False\n"


def test_commands_that_run_together_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[list[str]]] = []
    monkeypatch.setattr("library_site.processes.run_together", lambda commands, *_where: told.append(commands) or True)
    assert (main(["site", "--port", "1", "--", "worker"]), told) == (None, [[["site", "--port", "1"], ["worker"]]])
