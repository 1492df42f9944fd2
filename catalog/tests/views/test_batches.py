"""Lists at the desk: paste one, watch it, pause it, go on; every line says what became of it."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Action, User
from accounts.services.work import beat
from catalog.models import Book, Copy, ImportBatch, ImportRow
from catalog.openlibrary.client import OpenLibrary
from catalog.services.batches import MOST_LINES, start_import
from catalog.services.lookups import continue_lookups
from catalog.tasks import go_on_with_imports
from catalog.tests.factories import BookFactory
from catalog.tests.openlibrary.stub import Stub, page, record
from catalog.tests.views.pages import FOX, HOSTILE, buttons, fields_of, know_the_fox, links, title_of
from circulation.tests.views.pages import field_errors, outcomes, rows, said, tree, words

pytestmark = pytest.mark.django_db
IMPORT, LIST = "/desk/import/", "/desk/import/list/"


@pytest.fixture(autouse=True)
def source(stub: Stub) -> Stub:
    know_the_fox(stub)
    return stub


def paste(desk: Client, lines: str, **typed: Any) -> Any:
    return desk.post(
        LIST, fields_of(desk.get(IMPORT), button="Import the list") | {"lines": lines} | typed, follow=True
    )


def page_of(batch: ImportBatch) -> str:
    return f"/desk/import/{batch.pk}/"


def finished(*outcomes_of: str) -> ImportBatch:
    """An import with a line for each outcome."""
    batch = start_import([f"line {n}" for n, _outcome in enumerate(outcomes_of, 1)], by=None)
    for row, outcome in zip(batch.rows.order_by("n"), outcomes_of, strict=True):
        book = BookFactory(title=f"Book {row.n}") if outcome in ("added", "known", "copy_added") else None
        ImportRow.objects.filter(pk=row.pk).update(outcome=outcome, created_book=book, reason=f"Reason {row.n}")
    ImportBatch.objects.filter(pk=batch.pk).update(state="done", done=batch.total)
    batch.refresh_from_db()
    return batch


# --- pasting ----------------------------------------------------------------------------------------


def test_list_is_pasted_done_by_the_worker_and_every_line_says_what_became_of_it(desk: Client, librarian: User) -> None:
    answer = paste(desk, f"{FOX}\r\n\r\n ]E0{FOX} \r\nnonsense\r\n")
    batch = ImportBatch.objects.get()
    assert (answer.redirect_chain, batch.by, batch.total) == ([(page_of(batch), 302)], librarian, 3)
    assert [row[2] for row in rows(answer)] == ["waiting"] * 3
    go_on_with_imports()
    answer = desk.get(page_of(batch))
    assert rows(answer) == [
        ["1", FOX, "added", "Fantastic Mr. Fox"], ["2", f"]E0{FOX}", "here already", "Fantastic Mr. Fox"],
        ["3", "nonsense", "failed This is neither an ISBN nor a key of Open Library.", ""],
    ]  # fmt: skip
    assert "Added: 1 · Here already: 1 · Failed: 1" in said(answer)
    assert links(answer)["Fantastic Mr. Fox"] == f"/desk/books/{Book.objects.get().pk}/"
    assert {action.by for action in Action.objects.all()} == {librarian}


def test_copies_are_added_where_a_book_is_here_when_ticked(desk: Client) -> None:
    for _ in range(2):
        paste(desk, FOX, add_copies="on")
        go_on_with_imports()
    assert (Book.objects.count(), Copy.objects.count()) == (1, 2)
    assert [row[2] for row in rows(desk.get(page_of(ImportBatch.objects.order_by("pk").last())))] == ["copy added"]


def test_second_paste_changes_nothing(desk: Client) -> None:
    for _ in range(2):
        paste(desk, FOX)
        go_on_with_imports()
    assert (Book.objects.count(), Copy.objects.count(), ImportBatch.objects.count()) == (1, 1, 2)


def test_list_sent_twice_is_one_import(desk: Client) -> None:
    fields = fields_of(desk.get(IMPORT), button="Import the list") | {"lines": FOX}
    answers = [desk.post(LIST, fields, follow=True) for _ in range(2)]
    assert (ImportBatch.objects.count(), answers[0].redirect_chain) == (1, answers[1].redirect_chain)


@pytest.mark.parametrize(("lines", "sentence"), [
    ("", "Paste at least one ISBN."), (" \r\n\t\r\n", "Paste at least one ISBN."),
    ("\u200b\r\n\ufeff", "Give at least one ISBN."), ("9\r\n" * (MOST_LINES + 1), "Give at most 5000 lines at a time."),
    ("x" * 200_001, "Ensure this value has at most 200000 characters (it has 200001)."),
    ("978\x00", "Null characters are not allowed."),
])  # fmt: skip
def test_list_that_cannot_be_says_why_and_what_was_pasted_stays(lines: str, sentence: str, desk: Client) -> None:
    answer = paste(desk, lines)
    assert ([error.partition(": ")[2] for error in field_errors(answer)], ImportBatch.objects.count()) == (
        [sentence],
        0,
    )
    kept = fields_of(answer, button="Import the list")["lines"]
    assert kept.replace("�", "\x00") == lines.replace("\r\n", "\n")


def test_longest_list_there_may_be_is_taken(desk: Client) -> None:
    paste(desk, "\r\n".join([FOX] * MOST_LINES))
    assert ImportBatch.objects.get().total == MOST_LINES


def test_last_imports_are_listed(desk: Client) -> None:
    for _ in range(6):
        start_import([FOX, "x"], by=None)
    listed = [href for text, href in hrefs(desk.get(IMPORT)) if text.endswith("2 lines")]
    assert listed == [page_of(batch) for batch in ImportBatch.objects.order_by("-pk")[:5]]


def hrefs(response: Any) -> list[tuple[str, str]]:
    return [(words(each), each.get("href", "")) for each in tree(response).find(".//main").iter("a")]


# --- watching ---------------------------------------------------------------------------------------


def test_bar_moves_by_itself_while_a_worker_is_at_it(desk: Client) -> None:
    batch = start_import([FOX, "x", "y", "z"], by=None)
    ImportBatch.objects.update(done=1)
    beat()
    answer = desk.get(page_of(batch))
    bar = tree(answer).find(".//progress")
    assert (bar.get("max"), bar.get("value"), words(bar)) == ("4", "1", "25 %")
    assert ("1 of 4 done" in said(answer), "(25 %)" in title_of(answer)) == (True, True)
    assert answer.headers["Refresh"] == "4"


@pytest.mark.parametrize(("state", "has_worker"), [("queued", False), ("done", True), ("paused", True)])
def test_bar_stands_still_where_nobody_moves_it(state: str, has_worker: bool, desk: Client) -> None:
    batch = start_import([FOX], by=None)
    ImportBatch.objects.update(state=state)
    if has_worker:
        beat()
    answer = desk.get(page_of(batch))
    assert "Refresh" not in answer.headers
    assert ("The worker is not running" in said(answer)) is not has_worker


def test_pages_that_need_a_worker_say_how_to_start_it(desk: Client) -> None:
    for address in (IMPORT, page_of(start_import([FOX], by=None))):
        assert ".venv/bin/python manage.py worker starts it alone." in said(desk.get(address))


def test_lines_that_need_a_person_are_shown_alone(desk: Client) -> None:
    batch = finished("added", "failed", "known", "not_found")
    answer = desk.get(page_of(batch))
    assert links(answer)["Not found or failed (2)"] == "?show=unsolved"
    answer = desk.get(f"{page_of(batch)}?show=unsolved")
    assert [row[:3] for row in rows(answer)] == [
        ["2", "line 2", "failed Reason 2"], ["4", "line 4", "not found Reason 4"],
    ]  # fmt: skip


def test_long_list_has_pages(desk: Client) -> None:
    batch = finished(*["not_found"] * 250)
    answer = desk.get(f"{page_of(batch)}?show=unsolved&page=3")
    assert (rows(answer)[0][0], len(rows(answer))) == ("201", 50)
    assert links(answer)["Previous"] == "?show=unsolved&page=2"


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_an_import_asks_the_database_eight_times(
    count: int, desk: Client, django_assert_num_queries: Any
) -> None:
    batch = finished(*["added"] * count)
    with django_assert_num_queries(8):
        desk.get(page_of(batch))


# --- pausing and going on ---------------------------------------------------------------------------


def test_import_is_paused_and_goes_on(desk: Client, librarian: User) -> None:
    batch = start_import([FOX], by=librarian)
    answer = desk.post(f"{page_of(batch)}pause/", fields_of(desk.get(page_of(batch)), button="Pause"), follow=True)
    assert (go_on_with_imports(), "Paused" in said(answer)) == (False, True)
    answer = desk.post(f"{page_of(batch)}resume/", fields_of(answer, button="Go on"), follow=True)
    assert (go_on_with_imports(), "Pause" in buttons(answer)) == (True, True)
    assert (Book.objects.count(), [row[2] for row in rows(desk.get(page_of(batch)))]) == (1, ["added"])


def test_import_that_was_given_up_goes_on(desk: Client) -> None:
    batch = start_import([FOX], by=None)
    ImportBatch.objects.update(state="failed", problem="Open Library was away.", attempts=9)
    answer = desk.get(page_of(batch))
    assert "Failed: Open Library was away." in said(answer)
    desk.post(f"{page_of(batch)}resume/", fields_of(answer, button="Go on"))
    assert (go_on_with_imports(), Book.objects.count()) == (True, 1)


@pytest.mark.parametrize("what", ["pause", "resume"])
def test_button_of_a_stale_page_says_that_the_import_went_on(what: str, desk: Client) -> None:
    beat()
    batch = finished("added")
    answer = desk.post(f"{page_of(batch)}{what}/", follow=True)
    assert outcomes(answer) == [("error", "The import has gone on meanwhile; reload the page.")]
    assert not {"Pause", "Go on"} & set(buttons(answer))


def test_source_that_is_away_leaves_lines_waiting_and_says_so(desk: Client, source: Stub) -> None:
    source.answers = {"*": [page(503)]}
    batch = start_import([FOX], by=None)
    ImportBatch.objects.update(state="running", lease_until="2999-01-01T00:00:00Z")
    batch.refresh_from_db()
    with OpenLibrary(lane="interactive") as client:
        continue_lookups(batch, client)
    answer = desk.get(page_of(batch))
    assert "Waiting: Open Library is out of order at the moment." in said(answer)
    assert rows(answer)[0][2].startswith("waiting Open Library is out of order at the moment.")


def test_book_open_library_does_not_know_is_not_found(desk: Client, source: Stub) -> None:
    source.tell("/search.json", record({"docs": []}))
    paste(desk, FOX)
    go_on_with_imports()
    ((_n, _raw, outcome, _book),) = rows(desk.get(page_of(ImportBatch.objects.get())))
    assert outcome.startswith("not found Open Library does not know this book.")


# --- addresses and words ----------------------------------------------------------------------------


@pytest.mark.parametrize("pk", ["0", "999", "9" * 19, "9" * 4400, "abc", "-1"])
@pytest.mark.parametrize("what", ["", "pause/", "resume/"])
def test_import_that_is_not_here_is_a_clear_page(what: str, pk: str, desk: Client) -> None:
    answer = desk.post(f"/desk/import/{pk}/{what}")
    assert (answer.status_code, "There is nothing here" in said(answer)) == (404, True)


@pytest.mark.parametrize("query", ["?page=x", "?page=-1", "?page=" + "9" * 50, "?show=%00", "?show=x", "?page=%00"])
def test_odd_query_of_an_import_shows_it(query: str, desk: Client) -> None:
    assert len(rows(desk.get(page_of(finished("added")) + query))) == 1


def test_hostile_lines_are_only_words(desk: Client) -> None:
    answer = paste(desk, f"{HOSTILE}\r\n\u202e{HOSTILE}\u0007")
    assert ("<script>alert" in answer.content.decode(), rows(answer)[0][1]) == (False, HOSTILE)
    assert rows(answer)[1][1] == HOSTILE
