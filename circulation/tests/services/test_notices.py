"""NOTICE: what members are told, each once for each loan, due date and step."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import translation

from accounts.exceptions import Refused
from accounts.models import Action, Branch, Member, Message, User
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.models import Loan, Notice
from circulation.services.holds import cancel_hold, expire_holds, place_hold
from circulation.services.loans import renew_loan, return_copy
from circulation.services.lost import claim_returned
from circulation.services.messages import cancel_message, resend, send_next
from circulation.services.notices import bundle_notices, queue_notices
from circulation.services.removal import remove_member
from circulation.services.undo import undo
from circulation.tests.factories import make_loan, set_library, zurich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
ISSUED = zurich("2026-03-02T10:00")  # due 23 March
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _days(in_zurich: object) -> None:
    set_library(due_soon_days=[2], overdue_notice_days=[1, 7, 14], name="Town Library")


def on(day: int, month: int = 3, clock: str = "03:00"):
    return zurich(f"2026-{month:02}-{day:02}T{clock}")


def told() -> list[tuple]:
    """Kind, due date, step and state of every notice."""
    rows = Notice.objects.order_by("pk").values_list("kind", "due_on", "step", "state")
    return [(kind, f"{due_on:%m-%d}", step, state) for kind, due_on, step, state in rows]


def reader(**fields) -> Member:
    return MemberFactory(**{"name": "Rosa Reader", "email": "rosa@example.org"} | fields)


def test_notice_1_each_step_is_queued_on_its_day_and_once() -> None:
    make_loan(member=reader(), now=ISSUED)
    days = [on(20), on(21), on(21, clock="18:00"), on(22), on(24), on(25), on(30), on(6, 4), on(7, 4)]
    assert [queue_notices(now) for now in days] == [0, 1, 0, 0, 1, 0, 1, 1, 0]
    assert [(kind, step) for kind, _due_on, step, _state in told()] == [
        ("due_soon", 2), ("overdue", 1), ("overdue", 7), ("overdue", 14),
    ]  # fmt: skip


def test_notice_2_after_missed_days_the_latest_step_only() -> None:
    make_loan(member=reader(), now=ISSUED)
    assert (queue_notices(on(2, 4)), queue_notices(on(3, 4))) == (1, 0)
    assert told() == [("overdue", "03-23", 7, "due")]


def test_notice_3_reminder_that_was_missed_is_made_up_for_before_the_due_date() -> None:
    make_loan(member=reader(), now=ISSUED)
    assert (queue_notices(on(23)), told()) == (1, [("due_soon", "03-23", 2, "due")])


def test_notice_4_loan_too_short_for_a_reminder_has_none() -> None:
    make_loan(member=reader(), now=ISSUED, due_on=ISSUED.date() + DAY)
    assert queue_notices(ISSUED + timedelta(hours=1)) == 0


def test_notice_5_renewal_starts_afresh() -> None:
    loan = make_loan(member=reader(), now=ISSUED)
    queue_notices(on(21))
    renew_loan(loan, by=None, now=on(21, clock="10:00"))  # due 13 April
    assert [queue_notices(on(day, 4)) for day in (10, 11, 14)] == [0, 1, 1]
    assert [row[:3] for row in told()] == [("due_soon", "03-23", 2), ("due_soon", "04-13", 2), ("overdue", "04-13", 1)]


def test_notice_6_claimed_returned_and_returned_loans_have_none(branch: Branch) -> None:
    claimed, returned = make_loan(now=ISSUED), make_loan(now=ISSUED)
    claim_returned(claimed.copy, by=None, now=on(20))
    return_copy(returned.copy, branch=branch, by=None, now=on(20))
    assert (queue_notices(on(21)), queue_notices(on(24))) == (0, 0)


def test_notice_7_counts_are_of_loans_and_days() -> None:
    member = reader(expires_on=on(30).date())
    set_library(membership_ending_days=[14])
    for _each in range(3):
        make_loan(member=member, now=ISSUED)
    assert queue_notices(on(21)) == 3
    assert Notice.objects.filter(kind="membership_ending").count() == 1


def test_notice_8_one_message_a_member_a_day() -> None:
    one, other = reader(), reader(email="otto@example.org")
    for _each in range(3):
        make_loan(member=one, now=ISSUED)
    make_loan(member=other, now=ISSUED)
    queue_notices(on(21))
    assert list(Message.objects.order_by("pk").values_list("member", "channel", "to")) == [
        (one.pk, "email", "rosa@example.org"), (other.pk, "email", "otto@example.org"),
    ]  # fmt: skip
    assert Message.objects.get(member=one).text.count(" is due on ") == 3


def test_notice_9_what_comes_after_the_message_of_the_day_waits_for_the_next(mailoutbox: list) -> None:
    member = reader()
    make_loan(member=member, now=ISSUED)
    queue_notices(on(21))
    assert send_next(on(21))
    make_loan(member=member, now=ISSUED)
    queue_notices(on(21, clock="12:00"))
    assert (send_next(on(21, clock="13:00")), bundle_notices(on(22)), send_next(on(22))) == (False, 1, True)
    assert len(mailoutbox) == 2


@pytest.mark.parametrize("settled", ["returned", "renewed", "claimed", "gone"])
def test_notice_10_what_was_settled_before_sending_is_cancelled(settled: str, branch: Branch, mailoutbox: list) -> None:
    member = reader()
    loan = make_loan(member=member, now=ISSUED)
    queue_notices(on(24))
    if settled == "renewed":
        renew_loan(loan, by=None, now=on(24))
    elif settled == "claimed":
        claim_returned(loan.copy, by=None, now=on(24))
    else:
        return_copy(loan.copy, branch=branch, by=None, now=on(24))
    if settled == "gone":
        remove_member(member, by=None, now=on(24))
    assert send_next(on(24)) is (settled != "gone")
    assert (mailoutbox, Message.objects.get().status) == ([], "cancelled")
    assert [row[3] for row in told()] == ([] if settled == "gone" else ["cancelled"])


def test_notice_11_the_rest_of_a_message_goes_out(branch: Branch, mailoutbox: list) -> None:
    member = reader()
    back = make_loan(CopyFactory(book=BookFactory(title="Emma")), member, now=ISSUED)
    make_loan(CopyFactory(book=BookFactory(title="Persuasion")), member, now=ISSUED)
    queue_notices(on(24))
    return_copy(back.copy, branch=branch, by=None, now=on(24))
    send_next(on(24))
    assert mailoutbox[0].subject == "Overdue: Persuasion"
    assert "Emma" not in mailoutbox[0].body
    assert [row[3] for row in told()] == ["cancelled", "sent"]


def test_notice_12_member_without_an_address_gets_a_letter(mailoutbox: list) -> None:
    for member in (reader(email=""), reader(notices_by="letter")):
        make_loan(member=member, now=ISSUED)
    queue_notices(on(21))
    assert [message.channel for message in Message.objects.all()] == ["letter", "letter"]
    assert (send_next(on(21)), mailoutbox) == (False, [])


def test_notice_13_member_chooses_which_but_is_always_told_what_is_overdue() -> None:
    make_loan(member=reader(notices_off=["due_soon", "overdue", "hold_ready"]), now=ISSUED)
    assert [queue_notices(now) for now in (on(21), on(24))] == [0, 1]


def test_notice_14_members_language(mailoutbox: list) -> None:
    make_loan(CopyFactory(book=BookFactory(title="Emma")), reader(language="de"), now=ISSUED)
    queue_notices(on(21))
    send_next(on(21))
    with translation.override("de"):
        subject = translation.gettext("Due soon: {title}").format(title="Emma")
    assert mailoutbox[0].subject == subject
    assert "23. März 2026" in mailoutbox[0].body


def waiting(by: User | None = None) -> tuple[Loan, Member]:
    """A loan, and who waits for its book."""
    copy, member = CopyFactory(book=BookFactory(title="Emma")), reader()
    loan = make_loan(copy, now=ISSUED)
    place_hold(member, book=copy.book, branch=copy.home_branch, by=by, now=ISSUED)
    return loan, member


def test_notice_15_hold_that_is_ready_is_told_when_it_cannot_be_taken_back(branch: Branch, mailoutbox: list) -> None:
    loan, member = waiting()
    return_copy(loan.copy, branch=branch, by=None, now=on(9))
    assert told() == [("hold_ready", "03-16", 0, "due")]
    assert [bundle_notices(on(9) + timedelta(minutes=minutes)) for minutes in (9, 10)] == [0, 1]
    send_next(on(9) + timedelta(minutes=10))
    assert (mailoutbox[0].to, mailoutbox[0].subject) == ([member.email], "Ready for you: Emma")


def test_notice_16_hold_that_is_gone_is_not_told(branch: Branch, librarian: User, mailoutbox: list) -> None:
    loan, member = waiting()
    return_copy(loan.copy, branch=branch, by=librarian, now=on(9))
    undo(Action.objects.get(verb="return"), by=librarian, now=on(9))
    bundle_notices(on(10))
    assert (send_next(on(10)), mailoutbox, told()[0][3]) == (True, [], "cancelled")
    return_copy(loan.copy, branch=branch, by=librarian, now=on(9, clock="12:00"))
    assert told() == [("hold_ready", "03-16", 0, "due")]
    cancel_hold(member.holds.get(), by=None, now=on(10))
    bundle_notices(on(10, clock="04:00"))
    assert (send_next(on(10, clock="04:00")), mailoutbox, told()[0][3]) == (True, [], "cancelled")


def test_notice_17_hold_that_was_missed_is_told(branch: Branch, mailoutbox: list) -> None:
    loan, _member = waiting()
    return_copy(loan.copy, branch=branch, by=None, now=on(9))
    assert expire_holds(by=None, now=on(17)) == 1
    bundle_notices(on(18))
    send_next(on(18))
    assert [mail.subject for mail in mailoutbox] == ["No longer kept for you: Emma"]
    assert [row[::3] for row in told()] == [("hold_ready", "cancelled"), ("hold_expired", "sent")]


def test_notice_18_ready_hold_waits_for_the_next_day_after_a_message_of_the_day(
    branch: Branch, mailoutbox: list
) -> None:
    loan, member = waiting()
    make_loan(member=member, now=ISSUED)
    queue_notices(on(21))
    send_next(on(21))
    return_copy(loan.copy, branch=branch, by=None, now=on(21, clock="10:00"))
    assert (bundle_notices(on(21, clock="10:10")), bundle_notices(on(22))) == (0, 1)
    assert (send_next(on(22)), len(mailoutbox)) == (True, 2)


def test_notice_20_message_that_was_late_counts_for_the_day_it_was_sent_on(branch: Branch, mailoutbox: list) -> None:
    loan, member = waiting()
    make_loan(member=member, now=ISSUED)
    queue_notices(on(21, clock="23:00"))
    assert send_next(on(22, clock="08:00"))  # the server was away
    return_copy(loan.copy, branch=branch, by=None, now=on(22, clock="10:00"))
    assert [bundle_notices(now) for now in (on(22, clock="11:00"), on(23))] == [0, 1]


def test_notice_21_cancelled_message_is_not_sent_again_after_another_of_its_day(mailoutbox: list) -> None:
    member = reader()
    make_loan(member=member, now=ISSUED)
    queue_notices(on(21))
    first = cancel_message(Message.objects.get(), by=None, now=on(21))
    assert first.status == "cancelled"
    make_loan(member=member, now=ISSUED)
    queue_notices(on(21, clock="12:00"))
    assert send_next(on(21, clock="13:00"))
    with pytest.raises(Refused) as refused:
        resend(first, by=None, now=on(21, clock="14:00"))
    assert (refused.value.code, len(mailoutbox)) == ("told_today", 1)


def test_one_message_a_member_a_day_is_kept_by_the_database() -> None:
    member = reader()
    day = {"member": member, "written_on": on(21).date()}
    Message.objects.create(state="cancelled", **day)
    Message.objects.create(state="done", **day)
    with pytest.raises(IntegrityError):
        Message.objects.create(state="failed", **day)


def test_notice_19_end_of_a_membership_is_told_once_for_each_end(mailoutbox: list) -> None:
    set_library(membership_ending_days=[30])
    member = reader(expires_on=on(30, 4).date())
    for day in (30, 31):
        queue_notices(on(day))
    Member.objects.filter(pk=member.pk).update(expires_on=zurich("2027-04-30").date())
    assert send_next(on(31))
    assert (mailoutbox, told()) == ([], [("membership_ending", "04-30", 30, "cancelled")])
    queue_notices(zurich("2027-03-31T10:00"))
    assert send_next(zurich("2027-03-31T10:00"))
    assert [mail.subject for mail in mailoutbox] == ["Your membership ends on 30 April 2027"]


def test_queuing_takes_as_many_statements_for_one_loan_as_for_three(
    django_assert_max_num_queries, django_assert_num_queries
) -> None:
    make_loan(member=reader(), now=ISSUED)
    with django_assert_max_num_queries(50) as seen:
        assert queue_notices(on(21)) == 1
    member = reader()
    for _each in range(3):
        make_loan(member=member, now=ISSUED)
    with django_assert_num_queries(len(seen)):
        assert queue_notices(on(21)) == 3
