"""The outbox, the letters and the texts of messages at the desk; what a member chooses."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Member, Message, User
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.models import Loan, Notice, NoticeText
from circulation.services.loans import return_copy
from circulation.services.notices import queue_notices
from circulation.tests.factories import make_overdue_loan, set_library

pytestmark = pytest.mark.django_db


def overdue(title: str = "Middlemarch", **member) -> Loan:
    copy = CopyFactory(book=BookFactory(title=title))
    return make_overdue_loan(copy, MemberFactory(**{"name": "Rosa Reader"} | member), days=3)


def remind(loan: Loan) -> Message:
    set_library(overdue_notice_days=[1])
    queue_notices(timezone.now())
    return Message.objects.get(member=loan.member)


def test_outbox_shows_messages_by_state_with_the_reason(desk: Client) -> None:
    remind(overdue(email="rosa@example.org"))
    Message.objects.create(
        member=MemberFactory(), written_on=date(2026, 3, 2), state="failed", subject="Emma", problem="550 no mailbox"
    )
    page = desk.get("/desk/messages/")
    assert [each.subject for each in page.context["page"]] == ["Overdue: Middlemarch"]
    assert page.context["counts"] == {"due": 1, "sent": 0, "failed": 1, "cancelled": 0}
    failed = desk.get("/desk/messages/?show=failed")
    assert [each.subject for each in failed.context["page"]] == ["Emma"]
    assert "550 no mailbox" in failed.content.decode()
    assert desk.get("/desk/messages/?show=odd").context["show"] == "due"


def test_outbox_asks_as_much_for_one_message_as_for_many(desk: Client) -> None:
    counted = []
    for _each in range(2):
        for _more in range(1 + 5 * len(counted)):
            Message.objects.create(member=MemberFactory(), written_on=date(2026, 3, 2))
        with CaptureQueriesContext(connection) as seen:
            desk.get("/desk/messages/")
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_message_is_cancelled_and_sent_again(desk: Client) -> None:
    message = remind(overdue(email="rosa@example.org"))
    page = desk.post(f"/desk/messages/{message.pk}/cancel/", {"key": "first-form"}, follow=True)
    assert (Message.objects.get().status, "The message is cancelled." in page.content.decode()) == ("cancelled", True)
    page = desk.post(f"/desk/messages/{message.pk}/resend/", {"key": "second-form"}, follow=True)
    assert (Message.objects.get().status, Notice.objects.get().state) == ("due", "due")
    page = desk.post(f"/desk/messages/{message.pk}/resend/", {"key": "third-form"}, follow=True)
    assert "A message to this member is due already." in page.content.decode()


def test_letters_are_printed_and_noted(desk: Client) -> None:
    remind(overdue("Emma <b>", address="Main Street 1\nTown"))
    page = desk.get("/desk/messages/letters/").content.decode()
    assert ("Main Street 1<br>Town" in page, "Emma &lt;b&gt;" in page) == (True, True)
    letter = Message.objects.get()
    page = desk.post(
        "/desk/messages/letters/", {"letter": [letter.pk, "x", "9" * 30], "key": "first-form"}, follow=True
    )
    assert "1 letter is noted as printed." in page.content.decode()
    assert (Message.objects.get().status, Notice.objects.get().state) == ("sent", "sent")
    assert "No letters to print" in page.content.decode()


def test_letter_about_what_came_back_is_not_shown(desk: Client) -> None:
    loan = overdue("Emma")
    remind(loan)
    return_copy(loan.copy, branch=loan.branch, by=None)
    assert "No letters to print" in desk.get("/desk/messages/letters/").content.decode()


def test_text_is_looked_at_with_a_real_member_and_saved(admin_desk: Client) -> None:
    loan = overdue("Emma {name}")
    where = "/desk/messages/texts/overdue/en/"
    words = {"subject": "Late: {title}", "body": "{{settings}} {0.__class__} <b>{title}</b>", "key": "first-form"}
    page = admin_desk.post(where, words | {"card": loan.member.card_number, "look": "1"})
    assert page.context["preview"].subject == "Late: Emma {name}"
    assert "{{settings}} {0.__class__} &lt;b&gt;Emma {name}&lt;/b&gt;" in page.content.decode()
    assert (NoticeText.objects.count(), Message.objects.count(), Notice.objects.count()) == (0, 0, 0)
    admin_desk.post(where, words)
    assert NoticeText.objects.values_list("kind", "language", "subject").get() == ("overdue", "en", "Late: {title}")
    admin_desk.post(f"{where}reset/", {"key": "second-form"})
    assert NoticeText.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "sent", "field", "said"),
    [
        ("overdue", {"body": "{titel}"}, "body", "There is no {titel} here."),
        ("overdue", {"subject": "{items}"}, "subject", "There is no {items} here."),
        ("frame", {"body": "Dear {name}"}, "body", "Without {items} the message would say nothing."),
        ("overdue", {"subject": ""}, "subject", "This field is required."),
        ("overdue", {"card": "NOBODY", "look": "1"}, "card", "No member has this card."),
        ("hold_ready", {"body": "{title}", "card": "ROSA", "look": "1"}, "card", "This member has nothing"),
    ],
)
def test_text_that_cannot_be_is_refused_with_the_field(
    admin_desk: Client, kind: str, sent: dict, field: str, said: str
) -> None:
    overdue(card_number="ROSA")
    words = {"subject": "Late", "body": "{title}"}
    page = admin_desk.post(f"/desk/messages/texts/{kind}/en/", words | sent)
    errors = page.context["form"].errors
    assert (list(errors), errors[field][0].startswith(said)) == ([field], True)
    assert NoticeText.objects.count() == 0


@pytest.mark.parametrize("where", ["nothing/en", "overdue/xx"])
def test_text_that_is_not_there(admin_desk: Client, where: str) -> None:
    assert admin_desk.get(f"/desk/messages/texts/{where}/").status_code == 404


def test_member_chooses_which_reminders_and_how(mine: Client, member_user: User) -> None:
    page = mine.get("/me/profile/")
    assert page.context["form"]["notices_wanted"].value() == [
        "due_soon", "hold_ready", "hold_expired", "membership_ending",
    ]  # fmt: skip
    chosen = {"notices_wanted": ["hold_ready", "due_soon"], "notices_by": "letter", "language": "de", "keeps": "no"}
    assert mine.post("/me/profile/", chosen | {"key": "first-form"}).status_code == 302
    member = Member.objects.get(user=member_user)
    assert (member.notices_off, member.notices_by, member.language, member.keep_history) == (
        ["hold_expired", "membership_ending"], "letter", "de", False,
    )  # fmt: skip
    page = mine.get("/me/profile/")
    assert page.context["form"]["notices_wanted"].value() == ["due_soon", "hold_ready"]


def test_member_cannot_switch_overdue_reminders_off(mine: Client, member_user: User) -> None:
    page = mine.post("/me/profile/", {"notices_wanted": ["overdue"], "notices_by": "email", "key": "first-form"})
    assert list(page.context["form"].errors) == ["notices_wanted"]


def test_addresses_of_others_are_not_told_to_helpers(helper: Client, address: Callable[[str], str]) -> None:
    assert helper.post(address("circulation:cancel_message")).status_code == 403
