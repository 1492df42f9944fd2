"""Another site sends a form or a link that acts: only a POST with its token changes anything."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Look, User
from library_site.tests.audiences import (
    ADMINS,
    ASKS_ANOTHER_COMPUTER,
    AUDIENCE,
    BROWSERS,
    OF_A_SECOND_FACTOR,
    POST_ONLY,
)
from library_site.tests.test_sent_twice import everything
from library_site.tests.threats.breaking import Break
from library_site.urls import api

pytestmark = pytest.mark.django_db
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
BREAKS = [
    Break("library_site/settings.py", '    "django.middleware.csrf.CsrfViewMiddleware",\n', "", test="without_a_token"),
    Break("circulation/views/mine.py", "@require_POST\ndef renew_mine", "def renew_mine", test="fetching"),
    Break("accounts/views/tokens.py", "@require_POST\ndef revoke", "def revoke", test="fetching"),
    Break("templates/circulation/void.html", "{% csrf_token %}", "", test="posts"),
]
METHODS = ("post", "put", "patch", "delete")


@pytest.fixture
def browsers(request: pytest.FixtureRequest) -> dict[str, Client]:
    return {audience: request.getfixturevalue(name) for audience, name in BROWSERS.items()}


def test_fetching_any_page_changes_nothing(address: Callable[[str], str], browsers: dict[str, Client]) -> None:
    """But who of the staff looked at which member is noted."""
    urls = {name: address(name) for name in AUDIENCE if name not in ASKS_ANOTHER_COMPUTER | OF_A_SECOND_FACTOR}
    before = everything()
    answers = {name: fetched(browsers[AUDIENCE[name]], url) for name, url in urls.items()}
    assert sorted(name for name, both in answers.items() if both == (405, 405)) == sorted(POST_ONLY)
    after = everything()
    assert {name for name, rows in after.items() if rows != before[name]} <= {Look.__name__}


def fetched(browser: Client, url: str) -> tuple[int, int]:
    return browser.get(url).status_code, browser.head(url).status_code


def test_post_without_a_token_is_refused(
    address: Callable[[str], str], browsers: dict[str, Client], admin_user: User
) -> None:  # fmt: skip
    urls = {name: address(name) for name in AUDIENCE if name not in HAVE_NO_FORM}
    urls |= {"admin": f"/admin/accounts/user/{admin_user.pk}/change/", "admin, out": "/admin/logout/"}
    before = everything()
    accepted = {}
    for name, url in urls.items():
        forger = Client(enforce_csrf_checks=True)
        forger.cookies = browsers[AUDIENCE.get(name, ADMINS)].cookies
        answer = forger.post(url)
        if answer.status_code != 403 or b"This page was open too long" not in answer.content:
            accepted[name] = answer.status_code
    assert (accepted, everything() == before) == ({}, True)


HAVE_NO_FORM = {"library_site:health", "library_site:ready", "library_site:metrics"}  # answered before cookies are read


def test_programs_act_by_their_token_and_by_no_cookie(admin_desk: Client) -> None:
    acted = {
        (method, route.name): getattr(admin_desk, method)(f"/api/v1/{path_of(route)}").status_code
        for route in api[0] for method in METHODS if hasattr(route.callback.view_class, method)
    }  # fmt: skip
    assert {what: status for what, status in acted.items() if status != 401} == {("post", "login"): 415}


def path_of(route: Any) -> str:
    return re.sub(r"<[^>]*>", "1", str(route.pattern))


def test_every_form_that_posts_has_a_token() -> None:
    forms = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.IGNORECASE | re.DOTALL)
    without = [
        path.name
        for path in TEMPLATES
        for form in forms.findall(path.read_text(encoding="utf-8"))
        if "{% csrf_token %}" not in form
    ]
    assert without == []
