"""What other programs are told of loans, returns, holds and fines: in the transaction that causes it, by keys alone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Action, LibrarySettings, Message, User, Webhook
from accounts.queries import default_branch
from accounts.services.webhooks import add_webhook
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import CopyFactory
from circulation.exceptions import CirculationRefused
from circulation.models import CirculationRule, LedgerEntry
from circulation.services.ledger import charge_member, take_payment, void_entry, waive
from circulation.services.loans import issue_copy, renew_loan, return_copy
from circulation.services.lost import mark_lost
from circulation.services.removal import remove_member
from circulation.services.undo import undo
from circulation.tests.factories import make_hold, make_loan

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def listening() -> Webhook:
    return add_webhook(name="Door", url="https://example.org/", events=Webhook.Event.values, by=None)


def said() -> list[dict[str, Any]]:
    texts = Message.objects.to_programs().order_by("pk").values_list("text", flat=True)
    return [{"event": body["event"], **body["data"]} for body in map(json.loads, texts)]


def changes() -> list[tuple[str, str]]:
    return [(each["event"], each["change"]) for each in said()]


def test_loan_is_told_when_it_is_issued_renewed_and_returned(listening: Webhook) -> None:
    loan = make_loan(now=NOW)
    renew_loan(loan, by=None, now=NOW + timedelta(days=20))
    return_copy(loan.copy, branch=default_branch(), by=None, now=NOW + timedelta(days=21))
    loan.refresh_from_db()
    keys = {
        "loan": loan.pk, "member": loan.member_id, "copy": loan.copy_id, "book": loan.copy.book_id,
        "branch": loan.branch_id, "issued_at": "2026-03-02T09:00:00+00:00",
    }  # fmt: skip
    issued, renewed, returned = said()
    due = loan.due_at.astimezone(UTC).isoformat()
    ends = {"due_at": due, "returned_at": "2026-03-23T09:00:00+00:00", "renewals": 1, "outcome": "returned"}
    assert returned == {"event": "return", "change": "returned", **keys, **ends}
    assert renewed == {"event": "loan", "change": "renewed", **keys, **ends, "returned_at": None, "outcome": ""}
    assert (issued["change"], issued["renewals"], issued["due_at"] < due) == ("issued", 0, True)


def test_nothing_of_a_member_but_the_key_is_told(listening: Webhook) -> None:
    member = MemberFactory(name="Rosa Ready", email="rosa@example.org", phone="5551234", card_number="M0077")
    return_copy(make_loan(member=member).copy, branch=default_branch(), by=None)
    charge_member(member, amount_minor=150, reason="Rosa lost it", by=None)
    remove_member(member, by=None)
    text = " ".join(Message.objects.to_programs().values_list("text", flat=True))
    assert [word for word in ("Rosa", "Ready", "rosa@", "5551234", "M0077", "lost it") if word in text] == []
    assert said()[-1] == {"event": "member", "change": "removed", "member": member.pk, "fields": []}


def test_return_of_who_keeps_no_history_says_no_member(listening: Webhook, library: LibrarySettings) -> None:
    loan = make_loan(member=MemberFactory(keep_history=False))
    return_copy(loan.copy, branch=default_branch(), by=None)
    assert [each["member"] for each in said()] == [loan.member_id, None]


def test_fine_is_told_as_an_amount_when_it_is_written_and_when_it_is_reversed(listening: Webhook) -> None:
    entry = charge_member(MemberFactory(), amount_minor=150, reason="stain", by=None)
    take_payment(entry.member, amount_minor=50, by=None)
    void_entry(LedgerEntry.objects.get(kind="payment"), by=None)
    void_entry(entry, by=None)
    charged, reversed_ = said()
    keys = {"entry": entry.pk, "kind": "other", "member": entry.member_id, "loan": None}
    assert charged == {"event": "fine", "change": "charged", **keys, "amount": "1.50", "currency": "EUR"}
    assert reversed_ == {**charged, "change": "reversed"}


def test_late_return_tells_its_fine_before_itself(listening: Webhook) -> None:
    loan = make_loan(now=NOW)
    CirculationRule.objects.create(category=loan.category, fine_amount_minor=75)
    return_copy(loan.copy, branch=default_branch(), by=None, now=NOW + timedelta(days=60))
    assert changes() == [("loan", "issued"), ("fine", "charged"), ("return", "returned")]
    assert said()[1]["loan"] == loan.pk


def test_copy_that_stands_ready_is_told_with_its_hold(listening: Webhook) -> None:
    loan = make_loan(now=NOW)
    hold = make_hold(loan.copy.book, now=NOW)
    return_copy(loan.copy, branch=default_branch(), by=None, now=NOW)
    hold.refresh_from_db()
    assert said()[1] == {
        "event": "hold_ready", "change": "ready", "hold": hold.pk, "member": hold.member_id, "book": hold.book_id,
        "copy": loan.copy_id, "branch": hold.branch_id, "pickup_by": str(hold.pickup_by),
    }  # fmt: skip


def test_lost_copy_and_what_is_taken_back_are_told_to_whoever_heard_of_the_loan(
    listening: Webhook, librarian: User
) -> None:
    loan = make_loan()
    return_copy(loan.copy, branch=default_branch(), by=librarian)
    undo(Action.objects.get(verb="return"), by=librarian)
    mark_lost(loan.copy, by=librarian)
    undo(Action.objects.get(verb="mark_lost"), by=librarian)
    other = issue_copy(CopyFactory(), member=MemberFactory(), branch=default_branch(), by=librarian)
    undo(Action.objects.get(verb="issue", target_id=other.pk), by=librarian)
    told = [each for each in changes() if each[0] != "fine"]
    assert told == [
        ("loan", "issued"), ("return", "returned"), ("return", "return_undone"), ("loan", "lost"),
        ("loan", "mark_lost_undone"), ("loan", "issued"), ("loan", "issue_undone"),
    ]  # fmt: skip


def test_refused_action_and_one_sent_twice_tell_nothing_more(listening: Webhook) -> None:
    copy, member = CopyFactory(), MemberFactory()
    for _each in range(2):
        issue_copy(copy, member=member, branch=default_branch(), by=None, key="one-form-sent-twice")
    with pytest.raises(CirculationRefused):
        issue_copy(copy, member=MemberFactory(), branch=default_branch(), by=None)
    with pytest.raises(CirculationRefused):
        waive(member, amount_minor=1, reason="nice", by=None)
    assert changes() == [("loan", "issued")]


def test_listener_costs_two_queries_and_none_costs_nothing() -> None:
    def queries_of_an_issue() -> int:
        copy, member = CopyFactory(), MemberFactory()
        with CaptureQueriesContext(connection) as counted:
            issue_copy(copy, member=member, branch=default_branch(), by=None)
        return len(counted)

    queries_of_an_issue()  # the first of all reads what a process remembers
    alone = queries_of_an_issue()
    add_webhook(name="Door", url="https://example.org/", events=["fine"], by=None)
    told_of_something_else = queries_of_an_issue()
    add_webhook(name="Gate", url="https://example.org/", events=["loan"], by=None)
    assert (told_of_something_else - alone, queries_of_an_issue() - alone) == (0, 2)
