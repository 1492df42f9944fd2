"""Signing in and out: who gets in, who does not, and what changing a password takes.

Guessing, who is known here, where a sign-in leads and what a session is worth: library_site/tests/threats.
"""

import html
import re
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import User
from accounts.permissions import LIBRARIAN, MEMBER
from accounts.tests.factories import MemberFactory
from accounts.tests.views.conftest import PASSWORD
from accounts.tests.views.signing_in import LOGIN, is_in, sign_in, words

pytestmark = pytest.mark.django_db


# --- getting in -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "M000042P",
        "m000042p",
        "  M000042P ",
        "*M000042P*",
        "]C1M000042P",
        "Ｍ０００042Ｐ",
        "mia@example.org",
        "MIA@EXAMPLE.ORG",
    ],
)
def test_member_gets_in_by_card_typed_or_scanned_and_by_email(typed: str, mia: User) -> None:
    page = sign_in(typed)
    assert (page.status_code, page.headers["Location"]) == (302, "/me/start/")


@pytest.mark.parametrize("card", ["A12345B", "C000042D", "000042"])
def test_member_gets_in_by_a_card_that_looks_like_noise(card: str, make_user: Any) -> None:
    make_user(MEMBER, username=card, password=make_password(PASSWORD))
    assert sign_in(card.lower()).status_code == 302


@pytest.mark.parametrize(("role", "place"), [(MEMBER, "/me/"), (LIBRARIAN, "/desk/"), ("Admin", "/desk/")])
def test_everybody_comes_to_the_own_start_page(role: str, place: str, make_user: Any, client: Client) -> None:
    user = make_user(role, username="C1", password=make_password(PASSWORD))
    MemberFactory(user=user, card_number="C1")
    page = client.post(LOGIN, {"login": "C1", "password": PASSWORD}, follow=True)
    assert (page.wsgi_request.path, page.status_code) == (place, 200)


def test_person_who_is_in_already_is_led_on(mine: Client) -> None:
    assert mine.get(LOGIN).headers["Location"] == "/me/start/"


def test_person_who_was_sent_to_sign_in_comes_back_to_where_they_were(mia: User, client: Client) -> None:
    place = client.get("/me/profile/?x=1").headers["Location"]
    field = re.search(r'<input type="hidden" name="next" value="([^"]+)"', client.get(place).content.decode())
    page = sign_in(client=client, next=html.unescape(field[1]))
    assert (place, page.headers["Location"]) == ("/accounts/login/?next=/me/profile/%3Fx%3D1", "/me/profile/?x=1")


# --- everybody else is told the same ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("", ""),
        ("M000042P", ""),
        ("", PASSWORD),
        ("x" * 255, "x"),
        ("a\x00", "x"),
        ("a", "x\x00"),
        ("M000042P", "x" * 100_000),
    ],
)
def test_odd_answers_let_nobody_in_and_break_nothing(login: str, password: str, mia: User) -> None:
    assert sign_in(login, password).status_code == 200


def test_what_was_typed_as_a_name_is_only_a_name(mia: User) -> None:
    content = sign_in('"><script>alert(1)</script>', "wrong").content.decode()
    assert ("<script>alert" in content, "&lt;script&gt;alert" in content) == (False, True)


def test_nobody_signs_up(client: Client) -> None:
    answers = {"username": "new", "email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    pages = [client.get("/accounts/signup/"), client.post("/accounts/signup/", answers)]
    assert ([page.status_code for page in pages], User.objects.count()) == ([200, 200], 0)
    assert "Members are registered at the desk" in words(pages[1])


def test_sign_in_reaches_nothing_but_name_and_password(mia: User) -> None:
    sign_in(is_staff="1", is_superuser="1", groups="1", user="1", member="1", remember="1")
    mia.refresh_from_db()
    assert (mia.is_staff, mia.is_superuser, [group.name for group in mia.groups.all()]) == (False, False, [MEMBER])


# --- getting out, and another password ---------------------------------------------------------------


def test_visit_to_the_sign_out_page_does_not_sign_out(mine: Client) -> None:
    assert ("Do you want to sign out?" in words(mine.get("/accounts/logout/")), is_in(mine)) == (True, True)


def change_password(client: Client, old: str = PASSWORD, new: str = "another sentence!") -> Any:
    return client.post("/accounts/password/change/", {"oldpassword": old, "password1": new, "password2": new})


def test_own_change_of_the_password_ends_every_session_but_this(mia: User) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client=client)
    page = change_password(here)
    assert (page.headers["Location"], is_in(here), is_in(elsewhere)) == ("/me/start/", True, False)
    assert (sign_in().status_code, sign_in(password="another sentence!").status_code) == (200, 302)


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [("wrong", "another sentence!", "oldpassword"), (PASSWORD, "short", "password1"),
     (PASSWORD, "password123", "password1"),
     (PASSWORD, "m000042p", "password1"), (PASSWORD, "1234567890", "password1")],
)  # fmt: skip
def test_password_is_not_changed_without_the_old_one_or_to_an_easy_one(
    old: str, new: str, wrong: str, mia: User
) -> None:
    client = Client()
    sign_in(client=client)
    page = change_password(client, old, new)
    mia.refresh_from_db()
    assert (list(page.context["form"].errors), mia.check_password(PASSWORD)) == ([wrong], True)
