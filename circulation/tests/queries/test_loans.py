"""Whose loans, which are late, what they would cost now."""

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Branch
from accounts.tests.factories import BranchFactory, MemberCategoryFactory, MemberFactory
from catalog.tests.factories import AuthorFactory, CopyFactory, CopyTypeFactory
from circulation.models import Loan
from circulation.queries.loans import (
    all_loans,
    days_overdue,
    estimate,
    estimates,
    members_loans,
    open_loan_of,
    price_minor,
    shown,
    shown_counts,
    with_books,
)
from circulation.queries.members import LoanCounts, loan_counts
from circulation.queries.rules import rule_book
from circulation.queries.standing import Standing, room_for_fines, running_fines
from circulation.services.ledger import charge_member
from circulation.services.loans import issue_copy, renew_loan, return_copy
from circulation.services.undo import undo
from circulation.tests.factories import close_on, make_loan, set_rule, zurich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
ISSUED, LATE = zurich("2026-03-02T10:00"), zurich("2026-03-26T10:00")  # due 23 March


def test_fine_28_estimate_is_what_a_return_now_would_cost(branch: Branch) -> None:
    """The estimate of an open loan and the line written at its return are one calculation."""
    close_on("2026-03-25")
    loan = make_loan(now=ISSUED)
    fine = estimate(loan, rule_book(), LATE)
    return_copy(loan.copy, branch=branch, by=None, now=LATE)
    entry = loan.ledger.get()
    del entry.explanation["terms"]  # which are the rule's
    assert (fine.amount_minor, fine.as_json()) == (entry.amount_minor, entry.explanation) == (100, entry.explanation)


def test_loan_in_time_costs_nothing_and_reads_nothing(django_assert_num_queries) -> None:
    loan, book = make_loan(now=ISSUED), rule_book()
    with django_assert_num_queries(0):
        assert estimate(loan, book, zurich("2026-03-23T23:59:59")).amount_minor == 0


def test_estimate_stops_when_the_member_says_it_was_returned() -> None:
    loan = make_loan(now=ISSUED)
    loan.claimed_returned_at = zurich("2026-03-25T12:00")
    assert estimate(loan, rule_book(), zurich("2026-04-30T10:00")).amount_minor == 100


def test_fine_17_estimates_use_up_the_room_in_order_of_the_due_dates() -> None:
    member = MemberFactory(category=MemberCategoryFactory(max_open_fines_minor=200))
    second = make_loan(member=member, now=zurich("2026-03-03T10:00"))
    first = make_loan(member=member, now=ISSUED)
    not_late = make_loan(member=member, now=LATE)
    found = estimates([not_late, second, first], rule_book(), LATE, room_for_fines(member))
    assert {pk: fine.amount_minor for pk, fine in found.items()} == {first.pk: 150, second.pk: 50}


@pytest.mark.parametrize(
    ("price", "type_price", "expected"), [(100, 90, 100), (0, 90, 90), (None, 90, 90), (None, 0, 0)]
)
def test_price_of_a_copy(price: int | None, type_price: int, expected: int) -> None:
    copy = CopyFactory(price_minor=price, copy_type=CopyTypeFactory(replacement_price_minor=type_price))
    assert price_minor(copy) == expected


def test_room_is_what_outstanding_fines_leave(branch: Branch) -> None:
    """Only overdue fines use up the room; no limit is no limit."""
    set_rule(fine_amount_minor=100)
    member, free = MemberFactory(category=MemberCategoryFactory(max_open_fines_minor=500)), MemberFactory()
    charge_member(member, amount_minor=450, reason="lost card", by=None)
    assert (room_for_fines(member), room_for_fines(free)) == (500, None)
    return_copy(make_loan(member=member, now=ISSUED).copy, branch=branch, by=None, now=LATE)
    assert room_for_fines(member) == 200
    return_copy(make_loan(member=member, now=ISSUED).copy, branch=branch, by=None, now=LATE)
    assert room_for_fines(member) == 0


def test_running_fines_of_many_use_up_each_member_s_room_in_one_query_more(
    branch: Branch, django_assert_num_queries
) -> None:
    """Those of a member that were not asked for count too, as do fines that are written and not paid."""
    limited, free = MemberFactory(category=MemberCategoryFactory(max_open_fines_minor=350)), MemberFactory()
    return_copy(make_loan(member=limited, now=ISSUED).copy, branch=branch, by=None, now=LATE)  # 1.50 written
    first, second = (make_loan(member=limited, now=zurich(f"2026-03-0{day}T10:00")) for day in (2, 3))
    other, in_time = make_loan(member=free, now=ISSUED), make_loan(member=free, now=LATE)
    asked, book = list(all_loans().filter(pk__in=[second.pk, other.pk, in_time.pk])), rule_book()
    with django_assert_num_queries(5):  # settings, rules, hours, closures; the limited member's loans
        found = running_fines(asked, book, LATE)
    assert {pk: fine.amount_minor for pk, fine in found.items()} == {second.pk: 50, other.pk: 150}
    assert estimates([first, second], book, LATE, room_for_fines(limited))[second.pk].amount_minor == 50


@pytest.mark.parametrize(("now", "days"), [("2026-03-24T00:00", 1), ("2026-03-24T23:59", 1), ("2026-03-30T00:30", 7)])
def test_days_overdue_are_days_of_the_library(now: str, days: int) -> None:
    loan = make_loan(now=ISSUED)
    assert days_overdue(loan, zurich(now).astimezone(UTC), ZoneInfo("Europe/Zurich")) == days


def test_loans_that_were_undone_are_nobody_s(branch: Branch, librarian) -> None:
    loan = issue_copy(CopyFactory(), member=MemberFactory(), branch=branch, by=librarian)
    undo(loan_action := librarian.actions.get(), by=librarian)
    assert loan_action.verb == "issue"
    assert (list(members_loans(loan.member)), list(all_loans()), Loan.objects.count()) == ([], [], 1)


def test_loans_shown_by_filter(branch: Branch) -> None:
    returned, late, active = (make_loan(now=ISSUED), make_loan(now=ISSUED), make_loan(now=LATE))
    return_copy(returned.copy, branch=branch, by=None, now=LATE)
    found = {show: set(shown(all_loans(), show, LATE)) for show in ("all", "active", "overdue", "returned", "x", "")}
    assert found == {
        "all": {returned, late, active}, "active": {late, active}, "overdue": {late}, "returned": {returned},
        "x": {returned, late, active}, "": {returned, late, active},
    }  # fmt: skip


def test_counts_of_the_filters_are_one_query(branch: Branch, django_assert_num_queries) -> None:
    returned, _late, _active = (make_loan(now=ISSUED), make_loan(now=ISSUED), make_loan(now=LATE))
    return_copy(returned.copy, branch=branch, by=None, now=LATE)
    with django_assert_num_queries(1):
        assert shown_counts(all_loans(), LATE) == {"all": 3, "active": 2, "overdue": 1, "returned": 1}


def test_open_loan_of_a_copy(branch: Branch) -> None:
    loan = make_loan()
    assert open_loan_of(loan.copy) == loan
    return_copy(loan.copy, branch=branch, by=None)
    assert open_loan_of(loan.copy) is None


def test_loans_with_their_books_cost_two_queries(django_assert_num_queries) -> None:
    for _each in range(3):
        copy = CopyFactory()
        copy.book.contributors.create(author=AuthorFactory(), order=0, role="aut")
        make_loan(copy)
    with django_assert_num_queries(2):
        for loan in with_books(all_loans()):
            assert [part.author.name for part in loan.copy.book.contributors.all()]
            assert not hasattr(loan.copy.book, "cover")


def test_counts_of_many_members_are_one_query(django_assert_num_queries) -> None:
    busy, idle = MemberFactory(), MemberFactory()
    for now in (ISSUED, LATE):
        make_loan(member=busy, now=now)
    with django_assert_num_queries(1):
        assert loan_counts([busy.pk, idle.pk], LATE) == {busy.pk: LoanCounts(2, 1)}


def test_standing_reads_each_part_once(django_assert_num_queries) -> None:
    member = MemberFactory(category=MemberCategoryFactory(max_open_fines_minor=120))
    late, active = make_loan(member=member, now=ISSUED), make_loan(member=member, now=LATE - timedelta(days=1))
    standing = Standing(member, rule_book(), LATE)
    with django_assert_num_queries(8):  # loans, debts, bars, open fines; settings, rules, hours, closures
        for _each in range(2):
            assert (standing.loans, standing.overdue, standing.outstanding_minor) == ([late, active], [late], 0)
            assert (standing.running_minor, standing.restrictions, standing.today) == (120, [], date(2026, 3, 26))


def test_renewed_loan_counts_under_the_row_of_its_branch() -> None:
    loan = make_loan(now=ISSUED)
    renew_loan(loan, by=None, now=zurich("2026-03-20T10:00"))
    standing = Standing(loan.member, rule_book(), LATE)
    elsewhere = standing.book.rule(BranchFactory().pk, loan.category_id, loan.copy_type_id)
    assert standing.loans_under_row_of(elsewhere) == 1
