"""How gunicorn is told to serve the site: what is wrong is said in a line, and its log holds nobody's address."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from library_site.tests.running import free_port
from library_site.tests.test_settings import SAFE

LOGGING = """
from gunicorn.config import Config
from gunicorn.glogging import Logger
from library_site import web_server
config = Config()
config.set("logconfig_dict", web_server.logconfig_dict)
log = Logger(config)
log.access_log.info('203.0.113.7 - - "GET /search/?q=otto" "Firefox"')
log.info("Booting worker with pid: 7")
log.warning("a process was killed")
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=settings.BASE_DIR, env={"PATH": os.environ["PATH"], **SAFE, **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("log_format", ["line", "json"])
def test_settings_that_are_refused_are_said_once_and_nothing_is_started(log_format: str) -> None:
    web = ["-m", "gunicorn", "library_site.wsgi", "--config", "python:library_site.web_server"]
    done = run(*web, "--bind", f"127.0.0.1:{free_port()}", METRICS_TOKEN="short", LOG_FORMAT=log_format)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Openshelf cannot start: METRICS_TOKEN is shorter than 32 characters or no random one. Put into .env what this "
        'prints: python3 -c "import secrets; print(secrets.token_urlsafe(48))"\n'
    )


def test_log_of_json_is_written_once_and_without_who_asked() -> None:
    done = run("-c", LOGGING, LOG_FORMAT="json")
    assert (done.stdout, [json.loads(line)["message"] for line in done.stderr.splitlines()]) == (
        "", ["a process was killed"],
    )  # fmt: skip
