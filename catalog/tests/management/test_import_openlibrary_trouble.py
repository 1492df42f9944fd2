"""What `import_openlibrary` says while Open Library gives trouble, and what stays to be done."""

import io

import pytest
from django.core.management import call_command

from accounts.services import work
from catalog.management.commands import import_openlibrary
from catalog.models import Book, ImportBatch, ImportRow
from catalog.openlibrary.errors import OpenLibraryError
from catalog.openlibrary.lanes import BATCH, TERMINAL
from catalog.tests.openlibrary.stub import Stub, page, record

pytestmark = pytest.mark.django_db
DOWN, SLOW_DOWN = OpenLibraryError("unavailable").message, OpenLibraryError("limited").message
STILL = "Still trying; Ctrl-C leaves the rest to the worker."
FOX = {"key": "/books/OL1M", "title": "Fantastic Mr. Fox"}


def run(*records: str) -> tuple[list[str], list[str], int]:
    """What it writes for the reader and about trouble, and its exit code."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("import_openlibrary", *records, "--no-covers", stdout=out, stderr=err, no_color=True)
    except SystemExit as end:
        code = int(end.code or 0)
    return out.getvalue().splitlines(), err.getvalue().splitlines(), code


def test_terminal_hears_of_silence_within_ten_seconds_and_a_worker_waits_longer() -> None:
    assert TERMINAL.silence_seconds < TERMINAL.request_seconds < 10 < BATCH.request_seconds


def test_trouble_that_passes_is_said_once(stub: Stub) -> None:
    stub.tell("/books/OL1M.json", page(429), page(429), record(FOX))
    lines, trouble, code = run("OL1M")
    assert lines == ["OL1M: added “Fantastic Mr. Fox”", "1 lines: 1 added"]
    assert (trouble, code) == ([f"{SLOW_DOWN} {STILL}"], 0)


def test_trouble_is_said_again_after_a_while(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_openlibrary, "COMPLAINT_SECONDS", 0)
    stub.tell("/books/OL1M.json", page(500), page(500), record(FOX))
    assert run("OL1M")[1] == [f"{DOWN} {STILL}"] * 2


def test_lines_that_are_left_say_why_and_the_worker_does_them_later(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "PAUSES", (import_openlibrary.PATIENCE_SECONDS + 60,))
    stub.tell("/books/OL1M.json", record(FOX))
    stub.tell("/books/OL2M.json", page(503))
    lines, trouble, code = run("OL1M", "OL2M")
    batch = ImportBatch.objects.get()
    reason = batch.rows.get(n=2).reason
    assert lines == ["OL1M: added “Fantastic Mr. Fox”", f"OL2M: waiting - {reason}", "2 lines: 1 waiting, 1 added"]
    assert trouble[0] == f"{DOWN} {STILL}"
    assert trouble[-1] == f"{reason} Import {batch.pk} goes on later with `manage.py worker`."
    assert (batch.state, batch.problem, code, Book.objects.count()) == ("queued", reason, 1, 1)


def test_what_a_worker_did_meanwhile_is_said_too(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    def done_by_a_worker(batch: ImportBatch) -> bool:
        batch.rows.update(outcome=ImportRow.Outcome.NOT_FOUND, reason="Nobody knows it.")
        ImportBatch.objects.filter(pk=batch.pk).update(state="done", done=1)
        return False

    monkeypatch.setattr(work, "claim", done_by_a_worker)
    monkeypatch.setattr(import_openlibrary.time, "sleep", lambda seconds: None)
    lines, trouble, code = run("OL1M")
    assert (lines, trouble, code) == (["OL1M: not found - Nobody knows it.", "1 lines: 1 not found"], [], 1)
