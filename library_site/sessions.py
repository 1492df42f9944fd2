"""Sign-ins in the database and, for speed, in the shared cache: when that is away nobody is signed out."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.cached_db import KEY_PREFIX
from django.contrib.sessions.backends.cached_db import SessionStore as CachedStore
from django.core.cache import caches

from library_site.caching import CacheAway

__all__ = ["KEY_PREFIX", "SessionStore"]


class _Quiet:
    """The cache, but what cannot be kept there is in the database anyway. To sign out it must answer."""

    def __init__(self, cache: Any) -> None:
        self._cache = cache

    def set(self, *args: Any, **kwargs: Any) -> None:
        with suppress(CacheAway):
            self._cache.set(*args, **kwargs)

    def __contains__(self, key: str) -> bool:
        return self._cache.get(key) is not None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)


class SessionStore(CachedStore):
    cache_key_prefix = KEY_PREFIX

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._cache: Any = _Quiet(caches[settings.SESSION_CACHE_ALIAS])
