"""A cache in Redis that is away: its work goes on in the database, and what either knew from before is forgotten."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.backends import cached_db
from django.core.cache import caches
from django.test import Client
from redis.exceptions import ConnectionError as NoConnection

from accounts.models import User
from accounts.services import work
from library_site.caches import Away, RedisElseDatabase
from library_site.tests.test_settings import read_setting

pytestmark = pytest.mark.django_db


class Server:
    """Stands in for the client of Redis: a dict, and a switch that takes it away."""

    kept: dict[str, Any] = {}
    is_away = False
    tries = 0

    def __init__(self, _servers: Any, **_options: Any) -> None: ...

    def _answer(self) -> dict[str, Any]:
        Server.tries += 1
        if Server.is_away:
            raise NoConnection("refused")
        return Server.kept

    def get(self, key: str, default: Any) -> Any:
        return self._answer().get(key, default)

    def get_many(self, keys: Any) -> dict[str, Any]:
        return {key: value for key, value in self._answer().items() if key in keys}

    def has_key(self, key: str) -> bool:
        return key in self._answer()

    def set(self, key: str, value: Any, _timeout: int) -> None:
        self._answer()[key] = value

    def set_many(self, data: dict[str, Any], _timeout: int) -> None:
        self._answer().update(data)

    def add(self, key: str, value: Any, _timeout: int) -> bool:
        is_new = key not in self._answer()
        Server.kept.setdefault(key, value)
        return is_new

    def delete(self, key: str) -> bool:
        return self._answer().pop(key, None) is not None

    def clear(self) -> bool:
        self._answer().clear()
        return True


@pytest.fixture(autouse=True)
def cache(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    settings.CACHES = {
        "default": {"BACKEND": "library_site.caches.RedisElseDatabase", "LOCATION": "redis://cache:6379/0"},
        "database": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "openshelf_cache"},
    }
    monkeypatch.setattr(Away, "until", 0.0)
    monkeypatch.setattr(Away, "was_noticed", False)
    Server.kept, Server.is_away, Server.tries = {}, False, 0
    found = caches["default"]
    assert isinstance(found, RedisElseDatabase)
    found._class = Server
    return found


def come_back() -> None:
    """The server is there again, and the time is over in which it is left alone."""
    Server.is_away = False
    Away.until = 0.0


def test_server_that_answers_keeps_what_it_is_given(cache: Any) -> None:
    cache.set("a", 1)
    cache.set_many({"b": 2})
    assert (cache.get("a"), cache.get_many(["a", "b"]), cache.add("a", 3), cache.delete("b")) == (
        1, {"a": 1, "b": 2}, False, True,
    )  # fmt: skip
    assert (Server.kept, caches["database"].get("a")) == ({":1:a": 1}, None)


def test_server_that_is_away_is_asked_once_and_the_database_goes_on(cache: Any) -> None:
    Server.is_away = True
    cache.set("a", 1)
    assert (cache.add("a", 2), cache.add("b", 2), cache.get_many(["a", "b"])) == (False, True, {"a": 1, "b": 2})
    assert (cache.incr("a"), cache.delete("b"), cache.has_key("b")) == (2, True, False)
    assert (caches["database"].get("a"), Server.tries) == (2, 1)


def test_server_that_comes_back_has_forgotten_what_may_have_changed_meanwhile(cache: Any) -> None:
    cache.set("session", "signed in")
    Server.is_away = True
    cache.delete("session")
    come_back()
    assert cache.get("session") is None
    cache.set("session", "a new one")
    assert (Server.kept, cache.get("session")) == ({":1:session": "a new one"}, "a new one")


def test_database_has_forgotten_what_it_knew_when_the_server_was_last_away(cache: Any) -> None:
    Server.is_away = True
    cache.set("session", "signed in")
    come_back()
    cache.delete("session")
    Server.is_away = True
    assert cache.get("session") is None


def test_server_still_away_is_left_alone_again_without_another_word(
    cache: Any, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    Server.is_away = True
    cache.set("a", 1)
    Away.until = 0.0
    assert (cache.get("a"), cache.get("a"), Server.tries) == (1, 1, 2)
    assert [record.message for record in caplog.records] == [
        "the cache is away, the database takes its place: ConnectionError"
    ]


def test_failed_sign_ins_are_counted_on_while_the_cache_is_away(librarian: User) -> None:
    form = {"login": "librarian", "password": "wrong"}
    visitor = Client()
    Server.is_away = True
    tries = [visitor.post("/accounts/login/", form).status_code for _each in range(12)]
    assert (tries[0], tries[-1]) == (200, 429)


def test_desk_goes_on_and_nobody_is_signed_out_while_the_cache_is_away(desk: Client) -> None:
    session = cached_db.SessionStore()
    session["who"] = "Lena"
    session.save()
    Server.is_away = True
    assert [desk.get(path).status_code for path in ("/desk/", "/search/?q=x", "/desk/loans/")] == [200] * 3
    assert cached_db.SessionStore(session.session_key)["who"] == "Lena"


def test_worker_is_heard_while_the_cache_is_away() -> None:
    Server.is_away = True
    work.beat()
    assert work.worker_is_running()


def test_real_client_gives_up_within_its_time() -> None:
    nobody = RedisElseDatabase("redis://127.0.0.1:9/0", {"OPTIONS": {"socket_connect_timeout": 0.5}})
    nobody.set("a", 1)
    assert (nobody.get("a"), caches["database"].get("a"), Away.was_noticed) == (1, 1, True)
    with pytest.raises(ConnectionError):
        nobody.ping()


def test_redis_is_used_with_the_table_of_the_database_beside_it() -> None:
    names = (
        "CACHES['default']['BACKEND'], settings.CACHES['default']['LOCATION'], settings.CACHES['database']['LOCATION']"
    )
    assert read_setting(names, CACHE_URL="redis://:secret@cache:6379/0") == (
        "library_site.caches.RedisElseDatabase redis://:secret@cache:6379/0 openshelf_cache"
    )
