"""What the worker is told: whether there was something to do, and nothing else."""

from typing import Any

import pytest

from accounts.models import LibrarySettings, Work
from catalog.models import Book, Cover, ImportBatch
from catalog.services.batches import start_import
from catalog.services.covers import want_cover
from catalog.tasks import batch_client, contact, go_on_with_covers, go_on_with_imports
from catalog.tests.factories import BookFactory
from catalog.tests.openlibrary.stub import Stub, raw, record
from catalog.tests.services.pictures import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def nobody_to_write_to(settings: Any) -> None:
    settings.OPENLIBRARY_CONTACT = ""


def test_nothing_to_do(stub: Stub) -> None:
    assert (go_on_with_imports(), go_on_with_covers(), stub.requests) == (False, False, [])


def test_import_is_gone_on_with(stub: Stub) -> None:
    stub.tell("/books/OL1M.json", record({"key": "/books/OL1M", "title": "Dune"}))
    start_import(["OL1M"], by=None)
    assert (go_on_with_imports(), go_on_with_imports()) == (True, False)
    assert (ImportBatch.objects.get().state, Book.objects.get().title) == (Work.State.DONE, "Dune")


def test_oldest_import_comes_first(stub: Stub) -> None:
    first, second = (start_import(["no number"], by=None) for _each in range(2))
    go_on_with_imports()
    assert list(ImportBatch.objects.order_by("pk").values_list("pk", "state")) == [
        (first.pk, "done"), (second.pk, "queued"),
    ]  # fmt: skip


def test_cover_is_fetched(stub: Stub) -> None:
    stub.tell("/b/id/17-L.jpg", raw(picture()))
    want_cover(BookFactory(), 17)
    assert (go_on_with_covers(), go_on_with_covers()) == (True, False)
    assert Cover.objects.get().state == Work.State.DONE


@pytest.mark.usefixtures("nobody_to_write_to")
def test_import_without_a_contact_waits_and_says_why(stub: Stub) -> None:
    start_import(["OL1M"], by=None)
    assert go_on_with_imports() is True
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.problem, batch.due_at is not None, stub.requests) == (
        Work.State.QUEUED,
        "Open Library wants to know whom to write to. Ask an administrator to enter an e-mail address in the settings.",
        True,
        [],
    )


@pytest.mark.usefixtures("nobody_to_write_to")
def test_covers_without_a_contact_wait_unchanged(stub: Stub) -> None:
    want_cover(BookFactory(), 17)
    assert (go_on_with_covers(), Cover.objects.get().state, stub.requests) == (False, Work.State.QUEUED, [])


@pytest.mark.parametrize(
    ("environment", "of_library", "used"),
    [("a@example.org", "b@example.org", "a@example.org"), ("", "b@example.org", "b@example.org"), ("", "", "")],
)
def test_contact_is_the_environment_s_or_the_library_s(
    settings: Any, environment: str, of_library: str, used: str
) -> None:
    settings.OPENLIBRARY_CONTACT = environment
    LibrarySettings.objects.update(contact_email=of_library)
    assert contact() == used


@pytest.mark.usefixtures("nobody_to_write_to")
def test_library_s_contact_is_told_to_open_library(stub: Stub) -> None:
    LibrarySettings.objects.update(contact_email="desk@library.example")
    stub.tell("*", record({"key": "/books/OL1M", "title": "Dune"}))
    with batch_client() as client:
        client.edition("OL1M")
        assert client.lane.has_a_person is False
    assert "desk@library.example" in stub.requests[0].headers["User-Agent"]
