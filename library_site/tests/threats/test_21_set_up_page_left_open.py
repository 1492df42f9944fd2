"""21, a set-up page left open: it is there only while nobody works here, takes a code, few tries, and makes one Admin.

What it asks and makes is tried in accounts/tests/views/test_library.py; the code of the terminal in test_serve.py.
"""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import LibrarySettings, User
from accounts.services.library import new_set_up_code
from accounts.tests.factories import UserFactory
from accounts.tests.threads import at_once
from accounts.tests.views.test_library import ANSWERS, not_set_up  # noqa: F401 - a library nobody has taken over
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break("accounts/queries/__init__.py", "library.set_up_at is None and not staff().exists()",
          "library.set_up_at is None"),
    Break("accounts/queries/__init__.py", "library.set_up_at is None and not staff().exists()", "not staff().exists()"),
    Break("accounts/services/library.py", "if not secrets.compare_digest(", "if not code and secrets.compare_digest("),
    Break("library_site/settings.py", '"set_up": "10/5m/ip"', '"set_up": "100/5m/ip"'),
]  # fmt: skip


def test_new_library_has_no_sign_in_of_anybody() -> None:
    assert (User.objects.count(), Group.objects.filter(user__isnull=False).count()) == (0, 0)


@pytest.mark.parametrize("code", ["", "0000-0000-0000", "none"])
def test_nobody_takes_a_library_over_without_the_code(code: str, not_set_up: None, client: Client) -> None:  # noqa: F811
    if code != "none":
        new_set_up_code()
    page = client.post("/setup/", ANSWERS | {"code": code})
    assert (page.status_code, User.objects.count(), LibrarySettings.current().set_up_at) == (200, 0, None)


def test_set_up_page_is_gone_once_the_library_was_set_up(client: Client) -> None:
    answers = ANSWERS | {"code": new_set_up_code()}
    assert [client.get("/setup/").status_code, client.post("/setup/", answers).status_code] == [404, 404]
    assert User.objects.count() == 0


@pytest.mark.parametrize("person", [{"is_superuser": True}, {"role": "Librarian"}])
def test_set_up_page_is_gone_once_somebody_works_here(
    person: dict,
    not_set_up: None,  # noqa: F811
    client: Client,
    make_user: Any,
) -> None:
    make_user(person["role"]) if "role" in person else UserFactory(**person)
    answers = ANSWERS | {"code": new_set_up_code()}
    assert [client.get("/setup/").status_code, client.post("/setup/", answers).status_code] == [404, 404]
    assert (User.objects.count(), client.get("/").status_code) == (1, 200)


def test_tries_at_the_code_are_limited(not_set_up: None, client: Client) -> None:  # noqa: F811
    code = new_set_up_code()
    wrong = [client.post("/setup/", ANSWERS | {"code": f"try-{number}"}).status_code for number in range(11)]
    right = client.post("/setup/", ANSWERS | {"code": code}, headers={"x-forwarded-for": "203.0.113.9"})
    assert (wrong, right.status_code, User.objects.count()) == ([200] * 10 + [429], 429, 0)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_library_set_up_by_twenty_at_once_has_one_admin(transactional_db: None) -> None:
    LibrarySettings.objects.update(set_up_at=None)
    answers = ANSWERS | {"code": new_set_up_code()}
    statuses = at_once(20, lambda n: Client().post("/setup/", answers | {"email": f"ada{n}@example.org"}).status_code)
    assert (statuses.count(302), set(statuses) - {200, 302, 404, 429}) == (1, set())
    assert (User.objects.count(), User.objects.filter(is_superuser=True).count()) == (1, 1)
    assert LibrarySettings.current().currency == "JPY"
