"""Long work is in one pair of hands at a time and is never lost with them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Work
from accounts.services import work
from accounts.services.work import LEASE, PAUSES
from accounts.tests.threads import at_once
from catalog.models import ImportBatch

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)
State = Work.State


def queued(**fields: Any) -> ImportBatch:
    return ImportBatch.objects.create(**fields)


def now_of(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.get(pk=batch.pk)


def test_oldest_work_is_claimed_first_and_only_once() -> None:
    first, second = queued(), queued()
    claimed = [work.claim_next(ImportBatch, NOON) for _each in range(3)]
    assert claimed == [first, second, None]
    assert (now_of(first).state, now_of(first).lease_until, now_of(first).attempts) == (State.RUNNING, NOON + LEASE, 1)


def test_work_of_a_process_that_died_is_taken_up_after_the_lease() -> None:
    batch = queued()
    work.claim_next(ImportBatch, NOON)
    assert work.claim_next(ImportBatch, NOON + LEASE) is None
    assert work.claim_next(ImportBatch, NOON + LEASE + timedelta(seconds=1)) == batch


@pytest.mark.parametrize("state", [State.PAUSED, State.DONE, State.FAILED])
def test_work_that_rests_is_not_claimed(state: str) -> None:
    batch = queued(state=state)
    assert (work.claim_next(ImportBatch, NOON), work.claim(batch, NOON)) == (None, False)


def test_work_is_not_claimed_before_it_is_due() -> None:
    batch = queued(due_at=NOON + timedelta(minutes=1))
    assert (work.claim_next(ImportBatch, NOON), work.claim(batch, NOON)) == (None, False)
    assert work.claim_next(ImportBatch, NOON + timedelta(minutes=1)) == batch


def test_one_piece_of_work_is_claimed_by_name() -> None:
    first, second = queued(), queued()
    assert (work.claim(second, NOON), work.claim(second, NOON)) == (True, False)
    assert work.claim_next(ImportBatch, NOON) == first


def test_claim_is_kept_as_long_as_it_is_prolonged() -> None:
    batch = work.claim_next(ImportBatch, NOON) if queued() else None
    later = NOON + timedelta(seconds=50)
    assert (work.keep_claim(batch, later), batch.lease_until, now_of(batch).lease_until) == (
        True, later + LEASE, later + LEASE,
    )  # fmt: skip


@pytest.mark.parametrize("change", [{"state": State.PAUSED}, {"state": State.DONE}, {"lease_until": NOON}])
def test_claim_on_work_that_was_paused_or_taken_over_is_not_kept(change: dict) -> None:
    batch = work.claim_next(ImportBatch, NOON) if queued() else None
    ImportBatch.objects.update(**change)
    assert work.keep_claim(batch, NOON) is False


def test_finished_work_says_so() -> None:
    batch = queued(problem="before", lease_until=NOON, state=State.RUNNING)
    work.finish(batch, NOON)
    done = now_of(batch)
    assert (done.state, done.finished_at, done.lease_until, done.problem) == (State.DONE, NOON, None, "")
    assert done.is_finished is True


def test_failed_work_says_why() -> None:
    batch = queued(lease_until=NOON, state=State.RUNNING)
    work.fail(batch, "No connection.", NOON)
    assert (now_of(batch).state, now_of(batch).problem, now_of(batch).is_finished) == (
        State.FAILED, "No connection.", True,
    )  # fmt: skip


def test_work_that_got_on_starts_counting_its_attempts_anew() -> None:
    queued()
    batch = work.claim_next(ImportBatch, NOON)
    work.reach(batch, cursor=7, done=5)
    work.hand_back(batch)
    back = now_of(batch)
    assert (back.state, back.lease_until, back.attempts, back.cursor, back.done) == (State.QUEUED, None, 0, 7, 5)
    assert (batch.cursor, batch.done) == (7, 5)


ENDS = {
    "finish": lambda batch: work.finish(batch, NOON),
    "fail": lambda batch: work.fail(batch, "Down.", NOON),
    "try later": lambda batch: work.try_later(batch, "Down.", NOON, from_the_start=True),
    "hand back": work.hand_back,
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    "change",
    [{"state": State.PAUSED, "lease_until": None}, {"lease_until": NOON + 2 * LEASE, "attempts": 2}],
    ids=["paused", "taken over"],
)
def test_what_was_done_with_work_meanwhile_stays(change: dict[str, Any], end: str) -> None:
    queued(cursor=3)
    batch = work.claim_next(ImportBatch, NOON)
    ImportBatch.objects.update(**change)
    before = ImportBatch.objects.values().get()
    ENDS[end](batch)
    assert ImportBatch.objects.values().get() == before


def test_work_paused_meanwhile_starts_anew_but_knows_how_much_is_done() -> None:
    queued(cursor=3)
    batch = work.claim_next(ImportBatch, NOON)
    ImportBatch.objects.update(state=State.PAUSED, lease_until=None, cursor=0)
    work.reach(batch, cursor=7, done=5)
    assert (now_of(batch).cursor, now_of(batch).done) == (0, 5)


def test_work_is_tried_again_with_growing_pauses_and_then_given_up() -> None:
    queued()
    moment, waited = NOON, []
    while batch := work.claim_next(ImportBatch, moment):
        work.try_later(batch, "Down.", moment)
        due_at = now_of(batch).due_at
        waited.append(int((due_at - moment).total_seconds()))
        moment = due_at
    assert (waited, now_of(ImportBatch.objects.get()).state) == ([*PAUSES, 0], State.FAILED)


def test_work_tried_again_goes_on_where_it_was_or_from_the_start() -> None:
    one, other = (queued(cursor=7, attempts=1, lease_until=NOON, state=State.RUNNING) for _each in range(2))
    work.try_later(one, "Down.", NOON)
    work.try_later(other, "Down.", NOON, from_the_start=True)
    assert (now_of(one).cursor, now_of(other).cursor, now_of(one).problem) == (7, 0, "Down.")


@pytest.mark.parametrize(("done", "total", "percent"), [(0, 0, 0), (1, 3, 33), (3, 3, 100)])
def test_progress_is_said_in_percent(done: int, total: int, percent: int) -> None:
    assert ImportBatch(done=done, total=total).percent == percent


def test_worker_is_heard_until_it_stops_or_falls_silent() -> None:
    assert work.worker_is_running() is False
    work.beat()
    assert work.worker_is_running() is True
    assert work.worker_is_running(timezone.now() + timedelta(seconds=31)) is False
    work.stop_beating()
    assert work.worker_is_running() is False


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_work_claimed_by_ten_workers_at_once_is_in_the_hands_of_one(transactional_db: None) -> None:
    batch = queued()
    claimed = at_once(10, lambda _number: work.claim_next(ImportBatch))
    assert sorted(each.pk for each in claimed if each) == [batch.pk]
    assert now_of(batch).attempts == 1
