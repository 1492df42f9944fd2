"""FOUND: lost copies that come back, and what is given back for them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Action, Branch, User
from accounts.tests.factories import BranchFactory, MemberCategoryFactory, MemberFactory
from catalog.models import Copy
from catalog.tests.factories import CopyFactory
from circulation import invariants
from circulation.models import LedgerEntry, Loan
from circulation.queries.ledger import balance_minor, outstanding_minor
from circulation.services.ledger import charge_member, take_payment, void_entry, waive, write_off
from circulation.services.loans import issue_copy, renew_loan
from circulation.services.lost import mark_found, mark_lost
from circulation.services.removal import remove_member
from circulation.tests.factories import close_on, make_loan, set_library, set_rule, zurich
from circulation.tests.refusals import codes_of
from circulation.tests.services.losses import IN_TIME, ISSUED, LATE, LATER, amounts, found, lent, lines

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]


def test_found_1_what_was_paid_and_what_is_open_is_refunded_never_what_was_written_off(branch: Branch) -> None:
    """99 + 20; 27 paid and 25 written off on the 99: a credit of 74, 27 of it left; the balance is 20 - 27 = -7."""
    loan, elsewhere = lent(), BranchFactory()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    take_payment(loan.member, amount_minor=2_700, by=None, now=IN_TIME)
    write_off(loan.member, amount_minor=2_500, by=None, now=IN_TIME)
    after = found(loan, elsewhere)
    assert (after["credited_minor"], after["charged_minor"], balance_minor(loan.member)) == (7_400, 0, -700)
    assert lines(loan.member) == [
        ("replacement", 9_900, 9_900), ("processing", 2_000, 2_000), ("payment", -2_700, 2_700),
        ("write_off", -2_500, 2_500), ("refund", -7_400, 4_700 + 2_000),
    ]  # fmt: skip
    loan.refresh_from_db()
    assert (loan.found_at, loan.outcome) == (LATER, "lost")
    assert Copy.objects.values_list("lost_on", "current_branch").get() == (None, elsewhere.pk)
    refund = LedgerEntry.objects.get(kind="refund")
    assert refund.explanation == {
        "replacement": LedgerEntry.objects.get(kind="replacement").pk, "of_minor": 9_900, "forgiven_minor": 2_500,
    }  # fmt: skip


def test_found_2_nothing_paid_leaves_the_processing_fee(branch: Branch) -> None:
    loan = lent()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    assert found(loan, branch)["credited_minor"] == 9_900
    assert (balance_minor(loan.member), outstanding_minor(loan.member)) == (2_000, 2_000)


def test_found_3_all_paid_is_all_credit(branch: Branch) -> None:
    loan = lent()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    take_payment(loan.member, amount_minor=11_900, by=None, now=IN_TIME)
    found(loan, branch)
    assert (balance_minor(loan.member), outstanding_minor(loan.member)) == (-9_900, 0)


def test_found_4_refund_goes_to_the_oldest_debt_first(branch: Branch) -> None:
    """As every credit does, whatever it was written for."""
    loan = lent()
    charge_member(loan.member, amount_minor=500, reason="stain", by=None, now=ISSUED)
    mark_lost(loan.copy, by=None, now=IN_TIME)
    found(loan, branch)
    assert lines(loan.member) == [
        ("other", 500, 500), ("replacement", 9_900, 9_400), ("processing", 2_000, 0), ("refund", -9_900, 9_900),
    ]  # fmt: skip


def test_found_5_waived_and_wholly_written_off_is_not_refunded(branch: Branch) -> None:
    loan = lent()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    waive(loan.member, amount_minor=4_000, reason="fire", by=None, now=IN_TIME)
    write_off(loan.member, amount_minor=5_900, by=None, now=IN_TIME)
    found(loan, branch)
    assert (balance_minor(loan.member), LedgerEntry.objects.filter(kind="refund").count()) == (2_000, 0)


def test_found_6_waiver_that_was_taken_back_counts_no_more(branch: Branch) -> None:
    loan = lent()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    void_entry(write_off(loan.member, amount_minor=2_500, by=None, now=IN_TIME), by=None, now=IN_TIME)
    assert (found(loan, branch)["credited_minor"], balance_minor(loan.member)) == (9_900, 2_000)


def test_found_7_charge_that_was_taken_back_is_not_refunded(branch: Branch) -> None:
    loan = lent()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    void_entry(LedgerEntry.objects.get(kind="replacement"), by=None, now=IN_TIME)
    assert (found(loan, branch)["credited_minor"], balance_minor(loan.member)) == (0, 2_000)


def test_found_8_where_nothing_is_given_back_only_the_mark_goes(branch: Branch) -> None:
    set_library(found_refund_policy="none")
    loan = lent()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    assert (found(loan, branch)["credited_minor"], balance_minor(loan.member)) == (0, 11_900)
    assert Copy.objects.get().lost_on is None


@pytest.mark.parametrize(("day", "credited"), [("2026-03-15", 9_900), ("2026-03-16", 0)])
def test_found_9_refund_is_given_for_some_days_from_the_day_of_the_loss(
    day: str, credited: int, branch: Branch
) -> None:  # fmt: skip
    set_library(refund_window_days=5, found_refund_policy="charge")
    loan = lent()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    after = found(loan, branch, now=zurich(f"{day}T23:30"))
    assert (after["credited_minor"], after["charged_minor"]) == (credited, 0)


@pytest.mark.parametrize(("policy", "fines"), [("forgive", [("overdue", 500)]), ("keep", [])])
def test_found_10_charge_writes_the_fine_as_if_returned_that_day_unless_it_was_kept(
    policy: str, fines: list, branch: Branch
) -> None:  # fmt: skip
    set_library(found_refund_policy="charge", lost_fine_policy=policy)
    loan = lent()
    mark_lost(loan.copy, by=None, now=LATE)
    before = len(lines(loan.member))
    after = found(loan, branch)
    assert amounts(loan.member)[before:] == [("refund", -9_900), *fines]
    assert after["fine_minor"] == sum(amount for _kind, amount in fines)


def test_found_11_charge_also_fines_a_loan_that_was_lost_in_time(branch: Branch) -> None:
    set_library(found_refund_policy="charge")
    loan = lent()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    assert found(loan, branch)["fine_minor"] == 500


def test_found_12_fine_of_a_renewal_before_is_not_the_one_that_was_kept(branch: Branch) -> None:
    set_library(found_refund_policy="charge")
    loan = lent()
    renew_loan(loan, by=None, now=LATE)  # 3 days late; due 16 April
    mark_lost(loan.copy, by=None, now=LATER)
    assert found(loan, branch, now=zurich("2026-04-18T10:00"))["fine_minor"] == 100


@pytest.mark.parametrize(("policy", "fines"), [("forgive", [("overdue", 150)]), ("keep", [])])
def test_found_13_restore_brings_the_forgiven_fine_back_as_it_stood(
    policy: str, fines: list, branch: Branch
) -> None:  # fmt: skip
    set_library(found_refund_policy="restore", lost_fine_policy=policy)
    loan = lent()
    mark_lost(loan.copy, by=None, now=LATE)
    close_on("2026-03-24", "2026-03-26")
    set_rule(fine_amount_minor=500)
    before = len(lines(loan.member))
    found(loan, branch)
    assert amounts(loan.member)[before:] == [("refund", -9_900), *fines]
    if fines:
        assert LedgerEntry.objects.get(kind="overdue").explanation == Loan.objects.get().forgiven_fine


def test_found_14_refund_alone_leaves_the_forgiven_fine_forgiven(branch: Branch) -> None:
    set_library(lost_fine_policy="forgive")
    loan = lent()
    mark_lost(loan.copy, by=None, now=LATE)
    assert (found(loan, branch)["charged_minor"], balance_minor(loan.member)) == (0, 2_000)


def test_found_15_fine_is_cut_to_the_room_the_category_leaves(branch: Branch) -> None:
    set_library(found_refund_policy="charge")
    loan = lent(member=MemberFactory(category=MemberCategoryFactory(max_open_fines_minor=120)))
    mark_lost(loan.copy, by=None, now=IN_TIME)
    assert found(loan, branch)["fine_minor"] == 120


def test_found_16_copy_of_a_member_who_was_removed_costs_and_refunds_nothing(branch: Branch) -> None:
    set_library(found_refund_policy="charge")
    loan = lent()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    remove_member(loan.member, by=None, now=IN_TIME)
    after = found(loan, branch)
    assert (after["credited_minor"], after["charged_minor"], Copy.objects.get().lost_on) == (0, 0, None)
    assert Loan.objects.get().found_at == LATER


def test_found_17_what_is_not_lost_is_refused(branch: Branch) -> None:
    assert codes_of(mark_found, CopyFactory(), branch=branch, by=None, now=LATER) == ["not_lost"]
    assert codes_of(mark_found, lent().copy, branch=branch, by=None, now=LATER) == ["not_lost"]
    assert codes_of(mark_found, Copy(pk=999), branch=branch, by=None, now=LATER) == ["unknown_copy"]


def test_found_18_copy_that_was_never_lent_is_found_without_money(branch: Branch) -> None:
    copy = CopyFactory(lost_on=date(2026, 1, 5))
    assert mark_found(copy, branch=branch, by=None, now=LATER) == copy
    assert (Copy.objects.get().lost_on, LedgerEntry.objects.count()) == (None, 0)


def test_found_19_second_loss_and_finding_is_a_matter_of_its_own_loan(branch: Branch) -> None:
    first = lent()
    mark_lost(first.copy, by=None, now=IN_TIME)
    mark_found(first.copy, branch=branch, by=None, now=IN_TIME)
    second = make_loan(first.copy, now=LATE)
    mark_lost(first.copy, by=None, now=LATER)
    found_again = LATER + timedelta(days=1)
    mark_found(first.copy, branch=branch, by=None, now=found_again)
    assert list(Loan.objects.order_by("pk").values_list("found_at", flat=True)) == [IN_TIME, found_again]
    assert [balance_minor(loan.member) for loan in (first, second)] == [2_000, 2_000]
    assert list(invariants.broken()) == []


def test_found_20_copy_from_the_book_drop_is_found_on_the_day_it_came_back(branch: Branch) -> None:
    set_library(found_refund_policy="charge")
    loan = lent()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    assert codes_of(
        mark_found, loan.copy, branch=branch, by=None, now=LATER, found_on=date(2026, 4, 3)
    ) == ["date_in_future"]  # fmt: skip
    assert codes_of(
        mark_found, loan.copy, branch=branch, by=None, now=LATER, found_on=date(2026, 3, 1)
    ) == ["date_before_loan"]  # fmt: skip
    assert found(loan, branch, found_on=date(2026, 3, 26))["fine_minor"] == 150


def test_found_21_issue_that_sets_copy_lost_aside_finds_the_copy_first(branch: Branch, librarian: User) -> None:
    """What the loss had cost is no debt any more when the issue looks at it."""
    loan = lent(member=MemberFactory(category=MemberCategoryFactory(debt_limit_minor=2_000)))
    mark_lost(loan.copy, by=None, now=IN_TIME)
    how = {"member": loan.member, "branch": branch, "by": librarian, "now": LATER}
    assert codes_of(issue_copy, loan.copy, **how) == ["copy_lost", "debt_limit"]
    again = issue_copy(loan.copy, overrides=["copy_lost"], reason="in my hand", **how)
    action = Action.objects.get(verb="issue", by=librarian)
    assert (again.is_open, balance_minor(loan.member), action.overrides) == (True, 2_000, ["copy_lost"])
    assert action.before == {"lost_on": "2026-03-10"}
    assert (action.after["found_loan"], action.after["credited_minor"]) == (loan.pk, 9_900)
    assert list(invariants.broken()) == []


def test_found_22_issue_that_is_refused_all_the_same_finds_nothing(branch: Branch, librarian: User) -> None:
    loan = lent(member=MemberFactory(category=MemberCategoryFactory(debt_limit_minor=1_999)))
    mark_lost(loan.copy, by=None, now=IN_TIME)
    refused = codes_of(
        issue_copy, loan.copy, member=loan.member, branch=branch, by=librarian, now=LATER, overrides=["copy_lost"],
        reason="in my hand",
    )  # fmt: skip
    assert (refused, Copy.objects.get().lost_on) == (["debt_limit"], date(2026, 3, 10))


def test_found_23_issue_to_somebody_else_refunds_whoever_lost_it(branch: Branch, librarian: User) -> None:
    loan, member = lent(), MemberFactory()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    issue_copy(
        loan.copy, member=member, branch=branch, by=librarian, now=LATER, overrides=["copy_lost"], reason="in my hand"
    )
    assert (balance_minor(loan.member), balance_minor(member)) == (2_000, 0)


def test_same_form_marks_and_finds_once(librarian: User, branch: Branch) -> None:
    loan = lent()
    for _each in range(2):
        assert mark_lost(loan.copy, by=librarian, now=IN_TIME, key="form-1") == loan
    for _each in range(2):
        assert mark_found(loan.copy, branch=branch, by=librarian, now=LATER, key="form-2") == loan
    assert balance_minor(loan.member) == 2_000


def test_loss_and_finding_need_few_statements(branch: Branch) -> None:
    loan = lent()
    with CaptureQueriesContext(connection) as losing:
        mark_lost(loan.copy, by=None, now=LATE)
    with CaptureQueriesContext(connection) as finding:
        mark_found(loan.copy, branch=branch, by=None, now=LATER)
    written_anew = 12  # the search document of a book of which another number of copies is here
    assert (len(losing), len(finding)) == (25 + written_anew, 25 + written_anew)


def test_replacement_that_was_given_back_is_not_reversed_as_well(branch: Branch) -> None:
    """Else it would be credited twice, though nobody paid it once."""
    loan = lent()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    found(loan, branch)
    line = LedgerEntry.objects.get(kind="replacement")
    assert codes_of(void_entry, line, by=None, now=IN_TIME) == ["nothing_to_void"]
    assert balance_minor(loan.member) == 2_000
