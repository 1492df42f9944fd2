"""Sending, printing, sending again and cancelling messages: what they say is looked at once more just before."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, Message, User
from accounts.models.messages import new_message_id
from accounts.services import outbox, work
from accounts.services.actions import describe, leave_out, recorded
from circulation.models import Notice, NoticeText
from circulation.queries.messages import Written, channel_of, written_now
from circulation.services.batches import batches
from circulation.services.locks import lock_member, lock_members
from circulation.services.notices import settle_notices

LETTERS_AT_ONCE = 100
State, NoticeState = Message.State, Notice.State


def send_next(now: datetime | None = None) -> bool:
    """Send the e-mail that has been due longest, if what it says still holds; whether there was one.

    The mail server is spoken to outside of any transaction. Several workers never send the same message.
    """
    now = now or timezone.now()
    message = work.claim_next(Message, now, channel=Message.Channel.EMAIL)
    if message is None:
        return False
    if _prepare(message, now):
        outbox.deliver(message, now)
        settle_notices(Q(pk=message.pk))
    return True


@recorded("print_letters")
def mark_printed(action: Action, letters: Iterable[Message], *, by: User | None, now: datetime) -> int:
    """Note that these ``letters`` were printed; how many. Those in which nothing holds any more are cancelled."""
    keys = [letter.pk for letter in letters]
    due = Message.objects.filter(pk__in=keys, channel=Message.Channel.LETTER, state=State.QUEUED)
    lock_members(due.values_list("member", flat=True))
    locked = list(due.select_for_update(of=("self",)).order_by("pk"))
    texts = written_now(locked, LibrarySettings.current(), now)
    printed = [letter for letter in locked if letter.pk in texts and texts[letter.pk].notices]
    for letter in printed:
        _note(letter, texts[letter.pk], now)
    _end([letter.pk for letter in printed], State.DONE, now)
    _end([letter.pk for letter in locked if letter not in printed], State.CANCELLED, now, _nothing_holds())
    settle_notices(Q(pk__in=[letter.pk for letter in printed]))
    _cancel_notices(Q(message__in=locked, state=NoticeState.DUE))
    action.after = {"printed": len(printed)}
    if not locked:
        leave_out(action)
    return len(printed)


def drop_stale_letters(now: datetime) -> int:
    """Cancel the letters nobody printed and of which nothing holds any more; how many."""
    library, dropped = LibrarySettings.current(), 0
    waiting = Message.objects.filter(channel=Message.Channel.LETTER, state=State.QUEUED)
    for letters in batches(waiting, LETTERS_AT_ONCE):
        texts = written_now(letters, library, now)
        stale = [each.pk for each in letters if each.pk not in texts or not texts[each.pk].notices]
        with transaction.atomic():
            locked = waiting.filter(pk__in=stale).select_for_update(of=("self",)).order_by("pk")
            keys = [each.pk for each in locked]
            _end(keys, State.CANCELLED, now, _nothing_holds())
            _cancel_notices(Q(message__in=keys, state=NoticeState.DUE))
        dropped += len(keys)
    return dropped


@recorded("resend_message")
def resend(action: Action, message: Message, *, by: User | None, now: datetime) -> Message:
    """Let a ``message`` that failed, was cancelled or was sent go out once more, as far as it still holds.

    Raises Refused("message_due") if it is due already, or another one to the same member is, Refused("told_today") for
    a cancelled one in whose place another was sent, and
    CirculationRefused("unknown_member") where the member is gone.
    """
    lock_member(message.member_id or 0)
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    due = Message.objects.filter(member=message.member_id, state__in=Message.STATES[Message.Status.DUE])
    if due.exists():
        raise Refused("message_due", _("A message to this member is due already."))
    day = Message.objects.filter(member=message.member_id, written_on=message.written_on).exclude(pk=message.pk)
    if day.exclude(state=State.CANCELLED).exists():
        raise Refused("told_today", _("Another message was sent to this member in its place."))
    describe(action, message, before={"state": message.state}, after={"state": State.QUEUED})
    message.state, message.attempts, message.due_at, message.problem = State.QUEUED, 0, None, ""
    message.message_id, message.finished_at, message.lease_until = new_message_id(), None, None
    message.save()
    message.notices.update(state=NoticeState.DUE)
    return message


@recorded("cancel_message")
def cancel_message(action: Action, message: Message, *, by: User | None, now: datetime) -> Message:
    """Keep a ``message`` that is due from going out. Raises Refused("not_due") if it went out, or is just going."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.state != State.QUEUED:
        raise Refused("not_due", _("This message is not waiting to be sent."))
    describe(action, message, before={"state": message.state}, after={"state": State.CANCELLED})
    _end([message.pk], State.CANCELLED, now, _("cancelled at the desk"))
    _cancel_notices(Q(message=message, state=NoticeState.DUE))
    message.refresh_from_db()
    return message


@recorded("change_text")
def change_text(
    action: Action, kind: str, language: str, *, subject: str, body: str, by: User | None, now: datetime
) -> NoticeText:
    """Put the library's own words in the place of those that hold. Raises ValidationError for what cannot be."""
    text = NoticeText.objects.select_for_update().filter(kind=kind, language=language).first()
    before = {"subject": text.subject, "body": text.body} if text else {}
    text = text or NoticeText(kind=kind, language=language)
    text.subject, text.body = subject, body
    text.full_clean()
    text.save()
    describe(action, text, before=before, after={"subject": subject, "body": body})
    return text


@recorded("reset_text")
def reset_text(action: Action, kind: str, language: str, *, by: User | None, now: datetime) -> None:
    """Take the library's own words away: those the program brings hold again."""
    text = NoticeText.objects.select_for_update().filter(kind=kind, language=language).first()
    if text is None:
        leave_out(action)
        return
    describe(action, text, before={"subject": text.subject, "body": text.body})
    text.delete()


@transaction.atomic
def _prepare(message: Message, now: datetime) -> bool:
    """Look at every notice of a claimed ``message`` once more and write its text; whether it is to be sent now.

    Nothing left to say: it is cancelled. No address any more: it becomes a letter.
    """
    lock_members([message.member_id])
    if not work.keep_claim(message, now):  # in other hands, or emptied with its member in this moment
        return False
    written = written_now([message], LibrarySettings.current(), now).get(message.pk)
    if written:
        _cancel_notices(Q(pk__in=[notice.pk for notice in written.stale]))
    if written is None or not written.notices:
        work.cancel(message, _nothing_holds(), now)
        return False
    _note(message, written, now)
    if message.channel == Message.Channel.LETTER:
        work.hand_back(message)
        return False
    return True


def _note(message: Message, written: Written, now: datetime) -> None:
    """Write into ``message`` what it says, to whom and by what way, and the day it goes out on."""
    member = written.notices[0].member
    today = now.astimezone(LibrarySettings.current().zone).date()
    others = Message.objects.filter(member=member, written_on=today).exclude(pk=message.pk)
    if not others.exclude(state=State.CANCELLED).exists():  # else it is one sent again by hand
        message.written_on = today
    message.channel = channel_of(member) if message.channel == Message.Channel.EMAIL else message.channel
    message.to, message.subject = member.email, written.subject
    message.text, message.html = written.text, written.html
    message.save(update_fields=["channel", "to", "subject", "text", "html", "written_on"])


def _end(keys: list[int], state: str, now: datetime, problem: str = "") -> None:
    Message.objects.filter(pk__in=keys).update(state=state, finished_at=now, problem=problem)


def _cancel_notices(which: Q) -> None:
    Notice.objects.filter(which).update(state=NoticeState.CANCELLED)


def _nothing_holds() -> str:
    return _("Everything in it was settled before it went out.")
