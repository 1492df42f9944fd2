"""Whether somebody has a card here is asked of the sign-in: same words, status and work for known and unknown."""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.permissions import MEMBER
from accounts.tests.api.programs import Program
from accounts.tests.views.conftest import PASSWORD
from accounts.tests.views.signing_in import sign_in, words
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break("accounts/adapter.py", "user if user is not None and user.is_active else None", "user"),
    Break("accounts/adapter.py", '"email_password_mismatch": WRONG', '"email_password_mismatch": "No such person."'),
    Break("accounts/forms/signing_in.py", 'else {"username": login, "password": password}', 'else {"username": ""}'),
]
WRONG = "This name and password do not fit together, or the sign-in is closed. Try again or ask at the desk."


@pytest.fixture
def strangers(mia: User, make_user: Any) -> dict[str, tuple[str, str]]:
    """Everybody who does not get in: name and password."""
    make_user(MEMBER, username="NOPASSWORD", email="none@example.org", password="")
    make_user(MEMBER, username="UNUSABLE", password=make_password(None))
    make_user(MEMBER, username="CLOSED", email="closed@example.org", is_active=False, password=make_password(PASSWORD))
    make_user("Admin", username="boss@example.org", email="boss@example.org", password=make_password(PASSWORD))
    return {
        "wrong password": ("M000042P", "wrong"), "wrong password by email": ("mia@example.org", "wrong"),
        "wrong password, name is the email": ("boss@example.org", "wrong"), "unknown card": ("M000099X", "wrong"),
        "unknown email": ("nobody@example.org", "wrong"), "no password": ("NOPASSWORD", "wrong"),
        "no password by email": ("none@example.org", "wrong"), "unusable password": ("UNUSABLE", "wrong"),
        "closed": ("CLOSED", PASSWORD), "closed by email": ("closed@example.org", PASSWORD),
        "closed, wrong": ("CLOSED", "wrong"),
    }  # fmt: skip


def test_everybody_who_does_not_get_in_is_told_the_same(strangers: dict[str, tuple[str, str]]) -> None:
    answers = {}
    for who, (login, password) in strangers.items():
        page = sign_in(login, password)
        form = page.context["form"]
        answers[who] = (page.status_code, form.non_field_errors(), list(form.errors), words(page).replace(login, "-"))
    assert set(map(str, answers.values())) == {str(answers["unknown card"])}
    assert answers["unknown card"][:2] == (200, [WRONG])


def test_everybody_who_does_not_get_in_costs_one_look_at_a_password(
    strangers: dict[str, tuple[str, str]], hashed: list[str]
) -> None:
    looks = {}
    for who, (login, password) in strangers.items():
        hashed.clear()
        sign_in(login, password)
        looks[who] = len(hashed)
    assert looks == dict.fromkeys(strangers, 1)


def test_programs_are_told_the_same_for_the_same_work(
    strangers: dict[str, tuple[str, str]], hashed: list[str]
) -> None:  # fmt: skip
    answers, looks = set(), set()
    for login, password in strangers.values():
        hashed.clear()
        answer = Program().ask("POST", "login", {"login": login, "password": password})
        answers.add((answer.status_code, answer.content, answer.headers["WWW-Authenticate"]))
        looks.add(len(hashed))
        cache.clear()  # the tries are counted, and are not what is looked at here
    assert (len(answers), looks) == (1, {1})


def test_new_password_is_promised_to_everybody_and_the_email_alone_tells(
    strangers: dict[str, tuple[str, str]], hashed: list[str]
) -> None:
    asked = ["mia@example.org", "nobody@example.org", "closed@example.org", "none@example.org"]
    pages = [Client().post("/accounts/password/reset/", {"email": email}, follow=True) for email in asked]
    assert len({(page.status_code, page.redirect_chain[0], words(page)) for page in pages}) == 1
    assert ([message.to for message in mail.outbox], hashed) == ([[email] for email in asked], [])


def test_members_are_found_by_nobody_who_is_not_at_the_desk(mia: User, client: Client) -> None:
    typed = ["M000042P", "mia@example.org", "Mia", "M000043P"]
    found = [client.get("/search/", {"q": text}).context["results"].count for text in typed]
    suggested = [client.get("/search/suggest", {"q": text}).content.count(b"Mia</") for text in typed]
    assert (found, suggested) == ([0] * 4, [0] * 4)
