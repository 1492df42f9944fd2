"""Lena of the desk, who has a second factor, and what her browser sees."""

import html
import re
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from accounts.models import LibrarySettings

PASSWORD = "a sentence nobody guesses"


MORNING = datetime(2026, 5, 5, 8, tzinfo=UTC)


LOGIN, CODE, START = "/accounts/login/", "/accounts/second-factor/code/", "/accounts/second-factor/"


APP, CODES = "/accounts/second-factor/app/", "/accounts/second-factor/recovery-codes/"


def after_password() -> Client:
    client = Client()
    assert client.post(LOGIN, {"login": "LENA", "password": PASSWORD}).headers["Location"] == CODE
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def words(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def want_second_factor(of: str) -> None:
    LibrarySettings.objects.filter(pk=1).update(second_factor=of)


def shown_secret(page: Any) -> str:
    return re.search(r'<span class="code breaks">(\w+)</span>', page.content.decode())[1]
