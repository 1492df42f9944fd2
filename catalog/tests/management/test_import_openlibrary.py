"""The command that adds many books from Open Library."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Action, LibrarySettings
from accounts.services import work
from catalog.drafts import BookDraft
from catalog.management.commands import import_openlibrary
from catalog.models import Book, Copy, Cover, ImportBatch, ImportRow
from catalog.openlibrary.lanes import BATCH, LANES
from catalog.services.batches import pause_import
from catalog.services.books import add_book
from catalog.tests.openlibrary import records
from catalog.tests.openlibrary.stub import Stub, page, raw, record
from catalog.tests.views.pages import FOX, know_the_fox, picture

pytestmark = pytest.mark.django_db
UNKNOWN = "9780553382563"
TEA = "9780142414125"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def source(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Stub:
    """Open Library knowing the fox, asked by a batch that has little time."""
    lane = replace(BATCH, lookup_seconds=3, request_seconds=2, silence_seconds=1, attempts=1)
    monkeypatch.setitem(LANES, "batch", lane)
    monkeypatch.setitem(LANES, "terminal", lane)
    know_the_fox(stub)
    stub.tell("/b/id/8739161-L.jpg", raw(picture()))
    return stub


def run(*args: Any, **options: Any) -> tuple[int, list[str], str]:
    """The exit code, the lines written and what went to the terminal's second channel."""
    out, err = io.StringIO(), options.pop("stderr", io.StringIO())
    try:
        call_command("import_openlibrary", *args, stdout=out, stderr=err, **options)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue().splitlines(), err.getvalue()
    return 0, out.getvalue().splitlines(), err.getvalue()


def refused(*args: Any, **options: Any) -> str:
    with pytest.raises(CommandError) as error:
        run(*args, **options)
    return str(error.value)


def know_only(source: Stub, isbn: str) -> None:
    """The index answers every question with nothing; the address of an ISBN knows this one."""
    source.tell("/search.json", record({"docs": []}))
    source.tell(f"/isbn/{FOX}.json", record(records.edition("OL7353617M")))
    source.tell(f"/isbn/{isbn}.json", record(records.edition("OL22842654M")))
    source.tell("/works/OL5702375W.json", record(records.work("OL5702375W")))
    for key in ("OL1434011A", "OL2660280A"):
        source.tell(f"/authors/{key}.json", record(records.author(key)))


# --- a line for each record -------------------------------------------------------------------------


def test_each_record_gets_a_line_that_says_what_became_of_it(source: Stub) -> None:
    know_only(source, TEA)
    add_book(BookDraft(title="Three cups of tea", isbns=(TEA,)), by=None)
    code, lines, _err = run("978-0-14-032872-1", TEA, UNKNOWN, "nonsense")
    assert lines == [
        "978-0-14-032872-1: added “Fantastic Mr. Fox”",
        f"{TEA}: here already “Three cups of tea”",
        f"{UNKNOWN}: not found - Open Library does not know this book. Check the number, or add the book by hand.",
        "nonsense: failed - This is neither an ISBN nor a key of Open Library.",
        "4 lines: 1 added, 1 here already, 1 not found, 1 failed",
    ]
    assert (code, Book.objects.count(), Copy.objects.count()) == (1, 2, 1)


def test_all_well_is_exit_code_nought(source: Stub) -> None:
    assert run(FOX) == (0, [f"{FOX}: added “Fantastic Mr. Fox”", "1 lines: 1 added"], "")
    assert [(action.verb, action.by) for action in Action.objects.order_by("pk")] == [
        ("start_import", None),
    ]  # fmt: skip


@pytest.mark.parametrize("asked", [FOX, "0140328726", "OL7353617M", "https://openlibrary.org/books/OL7353617M"])
def test_record_is_named_by_isbn_or_key(asked: str, source: Stub) -> None:
    assert (run(asked)[0], Book.objects.get().title) == (0, "Fantastic Mr. Fox")


def test_second_run_changes_nothing(source: Stub) -> None:
    run(FOX)
    before = (list(Book.objects.values()), list(Copy.objects.values()), list(Cover.objects.values()))
    for asked in (FOX, "OL7353617M"):
        assert run(asked) == (0, [f"{asked}: here already “Fantastic Mr. Fox”", "1 lines: 1 here already"], "")
    assert (list(Book.objects.values()), list(Copy.objects.values()), list(Cover.objects.values())) == before


def test_same_record_twice_in_one_run_is_added_once(source: Stub) -> None:
    code, lines, _err = run(FOX, "OL7353617M")
    assert [line.split(" “")[0] for line in lines[:2]] == [f"{FOX}: added", "OL7353617M: here already"]
    assert (code, Book.objects.count(), Copy.objects.count()) == (0, 1, 1)


def test_copies_are_added_when_asked_for(source: Stub) -> None:
    run(FOX)
    assert run(FOX, add_copies=True)[1][0] == f"{FOX}: copy added “Fantastic Mr. Fox”"
    assert (Book.objects.count(), Copy.objects.count()) == (1, 2)


def test_doubtful_record_is_left_to_a_person(source: Stub) -> None:
    add_book(BookDraft(title="Gardening for Beginners", isbns=(FOX,)), by=None)
    code, lines, _err = run(FOX)
    assert (code, Book.objects.count()) == (1, 1)
    assert lines[0] == (
        f"{FOX}: failed “Gardening for Beginners” - It may be “Gardening for Beginners”, which is here. "
        "Look at both and add it by hand."
    )


def test_more_lines_than_one_turn_are_gone_through(source: Stub) -> None:
    code, lines, _err = run(FOX, *[f"word {number}" for number in range(45)])
    assert (code, len(lines), lines[-1]) == (1, 47, "46 lines: 1 added, 45 failed")


# --- files ------------------------------------------------------------------------------------------


def test_file_is_read_with_its_noise(source: Stub, tmp_path: Path) -> None:
    file = tmp_path / "isbns.txt"
    file.write_bytes(
        b"\xef\xbb\xbf]E09780140328721\r\n\r\n   \r\n\x00\x01caf\xe9 <script>\r\nISBN 0-14-032872-6 (pbk.)\r\n"
    )
    code, lines, _err = run(file=file)
    assert lines == [
        "]E09780140328721: added “Fantastic Mr. Fox”",
        "caf� <script>: failed - This is neither an ISBN nor a key of Open Library.",
        "ISBN 0-14-032872-6 (pbk.): here already “Fantastic Mr. Fox”",
        "3 lines: 1 added, 1 here already, 1 failed",
    ]
    assert code == 1


def test_line_with_several_isbns_is_several_records(source: Stub, tmp_path: Path) -> None:
    file = tmp_path / "isbns.txt"
    know_only(source, TEA)
    file.write_text(f"{FOX}, 0-14-241412-3; {UNKNOWN}\n", encoding="utf-8")
    assert [line.split(" “")[0] for line in run(file=file)[1][:2]] == [f"{FOX}: added", "0-14-241412-3: added"]


def test_file_and_arguments_are_put_together(source: Stub, tmp_path: Path) -> None:
    file = tmp_path / "isbns.txt"
    file.write_text("nonsense", encoding="utf-8")
    assert run(FOX, file=file)[1][-1] == "2 lines: 1 added, 1 failed"


@pytest.mark.parametrize("content", [b"", b"\n\r\n  \n", b"\xef\xbb\xbf"])
def test_nothing_to_import_is_said(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "isbns.txt"
    file.write_bytes(content)
    assert (refused(file=file), refused(), ImportBatch.objects.count()) == (*["Give at least one ISBN."] * 2, 0)


def test_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert refused(file=tmp_path / "none.txt") == f"{tmp_path / 'none.txt'} cannot be read: No such file or directory"
    assert refused(file=tmp_path) == f"{tmp_path} cannot be read: Is a directory"


def test_too_many_lines_are_said(tmp_path: Path) -> None:
    file = tmp_path / "isbns.txt"
    file.write_text("x\n" * 5_001, encoding="utf-8")
    assert (refused(file=file), ImportBatch.objects.count()) == ("Give at most 5000 lines at a time.", 0)


def test_nobody_to_answer_for_us_is_said(source: Stub, settings: Any) -> None:
    settings.OPENLIBRARY_CONTACT = ""
    LibrarySettings.objects.update(contact_email="")
    assert "set OPENLIBRARY_CONTACT or the library's contact e-mail" in refused(FOX)
    assert (source.requests, ImportBatch.objects.count()) == ([], 0)


# --- the bar ----------------------------------------------------------------------------------------


def test_bar_is_drawn_in_a_terminal_and_nowhere_else(source: Stub) -> None:
    terminal = Terminal()
    _code, lines, err = run(FOX, "nonsense", stderr=terminal)
    assert "\rImporting [##############################] 2/2" in err
    assert "\rCovers [##############################] 1/1" in err
    assert (len(lines), err.endswith("\n")) == (3, True)
    assert run(FOX)[2] == ""


# --- covers -----------------------------------------------------------------------------------------


def test_covers_are_fetched_at_the_end(source: Stub) -> None:
    run(FOX)
    cover = Cover.objects.get()
    assert (cover.state, cover.width, cover.height) == ("done", 60, 90)


def test_covers_may_be_left_to_the_worker(source: Stub) -> None:
    run(FOX, no_covers=True)
    assert (Cover.objects.get().state, "/b/id/8739161-L.jpg" in source.paths) == ("queued", False)


def test_cover_that_is_not_there_is_no_failure_of_the_import(source: Stub) -> None:
    source.tell("/b/id/8739161-L.jpg", page(404))
    assert (run(FOX)[0], Cover.objects.get().state) == (0, "failed")


# --- when Open Library fails, or somebody else is at work -------------------------------------------


def test_source_that_fails_for_a_moment_is_asked_again(source: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "PAUSES", (0, 0, 0))
    source.tell("/books/OL7353617M.json", page(503), record(records.edition("OL7353617M")))
    source.tell(f"/isbn/{FOX}.json", page(503))
    source.tell("/api/books", page(503))
    assert run(FOX)[:2] == (0, [f"{FOX}: added “Fantastic Mr. Fox”", "1 lines: 1 added"])


def test_source_that_stays_away_is_given_up_with_a_line_for_each_record(
    source: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "PAUSES", (0, 0))
    source.tell("*", page(503))
    source.answers = {"*": source.answers["*"]}
    code, lines, err = run(FOX, TEA)
    assert (code, lines[-1], Book.objects.count()) == (1, "2 lines: 2 waiting", 0)
    assert [line.split(" - ")[0] for line in lines[:-1]] == [f"{FOX}: waiting", f"{TEA}: waiting"]
    assert "was given up; go on with it at the desk, or try again." in err


def test_source_that_needs_a_long_pause_is_left_to_the_worker(source: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "PAUSES", (300,))
    source.tell("*", page(503))
    source.answers = {"*": source.answers["*"]}
    code, lines, err = run(FOX)
    batch = ImportBatch.objects.get()
    assert (code, lines[-1], batch.state) == (1, "1 lines: 1 waiting", "queued")
    assert err.splitlines()[-1] == f"{batch.problem} Import {batch.pk} goes on later with `manage.py worker`."


def test_import_paused_at_the_desk_stops(source: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    continue_lookups = import_openlibrary.continue_lookups

    def pause_first(batch: ImportBatch, *args: Any) -> None:
        pause_import(batch, by=None)
        continue_lookups(batch, *args)

    monkeypatch.setattr(import_openlibrary, "continue_lookups", pause_first)
    said = refused(FOX)
    assert said == f"Somebody paused import {ImportBatch.objects.get().pk} at the desk; it goes on from there."


def test_lines_a_worker_did_are_said_too(source: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    def done_by_a_worker(batch: ImportBatch, *args: Any) -> None:
        batch.rows.update(outcome=ImportRow.Outcome.NOT_FOUND)
        ImportBatch.objects.update(state="done", finished_at=timezone.now())

    monkeypatch.setattr(import_openlibrary, "continue_lookups", done_by_a_worker)
    assert run(FOX)[:2] == (1, [f"{FOX}: not found", "1 lines: 1 not found"])


@pytest.mark.parametrize("where", ["continue_lookups", "fetch_next_cover"])
def test_interrupt_says_what_goes_on(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_openlibrary, where, interrupt)
    said = refused(FOX)
    assert said == f"Stopped. `manage.py worker` goes on with import {ImportBatch.objects.get().pk} and its covers."
