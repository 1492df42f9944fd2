"""What is broken in loans and money is found, and told so that somebody can look it up."""

from datetime import timedelta

import pytest

from accounts.models import Action, Branch, Member, User
from accounts.tests.factories import MemberFactory
from accounts.tests.planting import planted
from catalog.models import Copy
from circulation.invariants import broken
from circulation.models import Allocation, CirculationRule, LedgerEntry, Loan
from circulation.services.ledger import charge_member, take_payment, void_entry, waive
from circulation.services.loans import renew_loan, return_copy
from circulation.services.undo import undo
from circulation.tests.factories import make_loan, zurich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
ISSUED, LATE, LATER = zurich("2026-03-02T10:00"), zurich("2026-03-26T10:00"), zurich("2026-04-30T10:00")


@pytest.fixture
def loan(librarian: User, branch: Branch) -> Loan:
    """Renewed three days late, returned late again, and partly paid: two fines, three payments' worth of lines."""
    loan = renew_loan(make_loan(now=ISSUED), by=librarian, now=LATE)
    loan = return_copy(loan.copy, branch=branch, by=librarian, now=LATER)
    charge_member(loan.member, amount_minor=300, reason="stain", by=librarian, now=LATER)
    take_payment(loan.member, amount_minor=200, by=librarian, now=LATER)
    waive(loan.member, amount_minor=100, reason="new here", by=librarian, now=LATER)
    return loan


@pytest.fixture
def fines(loan: Loan) -> list[LedgerEntry]:
    return list(loan.ledger.filter(kind="overdue").order_by("pk"))


def line(kind: str) -> LedgerEntry:
    return LedgerEntry.objects.get(kind=kind)


def is_missed(entry: LedgerEntry) -> bool:
    """Whether the record of actions says otherwise than ``entry``."""
    return any(each.startswith(f"ledger entry {entry.pk} is not there as action") for each in broken())


def test_library_in_order_has_nothing_broken(loan: Loan, librarian: User) -> None:
    void_entry(line("waiver"), by=librarian, now=LATER)
    undo(Action.objects.get(verb="return"), by=librarian, now=LATER + timedelta(minutes=1))
    assert list(broken()) == []


def test_copy_in_two_hands_is_found(loan: Loan) -> None:
    again = make_loan(loan.copy, now=LATER)
    second = "UPDATE circulation_loan SET closed_at = NULL, returned_at = NULL, outcome = '' WHERE id = %s"
    with planted(second, loan.pk, without="one_open_loan_per_copy"):
        assert list(broken()) == [f"copy {again.copy_id} has 2 open loans"]


@pytest.mark.parametrize("state", ["withdrawn", "lost"])
def test_copy_that_is_out_of_use_and_on_loan_is_found(state: str) -> None:
    loan = make_loan()
    Copy.objects.update(**{f"{state}_on": loan.issued_at.date()})
    assert list(broken()) == [f"copy {loan.copy_id} is {state} but on loan {loan.pk}"]


def test_count_of_loans_that_forgot_one_is_found(loan: Loan) -> None:
    Member.objects.filter(pk=loan.member_id).update(loans_ever=0)
    assert list(broken()) == [f"member {loan.member_id} has 0 loans in all, but 1 loans are there"]


def test_fine_that_is_gone_is_found(loan: Loan, fines: list[LedgerEntry]) -> None:
    """Every late loan that ended has its fine."""
    action = Action.objects.get(verb="return")
    Allocation.objects.filter(debit=fines[1]).delete()
    LedgerEntry.objects.filter(pk=fines[1].pk).delete()
    assert f"ledger entry {fines[1].pk} is not there as action {action.pk} (return) wrote it" in list(broken())


def test_fine_that_was_never_written_is_found(loan: Loan, fines: list[LedgerEntry]) -> None:
    action = Action.objects.get(verb="renew")
    action.after["fine"] = None
    action.save()
    assert list(broken()) == [f"ledger entry 0 is not there as action {action.pk} (renew) wrote it"]


def test_late_loan_that_has_its_fine_twice_is_found(loan: Loan, fines: list[LedgerEntry]) -> None:
    days = ", ".join(each["day"] for each in fines[0].explanation["days"] if each["charged"])
    fines[0].pk, fines[0].allocated_minor = None, 0
    fines[0].save(force_insert=True)
    assert list(broken()) == [f"fine {fines[0].pk} charges loan {loan.pk} once more for {days}"]


@pytest.mark.parametrize(("kind", "change"), [
    ("overdue", {"amount_minor": 1_000}), ("overdue", {"kind": "processing"}), ("overdue", {"at": ISSUED}),
    ("other", {"amount_minor": 301}), ("other", {"kind": "replacement"}), ("other", {"member": None}),
    ("payment", {"amount_minor": -250}), ("payment", {"kind": "waiver"}), ("payment", {"at": ISSUED}),
    ("waiver", {"amount_minor": -101}), ("waiver", {"kind": "payment"}), ("waiver", {"member": None}),
], ids=str)  # fmt: skip
def test_line_of_the_ledger_that_was_changed_is_found(kind: str, change: dict, loan: Loan) -> None:
    entry = LedgerEntry.objects.filter(kind=kind).order_by("pk")[0]
    values = {name: value or MemberFactory() for name, value in change.items()}
    LedgerEntry.objects.filter(pk=entry.pk).update(**values)
    assert is_missed(entry)


@pytest.mark.parametrize("kind", ["other", "payment", "waiver"])
def test_line_of_the_ledger_that_is_gone_is_found(kind: str, loan: Loan) -> None:
    entry = line(kind)
    with planted("DELETE FROM circulation_ledgerentry WHERE id = %s", entry.pk):
        assert is_missed(entry)


def test_fine_that_differs_from_its_explanation_or_its_loan_is_found(loan: Loan, fines: list[LedgerEntry]) -> None:
    fines[0].explanation["amount_minor"] = 1
    fines[0].save()
    other = MemberFactory()
    Loan.objects.update(member=other)
    sentences = list(broken())
    assert f"fine {fines[0].pk} differs from its explanation" in sentences
    assert f"fine {fines[1].pk} is on another member's account than its loan {loan.pk}" in sentences


def test_reversal_of_another_amount_is_found(loan: Loan, librarian: User) -> None:
    undo(Action.objects.get(verb="take_payment"), by=librarian, now=LATER)
    LedgerEntry.objects.filter(kind="void").update(amount_minor=201)
    void = line("void")
    assert f"ledger entry {void.pk} does not take back what {void.voids_id} says" in list(broken())


def test_fine_that_stands_although_its_return_was_taken_back_is_found(
    loan: Loan, fines: list[LedgerEntry], librarian: User
) -> None:  # fmt: skip
    action = Action.objects.get(verb="return")
    Action.objects.filter(pk=action.pk).update(undone_by=Action.objects.get(verb="waive"))
    assert list(broken()) == [f"ledger entry {fines[1].pk} stands although action {action.pk} was taken back"]


def test_line_in_another_currency_is_found(loan: Loan) -> None:
    LedgerEntry.objects.filter(kind="waiver").update(currency="USD")
    assert list(broken()) == [f"ledger entry {line('waiver').pk} is in USD, the library counts in EUR"]


def test_settled_sum_that_its_allocations_do_not_make_is_found(loan: Loan) -> None:
    LedgerEntry.objects.filter(kind="payment").update(allocated_minor=199)
    entry = line("payment")
    assert f"ledger entry {entry.pk} says 199 are settled, its allocations say 200" in list(broken())


def test_allocation_between_two_members_or_the_wrong_way_is_found(loan: Loan) -> None:
    first, *_more = Allocation.objects.order_by("pk")
    with planted(
        "UPDATE circulation_allocation SET debit_id = credit_id, credit_id = debit_id WHERE id = %s", first.pk
    ):
        assert f"allocation {first.pk} does not settle a charge by a credit" in list(broken())
    stranger = charge_member(MemberFactory(), amount_minor=500, reason="stain", by=None)
    Allocation.objects.filter(pk=first.pk).update(debit=stranger)
    assert f"allocation {first.pk} joins two members" in list(broken())


def test_debt_beside_unused_credit_is_found(loan: Loan) -> None:
    last = Allocation.objects.order_by("pk").last()
    LedgerEntry.objects.filter(pk__in=[last.debit_id, last.credit_id]).update(allocated_minor=0)
    assert f"member {loan.member_id} has open charges beside unused credit" in list(broken())


def test_missing_rule_for_everything_is_found() -> None:
    CirculationRule.objects.all().delete()
    assert list(broken()) == ["the rule for every branch, category and copy type is missing"]
