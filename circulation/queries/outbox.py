"""The outbox as the desk sees it, letters to print, and what a text looks like with a real member."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from accounts.models import LibrarySettings, Member, Message
from circulation.models import Notice
from circulation.models.notices import OF_HOLDS, OF_LOANS
from circulation.policy.notices import Kind
from circulation.queries.messages import AllWords, Written, compose, written_now

MOST_SHOWN = 3


def messages_that_are(status: str) -> QuerySet[Message]:
    """All messages in this state, newest first."""
    states = Message.STATES[Message.Status(status)]
    return Message.objects.to_members().filter(state__in=states).select_related("member").order_by("-pk")


def counts_by_status() -> dict[str, int]:
    """How many messages are in each state, in one query."""
    parts = {status.value: Count("pk", filter=Q(state__in=states)) for status, states in Message.STATES.items()}
    return Message.objects.to_members().order_by().aggregate(**parts)


def letters_due() -> QuerySet[Message]:
    """The letters nobody printed yet, oldest first."""
    due = Message.objects.filter(channel=Message.Channel.LETTER, state=Message.State.QUEUED)
    return due.select_related("member").order_by("pk")


def letters_as_they_are(
    letters: list[Message], library: LibrarySettings, now: datetime
) -> list[tuple[Message, Written]]:
    """What these letters say if they are printed ``now``; those of which nothing holds any more are left out."""
    written = written_now(letters, library, now)
    return [(letter, written[letter.pk]) for letter in letters if letter.pk in written and written[letter.pk].notices]


def looked_at_with(
    member: Member, kind: str, all_words: AllWords, library: LibrarySettings, now: datetime
) -> Written | None:
    """A message about what ``member`` has on loan, waits for, or belongs to; None if there is nothing of ``kind``."""
    notices = [notice for notice in _examples(member, library) if kind in (notice.kind, Kind.FRAME)]
    return compose(member, notices, all_words=all_words, library=library, now=now) if notices else None


def _examples(member: Member, library: LibrarySettings) -> Iterator[Notice]:
    """Notices as the member could get them, not saved, whatever day it is."""
    for loan in member.loans.open().select_related("copy__book").order_by("due_at", "pk")[:MOST_SHOWN]:
        due_on = loan.due_at.astimezone(library.zone).date()
        yield from (Notice(kind=kind, member=member, loan=loan, due_on=due_on) for kind in OF_LOANS)
    for hold in member.holds.active().select_related("book", "branch").order_by("pk")[:MOST_SHOWN]:
        day = hold.pickup_by or hold.not_after or hold.placed_at.astimezone(library.zone).date()
        yield from (Notice(kind=kind, member=member, hold=hold, due_on=day) for kind in OF_HOLDS)
    if member.expires_on:
        yield Notice(kind=Kind.MEMBERSHIP_ENDING, member=member, due_on=member.expires_on)
