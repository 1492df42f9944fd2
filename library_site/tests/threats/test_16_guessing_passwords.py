"""Passwords are guessed in great number: ten tries a name in five minutes, twenty an address in an hour, then none."""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.permissions import MEMBER
from accounts.tests.threads import at_once
from accounts.tests.views.conftest import PASSWORD
from accounts.tests.views.signing_in import LOGIN, sign_in, words
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break(
        "accounts/adapter.py",
        'return str(credentials.get("email", credentials.get("username", ""))).lower()',
        "return super()._get_login_attempts_cache_key(request, **credentials)",
    ),
    Break("accounts/adapter.py", "            super().pre_authenticate(request, **credentials)", "            pass"),
    Break("library_site/settings.py", '"login_failed": "10/5m/key"', '"login_failed": "11/5m/key"'),
    Break("library_site/settings.py", '"20/h/ip"', '"21/h/ip"'),
    Break("library_site/settings.py", "COUNT = TRUSTED_PROXY_COUNT\n", "COUNT = 1\n", test="twenty"),
]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_thirty_wrong_tries_at_once_reach_the_hasher_ten_times(
    transactional_db: None, mia: User, hashed: list[str]
) -> None:
    pages = at_once(30, lambda n: sign_in(["M000042P", "*m000042p*", "Mia@example.org"][n % 3], "wrong"))
    statuses = [page.status_code for page in pages]
    assert (len([each for each in hashed if each == "wrong"]) <= 10, set(statuses)) == (True, {200, 429})
    assert sign_in().status_code == 429


def try_ten_times(login: str = "M000042P") -> list[int]:
    return [sign_in(login, "wrong").status_code for _each in range(10)]


def test_eleventh_try_gets_a_page_that_says_so_also_with_the_right_password(mia: User, hashed: list[str]) -> None:
    tries = try_ten_times()
    hashed.clear()
    page = sign_in()
    assert (tries, page.status_code, page.headers["Retry-After"], hashed) == ([200] * 10, 429, "300", [])
    assert ("Too many tries" in words(page), "Wait five minutes" in words(page)) == (True, True)


def test_unknown_name_is_limited_like_a_known_one(mia: User) -> None:
    assert (try_ten_times("NOBODY"), sign_in("NOBODY", "wrong").status_code) == ([200] * 10, 429)


@pytest.mark.parametrize(
    "trick",
    [
        {"headers": {"x-forwarded-for": "203.0.113.9"}}, {"headers": {"forwarded": "for=203.0.113.9"}},
        {"headers": {"x-real-ip": "203.0.113.9"}}, {"headers": {"host": "testserver:1"}},
        {"headers": {"host": "localhost"}},
        {"REMOTE_ADDR": "203.0.113.9"}, {"headers": {"x-requested-with": "XMLHttpRequest"}},
    ],
    ids=str,
)  # fmt: skip
def test_no_header_and_no_other_address_gives_more_tries_at_one_person(trick: dict[str, Any], mia: User) -> None:
    try_ten_times()
    page = Client().post(LOGIN, {"login": "M000042P", "password": PASSWORD}, **trick)
    assert page.status_code == 429


@pytest.mark.parametrize("name", ["m000042p", "*M000042P*", "mia@example.org", "MIA@example.org"])
def test_no_other_spelling_gives_more_tries_at_one_person(name: str, mia: User) -> None:
    try_ten_times()
    assert sign_in(name).status_code == 429


def test_one_address_has_twenty_wrong_tries_an_hour_at_all_names_whatever_it_says_of_itself(mia: User) -> None:
    said = [{"x-forwarded-for": f"203.0.113.{number}"} for number in range(21)]
    statuses = [sign_in(f"NAME{number}", "wrong", headers=said[number]).status_code for number in range(21)]
    assert (statuses, sign_in().status_code) == ([200] * 20 + [429], 429)


def test_other_people_at_other_addresses_get_in_meanwhile(mia: User, make_user: Any) -> None:
    make_user(MEMBER, username="OTTO", password=make_password(PASSWORD))
    try_ten_times()
    page = Client().post(LOGIN, {"login": "OTTO", "password": PASSWORD}, REMOTE_ADDR="203.0.113.9")
    assert page.status_code == 302


def test_right_passwords_do_not_count_as_tries(mia: User) -> None:
    assert [sign_in().status_code for _each in range(25)] == [302] * 25


def test_tries_are_counted_where_every_process_sees_them(mia: User) -> None:
    sign_in(password="wrong")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM openshelf_cache WHERE cache_key LIKE '%%failed%%'")
        assert cursor.fetchone() == (2,)
