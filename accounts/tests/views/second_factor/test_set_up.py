"""A second factor is set up, with recovery codes, and taken down again by its owner."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.models import Action, User
from accounts.tests.second_factors import code_of, factors_of
from accounts.tests.views.second_factor.lena import (
    APP,
    CODE,
    CODES,
    LOGIN,
    PASSWORD,
    START,
    after_password,
    is_in,
    shown_secret,
    words,
)

pytestmark = pytest.mark.django_db


def test_app_is_set_up_with_recovery_codes_that_are_shown_once(
    desk: Client, librarian: User, django_capture_on_commit_callbacks: Any
) -> None:
    page = desk.get(APP)
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page = desk.post(APP, {"code": code_of(shown_secret(page))})
    assert page.headers["Location"] == CODES
    page = desk.get(CODES)
    assert (page.status_code, factors_of(librarian)) == (200, ["recovery_codes", "totp"])
    codes = re.findall(r'<li class="code">(\d{8})</li>', page.content.decode())
    again = desk.get(CODES)
    assert (len(codes), [code for code in codes if code in again.content.decode()]) == (10, [])
    assert "They were shown once and cannot be shown again." in words(again)
    action = Action.objects.get(verb="change_second_factor")
    assert (action.by, action.target_id, action.after) == (
        librarian, librarian.pk, {"second_factor": "totp_activated"},
    )  # fmt: skip


def test_code_of_the_setting_up_does_not_sign_in_too(lena: User, browser_of: Any) -> None:
    desk = browser_of(lena)
    code = code_of(shown_secret(desk.get(APP)))
    desk.post(APP, {"code": code})
    thief = after_password()
    thief.post(CODE, {"code": code})
    assert is_in(thief) is False


def test_setting_up_that_was_left_half_done_counts_for_nothing(lena: User, browser_of: Any) -> None:
    desk = browser_of(lena)
    first = shown_secret(desk.get(APP))
    second = shown_secret(desk.get(APP))
    page = desk.post(APP, {"code": code_of(first)})
    assert (first != second, list(page.context["form"].errors), factors_of(lena)) == (True, ["code"], [])
    assert Client().post(LOGIN, {"login": "LENA", "password": PASSWORD}).headers["Location"] == "/me/start/"


def test_last_factor_takes_the_recovery_codes_with_it(desk: Client, librarian: User, set_up: None) -> None:
    assert desk.post(f"{APP}remove/").headers["Location"] == START
    assert factors_of(librarian) == []


def test_new_recovery_codes_make_the_old_ones_worthless(desk: Client, set_up: None) -> None:
    old = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    desk.post(f"{CODES}new/")
    new = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert (len(new), set(old) & set(new)) == (10, set())


OWN = ["mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_list_webauthn", "mfa_reauthenticate"]


def test_pages_of_ones_own_second_factor_open(desk: Client, set_up: None) -> None:
    assert {name: desk.get(reverse(name)).status_code for name in OWN} == dict.fromkeys(OWN, 200)


@pytest.mark.parametrize("page", ["remove", "rename"])
def test_passkey_of_somebody_else_does_not_exist(page: str, desk: Client, mine: Client, member_user: User) -> None:
    data = {"name": "Key", "credential": {}}
    key = Authenticator.objects.create(user=member_user, type=Authenticator.Type.WEBAUTHN, data=data)
    where = f"/accounts/second-factor/passkeys/{key.pk}/{page}/"
    assert (desk.get(where).status_code, desk.post(where, {"name": "x"}).status_code) == (404, 404)
    assert Authenticator.objects.get().data == data
