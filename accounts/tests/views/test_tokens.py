"""Tokens on the page of a person: made after signing in once more, shown once, revoked."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, User
from accounts.tests.api.programs import Program, problem_of

pytestmark = pytest.mark.django_db
TOKENS = "/me/tokens/"
NEW = {"name": "Kiosk", "scopes": ["read"], "days": "30", "key": "one-form"}


def test_token_is_shown_once_and_opens_the_api(desk: Client, librarian: User) -> None:
    shown = desk.post(TOKENS, NEW)
    program = Program()
    program.sent = {"Authorization": "Bearer " + re.search(r"osh_[\w-]+", shown.content.decode())[0]}
    assert program.ask("GET", "me").json()["token"]["name"] == "Kiosk"
    again = desk.post(TOKENS, NEW)
    assert (again.status_code, b"osh_" in again.content, ApiToken.objects.count()) == (409, False, 1)
    listed = desk.get(TOKENS).content.decode()
    assert (f"{ApiToken.objects.get().prefix}…" in listed, shown.headers["Cache-Control"]) == (
        True, "max-age=0, no-cache, no-store, must-revalidate, private",
    )  # fmt: skip


def test_revoked_token_opens_nothing_and_is_not_listed(desk: Client, librarian: User) -> None:
    program = Program(librarian)
    desk.post(reverse("accounts:revoke_token", args=[program.token.pk]))
    assert problem_of(program.ask("GET", "me")) == (401, "token_revoked")
    assert program.token.prefix not in desk.get(TOKENS).content.decode()


def test_token_takes_signing_in_once_more_where_that_was_long_ago(client: Client, librarian: User) -> None:
    client.force_login(librarian)
    answer = client.post(TOKENS, NEW)
    assert (answer.headers["Location"].split("?")[0], ApiToken.objects.count()) == (
        reverse("account_reauthenticate"), 0,
    )  # fmt: skip


def test_token_without_a_purpose_is_not_made(desk: Client) -> None:
    answer = desk.post(TOKENS, NEW | {"scopes": []})
    assert (answer.status_code, ApiToken.objects.count()) == (200, 0)
