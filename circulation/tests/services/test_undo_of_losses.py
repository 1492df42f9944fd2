"""UNDO: losses, findings and claims taken back."""

from datetime import date, timedelta

import pytest

from accounts.models import Branch, User
from accounts.tests.factories import BranchFactory
from catalog.models import Copy
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from circulation import invariants
from circulation.models import Loan
from circulation.queries.ledger import balance_minor
from circulation.services.copies import mark_copy
from circulation.services.ledger import take_payment, waive
from circulation.services.loans import return_copy
from circulation.services.lost import claim_returned, mark_found, mark_lost
from circulation.services.undo import undo
from circulation.tests.factories import make_loan, set_library
from circulation.tests.refusals import code_of
from circulation.tests.services.undoing import ISSUED, LATE, issued, last, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
SOON = timedelta(minutes=1)


def lost_copy(**fields) -> Copy:
    return CopyFactory(price_minor=2_000, copy_type=CopyTypeFactory(processing_fee_minor=300), **fields)


@pytest.mark.parametrize("policy", ["keep", "forgive"])
def test_undo_25_loss_is_as_if_it_had_not_been(policy: str, librarian: User) -> None:
    set_library(lost_fine_policy=policy)
    loan = make_loan(lost_copy(), now=ISSUED)
    before = row(loan)
    mark_lost(loan.copy, by=librarian, now=LATE)
    undo(last("mark_lost"), by=librarian, now=LATE + SOON)
    loan.refresh_from_db()
    assert (row(loan), loan.forgiven_fine, balance_minor(loan.member)) == (before, {}, 0)
    assert (Copy.objects.get().lost_on, list(invariants.broken())) == (None, [])
    assert return_copy(loan.copy, branch=loan.branch, by=librarian, now=LATE + 2 * SOON) == loan


def test_undo_26_loss_of_a_copy_that_was_in(librarian: User) -> None:
    copy = CopyFactory()
    mark_lost(copy, by=librarian, now=LATE)
    undo(last("mark_lost"), by=librarian, now=LATE + SOON)
    assert Copy.objects.get().lost_on is None


@pytest.mark.parametrize("was_lent", [False, True])
@pytest.mark.parametrize("then", ["found", "withdrawn"])
def test_undo_27_loss_that_was_followed_by_something(
    then: str, was_lent: bool, librarian: User, branch: Branch
) -> None:  # fmt: skip
    copy = make_loan(lost_copy(), now=ISSUED).copy if was_lent else CopyFactory()
    mark_lost(copy, by=librarian, now=LATE)
    action = last("mark_lost")
    if then == "found":
        mark_found(copy, branch=branch, by=librarian, now=LATE + SOON)
    else:
        mark_copy(copy, state="withdrawn", by=librarian, now=LATE + SOON)
    if then == "found" or was_lent:
        assert code_of(undo, action, by=librarian, now=LATE + 2 * SOON) == "changed_since"


def test_undo_28_loss_of_which_something_was_forgiven_since(librarian: User) -> None:
    loan = make_loan(lost_copy(), now=ISSUED)
    mark_lost(loan.copy, by=librarian, now=LATE)
    waive(loan.member, amount_minor=100, reason="fire", by=librarian, now=LATE)
    assert code_of(undo, last("mark_lost"), by=librarian, now=LATE + SOON) == "changed_since"


@pytest.mark.parametrize("policy", ["refund", "charge", "none"])
def test_undo_29_finding_is_as_if_it_had_not_been(policy: str, librarian: User, branch: Branch) -> None:
    """And what was paid is paid: finding it again refunds the same."""
    set_library(found_refund_policy=policy, lost_fine_policy="forgive")
    loan = make_loan(lost_copy(), now=ISSUED)
    mark_lost(loan.copy, by=None, now=LATE)
    take_payment(loan.member, amount_minor=700, by=None, now=LATE)
    mark_found(loan.copy, branch=BranchFactory(), by=librarian, now=LATE + SOON)
    balances = [balance_minor(loan.member)]
    undo(last("mark_found"), by=librarian, now=LATE + 2 * SOON)
    assert (balance_minor(loan.member), Loan.objects.get().found_at) == (1_600, None)
    assert Copy.objects.values_list("lost_on", "current_branch").get() == (date(2026, 3, 26), branch.pk)
    mark_found(loan.copy, branch=branch, by=librarian, now=LATE + 3 * SOON)
    assert [*balances, balance_minor(loan.member)] == 2 * balances
    assert list(invariants.broken()) == []


def test_undo_30_finding_of_a_copy_that_was_lent_since(librarian: User, branch: Branch) -> None:
    copy = make_loan(lost_copy(), now=ISSUED).copy
    mark_lost(copy, by=None, now=LATE)
    mark_found(copy, branch=branch, by=librarian, now=LATE + SOON)
    issued(librarian, branch, copy=copy, now=LATE + 2 * SOON)
    assert code_of(undo, last("mark_found"), by=librarian, now=LATE + 3 * SOON) == "changed_since"


def test_undo_31_issue_that_found_a_copy_loses_it_with_its_money(librarian: User, branch: Branch) -> None:
    lost = make_loan(lost_copy(), now=ISSUED)
    mark_lost(lost.copy, by=None, now=LATE)
    owed = balance_minor(lost.member)
    issued(librarian, branch, copy=lost.copy, now=LATE, overrides=["copy_lost"], reason="here")
    assert balance_minor(lost.member) == owed - 2_000
    undo(last("issue"), by=librarian, now=LATE + SOON)
    assert (balance_minor(lost.member), Loan.objects.get(pk=lost.pk).found_at) == (owed, None)
    assert list(invariants.broken()) == []


def test_undo_32_claim_is_taken_back(librarian: User) -> None:
    loan = make_loan(now=ISSUED)
    claim_returned(loan.copy, by=librarian, now=LATE)
    undo(last("claim_returned"), by=librarian, now=LATE + SOON)
    assert Loan.objects.get().claimed_returned_at is None
    claim_returned(loan.copy, by=librarian, now=LATE)
    return_copy(loan.copy, branch=loan.branch, by=librarian, now=LATE + SOON)
    assert code_of(undo, last("claim_returned"), by=librarian, now=LATE + 2 * SOON) == "changed_since"
