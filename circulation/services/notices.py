"""Queuing notices, each once, and putting those of one member into one message a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import Action, LibrarySettings, Member, Message, User
from accounts.services.actions import leave_out, recorded
from circulation.models import Hold, Loan, Notice
from circulation.policy import end_of_day
from circulation.policy.notices import Kind
from circulation.policy.undoing import TIME_TO_UNDO
from circulation.queries.messages import channel_of, written_now
from circulation.queries.notices import (
    Step,
    is_told,
    loans_to_remind_of,
    members_to_remind,
    step_of,
    step_of_membership,
    wants,
)
from circulation.services.batches import batches
from circulation.services.locks import lock_members

MEMBERS_AT_ONCE = 100
DUE, State = Notice.State.DUE, Message.State


def queue_notices(now: datetime) -> int:
    """Queue what members are to be told ``now`` of their loans and memberships; how many notices of loans.

    Each loan, due date and step is told once, by whichever of several runs comes first; of steps that were missed
    only the latest.
    """
    library = LibrarySettings.current()
    queued = 0
    for loans in batches(loans_to_remind_of(library, now)):
        if pks := [loan.pk for loan, _step in _untold(loans, library, now)]:
            queued += _queue_for_loans(pks, by=None, now=now)
    for members in batches(members_to_remind(library, now)):
        _queue_for_members(members, library, now)
    bundle_notices(now)
    return queued


def queue_hold_notice(hold: Hold, kind: str, due_on: date, now: datetime) -> None:
    """Queue what the member of ``hold`` is to be told of it, once it can no longer be taken back with a click.

    Part of the action that causes it: in its transaction.
    """
    same = Notice.objects.filter(hold=hold, kind=kind, due_on=due_on)
    if not same.filter(state=Notice.State.CANCELLED).update(state=DUE, message=None, not_before=now + TIME_TO_UNDO):
        notice = Notice(kind=kind, member_id=hold.member_id, hold=hold, due_on=due_on, not_before=now + TIME_TO_UNDO)
        Notice.objects.bulk_create([notice], ignore_conflicts=True)


def bundle_notices(now: datetime) -> int:
    """Put every notice whose time has come into the message of its member and day; how many messages were touched.

    Whoever had a message today gets the next one tomorrow, whatever it is about; one that was not sent yet takes all
    up.
    """
    waiting = Notice.objects.filter(state=DUE, message=None, not_before__lte=now)
    if not waiting.exists():
        return 0
    members = Member.objects.filter(Exists(waiting.filter(member=OuterRef("pk"))))
    return sum(_bundle([each.pk for each in some], now) for some in batches(members.only("pk"), MEMBERS_AT_ONCE))


@recorded("queue_notices")
def _queue_for_loans(action: Action, pks: list[int], *, by: User | None, now: datetime) -> int:
    """Queue the notices of these loans, which are locked: nobody else queues, returns or renews meanwhile."""
    library = LibrarySettings.current()
    loans = loans_to_remind_of(library, now).filter(pk__in=pks).order_by("pk").select_for_update(of=("self",))
    made = [_notice(step, now, member_id=loan.member_id, loan=loan) for loan, step in _untold(loans, library, now)]
    Notice.objects.bulk_create(made)
    action.after = {"notices": len(made)}
    if not made:
        leave_out(action)
    return len(made)


def _untold(loans: Iterable[Loan], library: LibrarySettings, now: datetime) -> list[tuple[Loan, Step]]:
    """The ``loans`` of which the member is still to be told, each with what."""
    steps = [(loan, step_of(loan, library, now)) for loan in loans]
    due = [(loan, step) for loan, step in steps if step and loan.member and wants(loan.member, step.kind)]
    told: dict[int | None, list[Notice]] = defaultdict(list)
    for notice in Notice.objects.filter(loan__in=[loan.pk for loan, _step in due]):
        told[notice.loan_id].append(notice)
    return [(loan, step) for loan, step in due if not is_told(step, told[loan.pk])]


def _queue_for_members(members: Iterable[Member], library: LibrarySettings, now: datetime) -> None:
    steps = [(member, step_of_membership(member, library, now)) for member in members]
    due = [(member, step) for member, step in steps if step and wants(member, step.kind)]
    told: dict[int, list[Notice]] = defaultdict(list)
    for notice in Notice.objects.filter(kind=Kind.MEMBERSHIP_ENDING, member__in=[member for member, _step in due]):
        told[notice.member_id].append(notice)
    made = [_notice(step, now, member_id=each.pk) for each, step in due if not is_told(step, told[each.pk])]
    Notice.objects.bulk_create(made, ignore_conflicts=True)


def _notice(step: Step, now: datetime, **of: object) -> Notice:
    return Notice(kind=step.kind, due_on=step.due_on, step=step.step, not_before=now, **of)


@transaction.atomic
def _bundle(pks: list[int], now: datetime) -> int:
    """Write the messages of these members, who are locked: one message each, however many workers there are."""
    library = LibrarySettings.current()
    today = now.astimezone(library.zone).date()
    members = lock_members(pks)
    notices = Notice.objects.filter(member__in=pks, state=DUE, message=None, not_before__lte=now)
    notices.exclude(member__in=members).update(state=Notice.State.CANCELLED)  # removed in this moment
    due = Message.objects.filter(member__in=members, state__in=Message.STATES[Message.Status.DUE])
    open_messages = {message.member_id: message for message in due.select_for_update(of=("self",)).order_by("pk")}
    over = Message.objects.filter(member__in=members, written_on=today, state__in=(State.DONE, State.FAILED))
    late = set(over.values_list("member", flat=True)) - set(open_messages)
    notices.filter(member__in=late).update(not_before=end_of_day(today, library.zone) + timedelta(seconds=1))
    made = [
        Message(member=member, written_on=today, channel=channel_of(member), to=member.email)
        for pk, member in members.items() if pk not in open_messages and pk not in late
    ]  # fmt: skip
    Message.objects.bulk_create(made)
    being_sent = {pk for pk, message in open_messages.items() if message.state == Message.State.RUNNING}
    touched = [*made, *(message for pk, message in open_messages.items() if pk not in being_sent)]
    for message in touched:
        notices.filter(member=message.member_id).update(message=message)
    _write(touched, library, now)
    return len(touched)


def _write(messages: list[Message], library: LibrarySettings, now: datetime) -> None:
    """Write into ``messages`` what they would say now, for the desk to see."""
    texts = written_now(messages, library, now)
    for message in messages:
        if text := texts.get(message.pk):
            message.subject, message.text, message.html = text.subject, text.text, text.html
    Message.objects.bulk_update(messages, ["subject", "text", "html"], batch_size=50)


def settle_notices(messages: Q) -> None:
    """Let the notices of the ``messages`` that went out, or failed for good, say the same."""
    due = Notice.objects.filter(state=DUE)
    due.filter(message__in=Message.objects.filter(messages, state=Message.State.DONE)).update(state=Notice.State.SENT)
    failed = Message.objects.filter(messages, state=Message.State.FAILED)
    due.filter(message__in=failed).update(state=Notice.State.FAILED)
