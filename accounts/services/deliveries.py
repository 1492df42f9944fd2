"""Handing one event over to its webhook. Never inside a transaction: the other side may take its time."""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Message, Webhook
from accounts.services import work
from accounts.services.posting import PostFailed, post
from accounts.services.webhooks import TEST, disable_webhook

MOST_FAILURES = 15  # in a row, with their pauses: about 21 hours
GONE = 410


def send_next_event(now: datetime | None = None) -> bool:
    """Send the event that has been due longest to its webhook; whether there was one.

    A webhook that fails is left alone for a growing pause, whatever waits for it. Several workers never send the same
    event at the same moment.
    """
    now = now or timezone.now()
    ready = Webhook.objects.filter(Q(paused_until=None) | Q(paused_until__lte=now), is_active=True)
    message = work.claim_next(Message, now, channel=Message.Channel.WEBHOOK, webhook__in=ready)
    if message is None:
        return False
    _deliver(message, now)
    return True


def send_at_once(message: Message, now: datetime | None = None) -> Message:
    """Send this event now, unless a worker is at it already, and return it as it is after that."""
    if work.claim(message, now):
        message.refresh_from_db()
        _deliver(message, now or timezone.now())
    message.refresh_from_db()
    return message


def signature(secret: str, body: bytes, at: int) -> str:
    """The header by which ``body`` is known to be ours, and when it was sent (seconds since 1970)."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def _deliver(message: Message, now: datetime) -> None:
    webhook = Webhook.objects.filter(pk=message.webhook_id or 0).first()
    if webhook is None:  # removed in this moment, and the message with it
        return
    problem, status = "", 0
    try:
        status = post(webhook.url, message.text.encode(), _headers(webhook, message))
    except PostFailed as error:
        problem = str(error)
    if 200 <= status < 300:
        _succeed(message, webhook, now)
    else:
        _fail(message, webhook, problem or _("The answer was %(status)d.") % {"status": status}, status, now)


def _headers(webhook: Webhook, message: Message) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "Openshelf-Event": message.subject,
        "Openshelf-Event-Id": message.message_id,
        "Openshelf-Signature": signature(webhook.secret, message.text.encode(), int(timezone.now().timestamp())),
    }


def _succeed(message: Message, webhook: Webhook, now: datetime) -> None:
    """Done: what it said is forgotten."""
    work.finish(message, now)
    Message.objects.filter(pk=message.pk, state=Message.State.DONE).update(text="")
    if webhook.failures:
        Webhook.objects.filter(pk=webhook.pk).update(failures=0, paused_until=None)


def _fail(message: Message, webhook: Webhook, problem: str, status: int, now: datetime) -> None:
    """Try again later. A test is not, and does not count."""
    if message.subject == TEST:
        work.fail(message, problem, now)
        return
    work.try_later(message, problem, now)
    pause = work.PAUSES[min(webhook.failures, len(work.PAUSES) - 1)]
    ours = Webhook.objects.filter(pk=webhook.pk, is_active=True, url=webhook.url)
    ours.update(failures=F("failures") + 1, paused_until=now + timedelta(seconds=pause))
    failed = ours.filter(Q(failures__gte=MOST_FAILURES) if status != GONE else Q()).first()
    if failed:
        disable_webhook(failed, reason=problem, by=None, now=now)
