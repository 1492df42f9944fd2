"""RENEW: extending a loan, every reason against it, and the fine of an overdue one."""

from collections.abc import Callable
from datetime import date

import pytest

from accounts.models import Action, Branch, Member, Restriction, User
from accounts.permissions import LIBRARIAN, MEMBER
from accounts.tests.factories import MemberCategoryFactory, MemberFactory
from circulation.models import CirculationRule, LedgerEntry, Loan
from circulation.services.ledger import charge_member
from circulation.services.loans import issue_copy, renew_loan, return_copy
from circulation.tests.factories import close_on, make_loan, set_library, set_rule, zurich
from circulation.tests.refusals import codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
ISSUED = zurich("2026-03-02T10:00")  # due Monday 23 March
NOW = zurich("2026-03-20T10:00")
LATE = zurich("2026-03-26T10:00")


def renewed(loan: Loan, **how) -> Loan:
    return renew_loan(loan, **({"by": None, "now": NOW} | how))


def refusal(loan: Loan, **how) -> list[str]:
    return codes_of(renew_loan, loan, **({"by": None, "now": NOW} | how))


def test_renew_1_loan_goes_on_from_its_due_date(librarian: User) -> None:
    loan = renewed(make_loan(now=ISSUED), by=librarian)
    assert Loan.objects.values("pk", "due_at", "renewals", "closed_at").get() == {
        "pk": loan.pk, "due_at": zurich("2026-04-13T23:59:59"), "renewals": 1, "closed_at": None,
    }  # fmt: skip
    assert LedgerEntry.objects.count() == 0


def test_loan_that_ended_is_not_renewed_for_who_has_the_copy_now(branch: Branch) -> None:
    ended = make_loan(now=ISSUED)
    return_copy(ended.copy, branch=branch, by=None, now=ISSUED)
    make_loan(ended.copy, now=ISSUED)
    assert refusal(ended) == ["not_on_loan"]


def test_action_tells_what_was_before(librarian: User) -> None:
    before = make_loan(now=ISSUED)
    before.refresh_from_db()
    loan = renewed(before, by=librarian)
    assert Action.objects.values("by_id", "at", "target_id", "before", "after").get(verb="renew") == {
        "by_id": librarian.pk, "at": NOW, "target_id": loan.pk,
        "before": {"due_at": "2026-03-23T22:59:59+00:00", "renewals": 0, "explanation": before.explanation},
        "after": {"due_at": "2026-04-13T21:59:59+00:00", "fine": None, "fine_minor": 0, "entries": [],
                  "charged_minor": 0, "credited_minor": 0},
    }  # fmt: skip


def test_renew_6_overdue_loan_pays_its_fine_first_and_counts_from_today() -> None:
    """Due 23 March, renewed on the 26th: 3 days at 0.50, then 21 days from the 26th."""
    loan = renewed(make_loan(now=ISSUED), now=LATE)
    assert (loan.due_at, loan.renewals) == (zurich("2026-04-16T23:59:59"), 1)
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.amount_minor, entry.loan, entry.at) == ("overdue", 150, loan, LATE)
    assert Action.objects.get(verb="renew").after["fine"] == entry.pk


def test_renew_7_second_lateness_of_the_same_loan_is_a_second_fine(branch: Branch) -> None:
    loan = renewed(make_loan(now=ISSUED), now=LATE)
    return_copy(loan.copy, branch=branch, by=None, now=zurich("2026-04-18T10:00"))
    assert list(LedgerEntry.objects.order_by("pk").values_list("amount_minor", flat=True)) == [150, 100]


def test_renew_8_only_so_often() -> None:
    loan = renewed(renewed(make_loan(now=ISSUED)))
    assert (loan.renewals, refusal(loan)) == (2, ["renewal_limit"])


@pytest.mark.parametrize(("most", "refused"), [(0, True), (-1, False)])
def test_renew_9_never_or_as_often_as_you_like(most: int, refused: bool) -> None:
    set_rule(max_renewals=most)
    loan = make_loan(now=ISSUED)
    if refused:
        assert refusal(loan) == ["renewal_limit"]
    else:
        assert [renewed(loan).renewals for _each in range(4)] == [1, 2, 3, 4]


def test_renew_10_new_loan_begins_at_nought(branch: Branch) -> None:
    loan = renewed(make_loan(now=ISSUED))
    return_copy(loan.copy, branch=branch, by=None, now=NOW)
    assert make_loan(loan.copy, loan.member, now=NOW).renewals == 0


@pytest.mark.parametrize(("on", "codes"), [("2026-03-15T23:59", ["renewal_too_soon"]), ("2026-03-16T00:00", [])])
def test_renew_11_not_before_so_many_days_before_the_due_date(on: str, codes: list[str]) -> None:
    """Due 23 March, not before 7 days -> from 16 March."""
    set_rule(no_renewal_before=7)
    loan = make_loan(now=ISSUED)
    if codes:
        assert refusal(loan, now=zurich(on)) == codes
    else:
        assert renewed(loan, now=zurich(on)).renewals == 1


def test_renewal_seven_days_before_22_march_begins_on_the_15th() -> None:
    set_rule(no_renewal_before=7)
    loan = make_loan(now=zurich("2024-03-01T10:00"))
    assert refusal(loan, now=zurich("2024-03-14T10:00")) == ["renewal_too_soon"]
    assert renewed(loan, now=zurich("2024-03-15T10:00")).renewals == 1


def test_renew_12_due_date_must_move() -> None:
    set_rule(fixed_due_on=date(2026, 3, 23))
    assert refusal(make_loan(now=ISSUED)) == ["renewal_not_later"]


def test_renew_13_due_date_in_the_past_is_not_later() -> None:
    """A fixed date that has passed is later than the due date, but not than today."""
    loan = make_loan(now=ISSUED)
    set_rule(fixed_due_on=date(2026, 3, 24))
    assert refusal(loan, now=LATE) == ["renewal_not_later"]


def test_renew_14_membership_that_ends_on_the_due_date() -> None:
    loan = make_loan(now=ISSUED, member=MemberFactory(expires_on=date(2026, 3, 23)))
    assert refusal(loan) == ["renewal_not_later"]


def test_renew_5_renewal_stops_at_the_end_of_the_membership() -> None:
    loan = make_loan(now=ISSUED, member=MemberFactory(expires_on=date(2026, 4, 1)))
    assert renewed(loan).due_at == zurich("2026-04-01T23:59:59")


def test_renew_15_expired_member_is_not_told_that_the_date_would_not_move() -> None:
    loan = make_loan(now=ISSUED, member=MemberFactory(expires_on=date(2026, 3, 25)))
    set_rule(fixed_due_on=date(2026, 3, 1))
    assert refusal(loan, now=LATE) == ["member_expired"]


def test_override_for_an_expired_member_never_brings_the_due_date_forward() -> None:
    loan = make_loan(now=ISSUED, member=MemberFactory(expires_on=date(2026, 3, 25)))
    set_rule(fixed_due_on=date(2026, 3, 1))
    assert refusal(loan, now=LATE, overrides=["member_expired"], reason="asked") == ["renewal_not_later"]


def test_renew_16_copy_the_member_says_was_returned() -> None:
    loan = make_loan(now=ISSUED)
    Loan.objects.filter(pk=loan.pk).update(claimed_returned_at=NOW)
    assert refusal(loan, overrides=["claimed_returned"], reason="asked") == ["claimed_returned"]


@pytest.mark.parametrize(("source", "code"), [("librarian", "member_restricted"), ("overdue", "member_suspended")])
def test_renew_17_member_who_is_barred(source: str, code: str) -> None:
    loan = make_loan(now=ISSUED)
    Restriction.objects.create(
        member=loan.member, from_on=date(2026, 3, 20), until_on=date(2026, 3, 20), source=source, reason="rude"
    )
    assert refusal(loan) == [code]


@pytest.mark.parametrize(("owed", "codes"), [(500, []), (501, ["debt_limit"])])
def test_renew_18_debt_limit_is_strict_as_at_issue(owed: int, codes: list[str]) -> None:
    loan = make_loan(now=ISSUED, member=MemberFactory(category=MemberCategoryFactory(debt_limit_minor=500)))
    charge_member(loan.member, amount_minor=owed, reason="lost card", by=None)
    if codes:
        assert refusal(loan) == codes
    else:
        assert renewed(loan).renewals == 1


def test_renew_19_running_fine_of_the_loan_itself_counts_as_debt() -> None:
    loan = make_loan(now=ISSUED, member=MemberFactory(category=MemberCategoryFactory(debt_limit_minor=149)))
    assert refusal(loan, now=LATE) == ["debt_limit"]
    set_library(estimate_counts_for_limits=False)
    assert renewed(loan, now=LATE).renewals == 1


def test_renew_20_any_overdue_loan_blocks_every_renewal_where_the_category_says_so() -> None:
    member = MemberFactory(category=MemberCategoryFactory(overdue_blocks_loans=True))
    in_time = make_loan(member=member, now=zurich("2026-03-20T10:00"))
    late = make_loan(member=MemberFactory(category=member.category), now=ISSUED)
    Loan.objects.filter(pk=late.pk).update(member=member)
    assert (refusal(in_time, now=LATE), refusal(Loan.objects.get(pk=late.pk), now=LATE)) == (
        ["has_overdue"], ["has_overdue"],
    )  # fmt: skip


def test_renew_21_every_reason_is_given_at_once() -> None:
    category = MemberCategoryFactory(debt_limit_minor=0, overdue_blocks_loans=True)
    loan = make_loan(now=ISSUED, member=MemberFactory(category=category))
    set_rule(max_renewals=0, fixed_due_on=date(2026, 3, 1))
    Loan.objects.filter(pk=loan.pk).update(claimed_returned_at=LATE)
    for source in ("librarian", "overdue"):
        Restriction.objects.create(
            member=loan.member, from_on=date(2026, 3, 1), until_on=date(2026, 9, 1), source=source, reason="rude"
        )
    everything = ["claimed_returned", "debt_limit", "has_overdue", "member_restricted", "member_suspended",
                  "renewal_limit", "renewal_not_later"]  # fmt: skip
    assert refusal(loan, now=LATE) == everything
    Member.objects.filter(pk=loan.member_id).update(expires_on=date(2026, 3, 25))
    assert refusal(loan, now=LATE) == sorted({*everything, "member_expired"} - {"renewal_not_later"})


def test_renew_22_limits_on_the_number_of_loans_do_not_count() -> None:
    loan = make_loan(now=ISSUED, member=MemberFactory(category=MemberCategoryFactory(max_loans=1)))
    set_rule(max_loans=0)
    assert renewed(loan).renewals == 1


def test_renew_23_loan_that_is_over_is_refused(branch: Branch) -> None:
    loan = make_loan(now=ISSUED)
    return_copy(loan.copy, branch=branch, by=None, now=NOW)
    assert refusal(loan) == ["not_on_loan"]


def test_renew_24_calendar_without_an_open_day() -> None:
    loan = make_loan(now=ISSUED)
    close_on("2026-03-24", "2028-01-01")
    assert refusal(loan) == ["no_open_day"]


@pytest.mark.parametrize(("role", "codes"), [(MEMBER, ["renewal_limit", "renewal_too_soon"]), (LIBRARIAN, [])])
def test_renew_25_staff_may_set_aside_what_a_member_may_not(
    role: str, codes: list[str], make_user: Callable[..., User]
) -> None:
    set_rule(max_renewals=0, no_renewal_before=1)
    loan = make_loan(now=ISSUED)
    how = {"by": make_user(role), "overrides": ["renewal_limit", "renewal_too_soon"], "reason": "is ill"}
    if codes:
        assert refusal(loan, **how) == codes
    else:
        renewed(loan, **how)
        action = Action.objects.get(verb="renew")
        assert (action.overrides, action.reason) == (["renewal_limit", "renewal_too_soon"], "is ill")


def test_renew_26_block_cannot_be_set_aside() -> None:
    set_rule(fixed_due_on=date(2026, 3, 23))
    assert refusal(make_loan(now=ISSUED), overrides=["renewal_not_later"], reason="asked") == ["renewal_not_later"]


def test_renew_27_period_is_that_of_the_rule_in_force_for_the_loan(branch: Branch) -> None:
    loan = make_loan(now=ISSUED)
    CirculationRule.objects.create(branch=branch, category=loan.category, renewal_period=7)
    assert renewed(loan).due_at == zurich("2026-03-30T23:59:59")


def test_renew_28_same_form_twice_renews_once(librarian: User) -> None:
    loan = make_loan(now=ISSUED)
    first, second = (renewed(loan, by=librarian, key="the-form-1") for _each in range(2))
    assert (first, second.renewals, Action.objects.filter(verb="renew").count()) == (second, 1, 1)


def test_renew_29_issue_of_the_member_s_own_copy_passes_its_overrides_on(librarian: User, branch: Branch) -> None:
    set_rule(max_renewals=0)
    loan = make_loan(now=ISSUED)
    how = {"member": loan.member, "branch": branch, "by": librarian, "now": NOW, "reason": "asked"}
    assert codes_of(issue_copy, loan.copy, overrides=["already_yours"], **how) == ["renewal_limit"]
    assert issue_copy(loan.copy, overrides=["already_yours", "renewal_limit"], **how).renewals == 1
