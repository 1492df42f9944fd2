"""Programs that talk to the API: a client with a token, and what it gets."""

from datetime import timedelta
from typing import Any

import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.services.tokens import make_token, new_token_text

V1 = "/api/v1/"
EVERYTHING = ApiToken.Scope.values


class Program(Client):
    """Sends and reads JSON with a token of ``user``; addresses are given below ``/api/v1/``."""

    def __init__(self, user: User | None = None, scopes: list[str] | None = None) -> None:
        super().__init__()
        self.sent = {}
        if user is not None:
            self.text = new_token_text()
            facts = {"name": "Program", "scopes": scopes or EVERYTHING, "valid_for": timedelta(days=1)}
            self.token = make_token(user, text=self.text, by=None, **facts)
            self.sent = {"Authorization": f"Bearer {self.text}"}

    def ask(self, method: str, address: str, body: Any = None, **headers: str) -> HttpResponse:
        """The answer to one request; ``headers`` with low lines for dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        where = address if address.startswith("/") else V1 + address
        if body is None:
            return self.generic(method, where, headers=self.sent | named)
        return getattr(self, method.lower())(
            where, data=body, content_type="application/json", headers=self.sent | named
        )

    def ask_counted(self, address: str, queries: int, assert_num_queries: Any) -> HttpResponse:
        """The answer of a list, which takes so many ``queries`` once the minute's use of the token is noted."""
        with time_machine.travel(timezone.now(), tick=False):
            self.ask("GET", address)
            with assert_num_queries(queries):
                return self.ask("GET", address)


def problem_of(response: HttpResponse) -> tuple[int, str]:
    """Status and code of a problem document, if it is one."""
    assert response.headers["Content-Type"] == "application/problem+json", response.content
    said = response.json()
    assert said["status"] == response.status_code
    return response.status_code, said["type"].removeprefix("/api/v1/problems/")
