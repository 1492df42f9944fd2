"""The stub that plays Open Library, for everything that asks it."""

from catalog.tests.openlibrary.conftest import memory_cache, stub

__all__ = ["memory_cache", "stub"]
