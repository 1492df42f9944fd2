"""The cache in Redis or Valkey; while it is away the table of the database does its work: nothing stops for a cache."""

import logging
import time
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

REST_SECONDS = 5  # in which a server that did not answer is left alone: each try may take a second
TABLE = "database"


class Away:
    """Whether the server is left alone at the moment, known to all threads of this process."""

    until = 0.0
    was_noticed = False


class RedisElseDatabase(RedisCache):
    """What must be shared by all processes stays shared: sign-in limits count on, breakers hold, the worker is heard.

    Who begins to use either store first makes it forget what it knew from before: somebody else may have changed it
    in the other one, and an answer that is out of date (a sign-in that has ended) is worse than none.
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        # Once more at once, because a kept connection may be one that the server closed; the client's own way of
        # trying again would sleep for seconds.
        self._options: dict[str, Any] = {"retry": Retry(NoBackoff(), 1), **params.get("OPTIONS", {})}

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, version=version)

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        keys = list(keys)
        return self._ask("get_many", keys, version=version) if keys else {}

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._ask("has_key", key, version=version)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask("add", key, value, timeout, version=version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", key, value, timeout, version=version)

    def set_many(self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[str]:
        return self._ask("set_many", data, timeout, version=version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask("touch", key, timeout, version=version)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._ask("incr", key, delta, version=version)

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._ask("delete", key, version=version)

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        self._ask("delete_many", list(keys), version=version)

    def clear(self) -> None:
        self._ask("clear")

    def ping(self) -> None:
        """Raises ConnectionError where the server does not answer: what ``/readyz`` says."""
        try:
            self._cache.get_client().ping()
        except RedisError as error:
            raise ConnectionError(str(error)) from error

    def _ask(self, method: str, *arguments: Any, **options: Any) -> Any:
        if time.monotonic() >= Away.until:
            try:
                if Away.was_noticed:
                    self._come_back()
                return getattr(RedisCache, method)(self, *arguments, **options)
            except RedisError as error:
                self._leave_alone(error)
        return getattr(self._table(), method)(*arguments, **options)

    def _table(self) -> BaseCache:
        return caches[TABLE]

    def _come_back(self) -> None:
        Away.until = time.monotonic() + REST_SECONDS  # meanwhile the other threads go on as they did
        RedisCache.clear(self)
        Away.until, Away.was_noticed = 0.0, False
        logger.warning("the cache is there again")

    def _leave_alone(self, error: Exception) -> None:
        Away.until = time.monotonic() + REST_SECONDS
        if not Away.was_noticed:
            Away.was_noticed = True
            logger.warning("the cache is away, the database takes its place: %s", type(error).__name__)
            self._table().clear()
