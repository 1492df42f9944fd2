"""Lists of which nothing is lost and nothing comes twice, whoever fails, dies or pauses on the way."""

import json
from contextlib import nullcontext
from typing import Any

import pytest
from django.utils import timezone

from accounts.exceptions import Refused
from accounts.models import Action, User, Work
from accounts.services import work
from accounts.tests.threads import at_once
from catalog.models import Book, Copy, ImportBatch, ImportRow
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.openlibrary.lanes import LANES
from catalog.services import lookups
from catalog.services.batches import pause_import, resume_import
from catalog.services.judging import BookJudge
from catalog.services.lookups import LINES_PER_TURN, PATIENCE, continue_lookups
from catalog.tests.openlibrary.stub import Stub, page, raw
from catalog.tests.services.lists import claimed, go_on, outcomes_of, start

pytestmark = pytest.mark.django_db
State, Outcome = Work.State, ImportRow.Outcome


class Failing:
    """A source that fails in one way ``times`` times, then knows every key."""

    lane = LANES["batch"]

    def __init__(self, code: str, times: int = 10**9) -> None:
        self.code, self.times, self.asked = code, times, []

    def lookup(self) -> Any:
        return nullcontext()

    def edition(self, key: str) -> dict[str, Any]:
        self.asked.append(key)
        if len(self.asked) <= self.times:
            raise OpenLibraryError(self.code)
        return {"key": f"/books/{key}", "title": f"Book {key}"}


def keys(count: int) -> list[str]:
    return [f"OL{number}M" for number in range(1, count + 1)]


@pytest.mark.parametrize("code", ["offline", "timed_out", "unavailable", "limited", "blocked", "busy"])
def test_batch_waits_while_the_source_is_away(code: str) -> None:
    source = Failing(code)
    batch = go_on(start(*keys(PATIENCE + 5)), source)
    assert (batch.state, batch.done, batch.cursor, len(source.asked)) == (State.QUEUED, 0, 0, PATIENCE)
    assert (batch.problem, batch.due_at > timezone.now()) == (OpenLibraryError(code).message, True)
    assert set(outcomes_of(batch)) == {"waiting"}


@pytest.mark.parametrize("code", ["bad_answer", "too_large"])
def test_line_whose_answer_makes_no_sense_fails_and_the_next_is_tried(code: str) -> None:
    batch = go_on(start(*keys(3)), Failing(code, times=2))
    assert (outcomes_of(batch), batch.state) == (["failed", "failed", "added"], State.DONE)


def test_batch_goes_on_when_the_source_is_back_and_does_no_line_twice() -> None:
    source = Failing("offline", times=2)
    batch = go_on(start(*keys(4)), source)
    assert (outcomes_of(batch), batch.state, batch.cursor) == (
        ["waiting", "waiting", "added", "added"],
        State.QUEUED,
        0,
    )
    batch = go_on(batch, source)
    assert (outcomes_of(batch), batch.state) == (["added"] * 4, State.DONE)
    assert source.asked == ["OL1M", "OL2M", "OL3M", "OL4M", "OL1M", "OL2M"]


def test_batch_is_given_up_in_the_end_and_can_be_gone_on_with() -> None:
    batch = start(*keys(2))
    turns = 0
    while batch.state != State.FAILED:
        batch = go_on(batch, Failing("offline"))
        turns += 1
    assert (turns, outcomes_of(batch), bool(batch.problem)) == (len(work.PAUSES) + 1, ["waiting", "waiting"], True)
    batch = go_on(resume_import(batch, by=None), Failing("offline"))
    assert batch.state == State.QUEUED  # it has all its patience again
    batch = go_on(batch, Failing("", times=0))
    assert (batch.state, outcomes_of(batch), batch.problem) == (State.DONE, ["added", "added"], "")


def test_line_that_waits_has_its_next_turn_after_all_others() -> None:
    source = Failing("offline", times=1)
    batch = go_on(start(*keys(LINES_PER_TURN + 1)), source)
    batch = go_on(batch, source)
    assert source.asked == keys(LINES_PER_TURN + 1)
    assert (outcomes_of(batch), batch.state, batch.cursor) == (
        ["waiting", *["added"] * LINES_PER_TURN], State.QUEUED, 0,
    )  # fmt: skip
    assert go_on(batch, source).state == State.DONE


def test_line_whose_record_is_another_one_fails(stub: Stub, three_books: OpenLibrary) -> None:
    stub.tell("/books/OL1M.json", page(404))
    stub.tell("/books/OL2M.json", raw(json.dumps({"key": "/books/OL3M"}).encode()))
    batch = go_on(start("OL1M", "OL2M", "OL3M"), three_books)
    assert outcomes_of(batch) == ["not_found", "failed", "added"]


class Killed(BaseException):
    """The process dies here."""


def die(*_arguments: Any, **_options: Any) -> None:
    raise Killed


def go_on_and_die(batch: ImportBatch, client: Any) -> None:
    with pytest.raises(Killed):
        continue_lookups(claimed(batch), client)


def after_the_lease(batch: ImportBatch) -> ImportBatch:
    ImportBatch.objects.filter(pk=batch.pk).update(lease_until=timezone.now() - work.LEASE)
    return batch


@pytest.mark.parametrize("where", ["apply_books", "work.reach", "work.hand_over"])
def test_batch_resumes_after_a_crash_without_doing_a_line_twice(
    where: str, three_books: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = start("OL1M", "OL2M", "OL1M", if_known="copy")
    with monkeypatch.context() as crash:
        crash.setattr(f"catalog.services.lookups.{where}", die)
        go_on_and_die(batch, three_books)
    batch = go_on(after_the_lease(batch), three_books)
    assert (outcomes_of(batch), batch.state, batch.done) == (["added", "added", "copy_added"], State.DONE, 3)
    assert (Book.objects.count(), Copy.objects.count()) == (2, 3)


def test_crash_in_the_middle_of_a_line_leaves_nothing_of_it(
    three_books: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = start("OL1M")
    monkeypatch.setattr(ImportRow, "save", die)
    go_on_and_die(batch, three_books)
    assert (Book.objects.count(), outcomes_of(batch)) == (0, ["waiting"])


def test_batch_of_a_worker_that_is_told_to_stop_is_handed_back_after_the_line_in_hand(three_books: OpenLibrary) -> None:
    batch, told = claimed(start("OL1M", "OL2M", "OL3M")), []
    continue_lookups(batch, three_books, told.append, should_stop=lambda: bool(told))
    batch.refresh_from_db()
    assert (outcomes_of(batch), batch.state, batch.lease_until, batch.done) == (
        ["added", "waiting", "waiting"], State.QUEUED, None, 1,
    )  # fmt: skip
    assert go_on(batch, three_books).state == State.DONE


def test_batch_in_other_hands_is_left_alone(three_books: OpenLibrary) -> None:
    batch = claimed(start("OL1M"))
    ImportBatch.objects.update(lease_until=timezone.now() + 2 * work.LEASE)  # another worker claimed it
    continue_lookups(batch, three_books)
    assert (outcomes_of(batch), Book.objects.count()) == (["waiting"], 0)


def test_batch_taken_over_while_a_line_was_looked_up_is_done_once(three_books: OpenLibrary) -> None:
    """The first worker was away so long that a second one did all the lines."""
    batch = start("OL1M", "OL2M")

    class Slow(Failing):
        def edition(self, key: str) -> dict[str, Any]:
            if not self.asked:
                self.asked.append(key)
                go_on(after_the_lease(batch), three_books)
            return super().edition(key)

    told: list[ImportRow] = []
    continue_lookups(claimed(batch), Slow("", times=0), told.append)
    assert (outcomes_of(batch), Book.objects.count(), Copy.objects.count(), told) == (["added"] * 2, 2, 2, [])
    assert sorted(Book.objects.values_list("title", flat=True)) == ["Dune", "Emma"]


def test_paused_batch_stops_after_the_line_in_hand_and_goes_on_when_resumed(three_books: OpenLibrary) -> None:
    batch = start("OL1M", "OL2M")

    class Pausing(Failing):
        def edition(self, key: str) -> dict[str, Any]:
            pause_import(batch, by=None)
            return super().edition(key)

    continue_lookups(claimed(batch), Pausing("", times=0))
    batch.refresh_from_db()
    assert (outcomes_of(batch), batch.state, work.claim(batch)) == (["added", "waiting"], State.PAUSED, False)
    batch = go_on(resume_import(batch, by=None), three_books)
    assert (outcomes_of(batch), batch.state) == (["added", "added"], State.DONE)


@pytest.mark.parametrize(
    ("change", "state"),
    [(pause_import, State.PAUSED), (pause_import, State.DONE), (pause_import, State.FAILED),
     (resume_import, State.QUEUED), (resume_import, State.RUNNING), (resume_import, State.DONE)],
    ids=["pause paused", "pause done", "pause failed", "resume queued", "resume running", "resume done"],
)  # fmt: skip
def test_state_that_does_not_fit_is_refused(change: Any, state: str) -> None:
    batch = start("OL1M")
    ImportBatch.objects.update(state=state)
    with pytest.raises(Refused) as refused:
        change(batch, by=None)
    assert (refused.value.code, ImportBatch.objects.get().state) == ("changed_since", state)


def test_pausing_and_resuming_are_recorded(librarian: User) -> None:
    batch = pause_import(start("OL1M"), by=librarian)
    resume_import(batch, by=librarian)
    said = Action.objects.exclude(verb="start_import").order_by("pk").values_list("verb", "by", "target_id", "after")
    assert list(said) == [
        ("pause_import", librarian.pk, batch.pk, {"state": "paused"}),
        ("resume_import", librarian.pk, batch.pk, {"state": "queued"}),
    ]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_five_workers_do_every_line_once(transactional_db: None) -> None:
    """Even when each believes the batch is its own: the line decides."""
    batch = claimed(start(*keys(3), if_known="copy"))

    def run(_number: int) -> None:
        for row in batch.rows.order_by("n"):
            lookups._work_on(batch, row, Failing("", times=0), BookJudge(batch))  # type: ignore[arg-type]

    assert at_once(5, run) == [None] * 5
    assert (outcomes_of(batch), Book.objects.count(), Copy.objects.count()) == (["added"] * 3, 3, 3)
