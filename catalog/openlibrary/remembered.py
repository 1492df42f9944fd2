"""Answers kept for a while, so that the same question is not asked twice."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.cache import cache

from .errors import OpenLibraryError

RECORD_KEPT = 24 * 3600  # seconds
SEARCH_KEPT = 3600
NOT_FOUND_KEPT = 3600


def remembered(
    address: str, seconds: int, ask: Callable[[], Any], *, is_fresh_wanted: bool = False, is_kept: bool = True
) -> Any:
    """The answer of ``ask``, or the one it gave for ``address`` in the last ``seconds``.

    That there is nothing is remembered for an hour; other failures never. ``is_fresh_wanted`` asks in any case.
    Without ``is_kept`` nothing is remembered: thousands of answers would push what others keep out of the cache.
    Raises: what ``ask`` raises, or OpenLibraryError("not_found") from memory.
    """
    key = f"openlibrary:answer:{hashlib.sha256(address.encode()).hexdigest()}"
    kept = None if is_fresh_wanted else cache.get(key)
    if kept is None:
        kept = _ask(key, seconds, ask) if is_kept else {"answer": ask()}
    if "answer" not in kept:
        raise OpenLibraryError("not_found", f"remembered for {address}")
    return kept["answer"]


def _ask(key: str, seconds: int, ask: Callable[[], Any]) -> dict[str, Any]:
    try:
        kept = {"answer": ask()}
    except OpenLibraryError as error:
        if error.code == "not_found":
            cache.set(key, {}, NOT_FOUND_KEPT)
        raise
    cache.set(key, kept, seconds)
    return kept
