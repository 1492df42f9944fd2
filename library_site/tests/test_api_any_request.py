"""Any request that the description of the API allows, or forbids: no fault, and every answer as it is described.

API_CASES says how many; by default few of them, `make long` sends thousands.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as hypothesis_settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from accounts.models import User
from accounts.services.tokens import make_token, new_token_text
from accounts.tests.factories import MemberFactory
from catalog.services.batches import start_import
from catalog.tests.factories import BookFactory, CopyFactory
from catalog.tests.openlibrary.conftest import playing_open_library
from catalog.tests.views.pages import know_the_fox
from circulation.tests.factories import make_hold, make_loan
from library_site.wsgi import application

pytestmark = pytest.mark.django_db
CASES = int(os.environ.get("API_CASES", "8"))
SEED = int(os.environ.get("API_SEED", "1"))
CHECKS = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_headers_conformance, checks.response_schema_conformance, checks.negative_data_rejection,
    checks.unsupported_method,
]  # fmt: skip
LEFT_OUT = {"sign_out"}  # the token would be gone
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture
def open_library(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One that knows one book, and a cache that costs nothing."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    with playing_open_library(monkeypatch) as stub:
        settings.OPENLIBRARY_URL = settings.OPENLIBRARY_COVERS_URL = stub.url
        know_the_fox(stub)
        yield


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """All requests see the rows of the test, which nobody else does."""
    around = (signals.request_started, signals.request_finished)
    for each in around:
        each.disconnect(close_old_connections)
    yield
    for each in around:
        each.connect(close_old_connections)


@pytest.fixture
def shelf(librarian: User, open_library: None) -> None:
    """Some of everything, with small keys, which many of the requests hit."""
    for n in range(1, 4):
        make_loan(CopyFactory(book=BookFactory(title=f"Book {n}", searchable=True)), MemberFactory())
        make_hold(CopyFactory().book)
        start_import([f"OL{n}M"], by=librarian, auto_apply=False)


@pytest.fixture
def token(admin_user: User, settings: Any) -> str:
    settings.API_RATE = settings.API_RATE_ANONYMOUS = 10**9
    text = new_token_text()
    make_token(
        admin_user, text=text, name="Any", scopes=["read", "circulate", "manage"], valid_for=timedelta(days=1), by=None
    )
    return text


def operations() -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.definition.raw["operationId"] not in LEFT_OUT:
            yield operation


def failures_of(operation: Any, mode: GenerationMode, cases: int, token: str, count: list[int]) -> list[str]:
    """What went wrong with so many requests to one operation."""

    @seed(SEED)
    @hypothesis_settings(
        max_examples=cases,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        count[0] += 1
        if isinstance(case.path_parameters.get("id"), int):
            case.path_parameters["id"] %= 5
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    try:
        send()
    except BaseException as failure:  # hypothesis gives several at once as a group
        if isinstance(failure, KeyboardInterrupt):
            raise
        return [f"{operation.label} {mode.name}: {each}" for each in getattr(failure, "exceptions", [failure])]
    return []


def test_every_answer_is_as_described(shelf: None, token: str) -> None:
    every = list(operations())
    turns = [(operation, mode) for operation in every for mode in MODES]
    each, rest = divmod(CASES, len(turns))
    failures, count = [], [0]
    for n, (operation, mode) in enumerate(turns):
        if cases := each + (n * 7 % len(turns) < rest):  # of a few cases another operation each
            failures += failures_of(operation, mode, cases, token, count)
    print(f"{count[0]} requests to {len(every)} operations")
    assert not failures, "\n\n".join(failures)
