"""Whom the library wants to have a second factor is led to it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Action
from accounts.permissions import ADMIN, LIBRARIAN, MEMBER
from accounts.tests.views.second_factor.lena import APP, START, want_second_factor, words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("of", "led"),
    [("none", {}), ("admins", {ADMIN: True}), ("staff", {LIBRARIAN: True, ADMIN: True})],
)
def test_who_must_have_one_is_led_to_it_and_nobody_else(
    of: str, led: dict[str, bool], make_user: Any, browser_of: Any
) -> None:
    want_second_factor(of)
    found = {}
    for role, where in {MEMBER: "/me/profile/", LIBRARIAN: "/desk/", ADMIN: "/desk/"}.items():
        page = browser_of(make_user(role)).get(where)
        found[role] = page.status_code == 302 and page.headers["Location"] == START
    assert found == {MEMBER: False, LIBRARIAN: False, ADMIN: False} | led


def test_nothing_is_done_before_and_the_ways_out_stay_open(desk: Client, address: Callable[[str], str]) -> None:
    want_second_factor("staff")
    for name in ("circulation:desk", "accounts:add_member", "accounts:member", "accounts:profile", "circulation:undo"):
        pages = [desk.get(address(name)), desk.post(address(name), {"name": "Mia", "category": 1})]
        assert [page.headers["Location"] for page in pages] == [START, START], name
    assert (Action.objects.filter(verb="register_member").count(), desk.get("/admin/").headers["Location"]) == (
        0,
        START,
    )
    still_open = ["/", "/search/?q=x", START, APP, "/accounts/password/change/"]
    assert [desk.get(place).status_code for place in still_open] == [200] * 5
    assert "Whoever works here needs a second factor. Set one up to go on." in words(desk.get("/desk/", follow=True))


def test_desk_opens_once_it_is_there(desk: Client, set_up: None) -> None:
    want_second_factor("staff")
    assert desk.get("/desk/").status_code == 200


def test_desk_closes_again_when_the_last_one_goes(desk: Client, set_up: None) -> None:
    want_second_factor("staff")
    desk.post(f"{APP}remove/")
    assert desk.get("/desk/").headers["Location"] == START
