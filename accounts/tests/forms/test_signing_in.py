"""Signing in from a program: the limits, the words and the second factor of the page, in one go."""

from typing import Any

import pytest
from allauth.core import context
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.test import Client, RequestFactory

from accounts.adapter import WRONG, TooManyTries
from accounts.exceptions import Refused
from accounts.forms.signing_in import person_signing_in
from accounts.models import LibrarySettings, User
from accounts.permissions import LIBRARIAN
from accounts.tests.second_factors import code_of, give_app, give_recovery_codes

pytestmark = pytest.mark.django_db
PASSWORD = "a sentence nobody guesses"


@pytest.fixture
def lena(make_user: Any) -> User:
    return make_user(LIBRARIAN, username="LENA", email="lena@example.org", password=make_password(PASSWORD))


@pytest.fixture
def asked() -> Any:
    """A request of a program, as allauth's middleware would hand it on."""
    request: HttpRequest = RequestFactory().post("/api/v1/login")
    with context.request_context(request):
        yield request


def outcome(request: HttpRequest, **sent: str) -> Any:
    """Who signs in, or the code of the refusal."""
    try:
        return person_signing_in(request, **{"login": "lena", "password": PASSWORD} | sent)
    except Refused as refusal:
        return refusal.code


@pytest.mark.parametrize("login", ["lena", "LENA", "Lena@example.org"])
def test_name_and_password_are_enough_without_a_second_factor(login: str, lena: User, asked: HttpRequest) -> None:
    assert outcome(asked, login=login) == lena


@pytest.mark.parametrize(
    "change", [{}, {"is_active": False}, {"password": make_password(None)}], ids=["wrong", "closed", "unusable"]
)
def test_everybody_who_does_not_get_in_is_told_the_same(change: dict, lena: User, asked: HttpRequest) -> None:
    User.objects.filter(pk=lena.pk).update(**change)
    password = "wrong" if not change else PASSWORD
    for login in ("lena", "nobody"):
        with pytest.raises(Refused) as refused:
            person_signing_in(asked, login=login, password=password)
        assert (refused.value.code, refused.value.message) == ("wrong_sign_in", str(WRONG))


def test_second_factor_is_asked_for_and_each_code_opens_once(lena: User, asked: HttpRequest) -> None:
    secret, recovery = give_app(lena), give_recovery_codes(lena)[0]
    code = code_of(secret)
    sent = ["", "000000", code, code, recovery, recovery]
    assert [outcome(asked, code=each) for each in sent] == [
        "wrong_code", "wrong_code", lena, "wrong_code", lena, "wrong_code",
    ]  # fmt: skip


def test_who_must_choose_a_password_or_set_a_second_factor_up_does_so_on_the_site(
    lena: User, asked: HttpRequest
) -> None:
    LibrarySettings.objects.filter(pk=1).update(second_factor="staff")
    found = [outcome(asked)]
    User.objects.filter(pk=lena.pk).update(must_change_password=True)
    assert [*found, outcome(asked)] == ["second_factor_missing", "first_password"]


def test_tries_of_programs_and_of_people_are_counted_together(lena: User, asked: HttpRequest) -> None:
    for n in range(10):
        if n % 2:
            Client().post("/accounts/login/", {"login": "lena", "password": "wrong"})
        else:
            outcome(asked, password="wrong")
    with pytest.raises(TooManyTries) as refused:
        outcome(asked)
    page = Client().post("/accounts/login/", {"login": "LENA", "password": PASSWORD})
    assert (refused.value.retry_after, page.status_code, page.headers["Retry-After"]) == (300, 429, "300")


def test_wrong_codes_are_limited_too(lena: User, asked: HttpRequest) -> None:
    secret = give_app(lena)
    assert [outcome(asked, code="000000") for _each in range(10)] == ["wrong_code"] * 10
    with pytest.raises(TooManyTries):
        outcome(asked, code=code_of(secret))
