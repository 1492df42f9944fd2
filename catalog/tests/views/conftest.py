"""The stub that plays Open Library, for the pages that ask it."""

from catalog.tests.openlibrary.conftest import memory_cache, stub

__all__ = ["memory_cache", "stub"]
