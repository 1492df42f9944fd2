"""The cache in Redis or Valkey: while it is away pages that only look something up in it go on without."""

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache
from django.db import OperationalError
from redis.exceptions import RedisError

T = TypeVar("T")

logger = logging.getLogger(__name__)


class CacheAway(OperationalError):
    """What had to be written to the cache could not be. Pages and the worker treat it like a database that is away."""


class SharedCache(RedisCache):
    """Nothing is found in a cache that is away; but whatever counts tries, or claims something, fails.

    So a sign-in that cannot be counted is refused, and the desk goes on.
    """

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _found(lambda: super(SharedCache, self).get(key, default, version), default)

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        return _found(lambda: super(SharedCache, self).get_many(keys, version), {})

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return _done(lambda: super(SharedCache, self).add(*args, **kwargs))

    def set(self, *args: Any, **kwargs: Any) -> None:
        _done(lambda: super(SharedCache, self).set(*args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return _done(lambda: super(SharedCache, self).delete(*args, **kwargs))

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        _done(lambda: super(SharedCache, self).delete_many(*args, **kwargs))

    def ping(self) -> None:
        """Raises CacheAway."""
        _done(lambda: self._cache.get_client().ping())


def _found(read: Callable[[], T], otherwise: T) -> T:
    try:
        return read()
    except (RedisError, OSError) as error:
        logger.warning("the cache cannot be reached: %s", error)
        return otherwise


def _done(write: Callable[[], T]) -> T:
    try:
        return write()
    except (RedisError, OSError) as error:
        raise CacheAway(f"it cannot be reached: {error}") from error
