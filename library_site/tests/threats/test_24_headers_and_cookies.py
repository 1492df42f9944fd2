"""24, headers and cookies: every answer of a library on the internet has 100 points of MDN's HTTP Observatory."""

import ast
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.test import Client, override_settings

from accounts.permissions import ADMIN
from accounts.tests.factories import UserFactory
from circulation.tests.factories import make_overdue_loan
from library_site.tests.test_settings import read_setting
from library_site.tests.threats.breaking import Break
from library_site.tests.threats.observatory import Answer, lost, score

pytestmark = pytest.mark.django_db
BREAKS = [
    Break("library_site/settings.py", '"script-src": ["\'self\'"]', '"script-src": ["\'self\'", "\'unsafe-inline\'"]'),
    Break("library_site/middleware/csp.py", 'response.headers.setdefault("Content-Security-Policy", self.policy)',
          'if not request.path.startswith(("/admin/", "/api/")):\n'
          '            response.headers.setdefault("Content-Security-Policy", self.policy)'),
    Break("library_site/settings.py", "SESSION_COOKIE_HTTPONLY = True", "SESSION_COOKIE_HTTPONLY = False"),
    Break("library_site/settings.py", "SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True", "CSRF_COOKIE_SECURE = True"),
    Break("library_site/settings.py", '    "django.middleware.clickjacking.XFrameOptionsMiddleware",\n', ""),
    Break("library_site/settings.py", "SECURE_HSTS_SECONDS = 365 * 24 * 3600", "SECURE_HSTS_SECONDS = 3600"),
    Break("nginx.conf", "set $own_pages \"default-src 'none'; style-src", "set $own_pages \"style-src"),
]  # fmt: skip
HOST = {"host": "library.example.org", "origin": "https://observatory.example"}
LIKE_ON_THE_INTERNET = ("SECURE_", "SESSION_COOKIE_", "CSRF_COOKIE_", "X_FRAME_", "ALLOWED_HOSTS")
PASSWORD = "a sentence nobody guesses"
FOR_ALL = {
    "/": 200, "/search/?q=emma": 200, "/books/{book}/": 200, "/books/{book}.jsonld": 200, "/feeds/new.atom": 200,
    "/sitemap.xml": 200, "/robots.txt": 200, "/static/site.css": 200, "/healthz": 200, "/metrics": 404,
    "/accounts/login/": 200, "/accounts/password/reset/": 200, "/me/": 302, "/admin/": 302, "/nothing/": 404,
    "/search/?q=%00": 400, "/api/v1/docs": 200, "/api/v1/books": 200, "/api/v1/loans": 401,
    "/api/v1/nothing": 404, "/language/": 302,
}  # fmt: skip
FOR_ADMINS = {
    "/": 200, "/me/profile/": 200, "/me/sessions/": 200, "/desk/": 200, "/desk/issue/": 200, "/desk/loans/": 200,
    "/desk/loans.csv": 200, "/desk/audit/": 200, "/desk/settings/": 200, "/desk/members/{member}/": 200,
    "/desk/members/{member}/card.pdf": 200, "/desk/undo/1/": 405, "/admin/": 200, "/admin/accounts/member/": 200,
    "/admin/accounts/member/{member}/change/": 200, "/admin/jsi18n/": 200, "/admin/nothing/": 404,
    "/api/v1/docs": 200,
}  # fmt: skip


@pytest.fixture(scope="module")
def internet() -> dict[str, Any]:
    """What the settings of a library on the internet say of headers and cookies."""
    named = f"{{name: getattr(settings, name) for name in dir(settings) if name.startswith({LIKE_ON_THE_INTERNET})}}"
    return ast.literal_eval(
        read_setting(f"SITE_URL and {named}", DJANGO_SETTINGS_MODULE="library_site.tests.deploy_settings")
    )


@pytest.fixture
def on_the_internet(internet: dict[str, Any], tmp_path: Path) -> Iterator[dict[str, int]]:
    """A library there, and the keys of what is in it."""
    (tmp_path / "site.css").write_text("a {}")
    loan = make_overdue_loan()
    with override_settings(**internet, STATIC_ROOT=str(tmp_path)):
        yield {"book": loan.copy.book_id, "member": loan.member_id}


def answer_of(response: HttpResponse) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    is_html = headers.get("content-type", "").startswith("text/html")
    html = response.getvalue().decode() if is_html else ""
    if response.streaming:
        response.getvalue()  # read to its end it is closed
    return Answer(headers, list(response.cookies.values()), html)


def judged(response: HttpResponse) -> tuple[int, bool, dict[str, int]]:
    """Status, whether it has 100 points, and what takes points away."""
    answer = answer_of(response)
    return response.status_code, score(answer) >= 100, lost(answer)


def wrong(client: Client, pages: dict[str, int], keys: dict[str, int]) -> dict[str, Any]:
    """What is wrong with any of these pages."""
    found = {path: judged(client.get(path.format(**keys), secure=True, headers=HOST)) for path in pages}
    return {path: each for path, each in found.items() if each != (pages[path], True, {})}


def test_every_kind_of_page_for_everybody_has_100_points(on_the_internet: dict[str, int], client: Client) -> None:
    assert wrong(client, FOR_ALL, on_the_internet) == {}


def test_every_kind_of_page_for_admins_has_100_points(on_the_internet: dict[str, int], client: Client) -> None:
    user = UserFactory(username="ada", is_staff=True, name="Ada")
    user.set_password(PASSWORD)
    user.save()
    user.groups.add(Group.objects.get(name=ADMIN))
    signed_in = client.post("/accounts/login/", {"login": "ada", "password": PASSWORD}, secure=True, headers=HOST)
    assert (sorted(signed_in.cookies), judged(signed_in)) == (["csrftoken", "sessionid"], (302, True, {}))
    assert wrong(client, FOR_ADMINS, on_the_internet) == {}


def test_what_is_refused_before_anything_is_read_has_100_points(on_the_internet: dict[str, int]) -> None:
    large = {"data": b"x", "content_type": "text/plain", "CONTENT_LENGTH": "999999999"}
    forms = [
        Client().post("/accounts/login/", secure=True, headers=HOST, **large),
        Client(enforce_csrf_checks=True).post("/accounts/login/", secure=True, headers=HOST),
        Client().get("/", secure=True, headers={"host": "evil.example"}),
    ]
    assert [judged(each) for each in forms] == [(status, True, {}) for status in (413, 403, 400)]


def test_older_browsers_frame_nothing_not_even_files(on_the_internet: dict[str, int], client: Client) -> None:
    answers = [
        client.get(path, secure=True, headers=HOST) for path in ("/", "/static/site.css", "/healthz", "/nothing/")
    ]
    assert [answer_of(each).headers["x-frame-options"] for each in answers] == ["DENY"] * 4


def test_http_is_sent_to_https_at_once(on_the_internet: dict[str, int], client: Client) -> None:
    answer = client.get("/search/?q=emma", headers=HOST)
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://library.example.org/search/?q=emma")


def test_pages_of_the_proxy_are_as_strict() -> None:
    """It adds them to its own pages itself; the rest comes from the site."""
    text = Path(project.BASE_DIR, "nginx.conf").read_text(encoding="utf-8")
    assert (
        "set $own_pages \"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'\";"
        in text
    )
    shown = [part.split("}")[0] for part in text.split("location = /shown/")[1:]]
    wanted = ("Content-Security-Policy $own_pages always", "X-Content-Type-Options nosniff always")
    assert [all(f"add_header {each};" in part for each in wanted) for part in shown] == [True, True]


def cookie(text: str) -> Any:
    [found] = SimpleCookie(text).values()
    return found


GOOD = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=31536000", "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin",
}  # fmt: skip
SESSION = "sessionid=x; Secure; HttpOnly; SameSite=Lax"


@pytest.mark.parametrize(
    ("headers", "cookies", "html", "expected"),
    [
        ({}, SESSION, "", 135),
        ({"content-security-policy": ""}, SESSION, "", 55),
        ({"content-security-policy": "script-src 'self' 'unsafe-inline'; frame-ancestors 'none'"}, SESSION, "", 80),
        ({"content-security-policy": "default-src 'self' 'unsafe-eval'; frame-ancestors 'none'"}, SESSION, "", 115),
        ({"content-security-policy": "default-src 'self' http://cdn.example"}, SESSION, "", 60),
        ({"strict-transport-security": "max-age=300"}, "", "", 120),
        ({"strict-transport-security": ""}, "sessionid=x; HttpOnly; SameSite=Lax", "", 40),
        ({}, "sessionid=x; Secure; SameSite=Lax", "", 70),
        ({}, "csrftoken=x; Secure", "", 80),
        ({"access-control-allow-credentials": "true"}, SESSION, "", 50),
        ({"referrer-policy": "unsafe-url"}, SESSION, "", 125),
        ({}, SESSION, '<script src="http://cdn.example/x.js"></script>', 50),
        ({}, SESSION, '<script src="//cdn.example/x.js"></script><script src="/x.js"></script>', 130),
        ({"cross-origin-opener-policy": "same-origin"}, SESSION, "", 145),
    ],
)
def test_points_are_given_as_the_observatory_gives_them(
    headers: dict[str, str], cookies: str, html: str, expected: int
) -> None:
    assert score(Answer(GOOD | headers, [cookie(cookies)] if cookies else [], html)) == expected
