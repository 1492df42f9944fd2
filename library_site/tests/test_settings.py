"""The site refuses to start with settings that are missing or unsafe, in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django import get_version
from django.conf import settings

from library_site import VERSION

SAFE = {
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOP",
    "ALLOWED_HOSTS": "library.example.org",
    "SITE_URL": "http://library.example.org",
    "ENV_FILE": os.devnull,
    "DJANGO_SETTINGS_MODULE": "library_site.settings",
}
BEHIND_A_PROXY = {"SITE_URL": "https://library.example.org", "TRUSTED_PROXY_COUNT": "1"}


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
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "library.example.org,*"}, "ALLOWED_HOSTS"),
        ({"SITE_URL": "library.example.org"}, "SITE_URL"),
        ({"SITE_URL": "ftp://library.example.org"}, "SITE_URL"),
        ({"SITE_URL": "http://library.example.org/below"}, "SITE_URL"),
        ({"SITE_URL": "http://["}, "SITE_URL"),
        ({"SITE_URL": "http://elsewhere.example.org"}, "elsewhere.example.org"),
        ({"SITE_URL": "https://library.example.org", "DEBUG": "true"}, "DEBUG"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://user:secret@host/library"}, "DATABASE_URL"),
        ({"CACHE_URL": "nonsense"}, "CACHE_URL"),
        ({"CACHE_URL": "locmemcache://"}, "CACHE_URL"),
        ({"CACHE_URL": "dummycache://"}, "CACHE_URL"),
        ({"CACHE_URL": "filecache:///srv/cache"}, "CACHE_URL"),
        ({"EMAIL_URL": "smtp://user:secret@host:port"}, "EMAIL_URL"),
        ({"TRUSTED_PROXY_COUNT": "one"}, "TRUSTED_PROXY_COUNT"),
        ({"TRUSTED_PROXY_COUNT": "-1"}, "TRUSTED_PROXY_COUNT"),
        ({"SITE_URL": "https://library.example.org"}, "TRUSTED_PROXY_COUNT"),
        ({"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY"),
        ({"BACKUP_KEY": "secret"}, "BACKUP_KEY"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({"METRICS_TOKEN": "a" * 60}, "METRICS_TOKEN"),
        ({"METRICS_ALLOW": "everybody"}, "METRICS_ALLOW"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT"),
        ({"OPENLIBRARY_URL": "openlibrary.org"}, "OPENLIBRARY_URL"),
        ({"OPENLIBRARY_COVERS_URL": "file:///etc"}, "OPENLIBRARY_COVERS_URL"),
    ],
)
def test_site_refuses_to_start_in_one_line(environment: dict[str, str], word: str) -> None:
    answer = manage("check", **environment)
    assert answer.returncode == 1
    assert answer.stderr.startswith("Openshelf cannot start: ")
    assert word in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert "secret@" not in answer.stderr


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"SECRET_KEY = value with spaces\n", "Line 1 of "),
        (b"# a comment\n\nnonsense\n", "Line 3 of "),
        (b"\xff\xfe\x00", "is no text file in UTF-8"),
    ],
)
def test_broken_file_of_settings_is_named_without_what_it_holds(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / ".env").write_bytes(content)
    answer = manage("check", ENV_FILE=str(tmp_path / ".env"))
    assert (answer.returncode, len(answer.stderr.splitlines())) == (1, 1)
    assert problem in answer.stderr
    assert "value with spaces" not in answer.stderr


def test_folder_in_the_place_of_the_file_of_settings_is_named(tmp_path: Path) -> None:
    answer = manage("check", ENV_FILE=str(tmp_path))
    assert answer.stderr == f"Openshelf cannot start: {tmp_path} cannot be read (Is a directory).\n"


def test_file_of_settings_may_hold_comments_empty_lines_and_windows_line_ends(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"# comment\r\n\r\nOPENLIBRARY_CONTACT=desk@library.example\r\n")
    assert read_setting("OPENLIBRARY_CONTACT", ENV_FILE=str(tmp_path / ".env")) == "desk@library.example"


def test_empty_value_means_the_default() -> None:
    empty = dict.fromkeys(("MEDIA_ROOT", "DATABASE_URL", "CACHE_URL", "EMAIL_URL", "OPENLIBRARY_URL"), "")
    names = "MEDIA_ROOT, settings.DATABASES['default']['NAME'], settings.EMAIL_BACKEND, settings.OPENLIBRARY_URL"
    data = Path(settings.BASE_DIR, "data")
    assert read_setting(names, **empty) == (
        f"{data / 'media'} {data / 'library.db'} django.core.mail.backends.console.EmailBackend https://openlibrary.org"
    )


def test_health_can_be_asked_past_the_proxy() -> None:
    assert read_setting("SECURE_REDIRECT_EXEMPT", **BEHIND_A_PROXY) == "['^(healthz|readyz|metrics)$']"


def test_unreadable_database_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "library.db").mkdir()
    answer = manage("set_up_roles", DATA_DIR=str(tmp_path))
    assert (answer.returncode, answer.stderr) == (
        1, "Openshelf cannot use its database: unable to open database file. (--traceback says where it stood.)\n",
    )  # fmt: skip


def test_database_that_does_not_let_us_in_is_named_in_one_line() -> None:
    answer = manage("set_up_roles", DATABASE_URL="postgres://library:secret@127.0.0.1:9/library")
    assert answer.stderr.startswith("Openshelf cannot use its database: connection failed: ")
    assert (answer.returncode, len(answer.stderr.splitlines()), "secret" in answer.stderr) == (1, 1, False)


def test_site_starts_with_safe_settings(tmp_path: Path) -> None:
    assert manage("check", DATA_DIR=str(tmp_path)).returncode == 0


def test_settings_named_on_the_command_line_are_the_ones_that_are_read() -> None:
    answer = manage(
        "check", "--settings", "library_site.tests.deploy_settings", DJANGO_SETTINGS_MODULE="no.such.settings"
    )
    assert (answer.returncode, answer.stderr) == (0, "")


def test_version_is_told_also_where_the_settings_are_not_good() -> None:
    answer = manage("version", ALLOWED_HOSTS="*")
    assert (answer.returncode, answer.stdout) == (0, f"Openshelf {VERSION} (Django {get_version()})\n")


def test_sqlite_always_runs_with_the_settings_that_survive_load() -> None:
    options = read_setting("DATABASES['default']['OPTIONS']", DATABASE_URL="sqlite:////srv/any.db")
    assert "'transaction_mode': 'IMMEDIATE'" in options
    assert "'timeout': 20" in options
    assert "journal_mode=WAL" in options
    assert "foreign_keys=ON" in options


def test_postgresql_waits_for_a_lock_no_longer_than_sqlite() -> None:
    options = read_setting("DATABASES['default']['OPTIONS']", DATABASE_URL="postgres://library@/library")
    assert options == "{'connect_timeout': 5, 'options': '-c lock_timeout=20s'}"


def test_no_transaction_is_wrapped_around_requests() -> None:
    assert read_setting("DATABASES['default'].get('ATOMIC_REQUESTS')") == "None"


def test_proxy_headers_are_ignored_unless_a_proxy_is_named() -> None:
    assert read_setting("SECURE_PROXY_SSL_HEADER") == "None"
    assert read_setting("SECURE_PROXY_SSL_HEADER", TRUSTED_PROXY_COUNT="1") == "('HTTP_X_FORWARDED_PROTO', 'https')"


def test_cookies_are_secure_on_https() -> None:
    names = "SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS"
    assert read_setting(names, **BEHIND_A_PROXY) == "True True 31536000"


def test_deployment_checks_are_clean() -> None:
    answer = manage(
        "check", "--deploy", "--fail-level", "WARNING", DJANGO_SETTINGS_MODULE="library_site.tests.deploy_settings"
    )
    assert (answer.returncode, answer.stderr) == (0, "")
