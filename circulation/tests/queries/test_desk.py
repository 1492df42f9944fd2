"""The day in numbers, and what this person did last."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Branch, User
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import CopyFactory
from circulation.models import LedgerEntry, Loan
from circulation.queries.desk import Today, last_done, this_sitting, today_in_numbers
from circulation.services.ledger import charge_member
from circulation.services.loans import issue_copy, return_copy
from circulation.services.undo import undo
from circulation.tests.factories import make_loan, set_rule, zurich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW, MIDNIGHT = zurich("2026-03-23T10:00"), zurich("2026-03-23T00:00")


def issue(by: User, branch: Branch, at: datetime = NOW, **how) -> Loan:
    return issue_copy(CopyFactory(), member=how.pop("member", None) or MemberFactory(), branch=branch, by=by, now=at)


def test_numbers_of_the_day(branch: Branch, librarian: User) -> None:
    """What was undone does not count, what is due at the last second of today does."""
    due_today = make_loan(now=zurich("2026-03-02T10:00"))
    overdue = make_loan(now=zurich("2026-02-20T10:00"))
    back_today = make_loan(now=zurich("2026-03-20T10:00"))
    back_yesterday = make_loan(now=zurich("2026-03-20T10:00"))
    return_copy(back_today.copy, branch=branch, by=None, now=NOW)
    return_copy(back_yesterday.copy, branch=branch, by=None, now=zurich("2026-03-22T23:59"))
    issued_today = make_loan(now=zurich("2026-03-23T00:00"))
    issue(librarian, branch)
    undo(librarian.actions.get(), by=librarian, now=NOW)
    CopyFactory(withdrawn_on=NOW.date())
    assert {due_today, overdue, issued_today} == set(Loan.objects.open())
    assert today_in_numbers(NOW, MIDNIGHT) == Today(
        on_loan=3, overdue=1, due_today=1, issued_today=1, returned_today=1, members=6, books=7, copies=6
    )


def test_day_the_clock_changes_ends_at_its_midnight() -> None:
    make_loan(now=zurich("2026-03-08T10:00"))  # due Sunday 29 March, a day of 23 hours
    make_loan(now=zurich("2026-03-09T10:00"))
    today = today_in_numbers(zurich("2026-03-29T10:00"), zurich("2026-03-29T00:00"))
    assert (today.due_today, today.on_loan) == (1, 2)


def test_last_things_done_newest_first_with_what_they_concern(librarian: User, branch: Branch) -> None:
    set_rule(max_loans=-1)
    member = MemberFactory()
    loan = issue(librarian, branch, member=member)
    charge_member(member, amount_minor=100, reason="card", by=librarian, now=NOW + timedelta(minutes=1))
    undo(librarian.actions.get(verb="issue"), by=librarian, now=NOW + timedelta(minutes=2))
    issue(None, branch)
    done = last_done(librarian, NOW + timedelta(minutes=3))
    assert [(d.action.verb, d.loan, d.entry, d.member, d.can_be_undone, d.is_today) for d in done] == [
        ("undo", loan, None, member, False, True),
        ("charge", None, LedgerEntry.objects.get(), member, False, True),
        ("issue", loan, None, member, False, True),
    ]  # fmt: skip


def test_undo_is_offered_for_ten_minutes(librarian: User, branch: Branch) -> None:
    issue(librarian, branch)
    offered = [last_done(librarian, NOW + timedelta(minutes=n))[0].can_be_undone for n in (0, 10, 11)]
    assert offered == [True, True, False]


def test_ten_things_in_three_queries(librarian: User, branch: Branch, django_assert_num_queries) -> None:
    for minute in range(12):
        loan = issue(librarian, branch, NOW + timedelta(minutes=minute))
        charge_member(loan.member, amount_minor=100, reason="card", by=librarian, now=NOW + timedelta(minutes=minute))
    with django_assert_num_queries(3):
        done = last_done(librarian, NOW)
        assert [each.member.name for each in done] != []
    assert len(done) == 10


def test_sitting_is_half_an_hour_of_one_person(librarian: User, admin_user: User, branch: Branch) -> None:
    old = issue(librarian, branch, NOW - timedelta(minutes=31))
    first, second = issue(librarian, branch, NOW - timedelta(minutes=30)), issue(librarian, branch)
    issue(admin_user, branch)
    taken_back = issue(librarian, branch)
    undo(librarian.actions.latest("pk"), by=librarian, now=NOW)
    assert {old, first, second, taken_back} <= set(Loan.objects.all())
    assert [each.loan for each in this_sitting(librarian, ("issue",), NOW)] == [second, first]
    assert [each.loan for each in this_sitting(librarian, ("issue",), NOW, first.member)] == [first]
    assert this_sitting(librarian, ("return",), NOW) == []
