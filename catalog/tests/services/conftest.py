"""The client that asks the stub for covers."""

from collections.abc import Iterator

import pytest

from catalog.openlibrary.client import OpenLibrary
from catalog.tests.openlibrary.stub import Stub


@pytest.fixture
def source(stub: Stub) -> Iterator[OpenLibrary]:
    with OpenLibrary(lane="batch") as client:
        yield client
