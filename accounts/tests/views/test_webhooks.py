"""Admins add webhooks, see what became of the last events, try them and switch them on again."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import LibrarySettings, Message, Webhook
from accounts.services.webhooks import add_webhook, disable_webhook, queue_event
from accounts.tests.listening import Listener, listening

pytestmark = pytest.mark.django_db
LIST = "/desk/webhooks/"


@pytest.fixture
def listener(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    with listening(settings, monkeypatch) as found:
        yield found


def make_webhook(**fields: Any) -> Webhook:
    values = {"name": "Door", "url": "https://example.org/hooks", "events": ["loan", "fine"], **fields}
    return add_webhook(by=None, **values)


def page_of(webhook: Webhook) -> str:
    return f"{LIST}{webhook.pk}/"


def test_webhook_is_added_and_its_page_shows_its_secret(admin_desk: Client) -> None:
    values = {"name": "Door", "url": "https://example.org/hooks", "events": ["fine", "loan"]}
    page = admin_desk.post(f"{LIST}add/", values, follow=True)
    webhook = Webhook.objects.get()
    assert (page.redirect_chain, webhook.events) == ([(page_of(webhook), 302)], ["loan", "fine"])
    assert webhook.secret in page.content.decode()
    assert webhook.secret not in admin_desk.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"url": "http://example.org/"}, "url"), ({"url": "https://10.0.0.1/"}, "url"), ({"url": ""}, "url"),
        ({"events": []}, "events"), ({"events": ["gossip"]}, "events"), ({"name": ""}, "name"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field(changed: dict[str, Any], field: str, admin_desk: Client) -> None:
    values = {"name": "Door", "url": "https://example.org/hooks", "events": ["loan"], **changed}
    page = admin_desk.post(f"{LIST}add/", values)
    assert (page.status_code, list(page.context["form"].errors), Webhook.objects.count()) == (200, [field], 0)


def test_webhook_is_changed_and_stopped(admin_desk: Client) -> None:
    webhook = make_webhook()
    admin_desk.post(page_of(webhook), {"name": "Gate", "url": webhook.url, "events": ["member"]})
    webhook.refresh_from_db()
    assert (webhook.name, webhook.events, webhook.is_active) == ("Gate", ["member"], False)
    assert LibrarySettings.current().webhook_events == []


def test_test_is_sent_at_once_and_its_answer_shown(admin_desk: Client, listener: Listener) -> None:
    webhook = make_webhook(url=listener.url)
    page = admin_desk.post(f"{page_of(webhook)}test/", {"key": "one-test-only"}, follow=True)
    admin_desk.post(f"{page_of(webhook)}test/", {"key": "one-test-only"})
    assert ("The test arrived." in page.content.decode(), len(listener.heard)) == (True, 1)
    listener.status = 503
    page = admin_desk.post(f"{page_of(webhook)}test/", follow=True)
    assert "The test failed: The answer was 503." in page.content.decode()


def test_admins_see_on_the_desk_that_one_was_switched_off_and_switch_it_on(admin_desk: Client, desk: Client) -> None:
    webhook = make_webhook()
    note = "A webhook was switched off because it failed again and again."
    assert note not in admin_desk.get("/desk/").content.decode()
    disable_webhook(webhook, reason="The answer was 500.", by=None)
    shown = [note in browser.get("/desk/").content.decode() for browser in (admin_desk, desk)]
    assert (shown, "The answer was 500." in admin_desk.get(LIST).content.decode()) == ([True, False], True)
    admin_desk.post(f"{page_of(webhook)}enable/")
    webhook.refresh_from_db()
    assert (webhook.is_active, note in admin_desk.get("/desk/").content.decode()) == (True, False)


def test_event_that_failed_is_sent_again_from_its_page(admin_desk: Client) -> None:
    webhook = make_webhook()
    queue_event("loan", lambda: {"loan": 1}, LibrarySettings.current(), timezone.now())
    Message.objects.update(state="failed", problem="The answer was 400.")
    message = Message.objects.get()
    assert "The answer was 400." in admin_desk.get(page_of(webhook)).content.decode()
    admin_desk.post(f"{LIST}events/{message.pk}/resend/")
    message.refresh_from_db()
    assert message.state == "queued"


def test_messages_to_programs_are_no_messages_of_the_desk(desk: Client) -> None:
    make_webhook()
    queue_event("loan", lambda: {"loan": 1}, LibrarySettings.current(), timezone.now())
    number = Message.objects.get().pk
    assert desk.get("/desk/messages/").context["counts"]["due"] == 0
    assert [desk.get(f"/desk/messages/{number}/").status_code, Message.objects.to_members().count()] == [404, 0]


@pytest.mark.parametrize("item_count", [1, 3])
def test_list_needs_as_many_queries_for_many(
    item_count: int, admin_desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(item_count):
        make_webhook()
    admin_desk.get(LIST)
    with django_assert_num_queries(6):
        admin_desk.get(LIST)
    with django_assert_num_queries(8):
        admin_desk.get(page_of(Webhook.objects.order_by("pk")[0]))
