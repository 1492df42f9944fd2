"""What watches over the site is answered: alive, ready, how much; to nobody else, and without anybody's data."""

import io
import json
import logging
import shutil
from collections import namedtuple
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from accounts.models import Action
from accounts.services import work
from circulation.tests.factories import make_overdue_loan
from library_site import replica
from library_site.caches import RedisElseDatabase
from library_site.logs import JsonLines, without_people
from library_site.operation import readiness
from library_site.tests.running import free_port

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-many-different-letters-1234567890"
NUMBER = "the-proxy-says-0815"


@pytest.fixture
def _worker(db: None) -> None:
    work.beat()


def readiness_of(client: Client, query: str = "") -> tuple[int, dict[str, str]]:
    """The status and what is not ok."""
    answer = client.get(f"/readyz{query}")
    found = json.loads(answer.content)
    assert found["ready"] == (answer.status_code == 200)
    return answer.status_code, {name: said for name, said in found["checks"].items() if said != "ok"}


# --- alive and ready ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_worker")
def test_site_that_can_work_is_ready_with_one_line_for_each_check(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    names = ["database", "migrations", "cache", "disk", "worker", "clock", "replica"]
    assert [line.strip(" ,") for line in answer.content.decode().splitlines()[3:-2]] == [f'"{n}": "ok"' for n in names]


def test_site_without_a_worker_is_not_ready_unless_nobody_asks_for_one(client: Client) -> None:
    said = {"worker": "no worker was heard of in the last 30 seconds"}
    assert (readiness_of(client), readiness_of(client, "?without=worker,disk")) == ((503, said), (200, {}))


@pytest.mark.usefixtures("_worker")
def test_migration_that_is_not_applied_makes_the_site_unready(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("circulation", "0001_circulation")
    assert readiness_of(client) == (503, {"migrations": "1 migrations are not applied: manage.py migrate"})


@pytest.mark.usefixtures("_worker")
def test_full_disk_makes_the_site_unready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    Usage = namedtuple("Usage", ["free"])
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(199_999_999))
    assert readiness_of(client) == (503, {"disk": "less than 200 MB are free on the disk of the database"})


@pytest.mark.usefixtures("_worker")
def test_clock_that_is_behind_what_was_recorded_makes_the_site_unready(client: Client) -> None:
    Action.objects.create(key="k", verb="issue", at=timezone.now() + timedelta(hours=1))
    said = {"clock": "the clock is behind: something was recorded at a later time than now"}
    assert readiness_of(client) == (503, said)


@pytest.mark.usefixtures("_worker")
def test_cache_that_is_away_makes_the_site_unready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    away = RedisElseDatabase(f"redis://127.0.0.1:{free_port()}/0", {})
    monkeypatch.setattr(readiness, "cache", away)
    assert readiness_of(client, "?without=worker") == (503, {"cache": "cannot be reached"})


@pytest.mark.usefixtures("_worker")
def test_replica_that_lags_makes_the_site_unready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "connections", {"replica": None})
    monkeypatch.setattr(replica, "seconds_behind", lambda _tries: 61.4)
    said = "it is 61 seconds behind, more than REPLICA_LAG_SECONDS (5)"
    assert readiness_of(client) == (503, {"replica": said})


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_probes_are_answered_while_the_database_is_away(
    address: str, client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def away(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("password authentication failed for user secret")

    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get(address, headers={"authorization": f"Bearer {TOKEN}", "host": "10.1.2.3"})
    assert answer.status_code == (503 if address == "/readyz" else 200)
    assert b"secret" not in answer.content
    assert address != "/metrics" or b"openshelf_database_up 0.0" in answer.content


def test_probes_cannot_be_sent_anything(client: Client) -> None:
    assert [client.post(path).status_code for path in ("/healthz", "/readyz", "/metrics")] == [405] * 3


# --- metrics --------------------------------------------------------------------------------------------


def figures(client: Client) -> dict[str, float]:
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    lines = (line for line in answer.content.decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in lines)}


def test_metrics_tell_loans_queues_and_what_each_route_took(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    make_overdue_loan()
    route = '{method="GET",route="books/<int:pk>/"'
    before = figures(client)
    client.get("/books/999999/")
    after = figures(client)
    assert [after[f'openshelf_loans{{what="{what}"}}'] for what in ("open", "overdue", "issued_today")] == [1, 1, 0]
    assert after['openshelf_queue{queue="messages",state="waiting"}'] == 0
    counted = f'openshelf_requests_total{route},status="404"}}'
    assert after[counted] - before.get(counted, 0) == 1
    assert after[f"openshelf_request_seconds_count{route}}}"] >= 1


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": TOKEN[:-1]}])
def test_metrics_are_not_there_without_the_token(headers: dict[str, str], client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", headers=headers).status_code == 404


def test_metrics_are_not_there_while_nothing_is_set(client: Client) -> None:
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    ("proxies", "forwarded", "status"),
    [
        (0, "", 200),
        (0, "127.0.0.1", 404),
        (1, "127.0.0.1", 200),
        (1, "203.0.113.9", 404),
        (1, "127.0.0.1, 203.0.113.9", 404),
        (2, "127.0.0.1, 203.0.113.9", 200),
        (2, "127.0.0.1, 198.51.100.7, 203.0.113.9", 404),
    ],
)
def test_metrics_are_for_the_addresses_that_are_named(
    proxies: int, forwarded: str, status: int, client: Client, settings: Any
) -> None:
    settings.METRICS_ALLOW = [ip_network("127.0.0.0/8")]
    settings.TRUSTED_PROXY_COUNT = settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert client.get("/metrics", headers=headers).status_code == status


# --- the number of a request, and the log ------------------------------------------------------------------


def test_number_of_a_request_is_taken_if_sane_and_answered(client: Client) -> None:
    assert client.get("/healthz", headers={"x-request-id": NUMBER}).headers["X-Request-ID"] == NUMBER


@pytest.mark.parametrize("given", ["", "short", "with spaces in it", "x" * 65, 'quote"and{brace}', "<script>alert"])
def test_number_that_is_not_sane_is_made_anew(given: str, client: Client) -> None:
    made = client.get("/healthz", headers={"x-request-id": given}).headers["X-Request-ID"]
    assert (made != given, len(made)) == (True, 32)


@pytest.fixture
def log(settings: Any) -> Iterator[io.StringIO]:
    """What a log of JSON would hold."""
    settings.LOG_FORMAT = "json"
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_request_is_one_object_with_its_number_and_route_and_nobodys_data(client: Client, log: io.StringIO) -> None:
    client.get("/search/?q=otto+other", headers={"x-request-id": NUMBER})
    [line] = lines(log)
    assert {"at", "ms"} < line.keys()
    assert {name: line[name] for name in line if name not in ("at", "ms")} == {
        "level": "INFO", "logger": "library_site.middleware.requests", "message": "answered", "request": NUMBER,
        "method": "GET", "route": "search/", "status": 200,
    }  # fmt: skip


def test_fault_in_the_log_says_where_but_not_about_whom(
    client: Client, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(pk: int) -> None:
        raise ValueError("“Otto Other” <otto@example.org>\nDETAIL: Key (card_number)=(M0815)")

    monkeypatch.setattr("catalog.queries.new_arrivals", break_down)
    client.raise_request_exception = False
    assert client.get("/").status_code == 500
    fault, answered = lines(log)
    assert (fault["message"], fault["error"], fault["problem"]) == ("Internal Server Error: /", "ValueError", "“…” <…>")
    assert fault["trace"][-1].endswith(" break_down")
    assert fault["request"] == answered["request"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Not Found: /accounts/password/reset/key/1-abc123/", "Not Found: /accounts/password/reset/key/…/"),
        ("asked for /search/?q=otto other", "asked for /search/?… other"),
        ("KeyError: 'Otto Other'", "KeyError: “…”"),
        ('connection to server at "127.0.0.1" failed', 'connection to server at "127.0.0.1" failed'),
        ('violates "one_message_due"\nDETAIL:  Key (name)=(Otto)', 'violates "one_message_due"'),
        ("otto@example.org was refused", "… was refused"),
    ],
)
def test_line_of_the_log_names_things_but_not_people(text: str, left: str) -> None:
    assert without_people(text) == left


def test_every_check_is_one_of_the_table() -> None:
    assert list(readiness.checks(["database", "cache"])) == ["migrations", "disk", "worker", "clock", "replica"]
