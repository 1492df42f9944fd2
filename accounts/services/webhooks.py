"""Webhooks: made and changed by Admins; events queued by the services that cause them, in their transaction."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, Member, Message, User, Webhook
from accounts.models.messages import new_message_id
from accounts.models.webhooks import new_secret
from accounts.services.actions import changes, describe, leave_out, recorded

Event, State = Webhook.Event, Message.State
TEST = "test"
CHANGEABLE = ("name", "url", "events", "is_active")


@recorded("add_webhook")
def add_webhook(
    action: Action, *, name: str, url: str, events: list[str], by: User | None, now: datetime
) -> Webhook:  # fmt: skip
    """Tell ``url`` of ``events`` from now on. Raises ValidationError for an address nothing is sent to."""
    webhook = Webhook(name=name, url=url, events=_in_order(events))
    webhook.full_clean()
    library = _lock_library()
    webhook.save()
    _note_in_library(library)
    describe(action, webhook, after={"name": name, "url": url, "events": webhook.events})
    return webhook


@recorded("change_webhook")
def change_webhook(
    action: Action, webhook: Webhook, *, by: User | None, now: datetime, **new_values: Any
) -> Webhook:  # fmt: skip
    """Change fields of ``webhook`` (CHANGEABLE). One that is active again, or has another address, begins anew.

    What waited for it goes out then. Raises ValidationError, and TypeError for any other field.
    """
    if unknown := set(new_values) - set(CHANGEABLE):
        raise TypeError(f"not changeable: {sorted(unknown)}")
    library = _lock_library()
    webhook = _locked(webhook)
    if "events" in new_values:
        new_values["events"] = _in_order(new_values["events"])
    before, after = changes(webhook, new_values)
    for name, value in new_values.items():
        setattr(webhook, name, value)
    if {"url", "is_active"} & set(after):
        _begin_anew(webhook)
    webhook.full_clean()
    webhook.save()
    _note_in_library(library)
    describe(action, webhook, before=before, after=after)
    if not after:
        leave_out(action)
    return webhook


@recorded("replace_webhook_secret")
def replace_secret(action: Action, webhook: Webhook, *, by: User | None, now: datetime) -> Webhook:
    """Give ``webhook`` another secret; the old one signs nothing any more."""
    webhook = _locked(webhook)
    webhook.secret = new_secret()
    webhook.save(update_fields=["secret"])
    describe(action, webhook)
    return webhook


@recorded("remove_webhook")
def remove_webhook(action: Action, webhook: Webhook, *, by: User | None, now: datetime) -> None:
    """Forget ``webhook`` and everything that was or would be sent to it."""
    library = _lock_library()
    webhook = _locked(webhook)
    describe(action, webhook, before={"name": webhook.name, "url": webhook.url, "events": webhook.events})
    webhook.delete()
    _note_in_library(library)


@recorded("disable_webhook")
def disable_webhook(action: Action, webhook: Webhook, *, reason: str, by: User | None, now: datetime) -> Webhook:
    """Switch ``webhook`` off because it does not take what it is sent; Admins see it on their pages."""
    library = _lock_library()
    webhook = _locked(webhook)
    if not webhook.is_active:
        leave_out(action)
        return webhook
    webhook.is_active, webhook.disabled_at, webhook.disabled_reason = False, now, reason
    webhook.save(update_fields=["is_active", "disabled_at", "disabled_reason"])
    _note_in_library(library)
    action.reason = reason
    describe(action, webhook, before={"is_active": True}, after={"is_active": False})
    return webhook


@recorded("test_webhook")
def queue_test(action: Action, webhook: Webhook, *, by: User | None, now: datetime) -> Message:
    """Queue an event that means nothing, to see whether ``webhook`` takes it; tried once, active or not."""
    webhook = _locked(webhook)
    [message] = _queued([webhook], TEST, {}, LibrarySettings.current(), now)
    describe(action, webhook, after={"message": message.pk})
    return message


@recorded("resend_event")
def resend_event(action: Action, message: Message, *, by: User | None, now: datetime) -> Message:
    """Let an event that failed go out once more. Raises Refused("not_failed") for any other."""
    message = Message.objects.to_programs().select_for_update(of=("self",)).get(pk=message.pk)
    if message.state != State.FAILED or message.subject == TEST:
        raise Refused("not_failed", _("This event did not fail."))
    message.state, message.attempts, message.due_at = State.QUEUED, 0, None
    message.finished_at, message.lease_until = None, None
    message.save()
    describe(action, message, before={"state": State.FAILED}, after={"state": State.QUEUED})
    return message


def queue_event(event: str, data: Callable[[], dict[str, Any]], library: LibrarySettings, now: datetime) -> None:
    """Queue ``event`` for every webhook that is told of it. Part of the action that causes it: in its transaction.

    ``data``: makes JSON values without anything personal but keys. Nothing is asked where nobody listens.
    """
    if event in library.webhook_events:
        listening = [each for each in Webhook.objects.filter(is_active=True) if event in each.events]
        _queued(listening, event, data(), library, now)


def tell_of_member(
    member: Member, change: str, now: datetime, *, library: LibrarySettings | None = None, fields: Iterable[str] = ()
) -> None:
    """Queue that ``member`` was added, changed (in which ``fields``) or removed."""
    data = {"change": change, "member": member.pk, "fields": sorted(fields)}
    queue_event(Event.MEMBER, lambda: data, library or LibrarySettings.current(), now)


def forget_events(before: datetime) -> int:
    """Forget what was queued for webhooks before this moment, sent or not; how many."""
    return Message.objects.to_programs().filter(created_at__lt=before).delete()[0]


def events_wanted(webhooks: QuerySet[Webhook]) -> list[str]:
    """The events of which at least one active one of ``webhooks`` is told."""
    return _in_order(event for each in webhooks.filter(is_active=True) for event in each.events)


def _queued(
    webhooks: list[Webhook], event: str, data: dict[str, Any], library: LibrarySettings, now: datetime
) -> list[Message]:
    today = now.astimezone(library.zone).date()
    occasion = {"event": event, "created_at": now.astimezone(UTC).isoformat(), "data": data}
    return Message.objects.bulk_create([_message(each, occasion, today) for each in webhooks])


def _message(webhook: Webhook, occasion: dict[str, Any], today: date) -> Message:
    number = new_message_id()
    text = json.dumps({"id": number, **occasion}, separators=(",", ":"))
    return Message(
        channel=Message.Channel.WEBHOOK, webhook=webhook, written_on=today, subject=occasion["event"],
        message_id=number, text=text,
    )  # fmt: skip


def _lock_library() -> LibrarySettings:
    return LibrarySettings.objects.select_for_update().get(pk=1)


def _locked(webhook: Webhook) -> Webhook:
    return Webhook.objects.select_for_update().get(pk=webhook.pk)


def _begin_anew(webhook: Webhook) -> None:
    webhook.failures, webhook.paused_until = 0, None
    webhook.disabled_at, webhook.disabled_reason = None, ""


def _note_in_library(library: LibrarySettings) -> None:
    """What every action asks stands in the row that it reads anyway."""
    library.webhook_events = events_wanted(Webhook.objects.all())
    library.webhooks_disabled = Webhook.objects.exclude(disabled_at=None).count()
    library.save(update_fields=["webhook_events", "webhooks_disabled"])


def _in_order(events: Any) -> list[str]:
    wanted = set(events)
    return [event for event in Event.values if event in wanted]
