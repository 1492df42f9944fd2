"""What the tests of the services share: taking the locks away, to show what they are for."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import QuerySet


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Take the locks away, and let everybody look before anybody writes.

    PostgreSQL locks rows (SELECT FOR UPDATE); on SQLite the lock is the transaction that begins as a writer.
    """
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "transaction_mode", None)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows.all())

    def meet_after(module: Any, name: str, people: int, seconds: float = 30) -> None:
        barrier, look = threading.Barrier(people), getattr(module, name)

        def looked_all_together(*args: Any, **kwargs: Any) -> Any:
            seen = look(*args, **kwargs)
            with suppress(threading.BrokenBarrierError):
                barrier.wait(timeout=seconds)
            return seen

        monkeypatch.setattr(module, name, looked_all_together)

    return meet_after
