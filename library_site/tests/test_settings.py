"""The site refuses to start with settings that are missing or unsafe, in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SAFE = {
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOP",
    "ALLOWED_HOSTS": "library.example.org",
    "ENV_FILE": os.devnull,
    "DJANGO_SETTINGS_MODULE": "library_site.settings",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR, env={"PATH": os.environ["PATH"], **SAFE, **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def read_setting(name: str, **environment: str) -> str:
    program = f"from django.conf import settings; print(settings.{name})"
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR, env={"PATH": os.environ["PATH"], **SAFE, **environment},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return answer.stdout.strip()


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "library.example.org,*"}, "ALLOWED_HOSTS"),
        ({"SITE_URL": "library.example.org"}, "SITE_URL"),
        ({"SITE_URL": "ftp://library.example.org"}, "SITE_URL"),
    ],
)
def test_site_refuses_to_start_in_one_line(environment: dict[str, str], word: str) -> None:
    answer = manage("check", **environment)
    assert answer.returncode == 1
    assert answer.stderr.startswith("Openshelf cannot start: ")
    assert word in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_site_starts_with_safe_settings() -> None:
    assert manage("check").returncode == 0


def test_settings_named_on_the_command_line_are_the_ones_that_are_read() -> None:
    answer = manage(
        "check", "--settings", "library_site.tests.deploy_settings", DJANGO_SETTINGS_MODULE="no.such.settings"
    )
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("value", ["", "0", "False", "false", "no", "off", "nonsense"])
def test_debug_is_off_unless_it_is_plainly_on(value: str) -> None:
    assert read_setting("DEBUG", DEBUG=value) == "False"


def test_sqlite_always_runs_with_the_settings_that_survive_load() -> None:
    options = read_setting("DATABASES['default']['OPTIONS']", DATABASE_URL="sqlite:////tmp/any.db")
    assert "'transaction_mode': 'IMMEDIATE'" in options
    assert "'timeout': 20" in options
    assert "journal_mode=WAL" in options
    assert "foreign_keys=ON" in options


def test_postgresql_waits_for_a_lock_no_longer_than_sqlite() -> None:
    options = read_setting("DATABASES['default']['OPTIONS']", DATABASE_URL="postgres://library@/library")
    assert options == "{'options': '-c lock_timeout=20s'}"


def test_no_transaction_is_wrapped_around_requests() -> None:
    assert read_setting("DATABASES['default'].get('ATOMIC_REQUESTS')") == "None"


def test_proxy_headers_are_ignored_unless_a_proxy_is_named() -> None:
    assert read_setting("SECURE_PROXY_SSL_HEADER") == "None"
    assert read_setting("SECURE_PROXY_SSL_HEADER", TRUSTED_PROXY_COUNT="1") == "('HTTP_X_FORWARDED_PROTO', 'https')"


def test_cookies_are_secure_on_https() -> None:
    names = "SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS"
    assert read_setting(names, SITE_URL="https://library.example.org") == "True True 31536000"


def test_deployment_checks_are_clean() -> None:
    answer = manage(
        "check", "--deploy", "--fail-level", "WARNING", DJANGO_SETTINGS_MODULE="library_site.tests.deploy_settings"
    )
    assert (answer.returncode, answer.stderr) == (0, "")


def test_env_example_names_every_variable_that_is_read() -> None:
    source = Path(settings.BASE_DIR, "library_site/settings.py").read_text(encoding="utf-8")
    example = Path(settings.BASE_DIR, ".env.example").read_text(encoding="utf-8")
    read = {line.split('("')[1].split('"')[0] for line in source.splitlines() if "env." in line and '("' in line}
    internal = {"DATA_DIR", "ENV_FILE", "HSTS_WHOLE_DOMAIN"}
    assert {name for name in read - internal if f"{name}=" not in example} == set()
