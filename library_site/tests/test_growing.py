"""What a library that grows is given: a shared cache that may go away, a replica that lags, pools, PgBouncer."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.models import Member
from catalog.models import Book
from library_site import replica
from library_site.caches import Away, RedisElseDatabase
from library_site.connecting import tuned
from library_site.installation import Environment
from library_site.replica import ReadYourWritesMiddleware, ReplicaRouter
from library_site.tests.running import free_port, wait_for
from library_site.tests.test_settings import manage, read_setting

SERVER = "postgres://library:secret@db.example/library"
OPTIONS = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0}


# --- the cache ----------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Away, "until", 0.0)
    monkeypatch.setattr(Away, "was_noticed", False)


def cache_at(port: int) -> RedisElseDatabase:
    return RedisElseDatabase(f"redis://127.0.0.1:{port}/0", {"OPTIONS": OPTIONS})


@pytest.fixture
def redis_port(tmp_path: Path) -> Iterator[int]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if not program:
        pytest.skip("wants redis-server or valkey-server")
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--dir", str(tmp_path)], stdout=subprocess.DEVNULL
    )
    wait_for(port)
    yield port
    server.terminate()
    server.wait(10)


def test_cache_in_redis_keeps_what_it_is_given(redis_port: int) -> None:
    shared = cache_at(redis_port)
    shared.ping()
    shared.set("a", {"b": 1}, 60)
    assert (shared.get("a"), shared.add("a", 2), shared.get_many(["a", "c"])) == ({"b": 1}, False, {"a": {"b": 1}})
    shared.delete("a")
    assert shared.get("a", "nothing") == "nothing"


# --- settings -----------------------------------------------------------------------------------------------


def test_cache_url_of_redis_moves_the_sign_ins_there_too() -> None:
    names = "CACHES['default']['BACKEND'], settings.SESSION_ENGINE, settings.CACHES['default']['OPTIONS']"
    assert read_setting(names, CACHE_URL="redis://cache.example:6379/0") == (
        f"library_site.caches.RedisElseDatabase django.contrib.sessions.backends.cached_db {OPTIONS}"
    )


def test_replica_has_a_router_and_those_who_write_are_followed() -> None:
    names = "DATABASE_ROUTERS, settings.DATABASES['replica']['HOST'], settings.MIDDLEWARE[9]"
    assert read_setting(names, DATABASE_URL=SERVER, REPLICA_URL=SERVER.replace("db.", "copy.")) == (
        "['library_site.replica.ReplicaRouter'] copy.example library_site.replica.ReadYourWritesMiddleware"
    )


def test_replica_of_an_sqlite_library_is_refused() -> None:
    answer = manage("check", REPLICA_URL=SERVER)
    assert answer.stderr == (
        "Openshelf cannot start: REPLICA_URL must be a copy of the PostgreSQL database that DATABASE_URL names.\n"
    )


def test_pool_is_shared_by_threads_and_gives_connections_back() -> None:
    database = tuned(Environment.database_at(SERVER), pool=8)
    assert (database["OPTIONS"]["pool"], database["CONN_MAX_AGE"]) == (
        {"min_size": 1, "max_size": 8, "timeout": 10}, 0,
    )  # fmt: skip


def test_behind_pgbouncer_nothing_lasts_longer_than_a_transaction() -> None:
    database = tuned(Environment.database_at(SERVER), behind_pgbouncer=True)
    assert (database["CONN_MAX_AGE"], database["DISABLE_SERVER_SIDE_CURSORS"]) == (0, True)
    assert database["OPTIONS"] == {"connect_timeout": 5, "prepare_threshold": None}


# --- the replica --------------------------------------------------------------------------------------------


@pytest.fixture
def router() -> Iterator[ReplicaRouter]:
    token = replica.may_lag.set(True)
    yield ReplicaRouter()
    replica.may_lag.reset(token)


@pytest.fixture(autouse=True)
def _no_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is one, in which nothing would be read from the replica."""
    monkeypatch.setattr(replica, "connection", type("Free", (), {"in_atomic_block": False}))


def test_catalogue_is_read_from_the_replica_until_something_is_written(router: ReplicaRouter) -> None:
    assert (router.db_for_read(Book), router.db_for_read(Member)) == ("replica", None)
    router.db_for_write(Book)
    assert (router.db_for_read(Book), replica.wrote.get()) == (None, True)


def test_nothing_is_read_from_the_replica_within_a_transaction_or_a_command(
    router: ReplicaRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "connection", type("Held", (), {"in_atomic_block": True}))
    assert router.db_for_read(Book) is None
    monkeypatch.undo()
    replica.may_lag.set(False)
    assert router.db_for_read(Book) is None


def test_replica_is_never_migrated(router: ReplicaRouter) -> None:
    assert (router.allow_migrate("replica", "catalog"), router.allow_migrate("default", "catalog")) == (False, True)


class Page:
    """A page that notes where it may read from."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, writes: bool = False) -> None:
        self.read_from: list[str | None] = []
        self.writes = writes
        self.middleware = ReadYourWritesMiddleware(self)
        monkeypatch.setattr(self.middleware, "_answers", lambda: True)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.writes:
            ReplicaRouter().db_for_write(Book)
        self.read_from.append(ReplicaRouter().db_for_read(Book))
        return HttpResponse()

    def ask(self, method: str = "get", cookies: Any = None, path: str = "/", **headers: str) -> HttpResponse:
        request = getattr(RequestFactory(), method)(path, headers=headers)
        request.COOKIES = {name: each.value for name, each in (cookies or {}).items()}
        return self.middleware(request)


def test_who_sent_a_form_reads_from_the_database_itself_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(monkeypatch)
    page.ask()
    sent = page.ask("post")
    page.ask(cookies=sent.cookies)
    page.ask()
    assert page.read_from == ["replica", None, None, "replica"]
    assert (sent.cookies["wrote"]["max-age"], sent.cookies["wrote"]["httponly"]) == (5, True)


def test_program_with_a_token_always_reads_what_it_wrote_and_gets_no_cookie(monkeypatch: pytest.MonkeyPatch) -> None:
    page, where = Page(monkeypatch), "/api/v1/books"
    sent = page.ask("post", path=where, Authorization="Bearer osh_1")
    page.ask(path=where, Authorization="Bearer osh_1")
    page.ask(path=where)
    assert (page.read_from, dict(sent.cookies)) == ([None, None, "replica"], {})


def test_mark_ends_and_cannot_be_made_up(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    page = Page(monkeypatch)
    cookies = page.ask("post").cookies
    settings.REPLICA_LAG_SECONDS = -1
    page.ask(cookies=cookies)
    settings.REPLICA_LAG_SECONDS = 5
    cookies["wrote"] = "1:made:up"
    page.ask(cookies=cookies)
    assert page.read_from == [None, "replica", "replica"]


def test_page_that_writes_although_it_was_only_asked_for_marks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(monkeypatch, writes=True)
    assert ("wrote" in page.ask().cookies, page.read_from) == (True, [None])


class Copy:
    """A replica that answers with the seconds it is behind, or not at all."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, behind: float | None = 0.0, *, is_gone: bool = False) -> None:
        self.asked, self.behind, self.is_gone = 0, behind, is_gone
        monkeypatch.setattr(replica, "connections", {"replica": self})
        monkeypatch.setattr(replica, "connection", self)
        monkeypatch.setattr(replica, "FOLLOWING_PAUSE", 0.0)

    def cursor(self) -> "Copy":
        self.asked += 1
        if self.is_gone:
            raise DatabaseError("gone")
        return self

    def __enter__(self) -> "Copy":
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing is kept."""

    def execute(self, *_query: object) -> None:
        """Whatever it is."""

    def fetchone(self) -> list[float | None]:
        return [self.behind]


def test_replica_that_is_away_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Copy(monkeypatch, is_gone=True)
    middleware = ReadYourWritesMiddleware(lambda request: HttpResponse())
    assert ([middleware._answers() for _each in range(3)], copy.asked) == ([False] * 3, 1)
    assert "replica" not in connections


@pytest.mark.parametrize(("behind", "is_asked"), [(0, True), (4.9, True), (5.1, False), (None, False)])
def test_replica_that_lags_more_than_is_promised_is_not_read_from(
    monkeypatch: pytest.MonkeyPatch, behind: float | None, is_asked: bool
) -> None:
    Copy(monkeypatch, behind)
    middleware = ReadYourWritesMiddleware(lambda request: HttpResponse())
    assert [middleware._answers(), middleware._answers()] == [is_asked, is_asked]


@pytest.mark.parametrize(
    ("behind", "said"),
    [
        (0, ""),
        (5.1, "it is 5 seconds behind, more than REPLICA_LAG_SECONDS (5)"),
        (None, "it does not follow the database"),
    ],
)
def test_lag_of_the_replica_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch, behind: float | None, said: str) -> None:
    Copy(monkeypatch, behind)
    assert replica.lag() == said
