"""Messages are handed to a real mail server: sent once, tried again, or failed with the server's reason."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Message
from accounts.services import outbox, work
from accounts.tests.factories import MemberFactory
from accounts.tests.mail_server import MailServer, mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server(settings) as found:
        yield found


@pytest.fixture
def message() -> Message:
    return Message.objects.create(
        member=MemberFactory(), written_on=timezone.now().date(), to="rosa@example.org", subject="Überfällig",
        text="Grüße", html="<p>Grüße</p>",
    )  # fmt: skip


def deliver(message: Message, now: Any = None) -> Message:
    """Claim and send ``message``, and read what became of it."""
    assert work.claim(message, now)
    message.refresh_from_db()
    outbox.deliver(message, now)
    message.refresh_from_db()
    return message


def test_message_arrives_as_text_and_html(server: MailServer, message: Message, settings: Any) -> None:
    settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = "https://library.example.org", "library@example.org"
    assert deliver(message).status == "sent"
    [mail] = server.mails
    facts = (mail["To"], mail["From"], mail["Subject"], mail["Message-ID"], mail["Auto-Submitted"])
    message_id = f"<{message.message_id}@library.example.org>"
    assert facts == ("rosa@example.org", "library@example.org", "Überfällig", message_id, "auto-generated")
    bodies = {part.get_content_type(): part.get_content().strip() for part in mail.iter_parts()}
    assert bodies == {"text/plain": "Grüße", "text/html": "<p>Grüße</p>"}


@pytest.mark.parametrize("stage", ["to_recipient", "to_contents"])
def test_what_is_refused_for_good_has_failed_with_the_reason(stage: str, server: MailServer, message: Message) -> None:
    setattr(server, stage, "550 no such mailbox")
    assert (deliver(message).status, message.problem) == ("failed", "550 no such mailbox")


@pytest.mark.parametrize("stage", ["to_recipient", "to_contents"])
def test_what_is_refused_for_now_is_tried_again_after_growing_pauses(
    stage: str, server: MailServer, message: Message
) -> None:
    setattr(server, stage, "451 come back later")
    now, pauses = timezone.now(), []
    while deliver(message, now).status == "due":
        assert (message.due_at is not None, message.problem) == (True, "451 come back later")
        pauses.append(int((message.due_at - now).total_seconds()))
        now = message.due_at
    assert tuple(pauses) == work.PAUSES
    assert (message.status, server.mails) == ("failed", [])


def test_message_tried_again_has_the_same_id(server: MailServer, message: Message) -> None:
    server.to_contents, seen = "451 come back later", message.message_id
    deliver(message)
    server.to_contents = ""
    assert deliver(message, timezone.now() + timedelta(minutes=1)).status == "sent"
    assert (message.message_id, server.mails[0]["Message-ID"][1:33]) == (seen, seen)


def test_server_that_is_away_is_tried_again(server: MailServer, message: Message, settings: Any) -> None:
    settings.EMAIL_PORT = 1
    deliver(message)
    assert (message.status, message.problem.startswith("The mail server cannot be reached: ")) == ("due", True)


def test_wrong_password_is_the_librarys_to_mend(server: MailServer, message: Message, settings: Any) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "library", "wrong"
    assert deliver(message).status == "due"


def test_subject_of_several_lines_becomes_one(server: MailServer, message: Message) -> None:
    message.subject = "Overdue:\nBcc: all@example.org"
    message.save()
    deliver(message)
    assert (server.mails[0]["Subject"], server.mails[0]["Bcc"]) == ("Overdue: Bcc: all@example.org", None)


def test_address_no_mail_can_have_fails(server: MailServer, message: Message) -> None:
    Message.objects.update(to="a@example.org\nBcc: b@example.org")
    assert (deliver(message).status, server.mails) == ("failed", [])


def test_another_workers_claim_is_not_overruled(server: MailServer, message: Message) -> None:
    assert work.claim(message)
    message.refresh_from_db()
    server.on_contents = lambda: None
    Message.objects.update(lease_until=timezone.now() + timedelta(minutes=9))  # taken over meanwhile
    outbox.deliver(message)
    message.refresh_from_db()
    assert message.status == "due"
