"""NOTICE: messages go out, are printed, sent again and cancelled; the library's own words."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Member, Message
from accounts.tests.factories import MemberFactory
from accounts.tests.mail_server import mail_server
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.models import Notice, NoticeText
from circulation.policy.notices import Kind
from circulation.queries.messages import channel_of
from circulation.queries.notice_texts import BODIES
from circulation.services.loans import return_copy
from circulation.services.messages import cancel_message, change_text, mark_printed, resend, reset_text, send_next
from circulation.services.notices import queue_notices
from circulation.tests.factories import make_loan, set_library, zurich
from circulation.tests.refusals import code_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
ISSUED, SOON, LATE = (zurich(f"2026-03-{day}T03:00") for day in ("02", "21", "24"))  # due 23 March


@pytest.fixture(autouse=True)
def _days(in_zurich: object) -> None:
    set_library(due_soon_days=[2], overdue_notice_days=[1], name="Town Library", contact_email="desk@example.org")


def due(title: str = "Emma", **fields: Any) -> Message:
    """A message that is due, about one loan that is due soon."""
    member = MemberFactory(**{"name": "Rosa Reader", "email": "rosa@example.org"} | fields)
    make_loan(CopyFactory(book=BookFactory(title=title)), member, now=ISSUED)
    queue_notices(SOON)
    return Message.objects.get(member=member)


def states(message: Message) -> tuple[str, list[str]]:
    message.refresh_from_db()
    return message.status, [notice.state for notice in message.notices.order_by("pk")]


def test_notice_22_message_that_failed_is_sent_again(settings: Any) -> None:
    message = due()
    with mail_server(settings) as server:
        server.to_recipient = "550 no such mailbox"
        send_next(SOON)
        server.to_recipient = ""
        Member.objects.update(email="new@example.org")
        resend(message, by=None, now=SOON)
        send_next(SOON)
    assert (states(message), [mail["To"] for mail in server.mails]) == (("sent", ["sent"]), ["new@example.org"])
    assert code_of(cancel_message, message, by=None, now=SOON) == "not_due"


def test_notice_23_message_sent_again_says_only_what_still_holds(mailoutbox: list) -> None:
    message = due()
    send_next(SOON)
    notice = message.notices.get()
    assert notice.loan is not None
    return_copy(notice.loan.copy, branch=notice.loan.branch, by=None, now=SOON)
    resend(message, by=None, now=SOON)
    assert code_of(resend, message, by=None, now=SOON) == "message_due"
    send_next(SOON)
    assert (states(message), len(mailoutbox)) == (("cancelled", ["cancelled"]), 1)


def test_notice_24_cancelled_message_never_goes_out(mailoutbox: list) -> None:
    message = due()
    cancel_message(message, by=None, now=SOON)
    assert (send_next(SOON), queue_notices(SOON), mailoutbox) == (False, 0, [])
    assert states(message) == ("cancelled", ["cancelled"])


def test_notice_25_letters_are_printed_and_what_holds_no_more_is_not() -> None:
    kept, settled = due(email=""), due(email="", name="Otto Other")
    notice = settled.notices.get()
    assert notice.loan is not None
    return_copy(notice.loan.copy, branch=notice.loan.branch, by=None, now=SOON)
    assert mark_printed([kept, settled], by=None, now=SOON) == 1
    assert (states(kept), states(settled)) == (("sent", ["sent"]), ("cancelled", ["cancelled"]))


def test_message_to_a_member_without_an_address_by_now_becomes_a_letter(mailoutbox: list) -> None:
    message = due()
    Member.objects.update(email="")
    send_next(SOON)
    assert (states(message), message.channel, mailoutbox) == (("due", ["due"]), "letter", [])


def test_notice_26_own_words_take_the_place_of_those_brought(mailoutbox: list) -> None:
    change_text(Kind.DUE_SOON, "en", subject="{title} ({days})", body="{name}: {title}, {due_on}", by=None, now=ISSUED)
    due()
    send_next(SOON)
    assert mailoutbox[0].subject == "Emma (2)"
    assert "Rosa Reader: Emma, 23 March 2026" in mailoutbox[0].body
    reset_text(Kind.DUE_SOON, "en", by=None, now=SOON)
    assert not NoticeText.objects.exists()


def test_notice_27_nothing_but_placeholders_means_anything(mailoutbox: list) -> None:
    literal = "{{settings}} {0.__class__} {title.pk} %(name)s {% now %} {{title}}"
    change_text(Kind.DUE_SOON, "en", subject="x", body=literal, by=None, now=ISSUED)
    due(title="{name} <b>")
    send_next(SOON)
    assert literal in mailoutbox[0].body
    change_text(Kind.DUE_SOON, "en", subject="x", body="{title}", by=None, now=ISSUED)
    due(title="{name} <b>", email="otto@example.org")
    send_next(SOON)
    assert "{name} <b>" in mailoutbox[1].body
    assert "{name} &lt;b&gt;" in mailoutbox[1].alternatives[0][0]


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [("due_soon", "{tittle}", "body"), ("due_soon", "{items}", "body"), ("frame", "Dear {name}", "body")],
)
def test_notice_28_unknown_placeholder_is_refused_with_those_there_are(kind: str, body: str, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        change_text(kind, "en", subject="x", body=body, by=None, now=ISSUED)
    assert list(refused.value.message_dict) == [field]
    if kind == "due_soon":
        allowed = "{title}, {barcode}, {due_on}, {days}, {name}, {library}, {contact}"
        assert refused.value.message_dict[field] == [f"There is no {body} here. You can use: {allowed}."]
    assert not NoticeText.objects.exists()


def test_words_the_program_brings_name_only_what_there_is() -> None:
    for language in ("en", "de"):
        for kind in Kind:
            change_text(kind, language, subject="x", body=str(BODIES[kind]), by=None, now=ISSUED)
    assert NoticeText.objects.count() == 2 * len(Kind)


def test_message_of_several_kinds_has_the_general_subject(mailoutbox: list) -> None:
    message = due()
    set_library(membership_ending_days=[60])
    Member.objects.filter(pk=message.member_id).update(expires_on=zurich("2026-04-30").date())
    queue_notices(SOON)
    send_next(SOON)
    assert (mailoutbox[0].subject, Notice.objects.filter(state="sent").count()) == ("News from Town Library", 2)


@pytest.mark.parametrize(("backend", "channel"), [("console", "letter"), ("dummy", "letter"), ("smtp", "email")])
def test_notice_29_without_a_mail_server_everybody_gets_letters(backend: str, channel: str, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    assert channel_of(MemberFactory(email="ada@example.com")) == channel
