"""Events arrive signed, are tried again with growing pauses, and a webhook that never takes any is switched off."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Action, LibrarySettings, Message, Webhook
from accounts.services import work
from accounts.services.deliveries import MOST_FAILURES, send_at_once, send_next_event, signature
from accounts.services.webhooks import add_webhook, change_webhook, queue_event, queue_test, remove_webhook
from accounts.tests.listening import Listener, listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def listener(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    with listening(settings, monkeypatch) as found:
        yield found


@pytest.fixture
def webhook(listener: Listener) -> Webhook:
    return add_webhook(name="Door", url=listener.url, events=["loan"], by=None)


def queue(number: int = 1) -> Message:
    queue_event("loan", lambda: {"loan": number}, LibrarySettings.current(), timezone.now())
    return Message.objects.order_by("-pk")[0]


def read(message: Message) -> tuple[str, int, str]:
    message.refresh_from_db()
    return message.status, message.attempts, message.problem


def test_event_arrives_signed_and_is_forgotten_here(listener: Listener, webhook: Webhook) -> None:
    message = queue()
    text = message.text
    assert (send_next_event(), send_next_event(), read(message)) == (True, False, ("sent", 1, ""))
    [(headers, body)] = listener.heard
    told = (headers["Openshelf-Event"], headers["Openshelf-Event-Id"], headers["Content-Type"], body.decode())
    assert told == ("loan", message.message_id, "application/json", text)
    at, digest = (part.partition("=")[2] for part in headers["Openshelf-Signature"].split(","))
    expected = hmac.new(webhook.secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert (digest, abs(int(at) - timezone.now().timestamp()) < 60, message.text) == (expected, True, "")


def test_signature_depends_on_secret_body_and_time() -> None:
    signatures = {signature("a", b"x", 1), signature("b", b"x", 1), signature("a", b"y", 1), signature("a", b"x", 2)}
    assert len(signatures) == 4
    assert signature("a", b"x", 1) == f"t=1,v1={hmac.new(b'a', b'1.x', hashlib.sha256).hexdigest()}"


@pytest.mark.parametrize("status", [301, 400, 404, 500])
def test_answer_that_is_no_success_is_tried_again_with_the_same_number(
    status: int, listener: Listener, webhook: Webhook
) -> None:
    message, now = queue(), timezone.now()
    listener.status = status
    send_next_event(now)
    assert read(message) == ("due", 1, f"The answer was {status}.")
    listener.status = 200
    assert send_next_event(now + timedelta(seconds=9)) is False
    assert send_next_event(now + timedelta(seconds=11)) is True
    webhook.refresh_from_db()
    first, second = (headers["Openshelf-Event-Id"] for headers, _body in listener.heard)
    assert (read(message)[0], webhook.failures, webhook.paused_until, first) == ("sent", 0, None, second)


def test_failing_webhook_is_asked_once_a_pause_whatever_waits_for_it(listener: Listener, webhook: Webhook) -> None:
    now, listener.status = timezone.now(), 500
    first, second = queue(1), queue(2)
    seen = []
    for seconds in (0, 1, 9, 11, 12, 60, 72):
        if send_next_event(now + timedelta(seconds=seconds)):
            seen.append(seconds)
    webhook.refresh_from_db()
    assert (seen, webhook.failures, read(first)[1] + read(second)[1]) == ([0, 11, 72], 3, 3)


def test_one_failing_webhook_does_not_hold_up_another(listener: Listener, webhook: Webhook) -> None:
    other = add_webhook(name="Gate", url="https://127.0.0.1:9/", events=["loan"], by=None)
    queue()
    now = timezone.now()
    while send_next_event(now):
        pass
    states = {message.webhook_id: message.status for message in Message.objects.to_programs()}
    assert (states, len(listener.heard)) == ({webhook.pk: "sent", other.pk: "due"}, 1)


def test_webhook_that_fails_too_often_is_switched_off_and_goes_on_when_it_is_active_again(
    listener: Listener, webhook: Webhook
) -> None:
    now, listener.status = datetime(2026, 3, 2, tzinfo=UTC), 500
    messages = [queue(number) for number in range(4)]
    for _each in range(MOST_FAILURES):
        assert send_next_event(now)
        now += timedelta(seconds=work.PAUSES[-1] + 1)
    webhook.refresh_from_db()
    facts = (webhook.is_active, webhook.disabled_reason, LibrarySettings.current().webhooks_disabled)
    assert (facts, send_next_event(now)) == ((False, "The answer was 500.", 1), False)
    assert Action.objects.get(verb="disable_webhook").by is None
    listener.status = 204
    change_webhook(webhook, is_active=True, by=None)
    while send_next_event(now):
        pass
    assert [read(message)[0] for message in messages] == ["failed", "failed", "sent", "sent"]


def test_address_that_says_it_is_gone_is_switched_off_at_once(listener: Listener, webhook: Webhook) -> None:
    queue()
    listener.status = 410
    send_next_event()
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.disabled_reason) == (False, "The answer was 410.")


def test_test_arrives_also_where_nothing_else_is_sent(listener: Listener, webhook: Webhook) -> None:
    change_webhook(webhook, is_active=False, by=None)
    message = send_at_once(queue_test(webhook, by=None))
    [(headers, body)] = listener.heard
    assert (message.status, headers["Openshelf-Event"], json.loads(body)["data"]) == ("sent", "test", {})


def test_test_that_fails_is_not_repeated_and_does_not_count(listener: Listener, webhook: Webhook) -> None:
    listener.status = 500
    message = send_at_once(queue_test(webhook, by=None))
    webhook.refresh_from_db()
    assert (message.status, webhook.failures, send_next_event()) == ("failed", 0, False)


def test_nothing_is_sent_for_a_webhook_that_was_removed(listener: Listener, webhook: Webhook) -> None:
    message = queue()
    remove_webhook(webhook, by=None)
    assert (send_next_event(), listener.heard, Message.objects.filter(pk=message.pk).count()) == (False, [], 0)


def test_address_that_leads_inside_by_now_is_not_asked(listener: Listener, webhook: Webhook, settings: Any) -> None:
    message = queue()
    settings.WEBHOOK_NETWORKS = []
    send_next_event()
    status, _attempts, problem = read(message)
    assert (status, "inside a network" in problem, listener.heard) == ("due", True, [])
