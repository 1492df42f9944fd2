"""The policy's tests run as if on a machine on the other side of the world: its clock must not matter."""

import time
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def clock_of_another_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Pacific/Auckland")
        time.tzset()
        yield
    time.tzset()
