"""LOST: copies lost, found again and said to be returned, and what that costs."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Action, Branch, Member, Restriction, User
from accounts.tests.factories import BranchFactory, MemberCategoryFactory, MemberFactory
from catalog.models import Copy
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from circulation import invariants
from circulation.models import Hold, LedgerEntry, Loan
from circulation.queries.ledger import balance_minor, outstanding_minor
from circulation.services.ledger import charge_member, take_payment, void_entry, waive, write_off
from circulation.services.loans import issue_copy, renew_loan, return_copy
from circulation.services.lost import claim_returned, mark_found, mark_long_overdue_lost, mark_lost
from circulation.services.removal import remove_member
from circulation.tests.factories import HoldFactory, close_on, make_loan, open_on, set_library, set_rule, zurich
from circulation.tests.refusals import codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
ISSUED, IN_TIME = zurich("2026-03-02T10:00"), zurich("2026-03-10T10:00")
LATE, LATER = zurich("2026-03-26T10:00"), zurich("2026-04-02T10:00")  # due 23 March: 3 and 10 days late


def lent(price: int | None = 9_900, fee: int = 2_000, **how) -> Loan:
    """A loan of a copy of 99.00 and a processing fee of 20.00."""
    copy_type = CopyTypeFactory(processing_fee_minor=fee, replacement_price_minor=how.pop("type_price", 0))
    return make_loan(CopyFactory(price_minor=price, copy_type=copy_type), now=ISSUED, **how)


def lines(member: Member) -> list[tuple[str, int, int]]:
    return list(member.ledger.order_by("pk").values_list("kind", "amount_minor", "allocated_minor"))


def amounts(member: Member) -> list[tuple[str, int]]:
    return [(kind, amount) for kind, amount, _settled in lines(member)]


def found(loan: Loan, branch: Branch, now=LATER, **how) -> dict:
    mark_found(loan.copy, branch=branch, by=None, now=now, **how)
    assert list(invariants.broken()) == []
    return Action.objects.get(verb="mark_found").after


def test_lost_1_loss_ends_the_loan_and_charges_price_then_fee(librarian: User) -> None:
    loan = lent()
    mark_lost(loan.copy, reason="on a train", by=librarian, now=IN_TIME)
    loan.refresh_from_db()
    assert (loan.outcome, loan.returned_at, loan.closed_at, loan.forgiven_fine) == ("lost", IN_TIME, IN_TIME, {})
    assert Copy.objects.get().lost_on == date(2026, 3, 10)
    assert lines(loan.member) == [("replacement", 9_900, 0), ("processing", 2_000, 0)]
    assert set(LedgerEntry.objects.values_list("loan", "at", "by")) == {(loan.pk, IN_TIME, librarian.pk)}
    action = Action.objects.values("target_type", "target_id", "reason", "before", "after").get(verb="mark_lost")
    assert action == {
        "target_type": "circulation.loan", "target_id": loan.pk, "reason": "on a train", "before": {"lost_on": None},
        "after": {
            "lost_on": "2026-03-10", "copy": loan.copy_id,
            "entries": list(LedgerEntry.objects.order_by("pk").values_list("pk", flat=True)),
            "charged_minor": 11_900, "credited_minor": 0, "fine_minor": 0,
        },
    }  # fmt: skip


@pytest.mark.parametrize(("price", "type_price", "fee", "expected"), [
    (None, 1_500, 0, [("replacement", 1_500)]), (0, 1_500, 300, [("replacement", 1_500), ("processing", 300)]),
    (700, 1_500, 0, [("replacement", 700)]), (0, 0, 300, [("processing", 300)]), (None, 0, 0, []),
])  # fmt: skip
def test_lost_2_copy_without_a_price_costs_its_type_s_and_0_writes_no_line(
    price: int | None, type_price: int, fee: int, expected: list
) -> None:
    loan = lent(price, fee, type_price=type_price)
    mark_lost(loan.copy, by=None, now=IN_TIME)
    assert amounts(loan.member) == expected


@pytest.mark.parametrize(("policy", "fine", "forgiven"), [("keep", [("overdue", 150)], None), ("forgive", [], 150)])
def test_lost_3_overdue_fine_is_kept_or_forgiven_as_the_library_says(
    policy: str, fine: list, forgiven: int | None
) -> None:
    set_library(lost_fine_policy=policy)
    loan = lent()
    mark_lost(loan.copy, by=None, now=LATE)
    assert amounts(loan.member) == [("replacement", 9_900), ("processing", 2_000), *fine]
    kept = Loan.objects.get().forgiven_fine
    assert kept.get("amount_minor") == forgiven
    assert [day["day"] for day in kept.get("days", [])] == ["2026-03-24", "2026-03-25", "2026-03-26"] * (not fine)
    assert list(invariants.broken()) == []


def test_lost_4_copy_that_is_not_lent_is_only_marked() -> None:
    copy = CopyFactory(price_minor=9_900)
    mark_lost(copy, by=None, now=IN_TIME)
    assert (Copy.objects.get().lost_on, LedgerEntry.objects.count()) == (date(2026, 3, 10), 0)
    action = Action.objects.get()
    assert (action.target_type, action.after["charged_minor"]) == ("catalog.copy", 0)


def test_lost_5_what_is_lost_already_is_refused() -> None:
    loan = lent()
    mark_lost(loan.copy, by=None, now=IN_TIME)
    assert codes_of(mark_lost, loan.copy, by=None, now=LATE) == ["already_lost"]
    assert codes_of(mark_lost, Copy(pk=999), by=None, now=LATE) == ["unknown_copy"]


def test_lost_6_loan_that_was_claimed_returned_is_fined_to_the_day_of_the_claim() -> None:
    loan = lent()
    claim_returned(loan.copy, by=None, now=LATE)
    mark_lost(loan.copy, by=None, now=LATER)
    assert amounts(loan.member)[2:] == [("overdue", 150)]


def test_lost_7_no_day_is_barred_for_a_loss() -> None:
    set_rule(suspension_days=2)
    mark_lost(lent().copy, by=None, now=LATE)
    assert Restriction.objects.count() == 0


def test_lost_8_copy_that_waits_on_the_hold_shelf_is_taken_off_it(branch: Branch) -> None:
    copy = CopyFactory()
    others = HoldFactory(book=copy.book, rank=1)
    ready = HoldFactory(book=copy.book, rank=1, status="ready", trapped_copy=copy, ready_at=ISSUED, pickup_by=LATE)
    mark_lost(copy, by=None, now=IN_TIME)
    assert [(h.pk, h.status, h.trapped_copy) for h in Hold.objects.all()] == [
        (ready.pk, "waiting", None), (others.pk, "waiting", None),
    ]  # fmt: skip


def test_lost_9_credit_there_is_pays_for_the_loss() -> None:
    loan = lent()
    take_payment(loan.member, amount_minor=500, overpay=True, by=None, now=ISSUED)
    mark_lost(loan.copy, by=None, now=IN_TIME)
    assert lines(loan.member)[1:] == [("replacement", 9_900, 500), ("processing", 2_000, 0)]


def test_lost_10_withdrawn_copy_may_be_lost_too() -> None:
    copy = CopyFactory(withdrawn_on=date(2026, 1, 5))
    mark_lost(copy, by=None, now=IN_TIME)
    assert Copy.objects.values_list("withdrawn_on", "lost_on").get() == (date(2026, 1, 5), date(2026, 3, 10))


def test_lost_11_overdue_for_the_library_s_days_is_lost_by_itself() -> None:
    """The day before it is not; what the member says was returned is left to people."""
    set_library(long_overdue_lost_days=10)
    loan, claimed, later = lent(), lent(), lent()
    claim_returned(claimed.copy, by=None, now=IN_TIME)
    Loan.objects.filter(pk=later.pk).update(due_at=loan.due_at + timedelta(days=1))
    assert mark_long_overdue_lost(zurich("2026-04-01T23:59")) == 0
    assert mark_long_overdue_lost(zurich("2026-04-02T00:00")) == 1
    assert mark_long_overdue_lost(zurich("2026-04-02T12:00")) == 0
    assert list(Loan.objects.filter(outcome="lost")) == [loan]
    assert (Action.objects.get(verb="mark_lost").by, balance_minor(loan.member)) == (None, 9_900 + 2_000 + 500)


def test_lost_12_nothing_is_lost_by_itself_where_no_number_is_set() -> None:
    lent()
    assert (mark_long_overdue_lost(zurich("2030-01-01T00:00")), Loan.objects.open().count()) == (0, 1)


def test_loan_that_was_renewed_since_the_list_was_read_is_not_lost() -> None:
    loan = lent()
    old = loan.due_at
    renew_loan(loan, by=None, now=IN_TIME)
    assert codes_of(mark_lost, loan.copy, due_at=old, by=None, now=LATER) == ["not_on_loan"]


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


def test_claim_1_loan_stays_open_and_costs_nothing_from_that_day_on(librarian: User, branch: Branch) -> None:
    loan = lent()
    claim_returned(loan.copy, reason="at the school", by=librarian, now=LATE)
    assert Loan.objects.open().get().claimed_returned_at == LATE
    return_copy(loan.copy, branch=branch, by=librarian, now=LATER)
    assert amounts(loan.member) == [("overdue", 150)]


def test_claim_2_claim_in_time_costs_nothing(branch: Branch) -> None:
    loan = lent()
    claim_returned(loan.copy, by=None, now=IN_TIME)
    return_copy(loan.copy, branch=branch, by=None, now=LATER)
    assert lines(loan.member) == []


def test_claim_3_first_claim_holds_and_what_is_in_is_refused() -> None:
    loan = lent()
    claim_returned(loan.copy, by=None, now=IN_TIME)
    assert codes_of(claim_returned, loan.copy, by=None, now=LATE) == ["claimed_returned"]
    assert codes_of(claim_returned, CopyFactory(), by=None, now=LATE) == ["not_on_loan"]
    assert codes_of(claim_returned, Copy(pk=999), by=None, now=LATE) == ["unknown_copy"]


def test_claim_4_renewal_is_refused() -> None:
    loan = lent()
    claim_returned(loan.copy, by=None, now=IN_TIME)
    assert codes_of(renew_loan, loan, by=None, now=IN_TIME) == ["claimed_returned"]


@pytest.mark.parametrize(("currency", "price", "fee"), [("JPY", 2_000, 300), ("KWD", 12_345, 500)])
def test_loss_in_a_currency_of_0_and_of_3_digits(currency: str, price: int, fee: int, branch: Branch) -> None:
    set_library(currency=currency)
    loan = lent(price, fee)
    mark_lost(loan.copy, by=None, now=IN_TIME)
    take_payment(loan.member, amount_minor=price + fee, by=None, now=IN_TIME)
    assert (found(loan, branch)["credited_minor"], balance_minor(loan.member)) == (price, -price)
    assert set(LedgerEntry.objects.values_list("currency", flat=True)) == {currency}


def test_closed_days_are_not_fined_when_a_copy_is_lost() -> None:
    open_on("12345")
    loan = lent()
    Loan.objects.update(due_at=zurich("2026-03-20T23:59:59"))  # a Friday
    mark_lost(loan.copy, by=None, now=zurich("2026-03-24T10:00"))
    assert amounts(loan.member)[2:] == [("overdue", 100)]


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
