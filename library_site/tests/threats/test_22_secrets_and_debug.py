"""22, secrets and faults shown: DEBUG is off unless plainly on, no start without a key, and neither page nor log tells.

Further settings that are refused, and the log's other lines: test_settings.py, test_logs.py and test_operation.py.
"""

import io
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client

from accounts.models import User
from library_site.tests.test_logs import log as lines_of_the_console  # noqa: F401 - what the console would show
from library_site.tests.test_operation import log as lines_of_json  # noqa: F401 - what a log of JSON would hold
from library_site.tests.test_settings import manage, read_setting
from library_site.tests.threats.breaking import Break

BREAKS = [
    Break("library_site/settings.py", 'DEBUG = env.bool("DEBUG"', 'DEBUG = env.str("DEBUG"'),
    Break("library_site/settings.py", "if not DEBUG and (len(SECRET_KEY) < 50", "if DEBUG and (len(SECRET_KEY) < 50"),
    Break("library_site/middleware/requests.py", "logger.info(\"answered\", extra=facts)",
          "logger.info(f\"answered {request.POST.dict()} {request.COOKIES}\", extra=facts)"),
    Break("library_site/views/errors.py", "def server_error(request: HttpRequest) -> HttpResponse:\n",
          "def server_error(request: HttpRequest) -> HttpResponse:\n"
          "    from django.conf import settings\n    return HttpResponse(settings.SECRET_KEY, status=500)\n"),
]  # fmt: skip
PASSWORD = "a sentence nobody guesses"


@pytest.mark.parametrize("value", ["", "0", "False", "false", "no", "off", "nonsense"])
def test_debug_is_off_unless_it_is_plainly_on(value: str) -> None:
    assert read_setting("DEBUG", DEBUG=value) == "False"


@pytest.mark.parametrize("key", ["", "short", "a" * 60])
def test_site_does_not_start_without_a_key_that_nobody_guesses(key: str) -> None:
    answer = manage("check", SECRET_KEY=key)
    assert (answer.returncode, answer.stderr[:46]) == (1, "Openshelf cannot start: SECRET_KEY is missing,")


def values_of_settings() -> set[str]:
    """Words that only somebody who sees the settings can know."""
    return {project.SECRET_KEY, str(project.BASE_DIR), project.MEDIA_ROOT, *project.MIDDLEWARE, "DATABASES"}


def break_down(*_args: Any, **_facts: Any) -> None:
    raise RuntimeError(f"planted {project.SECRET_KEY}")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/api/v1/books"])
def test_fault_shows_no_settings_and_no_trace(path: str, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.queries.new_arrivals", break_down)
    monkeypatch.setattr("catalog.api.books.Books.get", break_down)
    client.raise_request_exception = False
    page = client.get(path)
    content = page.content.decode()
    assert page.status_code == 500
    assert [word for word in {*values_of_settings(), "Traceback", "planted", "RuntimeError"} if word in content] == []


@pytest.mark.django_db
def test_no_log_holds_a_password_a_token_or_a_session(
    librarian: User, lines_of_the_console: io.StringIO, lines_of_json: io.StringIO, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    librarian.set_password(PASSWORD)
    librarian.save()
    client = Client(raise_request_exception=False)
    client.get("/accounts/login/")
    for password in ("wrong " + PASSWORD, PASSWORD):
        client.post("/accounts/login/", {"login": "librarian", "password": password})
    secrets = {PASSWORD, client.cookies["sessionid"].value, client.cookies["csrftoken"].value}
    Client(enforce_csrf_checks=True).post("/desk/", {"password": PASSWORD})
    monkeypatch.setattr("accounts.forms.signing_in.SignInForm.clean", break_down)
    assert (
        Client(raise_request_exception=False).post("/accounts/login/", {"login": "x", "password": PASSWORD}).status_code
        == 500
    )
    for written in (lines_of_the_console.getvalue(), lines_of_json.getvalue()):
        assert (written != "", [word for word in secrets if word in written]) == (True, [])
