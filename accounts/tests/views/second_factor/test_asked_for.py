"""The second factor is asked for after the password, and nothing goes around it."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.test import Client, RequestFactory

from accounts.adapter import count_try_at_address
from accounts.models import User
from accounts.tests.second_factors import code_of, factors_of, give_app, give_recovery_codes
from accounts.tests.views.second_factor.lena import CODE, LOGIN, PASSWORD, after_password, is_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def half_way(lena: User, secret: str) -> Client:
    """Lena typed her password and is asked for the code."""
    return after_password()


def test_password_alone_opens_nothing_and_the_code_opens_the_desk(half_way: Client, secret: str) -> None:
    assert (is_in(half_way), half_way.get("/desk/").status_code, half_way.get("/me/profile/").status_code) == (
        False, 302, 302,
    )  # fmt: skip
    page = half_way.post(CODE, {"code": code_of(secret)}, follow=True)
    assert (page.wsgi_request.path, is_in(half_way)) == ("/desk/", True)


@pytest.mark.parametrize("code", ["", "000000", "12345", "abc", "9" * 30, "１２３４５６", "\x00"])
def test_other_codes_open_nothing(code: str, half_way: Client) -> None:
    page = half_way.post(CODE, {"code": code})
    assert (page.status_code, list(page.context["form"].errors), is_in(half_way)) == (200, ["code"], False)


@pytest.mark.parametrize(("late_by", "opens"), [(-3, False), (-2, True), (0, True), (2, True), (3, False)])
def test_clock_of_the_phone_may_be_a_minute_off(late_by: int, opens: bool, half_way: Client, secret: str) -> None:
    half_way.post(CODE, {"code": code_of(secret, late_by)})
    assert is_in(half_way) is opens


@pytest.mark.parametrize("later", [0, 20, 31, 59])
def test_code_that_was_used_opens_nothing_a_second_time(later: int, clock: Any, half_way: Client, secret: str) -> None:
    code = code_of(secret)
    half_way.post(CODE, {"code": code})
    thief = after_password()
    clock.shift(later)
    thief.post(CODE, {"code": f" {code[:3]} {code[3:]}"})
    assert (is_in(half_way), is_in(thief)) == (True, False)


def test_recovery_code_opens_once(half_way: Client, lena: User) -> None:
    code = give_recovery_codes(lena)[0]
    half_way.post(CODE, {"code": code})
    again = after_password()
    page = again.post(CODE, {"code": code})
    assert (is_in(half_way), is_in(again)) == (True, False)
    assert page.context["form"].errors["code"] == [
        "This code does not fit, is too old or was used before. Wait for the next one."
    ]


def test_eleventh_wrong_code_gets_the_page_that_says_so_also_with_the_right_one(half_way: Client, secret: str) -> None:
    tries = [half_way.post(CODE, {"code": "000000"}).status_code for _each in range(10)]
    page = half_way.post(CODE, {"code": code_of(secret)})
    assert (tries, page.status_code, page.headers["Retry-After"], is_in(half_way)) == ([200] * 10, 429, "300", False)


def fail_at_this_address(times: int, clock: Any) -> None:
    for _each in range(times):
        count_try_at_address(RequestFactory().post(LOGIN))
        clock.shift(timedelta(seconds=1))  # tries of one moment count as one where one of them succeeds


@pytest.mark.parametrize("how", ["a code", "a new app", "a new password"])
def test_nothing_that_succeeds_gives_an_address_more_tries(how: str, lena: User, clock: Any) -> None:
    fail_at_this_address(19, clock)
    if how == "a code":
        secret, browser = give_app(lena), after_password()
        browser.post(CODE, {"code": code_of(secret)})
        assert is_in(browser)
    elif how == "a new app":
        browser = Client()
        browser.post(LOGIN, {"login": "LENA", "password": PASSWORD})
        secret = browser.get("/accounts/second-factor/app/").context["form"].secret
        browser.post("/accounts/second-factor/app/", {"code": code_of(secret)})
        assert factors_of(lena)
    else:
        get_adapter()._delete_login_attempts_cached_email(RequestFactory().post(LOGIN), email=lena.email)
    tries = [Client().post(LOGIN, {"login": f"OTHER{n}", "password": "wrong"}).status_code for n in range(2)]
    assert tries == [200, 429]


def test_who_is_stopped_at_an_address_uses_up_no_tries_at_anybody(lena: User, clock: Any) -> None:
    fail_at_this_address(20, clock)
    assert [Client().post(LOGIN, {"login": "lena", "password": "wrong"}).status_code for _each in range(11)] == [
        429
    ] * 11
    page = Client().post(LOGIN, {"login": "lena", "password": PASSWORD}, REMOTE_ADDR="203.0.113.9")
    assert page.status_code == 302


def test_code_without_the_password_before_leads_to_the_password(lena: User, secret: str, client: Client) -> None:
    pages = [client.get(CODE), client.post(CODE, {"code": code_of(secret)})]
    assert [page.headers["Location"] for page in pages] == [LOGIN, LOGIN]


def test_secret_in_the_database_is_locked_and_another_secret_key_fits_no_code(
    half_way: Client, secret: str, settings: Any
) -> None:
    assert secret not in str(Authenticator.objects.values_list("data", flat=True).get())
    settings.SECRET_KEY = "another-" * 8
    client = Client()
    client.post(LOGIN, {"login": "LENA", "password": PASSWORD})
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 200
    settings.SECRET_KEY_FALLBACKS = ["tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ"]
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 302
