"""MAIL: the outbox against a real mail server, which takes, refuses or drops what it is sent."""

from datetime import timedelta
from email.message import EmailMessage
from smtplib import SMTPAuthenticationError

import pytest
from django.db import connection

from accounts.models import Member, Message
from accounts.services import work
from accounts.tests.factories import MemberFactory
from accounts.tests.mail_server import MailServer
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.models import Loan, Notice, NoticeText
from circulation.services.messages import resend, send_next
from circulation.services.notices import queue_notices
from circulation.tests.factories import make_loan, set_library, zurich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
ISSUED = zurich("2026-03-02T10:00")  # due 23 March
LATE = zurich("2026-03-24T07:00")


@pytest.fixture(autouse=True)
def _days(in_zurich: object) -> None:
    set_library(overdue_notice_days=[1, 7], name="Town Library", contact_email="desk@library.example")


@pytest.fixture
def ann() -> Member:
    return MemberFactory(name="Ann Archer", email="ann@home.example")


def lend(member: Member, title: str = "Middlemarch") -> Loan:
    return make_loan(CopyFactory(book=BookFactory(title=title)), member, now=ISSUED)


def tell(now=LATE) -> int:
    """Remind, and send everything that is due; how many e-mails were tried."""
    queue_notices(now)
    return send_all(now)


def send_all(now) -> int:
    tried = 0
    while send_next(now):
        tried += 1
    return tried


def plain(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n").strip()


def became() -> tuple[str, str]:
    return Message.objects.get().status, Notice.objects.get().state


def test_mail_1_message_is_plain_text_and_html_in_which_nothing_runs(postbox: MailServer, ann: Member) -> None:
    lend(ann, "Bold & <b>Brave</b>")
    assert tell() == 1
    [mail] = postbox.mails
    assert (mail["To"], mail["Subject"]) == ("ann@home.example", "Overdue: Bold & <b>Brave</b>")
    assert plain(mail) == (
        "Dear Ann Archer,\n\n“Bold & <b>Brave</b>” was due on 23 March 2026. Please bring it back.\n\n"
        "Yours,\nTown Library\ndesk@library.example"
    )
    html = mail.get_body(("html",)).get_content()
    assert ("Bold &amp; &lt;b&gt;Brave&lt;/b&gt;" in html, "<b>" in html) == (True, False)
    assert became() == ("sent", "sent")


def test_mail_2_server_that_will_not_now_is_tried_again_with_growing_pauses(postbox: MailServer, ann: Member) -> None:
    lend(ann)
    postbox.to_contents = "451 try later"
    now, waits = LATE, []
    assert tell() == 1
    while (message := Message.objects.get()).status == "due":
        waits.append(round((message.due_at - now).total_seconds()))
        assert send_all(message.due_at - timedelta(seconds=1)) == 0
        now = message.due_at
        assert send_all(now) == 1
    assert waits == list(work.PAUSES)
    assert (message.problem, became()) == ("451 try later", ("failed", "failed"))


def test_mail_3_message_id_is_the_same_when_a_sending_was_not_noted(postbox: MailServer, ann: Member) -> None:
    lend(ann)
    tell()
    Message.objects.update(state="running", lease_until=LATE, finished_at=None)  # died between sending and noting
    Notice.objects.update(state="due")
    assert send_all(LATE + timedelta(minutes=2)) == 1
    first, second = postbox.mails
    assert first["Message-ID"] == second["Message-ID"] == f"<{Message.objects.get().message_id}@127.0.0.1>"


@pytest.mark.parametrize("answer", ["550 no such mailbox", "553 not that name"])
def test_mail_4_refused_for_good_fails_at_once_with_the_reason(postbox: MailServer, ann: Member, answer: str) -> None:
    lend(ann)
    postbox.answers["ann@home.example"] = answer
    tell()
    message = Message.objects.get()
    assert (message.problem, message.attempts, became()) == (answer, 1, ("failed", "failed"))


def test_mail_5_text_refused_for_good_fails_at_once(postbox: MailServer, ann: Member) -> None:
    lend(ann)
    postbox.to_contents = "554 looks like spam"
    tell()
    assert (Message.objects.get().problem, became()) == ("554 looks like spam", ("failed", "failed"))


def test_mail_6_refused_for_now_is_tried_again(postbox: MailServer, ann: Member) -> None:
    lend(ann)
    postbox.answers["ann@home.example"] = "450 mailbox busy"
    tell()
    assert (Message.objects.get().problem, became()) == ("450 mailbox busy", ("due", "due"))


def test_mail_7_server_that_is_away_is_tried_again(postbox: MailServer, ann: Member, settings) -> None:
    settings.EMAIL_PORT = 9
    lend(ann)
    tell()
    assert (Message.objects.get().attempts, became()) == (1, ("due", "due"))


def test_mail_8_one_refused_address_stops_no_other(postbox: MailServer, ann: Member) -> None:
    lend(ann)
    lend(MemberFactory(email="bob@home.example"))
    postbox.answers["ann@home.example"] = "550 no"
    assert tell() == 2
    assert [mail["To"] for mail in postbox.mails] == ["bob@home.example"]


def test_mail_9_a_title_or_a_text_cannot_add_a_header(postbox: MailServer, ann: Member) -> None:
    NoticeText.objects.create(kind="overdue", language="en", subject="{title}\nCc: a@home.example", body="{title}")
    lend(ann, "Emma\r\nBcc: all@home.example")
    tell()
    [mail] = postbox.mails
    assert mail["Subject"] == "Emma Bcc: all@home.example Cc: a@home.example"
    assert (mail["Bcc"], mail["Cc"]) == (None, None)


def test_mail_10_own_words_are_filled_in_and_never_run(postbox: MailServer, ann: Member) -> None:
    body = "{{settings}} {{{{title}}}} {0.__class__} {% load x %} {title} {name}"
    NoticeText.objects.create(kind="overdue", language="en", subject="Late", body=body)
    lend(ann, "The {name} {library}")
    tell()
    assert body.replace("{title} {name}", "The {name} {library} Ann Archer") in plain(postbox.mails[0])


def test_mail_11_failed_one_is_sent_again_with_a_message_id_of_its_own(postbox: MailServer, ann: Member) -> None:
    lend(ann)
    postbox.answers["ann@home.example"] = "550 no"
    tell()
    first = Message.objects.get()
    postbox.answers.clear()
    resend(first, by=None, now=LATE)
    assert (send_all(LATE), became()) == (1, ("sent", "sent"))
    assert first.message_id not in postbox.mails[0]["Message-ID"]


@pytest.mark.django_db(transaction=True)
def test_mail_12_server_is_waited_for_outside_of_any_transaction(ann: Member, monkeypatch) -> None:
    seen = []
    monkeypatch.setattr(
        "accounts.services.outbox.EmailMultiAlternatives.send",
        lambda email: seen.append((email.to, connection.in_atomic_block)),
    )
    lend(ann)
    tell()
    assert seen == [(["ann@home.example"], False)]


def test_mail_13_wrong_password_is_the_librarys_to_mend_and_fails_no_message(ann: Member, monkeypatch) -> None:
    def send(_email: object) -> None:
        raise SMTPAuthenticationError(535, b"5.7.8 wrong password")

    monkeypatch.setattr("accounts.services.outbox.EmailMultiAlternatives.send", send)
    lend(ann)
    tell()
    assert (Message.objects.get().problem, became()) == ("535 5.7.8 wrong password", ("due", "due"))
