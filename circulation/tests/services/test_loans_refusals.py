"""ISSUE: every reason against an issue, alone and with others."""

from datetime import date, timedelta

import pytest

from accounts.models import Branch, Member, Restriction, User
from accounts.tests.factories import BranchFactory, MemberCategoryFactory, MemberFactory
from catalog.models import Copy
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from circulation.exceptions import CirculationRefused, Level
from circulation.models import CirculationRule, Loan
from circulation.services.ledger import charge_member
from circulation.services.loans import issue_copy, return_copy
from circulation.tests.factories import close_on, make_loan, set_library, set_rule, zurich
from circulation.tests.refusals import codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")
TODAY, YESTERDAY, TOMORROW = (date(2026, 3, n) for n in (2, 1, 3))


def refusal(copy: Copy | None = None, member: Member | None = None, **how) -> list[str]:
    return codes_of(make_loan, copy or CopyFactory(), member or MemberFactory(), now=NOW, **how)


def restricted(member: Member, source: str = "librarian", **fields) -> Member:
    Restriction.objects.create(member=member, reason="Brought a dog", source=source, **({"from_on": TODAY} | fields))
    return member


def owing(amount_minor: int, **limits) -> Member:
    member = MemberFactory(category=MemberCategoryFactory(**limits))
    charge_member(member, amount_minor=amount_minor, reason="lost card", by=None, now=NOW)
    return member


def test_issue_4_copy_on_loan_to_somebody_else() -> None:
    assert refusal(make_loan(now=NOW).copy) == ["on_loan"]


def test_issue_5_copy_on_loan_to_the_member() -> None:
    loan = make_loan(now=NOW)
    assert refusal(loan.copy, loan.member) == ["already_yours"]


@pytest.mark.parametrize(
    ("state", "code"), [("withdrawn_on", "copy_withdrawn"), ("lost_on", "copy_lost"), ("damaged_on", "copy_damaged")]
)
def test_issue_6_copy_out_of_use(state: str, code: str) -> None:
    assert refusal(CopyFactory(**{state: YESTERDAY})) == [code]


def test_issue_7_copy_of_a_type_that_is_not_lent() -> None:
    assert refusal(CopyFactory(copy_type=CopyTypeFactory(is_lendable=False))) == ["not_lendable"]


def test_issue_3_copy_or_member_that_is_gone() -> None:
    copy, member = CopyFactory(), MemberFactory()
    gone_copy, gone_member = Copy(pk=copy.pk + 999), Member(pk=member.pk + 999)
    assert (refusal(gone_copy, member), refusal(copy, gone_member)) == (["unknown_copy"], ["unknown_member"])


@pytest.mark.parametrize(
    ("most", "held", "codes"), [(2, 1, []), (2, 2, ["too_many_loans"]), (0, 0, ["too_many_loans"]), (-1, 6, [])]
)
def test_issue_8_loans_of_one_kind(most: int, held: int, codes: list[str]) -> None:
    set_rule(max_loans=most if held else -1)
    member = MemberFactory()
    for _each in range(held):
        make_loan(member=member, now=NOW)
    set_rule(max_loans=most)
    if codes:
        assert refusal(member=member) == codes
    else:
        assert make_loan(member=member, now=NOW).is_open


def test_issue_9_lower_of_the_two_limits_bites() -> None:
    """DVDs 2, in all 5; 1 DVD and 4 books out: a DVD is refused by the total."""
    dvd = CopyTypeFactory()
    CirculationRule.objects.create(copy_type=dvd, max_loans=2)
    member = MemberFactory(category=MemberCategoryFactory(max_loans=5))
    make_loan(CopyFactory(copy_type=dvd), member, now=NOW)
    for _each in range(4):
        make_loan(member=member, now=NOW)
    assert refusal(CopyFactory(copy_type=dvd), member) == ["too_many_loans_total"]


def test_issue_10_both_limits_are_told() -> None:
    set_rule(max_loans=1)
    member = MemberFactory(category=MemberCategoryFactory(max_loans=1))
    make_loan(member=member, now=NOW)
    assert refusal(member=member) == ["too_many_loans", "too_many_loans_total"]


def test_issue_11_row_counts_the_loans_whose_own_limit_comes_from_it() -> None:
    """A row for DVDs takes DVDs out of the count of the row for everything, and the other way round."""
    set_rule(max_loans=1)
    dvd = CopyTypeFactory()
    CirculationRule.objects.create(copy_type=dvd, max_loans=1)
    member = MemberFactory()
    make_loan(CopyFactory(copy_type=dvd), member, now=NOW)
    make_loan(member=member, now=NOW)
    assert (refusal(member=member), refusal(CopyFactory(copy_type=dvd), member)) == (
        ["too_many_loans"], ["too_many_loans"],
    )  # fmt: skip


def test_issue_12_row_that_sets_no_limit_of_its_own_counts_with_the_wider_one() -> None:
    set_rule(max_loans=1)
    dvd = CopyTypeFactory()
    CirculationRule.objects.create(copy_type=dvd, loan_period=7)
    member = MemberFactory()
    make_loan(CopyFactory(copy_type=dvd), member, now=NOW)
    assert refusal(member=member) == ["too_many_loans"]


def test_issue_13_returned_loan_does_not_count(branch: Branch) -> None:
    set_rule(max_loans=1)
    loan = make_loan(now=NOW)
    return_copy(loan.copy, branch=branch, by=None, now=NOW)
    assert make_loan(member=loan.member, now=NOW).is_open


@pytest.mark.parametrize(("owed", "codes"), [(500, []), (501, ["debt_limit"])])
def test_issue_14_debt_limit_is_strict(owed: int, codes: list[str]) -> None:
    """Exactly 5.00 at a limit of 5.00 may borrow, 5.01 may not."""
    member = owing(owed, debt_limit_minor=500)
    if codes:
        assert refusal(member=member) == codes
    else:
        assert make_loan(member=member, now=NOW).is_open


def test_issue_15_without_a_debt_limit_any_debt_may_borrow() -> None:
    assert make_loan(member=owing(10**9), now=NOW).is_open


@pytest.mark.parametrize(("counts", "codes"), [(True, ["debt_limit"]), (False, [])])
def test_issue_16_running_fine_counts_towards_the_limit_unless_the_library_says_no(counts: bool, codes: list) -> None:
    """4 days late at 0.50 run up to 2.00, above a limit of 1.99."""
    set_library(estimate_counts_for_limits=counts)
    member = MemberFactory(category=MemberCategoryFactory(debt_limit_minor=199))
    make_loan(member=member, now=zurich("2026-02-05T10:00"))
    if codes:
        assert refusal(member=member) == codes
    else:
        assert make_loan(member=member, now=NOW).is_open


def test_issue_17_running_fines_count_no_more_than_the_category_allows_in_all() -> None:
    limits = MemberCategoryFactory(debt_limit_minor=100, max_open_fines_minor=100)
    member = MemberFactory(category=limits)
    make_loan(member=member, now=zurich("2026-02-05T10:00"))
    make_loan(member=member, now=zurich("2026-02-05T10:00"))
    assert make_loan(member=member, now=NOW).is_open


@pytest.mark.parametrize(("blocks", "codes"), [(True, ["has_overdue"]), (False, [])])
def test_issue_18_overdue_loan_blocks_where_the_category_says_so(blocks: bool, codes: list[str]) -> None:
    member = MemberFactory(category=MemberCategoryFactory(overdue_blocks_loans=blocks))
    make_loan(member=member, now=zurich("2026-02-08T10:00"))
    if codes:
        assert refusal(member=member) == codes
    else:
        assert make_loan(member=member, now=NOW).is_open


@pytest.mark.parametrize(("ends", "codes"), [(YESTERDAY, ["member_expired"]), (TODAY, [])])
def test_issue_19_membership_holds_through_its_last_day(ends: date, codes: list[str]) -> None:
    member = MemberFactory(expires_on=ends)
    if codes:
        assert refusal(member=member) == codes
    else:
        assert make_loan(member=member, now=zurich("2026-03-02T23:59")).due_at == zurich("2026-03-02T23:59:59")


@pytest.mark.parametrize(("source", "code"), [("librarian", "member_restricted"), ("overdue", "member_suspended")])
def test_issue_20_member_who_is_barred(source: str, code: str) -> None:
    assert refusal(member=restricted(MemberFactory(), source, until_on=TOMORROW)) == [code]


@pytest.mark.parametrize("fields", [
    {"from_on": TOMORROW}, {"from_on": YESTERDAY, "until_on": YESTERDAY}, {"lifted_at": NOW - timedelta(minutes=1)},
])  # fmt: skip
def test_issue_21_bar_counts_from_its_first_day_to_its_last(fields: dict) -> None:
    assert make_loan(member=restricted(MemberFactory(), **fields), now=NOW).is_open


def test_issue_22_bar_without_an_end_counts() -> None:
    assert refusal(member=restricted(MemberFactory(), from_on=YESTERDAY)) == ["member_restricted"]


def test_due_30_calendar_without_an_open_day() -> None:
    close_on("2026-01-01", "2028-01-01")
    assert refusal() == ["no_open_day"]


def test_cal_19_closed_day_refuses_nothing_by_itself() -> None:
    close_on("2026-03-02")
    assert make_loan(now=NOW).is_open


def test_due_12_fixed_date_that_has_passed() -> None:
    set_rule(fixed_due_on=YESTERDAY)
    assert refusal() == ["due_in_past"]


def test_issue_2_every_reason_is_given_at_once() -> None:
    """Nothing hides behind the first reason."""
    set_rule(max_loans=1, fixed_due_on=YESTERDAY)
    category = MemberCategoryFactory(max_loans=1, debt_limit_minor=0, overdue_blocks_loans=True)
    member = MemberFactory(category=category)
    loan = make_loan(CopyFactory(copy_type=CopyTypeFactory(is_lendable=True)), member, now=zurich("2026-02-20T10:00"))
    restricted(restricted(member), "overdue", until_on=TOMORROW)
    Member.objects.filter(pk=member.pk).update(expires_on=YESTERDAY)
    Copy.objects.filter(pk=loan.copy_id).update(withdrawn_on=TODAY, lost_on=TODAY, damaged_on=TODAY)
    type(loan.copy.copy_type).objects.update(is_lendable=False)
    assert Loan.objects.filter(pk=loan.pk).update(due_at=zurich("2026-03-01T23:59:59")) == 1
    assert refusal(loan.copy, member) == [
        "already_yours", "copy_damaged", "copy_lost", "copy_withdrawn", "debt_limit", "due_in_past", "has_overdue",
        "member_expired", "member_restricted", "member_suspended", "not_lendable", "too_many_loans",
        "too_many_loans_total",
    ]  # fmt: skip


IN_CATEGORY = {
    "debt_limit": {"debt_limit_minor": 0},
    "too_many_loans_total": {"max_loans": 0},
    "has_overdue": {"overdue_blocks_loans": True},
}
OF_COPY = {"copy_lost": {"lost_on": YESTERDAY}, "copy_damaged": {"damaged_on": YESTERDAY}}


def refused_with(code: str) -> tuple[Copy, Member]:
    """A copy that a member may not borrow for this one reason."""
    copy, member = CopyFactory(**OF_COPY.get(code, {})), MemberFactory()
    if code in IN_CATEGORY:
        member = MemberFactory(category=MemberCategoryFactory(**IN_CATEGORY[code]))
    if code == "debt_limit":
        charge_member(member, amount_minor=1, reason="lost card", by=None)
    if code == "not_lendable":
        copy = CopyFactory(copy_type=CopyTypeFactory(is_lendable=False))
    if code in ("already_yours", "has_overdue"):
        loan = make_loan(
            member=member, now=zurich("2026-02-20T10:00" if code == "already_yours" else "2026-01-05T10:00")
        )
        copy = loan.copy if code == "already_yours" else copy
    if code == "member_expired":
        member = MemberFactory(expires_on=YESTERDAY)
    if code in ("member_restricted", "member_suspended"):
        restricted(member, "librarian" if code == "member_restricted" else "overdue", until_on=TOMORROW)
    if code == "too_many_loans":
        set_rule(max_loans=0)
    return copy, member


@pytest.mark.parametrize("code", [
    "already_yours", "not_lendable", "copy_lost", "copy_damaged", "member_expired", "member_restricted",
    "member_suspended", "debt_limit", "too_many_loans", "too_many_loans_total", "has_overdue",
])  # fmt: skip
def test_issue_23_reason_marked_c_can_be_set_aside(code: str, librarian: User, branch: Branch) -> None:
    copy, member = refused_with(code)
    assert refusal(copy, member) == [code]
    how = {"member": member, "branch": branch, "by": librarian, "now": NOW}
    assert issue_copy(copy, overrides=[code], reason="asked nicely", **how).is_open


@pytest.mark.parametrize("code", ["on_loan", "copy_withdrawn", "no_open_day", "due_in_past"])
def test_issue_24_reason_not_marked_c_cannot(code: str, branch: Branch) -> None:
    copy = make_loan(now=NOW).copy if code == "on_loan" else CopyFactory()
    if code == "copy_withdrawn":
        copy = CopyFactory(withdrawn_on=YESTERDAY)
    if code == "no_open_day":
        close_on("2026-01-01", "2028-01-01")
    how = {"due_on": YESTERDAY if code == "due_in_past" else None, "overrides": [code], "reason": "asked nicely"}
    assert refusal(copy, **how) == [code]


def test_problem_tells_people_why_and_what_it_takes() -> None:
    with pytest.raises(CirculationRefused) as refused:
        make_loan(member=owing(501, debt_limit_minor=500), now=NOW)
    (problem,) = refused.value.problems
    assert (problem.message, problem.level, problem.permission) == (
        "€5.01 are owed; the limit is €5.00.", Level.CONFIRM, "accounts.override_block",
    )  # fmt: skip


def test_limit_of_another_branch_does_not_count() -> None:
    CirculationRule.objects.create(branch=BranchFactory(), max_loans=0)
    assert make_loan(now=NOW).is_open
