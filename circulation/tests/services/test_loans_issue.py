"""ISSUE: lending a copy, and the record of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Action, Branch, User
from accounts.permissions import LIBRARIAN, MEMBER
from accounts.services.actions import FormAlreadyUsed
from accounts.tests.factories import BranchFactory, MemberFactory
from catalog.services.search import index_book
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from circulation.models import CirculationRule, Loan
from circulation.services.loans import issue_copy, return_copy
from circulation.tests.factories import close_on, make_loan, open_on, set_library, set_rule, zurich
from circulation.tests.refusals import codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")


def facts(loan: Loan) -> dict:
    names = ("copy_id", "member_id", "category_id", "copy_type_id", "branch_id", "issued_at", "due_at", "returned_at",
             "closed_at", "outcome", "renewals", "claimed_returned_at")  # fmt: skip
    return Loan.objects.filter(pk=loan.pk).values(*names).get()


def test_issue_1_copy_is_lent(branch: Branch, librarian: User) -> None:
    copy, member = CopyFactory(), MemberFactory()
    loan = issue_copy(copy, member=member, branch=branch, by=librarian, now=NOW)
    assert facts(loan) == {
        "copy_id": copy.pk, "member_id": member.pk, "category_id": member.category_id,
        "copy_type_id": copy.copy_type_id, "branch_id": branch.pk, "issued_at": NOW,
        "due_at": datetime(2026, 3, 23, 22, 59, 59, tzinfo=UTC),
        "returned_at": None, "closed_at": None, "outcome": "", "renewals": 0, "claimed_returned_at": None,
    }  # fmt: skip
    member.refresh_from_db()
    assert member.loans_ever == 1


def test_action_says_who_did_what_to_what(branch: Branch, librarian: User) -> None:
    copy, member = CopyFactory(), MemberFactory()
    loan = issue_copy(copy, member=member, branch=branch, by=librarian, now=NOW, reason="by telephone")
    names = ("verb", "by_id", "at", "target_type", "target_id", "before", "after", "reason", "overrides", "result")
    assert Action.objects.values(*names).get() == {
        "verb": "issue", "by_id": librarian.pk, "at": NOW, "target_type": "circulation.loan", "target_id": loan.pk,
        "before": {}, "after": {"due_at": "2026-03-23T22:59:59+00:00", "copy": copy.pk, "member": member.pk},
        "reason": "by telephone", "overrides": [], "result": {"model": "circulation.loan", "pk": loan.pk},
    }  # fmt: skip


def test_explanation_tells_how_the_due_date_came_about(branch: Branch) -> None:
    close_on("2026-03-23")
    CirculationRule.objects.create(branch=branch, loan_period=21)
    loan = Loan.objects.get(pk=make_loan(now=NOW).pk)
    assert loan.explanation == {
        "steps": [
            {"step": "period", "unit": "days", "length": 21, "from": "2026-03-02", "to": "2026-03-23"},
            {"step": "closed", "days": ["2026-03-23"], "to": "2026-03-24"},
        ],
        "sources": {
            "loan_period": [branch.pk, None, None], "due_date_mode": [None, None, None],
            "fixed_due_on": None, "renewal_period": None,
        },
        "row": [branch.code, None, None],
    }  # fmt: skip


def test_rule_14_rule_and_calendar_are_those_of_the_desk() -> None:
    """The copy belongs to one branch, the member to none; the desk's rule counts."""
    desk = BranchFactory()
    CirculationRule.objects.create(branch=desk, loan_period=7)
    close_on("2026-03-09", branch=desk)
    close_on("2026-03-10", branch=make_loan().branch)
    loan = issue_copy(CopyFactory(), member=MemberFactory(), branch=desk, by=None, now=NOW)
    assert loan.due_at == zurich("2026-03-10T23:59:59")


def test_rule_15_due_date_stays_when_the_rule_changes() -> None:
    loan = make_loan(now=NOW)
    set_rule(loan_period=7)
    loan.refresh_from_db()
    assert loan.due_at == zurich("2026-03-23T23:59:59")


def test_hourly_loan_uses_the_hours_of_the_branch_and_the_library_s_setting(branch: Branch) -> None:
    open_on("1234567")
    set_rule(loan_unit="hours", loan_period=3)
    assert make_loan(now=zurich("2026-03-02T14:00")).due_at == zurich("2026-03-02T16:00")
    set_library(hours_past_closing="extend")
    assert make_loan(now=zurich("2026-03-02T14:00")).due_at == zurich("2026-03-03T10:00")


def test_loan_ends_with_the_membership() -> None:
    member = MemberFactory(expires_on=date(2026, 3, 10))
    assert make_loan(member=member, now=NOW).due_at == zurich("2026-03-10T23:59:59")


def test_due_17_expired_member_served_by_override_gets_the_whole_period(librarian: User, branch: Branch) -> None:
    member = MemberFactory(expires_on=date(2026, 3, 1))
    loan = issue_copy(
        CopyFactory(), member=member, branch=branch, by=librarian, now=NOW,
        overrides=["member_expired"], reason="renews tomorrow",
    )  # fmt: skip
    assert loan.due_at == zurich("2026-03-23T23:59:59")


def test_due_18_date_by_hand_replaces_the_rule() -> None:
    set_rule(fixed_due_on=date(2026, 3, 10))
    close_on("2026-12-24", "2026-12-31")
    loan = make_loan(now=NOW, due_on=date(2026, 12, 25))
    assert (loan.due_at, loan.explanation["steps"]) == (
        zurich("2026-12-25T23:59:59"), [{"step": "by_hand", "to": "2026-12-25"}],
    )  # fmt: skip


def test_due_19_date_by_hand_stops_at_the_end_of_the_membership() -> None:
    member = MemberFactory(expires_on=date(2026, 6, 30))
    assert make_loan(member=member, now=NOW, due_on=date(2026, 12, 25)).due_at == zurich("2026-06-30T23:59:59")


def test_due_20_date_by_hand_may_be_today_but_not_before() -> None:
    assert make_loan(now=NOW, due_on=date(2026, 3, 2)).due_at == zurich("2026-03-02T23:59:59")
    assert codes_of(make_loan, CopyFactory(), MemberFactory(), now=NOW, due_on=date(2026, 3, 1)) == ["due_in_past"]


def test_last_second_of_the_day_is_over_when_its_fraction_has_begun() -> None:
    """Due at 23:59:59 and issued half a second later: in the past, not a fault."""
    late = zurich("2026-03-02T23:59:59") + timedelta(milliseconds=500)
    assert codes_of(make_loan, CopyFactory(), MemberFactory(), now=late, due_on=date(2026, 3, 2)) == ["due_in_past"]


def test_today_is_the_library_s_today() -> None:
    """Half past midnight in Zurich is still yesterday in UTC."""
    after_midnight = zurich("2026-03-02T00:30")
    assert codes_of(make_loan, CopyFactory(), MemberFactory(), now=after_midnight, due_on=date(2026, 3, 1)) == [
        "due_in_past"
    ]


def test_date_by_hand_beyond_the_end_of_time_is_refused() -> None:
    set_library(time_zone="America/Chicago")
    assert codes_of(make_loan, CopyFactory(), MemberFactory(), now=NOW, due_on=date.max) == ["no_open_day"]


def test_issue_29_override_finds_a_lost_copy_and_leaves_the_damage(librarian: User, branch: Branch) -> None:
    """Setting copy_lost aside finds the copy; a damaged one stays damaged."""
    copy = CopyFactory(lost_on=date(2026, 1, 5), damaged_on=date(2026, 1, 4))
    issue_copy(
        copy, member=MemberFactory(), branch=branch, by=librarian, now=NOW,
        overrides=["copy_lost", "copy_damaged"], reason="it is in my hand",
    )  # fmt: skip
    copy.refresh_from_db()
    assert (copy.lost_on, copy.damaged_on) == (None, date(2026, 1, 4))
    assert Action.objects.get(verb="issue").before == {"lost_on": "2026-01-05"}


def test_issue_28_override_is_recorded_with_its_reason(librarian: User, branch: Branch) -> None:
    copy = CopyFactory(copy_type=CopyTypeFactory(is_lendable=False))
    issue_copy(
        copy, member=MemberFactory(expires_on=date(2026, 1, 1)), branch=branch, by=librarian, now=NOW,
        overrides=["not_lendable", "member_expired", "debt_limit"], reason="the mayor asked",
    )  # fmt: skip
    action = Action.objects.get(verb="issue")
    assert (action.overrides, action.reason) == (["member_expired", "not_lendable"], "the mayor asked")


@pytest.mark.parametrize("overrides", [[], ["copy_lost"], ["member_expired"], ["nonsense", ""], ["copy_withdrawn"]])
def test_issue_25_every_other_reason_still_counts(overrides: list[str], librarian: User, branch: Branch) -> None:
    copy, member = CopyFactory(lost_on=date(2026, 1, 5)), MemberFactory(expires_on=date(2026, 1, 1))
    left = sorted({"copy_lost", "member_expired"} - set(overrides))
    assert left == codes_of(
        issue_copy, copy, member=member, branch=branch, by=librarian, now=NOW, overrides=overrides, reason="why not"
    )


def test_block_cannot_be_set_aside(librarian: User, branch: Branch) -> None:
    copy = CopyFactory(withdrawn_on=date(2026, 1, 5))
    assert codes_of(
        issue_copy, copy, member=MemberFactory(), branch=branch, by=librarian, now=NOW,
        overrides=["copy_withdrawn"], reason="it is in my hand",
    ) == ["copy_withdrawn"]  # fmt: skip


@pytest.mark.parametrize("reason", ["", "   "])
def test_issue_27_override_without_a_reason_counts_as_none(reason: str, librarian: User, branch: Branch) -> None:
    copy = CopyFactory(lost_on=date(2026, 1, 5))
    how = {"member": MemberFactory(), "branch": branch, "by": librarian, "now": NOW, "overrides": ["copy_lost"]}
    assert codes_of(issue_copy, copy, **how, reason=reason) == ["copy_lost"]


@pytest.mark.parametrize(("role", "refused"), [(MEMBER, True), (LIBRARIAN, False)])
def test_issue_26_override_needs_the_permission(
    role: str, refused: bool, make_user: Callable[..., User], branch: Branch
) -> None:
    user, copy, member = make_user(role), CopyFactory(lost_on=date(2026, 1, 5)), MemberFactory()
    how = {"member": member, "branch": branch, "by": user, "now": NOW, "overrides": ["copy_lost"], "reason": "found"}
    if refused:
        assert codes_of(issue_copy, copy, **how) == ["copy_lost"]
    else:
        assert issue_copy(copy, **how).is_open


def test_issue_30_copy_the_member_has_is_renewed_by_override(librarian: User, branch: Branch) -> None:
    loan = make_loan(now=NOW)
    again = issue_copy(
        loan.copy, member=loan.member, branch=branch, by=librarian, now=zurich("2026-03-16T10:00"),
        overrides=["already_yours"], reason="asked at the desk",
    )  # fmt: skip
    assert (again.pk, again.renewals, again.due_at) == (loan.pk, 1, zurich("2026-04-13T23:59:59"))
    assert (Loan.objects.count(), sorted(Action.objects.values_list("verb", flat=True))) == (
        1, ["issue", "issue", "renew"],
    )  # fmt: skip


def test_issue_31_same_form_twice_lends_once(branch: Branch, librarian: User) -> None:
    copy, member = CopyFactory(), MemberFactory()
    first, second = (
        issue_copy(copy, member=member, branch=branch, by=librarian, now=NOW, key="the-form-1") for _each in range(2)
    )
    assert (first, Loan.objects.count(), Action.objects.count()) == (second, 1, 1)


def test_issue_32_same_form_with_other_contents_is_refused(branch: Branch, librarian: User) -> None:
    member = MemberFactory()
    issue_copy(CopyFactory(), member=member, branch=branch, by=librarian, now=NOW, key="the-form-1")
    with pytest.raises(FormAlreadyUsed):
        issue_copy(CopyFactory(), member=member, branch=branch, by=librarian, now=NOW, key="the-form-1")
    assert Loan.objects.count() == 1


def test_refused_form_may_be_sent_again(branch: Branch, librarian: User) -> None:
    copy, member = CopyFactory(lost_on=date(2026, 1, 5)), MemberFactory()
    how = {"member": member, "branch": branch, "by": librarian, "now": NOW, "key": "the-form-1"}
    assert codes_of(issue_copy, copy, **how) == ["copy_lost"]
    assert issue_copy(copy, **how, overrides=["copy_lost"], reason="found").is_open


def is_told_to_search() -> int:
    """In so many statements: the document is locked, its figures counted, written; in SQLite its words stand apart."""
    return 3 if connection.vendor == "postgresql" else 4


@pytest.mark.parametrize(("key", "issue", "back"), [(None, 15, 8), ("the-form", 16, 9)])
def test_issue_and_return_need_few_statements(
    key: str | None, issue: int, back: int, branch: Branch, librarian: User
) -> None:
    copy, member = CopyFactory(), MemberFactory()
    index_book(copy.book)
    how = {"branch": branch, "by": librarian}
    with CaptureQueriesContext(connection) as issuing:
        issue_copy(copy, member=member, key=key and f"{key}-1", **how)
    with CaptureQueriesContext(connection) as returning:
        return_copy(copy, key=key and f"{key}-2", **how)
    assert (len(issuing), len(returning)) == (issue + is_told_to_search(), back + is_told_to_search())


def test_loans_of_a_member_do_not_make_issuing_slower(branch: Branch) -> None:
    member, counts = MemberFactory(), []
    for _each in range(4):
        copy = CopyFactory()
        index_book(copy.book)
        with CaptureQueriesContext(connection) as issuing:
            issue_copy(copy, member=member, branch=branch, by=None, now=NOW)
        counts.append(len(issuing))
    assert counts == [15 + is_told_to_search()] * 4


def test_date_set_by_hand_holds_for_a_renewal_by_issuing_too(branch: Branch) -> None:
    loan = make_loan(now=NOW)
    how = {"overrides": ["already_yours"], "reason": "holidays", "due_on": date(2026, 6, 1)}
    renewed = issue_copy(loan.copy, member=loan.member, branch=branch, by=None, now=NOW, **how)
    assert (renewed.pk, renewed.due_at) == (loan.pk, zurich("2026-06-01T23:59:59"))
