"""23, an invented Host: hosts that are not named are refused, and links in e-mails lead to the configured address."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.tests.views.test_password_reset import RESET, ask, mia  # noqa: F401 - a member who forgot the password
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break("accounts/adapter.py", "settings.SITE_URL", 'f"http://{request.get_host()}"'),
    Break(
        "library_site/settings.py",
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL =",
        'ALLOWED_HOSTS = ["*"]\nACCOUNT_DEFAULT_HTTP_PROTOCOL =',
    ),
    Break("library_site/settings.py", "CSRF_FAILURE_VIEW =", "USE_X_FORWARDED_HOST = True\nCSRF_FAILURE_VIEW ="),
]


@pytest.mark.parametrize(
    "path", ["/", "/desk/", "/admin/", "/api/v1/docs", "/api/v1/books", "/accounts/login/", "/nothing/"]
)
@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "testserver:x"])
def test_host_that_is_not_ours_is_answered_with_nothing(path: str, host: str, client: Client) -> None:
    page = client.get(path, headers={"host": host, "x-forwarded-host": "testserver"})
    assert (page.status_code, "evil.example" in page.content.decode()) == (400, False)


@pytest.mark.parametrize("host", ["localhost", "testserver:666", "127.0.0.1:1"])
def test_link_goes_to_the_configured_address_whatever_host_was_named(host: str, mia: User) -> None:  # noqa: F811
    ask("mia@example.org", headers={"host": host, "x-forwarded-host": "evil.example"})
    assert re.findall(r"https?://[^/\s]+", mail.outbox[0].body) == ["http://127.0.0.1:8000"]


def test_host_that_is_not_ours_gets_no_link_at_all(mia: User) -> None:  # noqa: F811
    assert (ask("mia@example.org", headers={"host": "evil.example"}).status_code, mail.outbox) == (400, [])


def test_forwarded_host_counts_for_nothing(client: Client) -> None:
    page = client.get("/admin/", headers={"x-forwarded-host": "evil.example"})
    assert (page.status_code, "evil.example" in page.headers["Location"]) == (302, False)
    assert Client().post(RESET, headers={"x-forwarded-host": "evil.example"}).status_code == 200
