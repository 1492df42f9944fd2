"""Signing in as people do, and what the page says then."""

import html
import re
from typing import Any

from django.test import Client

from accounts.tests.views.conftest import PASSWORD

LOGIN = "/accounts/login/"


def sign_in(
    login: str = "M000042P", password: str = PASSWORD, client: Client | None = None,
    headers: dict[str, str] | None = None, **more: Any,
) -> Any:  # fmt: skip
    return (client or Client()).post(LOGIN, {"login": login, "password": password} | more, headers=headers)


def is_in(client: Client) -> bool:
    return client.get("/me/profile/").status_code == 200


def words(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))
