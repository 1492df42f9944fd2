"""A stub that plays Open Library, and a cache without memory of the test before."""

import pytest
from django.core.cache import cache

from catalog.openlibrary import limits, transport
from catalog.openlibrary.client import OpenLibrary

from .stub import serve


@pytest.fixture
def stub(settings, monkeypatch, memory_cache):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(limits, "TURNS_PER_SECOND", 50)  # the tests of the limits themselves set it back
    monkeypatch.setattr(transport, "FIRST_PAUSE", 0.05)
    stub, server = serve()
    settings.OPENLIBRARY_URL = settings.OPENLIBRARY_COVERS_URL = stub.url
    yield stub
    server.shutdown()
    server.server_close()


@pytest.fixture
def memory_cache(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def client_of_openlibrary(stub):
    with OpenLibrary() as client:
        yield client
