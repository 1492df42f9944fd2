"""The first answer again: what a program that sends a request twice with one ``Idempotency-Key`` gets."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import ApiAnswer, User

RUNS_AT_MOST = timedelta(seconds=60)  # after that the process is taken for dead, and the key may be tried again
KEPT_FOR = timedelta(hours=24)


class KeyReused(Exception):
    """The key came with another request before."""


class StillRunning(Exception):
    """The first request with this key has not been answered yet."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given."""

    status: int
    headers: dict[str, str]
    body: str


def key_of(user: User, key: str) -> str:
    """The name under which ``key`` of ``user`` is kept: nobody meets another one's keys."""
    return f"api-{user.pk}-{hashlib.sha256(key.encode()).hexdigest()}"


def begin_answer(key: str, fingerprint: str, now: datetime | None = None) -> Kept | None:
    """The answer that was given under ``key``; None: there is none, and the caller is now the one to make it.

    Raises KeyReused where ``fingerprint`` is another one, StillRunning.
    """
    now = now or timezone.now()
    try:
        with transaction.atomic():
            ApiAnswer.objects.create(key=key, fingerprint=fingerprint, begun_at=now)
    except IntegrityError:
        return _earlier(key, fingerprint, now)
    return None


def finish_answer(key: str, *, status: int, headers: dict[str, str], body: str) -> None:
    """Keep what was answered under ``key``."""
    ApiAnswer.objects.filter(key=key).update(status=status, headers=headers, body=body)


def drop_answer(key: str) -> None:
    """Nothing was done under ``key``: it may be used again."""
    ApiAnswer.objects.filter(key=key, status=None).delete()


def forget_answers(now: datetime | None = None) -> int:
    """Delete what nobody asks for again after a day; how many there were."""
    old = ApiAnswer.objects.filter(begun_at__lt=(now or timezone.now()) - KEPT_FOR)
    return old.delete()[0]


def _earlier(key: str, fingerprint: str, now: datetime) -> Kept | None:
    answer = ApiAnswer.objects.filter(key=key).first()
    if answer is None:  # dropped in this moment
        raise StillRunning
    if answer.fingerprint != fingerprint:
        raise KeyReused
    if answer.status is not None:
        return Kept(answer.status, answer.headers, answer.body)
    dead = ApiAnswer.objects.filter(key=key, status=None, begun_at__lt=now - RUNS_AT_MOST)
    if not dead.update(begun_at=now):
        raise StillRunning
    return None
