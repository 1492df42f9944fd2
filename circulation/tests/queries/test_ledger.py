"""What members owe, in sums."""

import pytest

from accounts.models import Branch
from accounts.tests.factories import MemberFactory
from circulation.models import LedgerEntry
from circulation.queries.ledger import (
    account,
    balance_minor,
    fines_by_loan,
    open_credits,
    open_debits,
    outstanding_by_member,
    outstanding_fines_by_member,
    outstanding_fines_minor,
    outstanding_minor,
    received_with,
    settled_by,
)
from circulation.services.ledger import charge_member, reverse, take_payment
from circulation.services.loans import renew_loan, return_copy
from circulation.tests.factories import make_loan, zurich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
ISSUED, LATE = zurich("2026-03-02T10:00"), zurich("2026-03-26T10:00")  # due 23 March


def test_account_without_a_line_owes_nothing() -> None:
    member = MemberFactory()
    assert (balance_minor(member), outstanding_minor(member), outstanding_fines_minor(member)) == (0, 0, 0)
    assert (list(open_debits(member)), list(open_credits(member)), list(account(member))) == ([], [], [])


def test_pay_9_balance_may_be_below_nought_and_debt_may_not() -> None:
    """The balance is the sum of all lines; what is outstanding is never below nought."""
    member = MemberFactory()
    take_payment(member, amount_minor=500, overpay=True, by=None)
    assert (balance_minor(member), outstanding_minor(member), list(open_credits(member))) == (
        -500, 0, list(member.ledger.all()),
    )  # fmt: skip


def test_fines_are_the_part_of_the_debt_that_is_for_lateness(branch: Branch) -> None:
    loan = make_loan(now=ISSUED)
    return_copy(loan.copy, branch=branch, by=None, now=LATE)
    charge_member(loan.member, amount_minor=500, reason="lost card", by=None)
    other = MemberFactory()
    charge_member(other, amount_minor=70, reason="lost card", by=None)
    ids = [loan.member_id, other.pk, MemberFactory().pk]
    assert (outstanding_minor(loan.member), outstanding_fines_minor(loan.member)) == (650, 150)
    assert (outstanding_by_member(ids), outstanding_fines_by_member(ids)) == (
        {loan.member_id: 650, other.pk: 70}, {loan.member_id: 150},
    )  # fmt: skip


@pytest.mark.parametrize(("kept", "fines"), [(0, 150), (100, 150), (590, 60), (650, 0)])
def test_fine_16_fine_whose_payment_was_reversed_is_outstanding_again(kept: int, fines: int, branch: Branch) -> None:
    """1.50 of fines and 5.00 of other charges, paid at once and taken back; then some of it is paid again."""
    loan = make_loan(now=ISSUED)
    return_copy(loan.copy, branch=branch, by=None, now=LATE)
    charge_member(loan.member, amount_minor=500, reason="lost card", by=None, now=LATE)
    reverse(take_payment(loan.member, amount_minor=650, by=None, now=LATE), by=None, at=LATE)
    assert (outstanding_minor(loan.member), outstanding_fines_minor(loan.member)) == (650, 150)
    if kept:
        take_payment(loan.member, amount_minor=kept, by=None, now=LATE)
    assert outstanding_fines_by_member([loan.member_id]) == ({loan.member_id: fines} if fines else {})


def test_fines_of_loans_are_summed_without_those_reversed(branch: Branch) -> None:
    loan, other = make_loan(now=ISSUED), make_loan(now=ISSUED)
    renew_loan(loan, by=None, now=LATE)
    return_copy(loan.copy, branch=branch, by=None, now=zurich("2026-04-18T10:00"))
    return_copy(other.copy, branch=branch, by=None, now=LATE)
    reverse(other.ledger.get(), by=None, at=LATE)
    assert fines_by_loan([loan.pk, other.pk]) == {loan.pk: 250}


def test_account_shows_the_newest_line_first_in_one_query(branch: Branch, django_assert_num_queries) -> None:
    loan = make_loan(now=ISSUED)
    return_copy(loan.copy, branch=branch, by=None, now=LATE)
    reverse(take_payment(loan.member, amount_minor=100, by=None, now=LATE), by=None, at=LATE)
    with django_assert_num_queries(1):
        lines = [(e.kind, e.loan and e.loan.copy.book.title, hasattr(e, "voided_by")) for e in account(loan.member)]
    assert lines == [("void", None, False), ("payment", None, True), ("overdue", loan.copy.book.title, False)]


def test_pay_19_what_was_received_together_is_one_sum() -> None:
    """5.00 given for a debt of 3.00 are a payment and an overpayment, and one receipt."""
    member = MemberFactory()
    charge = charge_member(member, amount_minor=300, reason="lost card", by=None, now=ISSUED)
    payment = take_payment(member, amount_minor=500, overpay=True, by=None, now=LATE)
    rest = LedgerEntry.objects.get(kind="overpayment")
    assert received_with(payment) == received_with(rest) == [payment, rest]
    assert list(settled_by([payment, rest]).values_list("debit", "amount_minor")) == [(charge.pk, 300)]
