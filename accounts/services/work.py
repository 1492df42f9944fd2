"""Claiming long work, so that each piece is in one pair of hands and none is lost when a process dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import Work

W = TypeVar("W", bound=Work)

LEASE = timedelta(seconds=60)
PAUSES = (10, 60, 300, 1_800, 7_200)  # seconds before the next attempt, by number of attempts so far
PULSE_KEY = "worker-pulse"
PULSE_SECONDS = 30  # a worker not heard of for so long counts as not running


def claim_next(model: type[W], now: datetime | None = None, **only: Any) -> W | None:
    """Claim the oldest piece of work of ``model`` that is due and in nobody's hands, or return None.

    ``only``: values that fields of it must have.

    A conditional UPDATE decides between several workers; the claim ends by itself after LEASE, so that work of a
    process that died is taken up by another.
    """
    now = now or timezone.now()
    due = model._default_manager.filter(
        Q(lease_until=None) | Q(lease_until__lt=now),
        Q(due_at=None) | Q(due_at__lte=now),
        state__in=(Work.State.QUEUED, Work.State.RUNNING),
        **only,
    ).order_by("pk")
    return next((each for each in due[:5] if _claim(each, each.lease_until, now)), None)


def _claim(work: Work, lease: datetime | None, now: datetime) -> bool:
    open_states = (Work.State.QUEUED, Work.State.RUNNING)
    won = (
        type(work)
        ._default_manager.filter(pk=work.pk, lease_until=lease, state__in=open_states)
        .update(state=Work.State.RUNNING, lease_until=now + LEASE, attempts=F("attempts") + 1)
    )
    if won:
        work.refresh_from_db()
    return bool(won)


def claim(work: Work, now: datetime | None = None) -> bool:
    """Claim this one piece of work, if it is due and in nobody's hands."""
    now = now or timezone.now()
    fresh = type(work)._default_manager.get(pk=work.pk)
    taken = fresh.lease_until is not None and fresh.lease_until >= now
    if taken or (fresh.due_at is not None and fresh.due_at > now):
        return False
    return _claim(work, fresh.lease_until, now)


def _ours(work: W) -> QuerySet[W]:
    """``work`` as long as our claim holds: what a person or another process did with it meanwhile stays."""
    return type(work)._default_manager.filter(pk=work.pk, state=Work.State.RUNNING, lease_until=work.lease_until)


def keep_claim(work: Work, now: datetime | None = None) -> bool:
    """Prolong the claim on ``work``. False: it was paused, finished or taken over meanwhile; stop at once."""
    until = (now or timezone.now()) + LEASE
    kept = _ours(work).update(lease_until=until)
    if kept:
        work.lease_until = until
    return bool(kept)


class ClaimLost(Exception):
    """Claimed work was paused, finished or taken over by somebody else."""


@contextmanager
def claimed(work: Work) -> Iterator[None]:
    """A transaction in which claimed ``work`` stays ours: nobody pauses it or takes it over before it ends.

    Raises ClaimLost. Whatever ends it early leaves ``work`` as it was before, in the database and here.
    """
    before = work.lease_until, work.cursor, work.done
    try:
        with transaction.atomic():
            if not keep_claim(work):
                raise ClaimLost
            yield
    except BaseException:
        work.lease_until, work.cursor, work.done = before
        raise


def finish(work: Work, now: datetime | None = None) -> None:
    """Mark claimed ``work`` as done."""
    _ours(work).update(state=Work.State.DONE, finished_at=now or timezone.now(), lease_until=None, problem="")


def fail(work: Work, problem: str, now: datetime | None = None) -> None:
    """Mark claimed ``work`` as failed for good, with the ``problem`` in words for people."""
    _ours(work).update(state=Work.State.FAILED, finished_at=now or timezone.now(), lease_until=None, problem=problem)


def reach(work: Work, cursor: int, done: int) -> None:
    """Note how far ``work`` has come; where to go on only while the claim holds."""
    if not _ours(work).update(cursor=cursor, done=done):
        type(work)._default_manager.filter(pk=work.pk).update(done=done)
    work.cursor, work.done = cursor, done


def hand_back(work: Work) -> None:
    """Give claimed ``work`` back after a turn that went well, to be gone on with at once by whoever is free."""
    _ours(work).update(state=Work.State.QUEUED, lease_until=None, attempts=0, problem="")


def hand_over(work: Work, state: str, **fields: Any) -> bool:
    """Put claimed ``work`` into ``state`` with these ``fields``, for whoever goes on with it. False: it is not ours."""
    return bool(_ours(work).update(state=state, lease_until=None, attempts=0, problem="", **fields))


def cancel(work: Work, problem: str, now: datetime | None = None) -> None:
    """Put claimed ``work`` aside, for the ``problem`` in words for people: nobody goes on with it."""
    _ours(work).update(state=Work.State.CANCELLED, finished_at=now or timezone.now(), lease_until=None, problem=problem)


def try_later(work: Work, problem: str, now: datetime | None = None, *, from_the_start: bool = False) -> None:
    """Put claimed ``work`` back with a growing pause; after the last pause it has failed for good.

    ``from_the_start``: what was left waiting before the cursor is gone through again.
    """
    now = now or timezone.now()
    if work.attempts > len(PAUSES):
        fail(work, problem, now)
        return
    _ours(work).update(
        state=Work.State.QUEUED,
        lease_until=None,
        due_at=now + timedelta(seconds=PAUSES[max(0, work.attempts - 1)]),
        problem=problem,
        cursor=0 if from_the_start else work.cursor,
    )


def beat() -> None:
    """Say that a worker is running."""
    cache.set(PULSE_KEY, timezone.now(), 86_400)


def stop_beating() -> None:
    """Say that the worker has stopped on purpose."""
    cache.delete(PULSE_KEY)


def last_pulse() -> datetime | None:
    """When a worker was heard of last, within a day."""
    return cache.get(PULSE_KEY)


def worker_is_running(now: datetime | None = None) -> bool:
    """Whether a worker was heard of in the last PULSE_SECONDS."""
    last = last_pulse()
    return last is not None and (now or timezone.now()) - last < timedelta(seconds=PULSE_SECONDS)
