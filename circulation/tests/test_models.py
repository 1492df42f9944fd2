"""What the database itself refuses, whoever writes to it."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Branch
from accounts.tests.factories import BranchFactory, MemberCategoryFactory, MemberFactory
from catalog.tests.factories import CopyTypeFactory
from circulation.models import Allocation, CirculationRule, Closure, LedgerEntry, Loan, OpeningHours
from circulation.services.ledger import charge_member, take_payment
from circulation.tests.factories import make_loan, zurich

pytestmark = pytest.mark.django_db
NOW = zurich("2026-03-02T10:00")


@pytest.fixture
def line() -> dict:
    return {"member": MemberFactory(), "kind": "other", "amount_minor": 100, "currency": "EUR", "at": NOW}


@pytest.mark.parametrize("fields", [
    {"amount_minor": 0}, {"amount_minor": -100}, {"allocated_minor": 101}, {"allocated_minor": -1},
    {"kind": "payment"}, {"kind": "waiver"}, {"kind": "write_off"}, {"kind": "overpayment"}, {"kind": "void"},
    {"kind": "gift"}, {"kind": "overdue"}, {"currency": ""},
])  # fmt: skip
def test_pay_20_line_that_cannot_be(fields: dict, line: dict) -> None:
    LedgerEntry.objects.create(**line)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(**line | fields)


@pytest.mark.parametrize("kind", ["overdue", "replacement", "processing", "other"])
def test_charge_below_nought(kind: str, line: dict) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(**line | {"kind": kind, "amount_minor": -1, "loan": make_loan(now=NOW)})


def test_line_is_reversed_once(line: dict) -> None:
    entry = LedgerEntry.objects.create(**line)
    void = line | {"kind": "void", "amount_minor": -100, "voids": entry}
    LedgerEntry.objects.create(**void)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(**void)


@pytest.mark.parametrize("amount", [0, -1])
def test_allocation_of_nothing(amount: int) -> None:
    member = MemberFactory()
    debit = charge_member(member, amount_minor=100, reason="lost card", by=None)
    credit = take_payment(member, amount_minor=100, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.create(debit=debit, credit=credit, amount_minor=amount, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.create(debit=debit, credit=debit, amount_minor=1, at=NOW)


def test_two_entries_that_are_joined_twice() -> None:
    member = MemberFactory()
    charge_member(member, amount_minor=100, reason="lost card", by=None)
    take_payment(member, amount_minor=50, by=None)
    joined = Allocation.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.create(debit=joined.debit, credit=joined.credit, amount_minor=1, at=NOW)


@pytest.mark.parametrize("fields", [
    {"returned_at": NOW}, {"closed_at": NOW}, {"outcome": "returned"}, {"returned_at": NOW, "closed_at": NOW},
    {"member": None}, {"returned_at": NOW - timedelta(days=1), "closed_at": NOW, "outcome": "returned"},
    {"returned_at": NOW, "closed_at": NOW, "outcome": "burnt"}, {"due_at": NOW - timedelta(seconds=1)},
    {"returned_at": NOW + timedelta(days=1), "closed_at": NOW, "outcome": "returned"},
    {"claimed_returned_at": NOW - timedelta(seconds=1)},
])  # fmt: skip
def test_loan_that_is_neither_open_nor_closed(fields: dict) -> None:
    loan = make_loan(now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Loan.objects.filter(pk=loan.pk).update(**fields)


def test_issue_33_second_open_loan_of_a_copy() -> None:
    loan = make_loan(now=NOW)
    loan.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        loan.save(force_insert=True)


@pytest.mark.parametrize("parts", [(), ("branch",), ("category",), ("copy_type",), ("branch", "category", "copy_type")])
def test_second_row_for_one_scope(parts: tuple[str, ...], branch: Branch) -> None:
    everything = {"branch": branch, "category": MemberCategoryFactory(), "copy_type": CopyTypeFactory()}
    scope = {part: everything[part] for part in parts}
    if parts:
        CirculationRule.objects.create(**scope)
    with pytest.raises(IntegrityError), transaction.atomic():
        CirculationRule.objects.create(**scope)


@pytest.mark.parametrize("fields", [
    {"fine_amount_minor": -1}, {"fine_cap_minor": -2}, {"fine_period": 0},
    {"fixed_due_on": date(2026, 6, 30), "clears_fixed_due_on": True},
])  # fmt: skip
def test_rule_13_rule_that_contradicts_itself(fields: dict) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CirculationRule.objects.create(branch=BranchFactory(), **fields)


def test_row_knows_inherit_from_unlimited_from_none(branch: Branch) -> None:
    row = CirculationRule.objects.create(
        branch=branch, max_loans=-1, max_renewals=0, fine_cap_minor=-1, renewal_period=-1, no_renewal_before=3,
        clears_fixed_due_on=True, loan_unit="", grace_included=False,
    )  # fmt: skip
    assert CirculationRule.objects.get(pk=row.pk).parameters() == {
        "max_loans": "unlimited", "max_renewals": 0, "fine_cap_minor": "unlimited", "renewal_period": "none",
        "no_renewal_before": 3, "fixed_due_on": "none", "grace_included": False,
    }  # fmt: skip


def test_closure_that_ends_before_it_begins() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.create(from_on=date(2026, 3, 2), to_on=date(2026, 3, 1))


@pytest.mark.parametrize(("last", "refused"), [(date(2027, 3, 1), False), (date(2027, 3, 2), True)])
def test_cal_6_what_returns_every_year_is_shorter_than_a_year(last: date, refused: bool) -> None:
    closure = Closure(from_on=date(2026, 3, 1), to_on=last, is_yearly=True)
    if refused:
        with pytest.raises(ValidationError) as error:
            closure.full_clean()
        assert error.value.message_dict == {"to_on": ["What returns every year is shorter than a year."]}
    else:
        closure.full_clean()


@pytest.mark.parametrize(("weekday", "closes"), [(0, 16), (8, 16), (1, 10), (1, 9), (2, 16)])
def test_opening_hours_that_cannot_be(weekday: int, closes: int, branch: Branch) -> None:
    OpeningHours.objects.create(branch=branch, weekday=2, opens_at=time(10), closes_at=time(16))
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.create(branch=branch, weekday=weekday, opens_at=time(10), closes_at=time(closes))
