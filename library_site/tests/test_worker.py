"""The worker goes on with what is queued, says that it runs, and stops when told to."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import LibrarySettings
from accounts.services import work
from catalog.models import ImportBatch
from catalog.services.batches import start_import
from library_site.management.commands import worker

pytestmark = pytest.mark.django_db(transaction=True)


def test_worker_without_work_stops_with_once() -> None:
    call_command("worker", once=True)
    assert not work.worker_is_running()


def test_worker_goes_on_with_imports_and_leaves_what_the_source_cannot_answer_for_later() -> None:
    batch = start_import(["9780553382563"], by=None)
    call_command("worker", once=True)
    batch.refresh_from_db()
    assert (batch.state, batch.attempts) == (ImportBatch.State.QUEUED, 1)
    assert batch.due_at is not None
    assert "Open Library" in batch.problem


def test_worker_stores_its_reasons_in_the_language_of_the_library() -> None:
    LibrarySettings.objects.update(language="de")
    batch = start_import(["no number"], by=None)
    call_command("worker", once=True)
    reason = batch.rows.get().reason
    with translation.override("de"):
        assert reason == gettext("This is neither an ISBN nor a key of Open Library.")
    assert reason != "This is neither an ISBN nor a key of Open Library."


def test_worker_tells_its_pieces_when_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    command = worker.Command()

    def piece(should_stop: Callable[[], bool]) -> bool:
        seen.append(should_stop())
        command.stopping.set()
        seen.append(should_stop())
        return True

    monkeypatch.setattr(worker, "PIECES", (piece, piece))
    call_command(command)
    assert seen == [False, True]


def test_database_that_is_away_is_told_once_a_minute_and_not_by_every_piece(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    command = worker.Command()
    pieces = 0

    def piece(_should_stop: Callable[[], bool]) -> bool:
        nonlocal pieces
        pieces += 1
        if pieces == 4:
            command.stopping.set()
        raise OperationalError("connection refused")

    monkeypatch.setattr(worker, "PIECES", (piece, piece))
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0)
    call_command(command)
    assert [each.getMessage() for each in caplog.records] == [
        "the database is busy or away, trying again: connection refused"
    ]
