"""The worker goes on with what is queued, says that it runs, and stops when told to."""

import pytest
from django.core.management import call_command

from accounts.services import work
from catalog.models import ImportBatch
from catalog.services.batches import start_import

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
