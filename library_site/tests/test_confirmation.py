"""Before staff, roles or settings are changed the person says again that it is they; what was typed is not lost."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import LibrarySettings, User
from accounts.tests.factories import UserFactory
from accounts.tests.second_factors import code_of, give_app
from library_site.tests.audiences import ADMINS, AUDIENCE

pytestmark = pytest.mark.django_db
PASSWORD = "a sentence nobody guesses"
AGAIN, CODE_AGAIN = "/accounts/reauthenticate/", "/accounts/second-factor/confirm/"
SHORT, LONG = timedelta(minutes=9), timedelta(minutes=11)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 5, 5, 8, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def admin_user(clock: Any, make_user: Any) -> User:
    return make_user("Admin", username="admin", name="Ada Admin", password=make_password(PASSWORD))


def asked_at(page: Any) -> str:
    return page.headers.get("Location", "").split("?")[0]


MATTER = ["/desk/settings/", "/desk/messages/texts/due_soon/en/",
          "/desk/staff/{pk}/second-factor/", "/admin/accounts/user/add/",
          "/admin/accounts/user/{pk}/change/", "/admin/accounts/user/{pk}/password/",
          "/admin/accounts/librarysettings/1/change/"]  # fmt: skip


@pytest.mark.parametrize("address", MATTER)
def test_what_matters_asks_again_after_ten_minutes(address: str, clock: Any, admin_desk: Client) -> None:
    where = address.format(pk=UserFactory().pk)
    clock.shift(SHORT)
    at_once = admin_desk.get(where).status_code
    clock.shift(LONG - SHORT)
    later = [admin_desk.get(where), admin_desk.post(where, {"name": "Mallory"})]
    assert (at_once, [asked_at(page) for page in later]) == (200, [AGAIN, AGAIN])


# What only Admins may do and yet nobody is asked again for: it can be taken back, and stands in the record.
NOT_ASKED = {
    "accounts:audit", "accounts:audit_csv", "circulation:refund", "circulation:rehearse", "circulation:add_rule",
    "circulation:edit_rule", "circulation:remove_rule", "circulation:calendar_week", "circulation:calendar_close",
    "circulation:calendar_open_again", "circulation:calendar_add", "circulation:calendar_entry",
    "circulation:calendar_remove",
}  # fmt: skip
NOT_ASKED_TABLES = {
    "accounts_member", "catalog_author", "catalog_copy", "circulation_circulationrule", "circulation_openinghours",
    "circulation_closure",
}  # fmt: skip


def test_whatever_an_admin_alone_may_send_is_asked_for_unless_it_is_listed(
    clock: Any, admin_desk: Client, address: Any
) -> None:
    of_admins = {name: address(name) for name, audience in AUDIENCE.items() if audience == ADMINS}
    clock.shift(LONG)
    assert {name for name, url in of_admins.items() if asked_at(admin_desk.post(url)) != AGAIN} == NOT_ASKED


def test_no_page_lets_anybody_type_before_it_asks(clock: Any, admin_desk: Client, address: Any) -> None:
    of_admins = [address(name) for name, audience in AUDIENCE.items() if audience == ADMINS and name not in NOT_ASKED]
    clock.shift(LONG)
    pages = {url: admin_desk.get(url) for url in of_admins}
    assert [url for url, page in pages.items() if page.status_code == 200 and "form" in page.context] == []


def test_tables_that_can_be_written_on_the_admin_site_ask_unless_they_are_listed(
    clock: Any, admin_desk: Client, admin_user: User
) -> None:
    request = RequestFactory().get("/")
    request.user = admin_user
    clock.shift(LONG)
    free = set()
    for model, table in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        is_written = table.has_add_permission(request) or table.has_change_permission(request)
        if is_written and asked_at(admin_desk.post(reverse(f"admin:{name}_changelist"))) != AGAIN:
            free.add(name)
    assert free == NOT_ASKED_TABLES


@pytest.mark.parametrize("address", ["/desk/", "/desk/staff/", "/admin/accounts/user/", "/admin/catalog/book/"])
def test_other_pages_do_not_ask(address: str, clock: Any, admin_desk: Client) -> None:
    clock.shift(LONG)
    assert admin_desk.get(address).status_code == 200


def test_who_may_not_change_settings_is_refused_and_not_asked(clock: Any, desk: Client) -> None:
    clock.shift(LONG)
    assert [desk.get("/desk/settings/").status_code, desk.post("/desk/settings/").status_code] == [403, 403]


def settings_with(name: str, page: Any) -> dict[str, Any]:
    form = page.context["form"]
    held = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    return {n: v if v is not True else "on" for n, v in held.items()} | {"name": name, "key": "a-key-of-a-form"}


def test_settings_sent_too_late_are_saved_with_one_click_after_the_password(clock: Any, admin_desk: Client) -> None:
    sent = settings_with("Town Library", admin_desk.get("/desk/settings/"))
    clock.shift(LONG)
    page = admin_desk.post("/desk/settings/", sent)
    assert (page.headers["Location"], LibrarySettings.current().name) == (
        f"{AGAIN}?next=%2Fme%2Funsent%2F",
        "Openshelf",
    )
    wrong = admin_desk.post(AGAIN, {"password": "wrong", "next": "/me/unsent/"})
    right = admin_desk.post(AGAIN, {"password": PASSWORD, "next": "/me/unsent/"}, follow=True)
    assert (wrong.status_code, right.redirect_chain) == (200, [("/me/unsent/", 302)])
    action, form = re.search(
        r'<form method="post" action="(/desk/[^"]*)">(.*?)</form>', right.content.decode(), re.DOTALL
    ).groups()
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    admin_desk.post(action, {name: html.unescape(value) for name, value in fields.items()})
    assert LibrarySettings.current().name == "Town Library"


def test_who_has_a_second_factor_confirms_with_it_and_not_with_the_password(
    clock: Any, admin_desk: Client, admin_user: User
) -> None:
    secret = give_app(admin_user)
    page = admin_desk.get("/desk/settings/")
    assert asked_at(page) == CODE_AGAIN
    admin_desk.post(AGAIN, {"password": PASSWORD, "next": "/desk/settings/"})
    assert asked_at(admin_desk.get("/desk/settings/")) == CODE_AGAIN
    page = admin_desk.post(CODE_AGAIN, {"code": code_of(secret), "next": "/desk/settings/"})
    assert (page.headers["Location"], admin_desk.get("/desk/settings/").status_code) == ("/desk/settings/", 200)


def test_sign_in_with_a_code_counts_as_said_just_now(clock: Any, admin_user: User, client: Client) -> None:
    secret = give_app(admin_user)
    client.post("/accounts/login/", {"login": "admin", "password": PASSWORD})
    client.post("/accounts/second-factor/code/", {"code": code_of(secret)})
    assert client.get("/desk/settings/").status_code == 200


def test_tries_to_confirm_count_like_those_at_the_door(clock: Any, admin_desk: Client) -> None:
    clock.shift(LONG)
    statuses = [admin_desk.post(AGAIN, {"password": "wrong"}).status_code for _each in range(11)]
    door = Client().post("/accounts/login/", {"login": "admin", "password": PASSWORD})
    assert (statuses[:10], statuses[-1], door.status_code) == ([200] * 10, 429, 429)


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example/", r"/\evil.example"])
def test_confirming_leads_nowhere_else(elsewhere: str, clock: Any, admin_desk: Client) -> None:
    page = admin_desk.post(AGAIN, {"password": PASSWORD, "next": elsewhere})
    assert page.headers["Location"] == "/me/start/"
