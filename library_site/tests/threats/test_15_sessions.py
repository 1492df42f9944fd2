"""A session is taken over or outlives its person: a new number at each sign-in, dead with it, in no cache, no address.

What ends all sign-ins and tokens of a person: accounts/tests/views/test_sign_ins.py; when one ends by itself:
library_site/tests/test_sign_in_ends.py.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import User
from accounts.tests.views.signing_in import is_in, sign_in
from library_site.tests.audiences import ANYBODY_SIGNED_IN, AUDIENCE, MEMBERS
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
OF_A_PERSON = [name for name, audience in AUDIENCE.items() if audience in (ANYBODY_SIGNED_IN, MEMBERS)]
BREAKS = [
    Break("accounts/adapter.py", "return user if user and self.user_can_authenticate(user) else None", "return user"),
    Break("library_site/settings.py", "SESSION_COOKIE_HTTPONLY = True", "SESSION_COOKIE_HTTPONLY = False"),
    Break("library_site/middleware/first_password.py", "        add_never_cache_headers(response)", "        pass"),
    Break("library_site/middleware/first_password.py", '"Clear-Site-Data"] = ', '"X-Nothing"] = '),
]


def test_session_gets_another_number_at_sign_in_and_is_dead_after_sign_out(mia: User, client: Client) -> None:
    session = client.session
    session["before"] = "x"
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client=client)
    inside = client.cookies["sessionid"].value
    assert (inside != session.session_key, is_in(client)) == (True, True)
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["sessionid"] = inside
    assert (is_in(client), is_in(thief)) == (False, False)


def test_session_number_somebody_else_chose_is_not_taken(mia: User, client: Client) -> None:
    client.cookies["sessionid"] = "chosenbysomebodyelse00000000000a"
    sign_in(client=client)
    assert client.cookies["sessionid"].value != "chosenbysomebodyelse00000000000a"


def test_cookie_of_the_session_is_out_of_reach_of_scripts(mia: User, client: Client) -> None:
    cookie = sign_in(client=client).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize(
    "change",
    [
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
        lambda user: User.objects.filter(pk=user.pk).update(password=make_password("another sentence!")),
        lambda user: User.objects.filter(pk=user.pk).update(password=make_password(None)),
    ],
    ids=["closed", "another password", "no password"],
)
def test_sessions_die_with_the_sign_in_or_its_password(change: Callable[[User], Any], mia: User) -> None:
    clients = [Client(), Client()]
    for client in clients:
        sign_in(client=client)
    change(mia)
    assert [is_in(client) for client in clients] == [False, False]


def test_pages_of_a_person_are_kept_in_no_cache_and_name_no_session(
    mia: User, browser_of: Callable[[User], Client], address: Callable[[str], str], client: Client
) -> None:
    browser = browser_of(mia)
    pages = {name: browser.get(address(name)) for name in OF_A_PERSON}
    kept = [name for name, page in pages.items() if "no-store" not in page.headers["Cache-Control"]]
    number = browser.cookies["sessionid"].value
    named = [name for name, page in pages.items() if number in f"{page.content!r} {page.headers}"]
    assert (kept, named) == ([], [])
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")


def test_signing_out_empties_the_cache_of_the_browser(mine: Client) -> None:
    assert mine.post("/accounts/logout/").headers["Clear-Site-Data"] == '"cache"'


def test_pages_of_the_desk_are_kept_by_the_own_browser_alone(desk: Client) -> None:
    assert desk.get("/desk/members/add/").headers["Cache-Control"] == "private, no-cache"
