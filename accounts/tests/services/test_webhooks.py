"""Webhooks are made, changed and removed; events are queued for those who are told of them, and only then."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from accounts.exceptions import Refused
from accounts.invariants import broken
from accounts.models import Action, LibrarySettings, Message, Webhook
from accounts.services import webhooks as services
from accounts.services.members import edit_member, lift_restriction, register_member, replace_card, restrict_member
from accounts.tests.factories import MemberCategoryFactory, MemberFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def make_webhook(*events: str, **fields: Any) -> Webhook:
    values = {"name": "Door", "url": "https://example.org/hooks", **fields}
    return services.add_webhook(events=list(events or Webhook.Event.values), by=None, **values)


def said() -> list[dict[str, Any]]:
    """What was queued, oldest first, without what differs each time."""
    bodies = [json.loads(text) for text in Message.objects.to_programs().order_by("pk").values_list("text", flat=True)]
    return [{"event": body["event"], **body["data"]} for body in bodies]


def library_notes() -> tuple[list[str], int]:
    library = LibrarySettings.current()
    return library.webhook_events, library.webhooks_disabled


def test_library_notes_what_active_webhooks_are_told_of() -> None:
    first = make_webhook("fine", "loan")
    second = make_webhook("member")
    assert (library_notes(), list(broken())) == ((["loan", "fine", "member"], 0), [])
    services.change_webhook(first, is_active=False, by=None)
    services.disable_webhook(second, reason="no answer", by=None)
    assert (library_notes(), list(broken())) == (([], 1), [])
    services.remove_webhook(second, by=None)
    assert (library_notes(), Webhook.objects.get()) == (([], 0), first)


def test_notes_of_the_library_that_are_wrong_are_found() -> None:
    make_webhook("loan")
    LibrarySettings.objects.update(webhook_events=[])
    assert list(broken()) == ["the library's settings do not say what its webhooks are told of"]


@pytest.mark.parametrize("url", ["http://example.org/", "https://192.168.1.1/", "https://localhost/"])
def test_address_nothing_is_sent_to_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        make_webhook("loan", url=url)
    assert Webhook.objects.count() == 0


def test_webhook_without_events_or_with_unknown_ones_is_refused() -> None:
    with pytest.raises(ValidationError):
        services.add_webhook(name="Door", url="https://example.org/", events=["gossip"], by=None)


def test_secret_is_long_and_no_record_of_actions_holds_it() -> None:
    webhook = make_webhook()
    old = webhook.secret
    new = services.replace_secret(webhook, by=None).secret
    assert (old != new, old[:6], len(old)) == (True, "whsec_", 49)
    records = str(list(Action.objects.values()))
    assert (old in records, new in records) == (False, False)


def test_webhook_that_is_active_again_begins_anew() -> None:
    webhook = make_webhook()
    Webhook.objects.update(failures=15, paused_until=NOW)
    services.disable_webhook(webhook, reason="no answer", by=None)
    webhook = services.change_webhook(webhook, is_active=True, by=None)
    facts = (webhook.is_active, webhook.failures, webhook.paused_until, webhook.disabled_at, webhook.disabled_reason)
    assert facts == (True, 0, None, None, "")


def test_only_what_may_be_changed_is_changed() -> None:
    with pytest.raises(TypeError):
        services.change_webhook(make_webhook(), secret="mine", by=None)


def test_event_is_queued_once_for_each_webhook_that_is_told_of_it() -> None:
    told, other, silent = make_webhook("member"), make_webhook("loan"), make_webhook("member")
    services.change_webhook(silent, is_active=False, by=None)
    services.queue_event("member", lambda: {"member": 7}, LibrarySettings.current(), NOW)
    message = Message.objects.get()
    assert (message.webhook, message.channel, message.subject, other.messages.count()) == (told, "webhook", "member", 0)
    body = {"id": message.message_id, "event": "member", "created_at": "2026-03-02T09:00:00+00:00"}
    assert json.loads(message.text) == {**body, "data": {"member": 7}}


def test_event_nobody_is_told_of_asks_the_database_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_webhook("loan")
    library = LibrarySettings.current()
    with django_assert_num_queries(0):
        services.queue_event("fine", lambda: {"entry": 1}, library, NOW)


def test_what_happens_to_a_member_is_told_by_keys_alone() -> None:
    make_webhook("member")
    member = register_member(name="Mia Member", category=MemberCategoryFactory(), email="mia@example.org", by=None)
    edit_member(member, name="Mia Other", phone="555", by=None)
    edit_member(member, phone="555", by=None)
    replace_card(member, by=None)
    lift_restriction(restrict_member(member, reason="ill-mannered", by=None), by=None)
    changed = {"event": "member", "change": "changed", "member": member.pk}
    assert said() == [
        {"event": "member", "change": "added", "member": member.pk, "fields": []},
        {**changed, "fields": ["name", "phone"]},
        {**changed, "fields": ["card_number"]},
        {**changed, "fields": ["restrictions"]},
        {**changed, "fields": ["restrictions"]},
    ]


def test_refused_change_is_not_told() -> None:
    make_webhook("member")
    member = MemberFactory()
    with pytest.raises(Refused):
        edit_member(member, expires_on=member.joined_on.replace(year=1999), by=None)
    assert said() == []


def test_only_an_event_that_failed_is_sent_again() -> None:
    make_webhook("member")
    register_member(name="Mia", category=MemberCategoryFactory(), by=None)
    message = Message.objects.get()
    with pytest.raises(Refused) as refusal:
        services.resend_event(message, by=None)
    assert refusal.value.code == "not_failed"
    Message.objects.update(state="failed", attempts=6)
    message = services.resend_event(message, by=None)
    assert (message.state, message.attempts) == ("queued", 0)


def test_old_events_are_forgotten_whatever_became_of_them() -> None:
    make_webhook("member")
    for name in ("Mia", "Max"):
        register_member(name=name, category=MemberCategoryFactory(), by=None)
    old, _new = Message.objects.order_by("pk")
    Message.objects.filter(pk=old.pk).update(created_at=NOW)
    assert (services.forget_events(NOW.replace(day=3)), Message.objects.count()) == (1, 1)
