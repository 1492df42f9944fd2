"""TAKE: whatever comes over the desk is taken in as what it is."""

from datetime import date

import pytest

from accounts.models import Branch, User
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from circulation.queries.ledger import balance_minor
from circulation.services.lost import mark_lost
from circulation.services.returning import take_in
from circulation.tests.factories import make_loan, zurich
from circulation.tests.refusals import codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
ISSUED, LATE = zurich("2026-03-02T10:00"), zurich("2026-03-26T10:00")


def test_take_1_lent_copy_is_returned(librarian: User, branch: Branch) -> None:
    loan = make_loan(now=ISSUED)
    taken = take_in(loan.copy, branch=branch, by=librarian, now=LATE)
    assert (taken.loan, taken.was_lost, taken.hold, taken.credited_minor) == (loan, False, None, 0)
    assert getattr(taken.fine, "amount_minor", 0) == 150


def test_take_2_lost_copy_is_found(librarian: User, branch: Branch) -> None:
    loan = make_loan(CopyFactory(price_minor=2_000, copy_type=CopyTypeFactory()), now=ISSUED)
    mark_lost(loan.copy, by=None, now=ISSUED)
    taken = take_in(loan.copy, branch=branch, by=librarian, now=LATE)
    assert (taken.loan, taken.was_lost, taken.fine, taken.credited_minor) == (loan, True, None, 2_000)
    assert balance_minor(loan.member) == 0


def test_take_3_copy_that_is_in_is_refused(branch: Branch) -> None:
    assert codes_of(take_in, CopyFactory(), branch=branch, by=None) == ["not_on_loan"]


@pytest.mark.parametrize("is_lost", [False, True])
def test_take_4_same_form_does_and_tells_the_same(is_lost: bool, librarian: User, branch: Branch) -> None:
    loan = make_loan(CopyFactory(price_minor=2_000, copy_type=CopyTypeFactory()), now=ISSUED)
    if is_lost:
        mark_lost(loan.copy, by=None, now=ISSUED)
    first, second = (take_in(loan.copy, branch=branch, by=librarian, key="form-1") for _each in range(2))
    assert first == second


def test_lost_copy_that_was_never_lent_has_no_loan(branch: Branch) -> None:
    copy = CopyFactory(lost_on=date(2026, 1, 5))
    taken = take_in(copy, branch=branch, by=None)
    assert (taken.loan, taken.was_lost, taken.credited_minor) == (None, True, 0)
