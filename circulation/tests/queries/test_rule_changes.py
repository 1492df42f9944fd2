"""What a change of the rules would do to open loans, before it is saved."""

from dataclasses import astuple
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Branch
from accounts.tests.factories import BranchFactory, MemberCategoryFactory, MemberFactory
from catalog.models import CopyType
from catalog.tests.factories import CopyFactory
from circulation.models import CirculationRule, Loan
from circulation.queries.rule_changes import effect_of_removing, effect_of_saving
from circulation.queries.rules import rule_book
from circulation.services.loans import return_copy
from circulation.tests.factories import make_loan, make_overdue_loan

pytestmark = pytest.mark.django_db


def saving(row: CirculationRule | None = None, **values: Any) -> tuple[int, ...]:
    """Loans, fines changed, their sum before and after, no longer renewable, renewable now."""
    row = CirculationRule.objects.get(pk=row.pk) if row else CirculationRule()
    for name, value in values.items():
        setattr(row, name, value)
    return astuple(effect_of_saving(row, rule_book(), timezone.now()))


@pytest.fixture
def for_all(db: None) -> CirculationRule:
    return CirculationRule.objects.get()


@pytest.fixture
def dvd(db: None) -> CopyType:
    return CopyType.objects.create(code="DVD", name="DVD")


def test_loans_that_look_nothing_up_in_the_row_are_not_counted(dvd: CopyType, for_all: CirculationRule) -> None:
    make_loan(), make_loan(CopyFactory(copy_type=dvd)), make_loan(CopyFactory(copy_type=dvd))
    return_copy(make_loan().copy, branch=Branch.objects.get(), by=None)
    assert saving(copy_type=dvd, loan_period=7)[0] == 2
    assert saving(copy_type=dvd)[0] == 0
    assert saving(for_all, loan_period=7)[0] == 3


def test_row_moved_to_another_scope_concerns_the_loans_of_both(branch: Branch, dvd: CopyType) -> None:
    make_loan(), make_loan(CopyFactory(copy_type=dvd))
    row = CirculationRule.objects.create(copy_type=dvd, max_renewals=1)
    other = CopyFactory().copy_type
    assert saving(row, copy_type=other)[0] == 2


def test_running_fines_are_summed_before_and_after(for_all: CirculationRule) -> None:
    make_overdue_loan(days=2), make_overdue_loan(days=3), make_loan()
    assert saving(for_all, fine_amount_minor=20) == (3, 2, 250, 100, 0, 0)


def test_fine_that_the_cap_keeps_as_it_was_does_not_count(for_all: CirculationRule) -> None:
    make_overdue_loan(days=30), make_overdue_loan(days=3)
    assert saving(for_all, fine_amount_minor=40)[1:4] == (1, 150, 120)


def test_fines_share_what_the_category_allows(for_all: CirculationRule) -> None:
    """Of 1.20 the first fine of 1.00 leaves 0.20 for the second; at 0.20 a day both have room."""
    member = MemberFactory(category=MemberCategoryFactory(max_open_fines_minor=120))
    make_overdue_loan(member=member, days=2), make_overdue_loan(member=member, days=1)
    assert saving(for_all, fine_amount_minor=20)[1:4] == (1, 100, 40)


def test_row_for_one_branch_leaves_fines_at_others_alone(branch: Branch, for_all: CirculationRule) -> None:
    make_overdue_loan(days=2)
    assert saving(branch=BranchFactory(), fine_amount_minor=0)[:4] == (0, 0, 0, 0)
    assert saving(branch=branch, fine_amount_minor=0)[:4] == (1, 1, 100, 0)


@pytest.mark.parametrize(("limit", "no_longer", "again"), [(2, 0, 0), (1, 1, 0), (0, 2, 0), (3, 0, 1), (-1, 0, 1)])
def test_loans_that_reach_or_leave_the_limit_of_renewals(
    limit: int, no_longer: int, again: int, for_all: CirculationRule
) -> None:
    """Renewed 0, 1 and 2 times; the limit is 2."""
    for renewals in range(3):
        Loan.objects.filter(pk=make_loan().pk).update(renewals=renewals)
    assert saving(for_all, max_renewals=limit)[4:] == (no_longer, again)


def test_removal_brings_back_what_is_inherited(dvd: CopyType) -> None:
    row = CirculationRule.objects.create(copy_type=dvd, fine_amount_minor=0, max_renewals=0)
    make_overdue_loan(CopyFactory(copy_type=dvd), days=2), make_loan()
    found = effect_of_removing(row, rule_book(), timezone.now())
    assert astuple(found) == (1, 1, 0, 100, 0, 1)


def test_nothing_is_saved_by_looking(for_all: CirculationRule) -> None:
    make_overdue_loan()
    before = (CirculationRule.objects.values().get(), Loan.objects.values().get())
    saving(for_all, loan_period=1, fine_amount_minor=1)
    assert (CirculationRule.objects.values().get(), Loan.objects.values().get()) == before


@pytest.mark.parametrize("loans", [1, 3])
def test_effect_asks_six_times(loans: int, for_all: CirculationRule) -> None:
    for _n in range(loans):
        make_overdue_loan()
    row = CirculationRule.objects.get()
    row.fine_amount_minor = 20
    with CaptureQueriesContext(connection) as queries:
        effect_of_saving(row, rule_book(), timezone.now())
    assert len(queries) == 6
