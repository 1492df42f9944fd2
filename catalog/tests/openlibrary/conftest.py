"""A stub that plays Open Library, and a cache without memory of the test before."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.cache import cache

from catalog.openlibrary import limits, transport
from catalog.openlibrary.client import OpenLibrary

from .stub import Stub, serve


@contextmanager
def playing_open_library(patch: pytest.MonkeyPatch) -> Iterator[Stub]:
    """A stub for as long as this lasts; the settings have to name it."""
    patch.setenv("NO_PROXY", "127.0.0.1")
    patch.setattr(limits, "TURNS_PER_SECOND", 50)  # the tests of the limits themselves set it back
    patch.setattr(transport, "FIRST_PAUSE", 0.05)
    stub, server = serve()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def stub(settings, monkeypatch, memory_cache):
    with playing_open_library(monkeypatch) as stub:
        settings.OPENLIBRARY_URL = settings.OPENLIBRARY_COVERS_URL = stub.url
        yield stub


@pytest.fixture
def memory_cache(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def client_of_openlibrary(stub):
    with OpenLibrary() as client:
        yield client
