"""MONEY: written off, given back and reversed; what each of them may touch."""

from datetime import timedelta
from itertools import count

import pytest

from accounts.models import Action, Branch, Member, User
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from circulation import invariants
from circulation.models import LedgerEntry
from circulation.queries.ledger import balance_minor, outstanding_minor, refundable_minor
from circulation.services.ledger import (
    charge_member,
    refund,
    take_payment,
    void_entry,
    void_last_entry,
    waive,
    write,
    write_off,
)  # fmt: skip
from circulation.services.loans import return_copy
from circulation.services.lost import mark_found, mark_lost
from circulation.services.undo import undo
from circulation.tests.factories import make_loan, set_library, zurich
from circulation.tests.refusals import code_of, codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")
MINUTES = (NOW + timedelta(minutes=n) for n in count())


@pytest.fixture
def member(db: None) -> Member:
    return MemberFactory()


def do(service, member: Member, amount: int, **how) -> LedgerEntry:
    how = {"by": None, "now": next(MINUTES), "reason": "because"} | how
    return service(member, amount_minor=amount, **how)


def void(member: Member, **how) -> LedgerEntry:
    return void_last_entry(member, **{"by": None, "now": next(MINUTES)} | how)


def lines(member: Member) -> list[tuple[str, int, int]]:
    return list(member.ledger.order_by("at", "pk").values_list("kind", "amount_minor", "allocated_minor"))


def test_money_1_write_off_gives_up_the_oldest_debt_first(member: Member, librarian: User) -> None:
    do(charge_member, member, 300), do(charge_member, member, 200)
    entry = do(write_off, member, 400, by=librarian, reason="moved away")
    assert lines(member) == [("other", 300, 300), ("other", 200, 100), ("write_off", -400, 400)]
    action = Action.objects.values("verb", "reason", "by", "after").get(verb="write_off")
    assert action == {
        "verb": "write_off", "reason": "moved away", "by": librarian.pk,
        "after": {"amount_minor": -400, "kind": "write_off", "member": member.pk, "entries": [entry.pk]},
    }  # fmt: skip


def test_money_2_no_more_is_written_off_than_is_owed(member: Member) -> None:
    do(charge_member, member, 300)
    assert codes_of(do, write_off, member, 301) == ["amount_above_debt"]
    assert codes_of(do, write_off, member, 0) == ["amount_not_positive"]


def test_money_3_refund_gives_unused_credit_back(member: Member, librarian: User) -> None:
    do(take_payment, member, 500, overpay=True)
    do(refund, member, 200, by=librarian)
    assert lines(member) == [("overpayment", -500, 200), ("refund", 200, 200)]
    assert (balance_minor(member), refundable_minor(member)) == (-300, 300)


def test_money_4_payment_that_is_given_back_is_owed_again(member: Member) -> None:
    do(charge_member, member, 300), do(take_payment, member, 300)
    do(refund, member, 100)
    assert (balance_minor(member), outstanding_minor(member), refundable_minor(member)) == (100, 100, 200)


@pytest.mark.parametrize("service", [waive, write_off])
def test_money_5_only_what_was_paid_is_given_back(service, member: Member) -> None:
    assert codes_of(do, refund, member, 1) == ["nothing_to_refund"]
    do(charge_member, member, 300), do(service, member, 300)
    assert codes_of(do, refund, member, 1) == ["nothing_to_refund"]


def test_money_6_no_more_is_given_back_than_was_paid(member: Member) -> None:
    do(charge_member, member, 300), do(take_payment, member, 300)
    assert codes_of(do, refund, member, 301) == ["amount_above_debt"]
    assert codes_of(do, refund, member, 0) == ["amount_not_positive"]
    do(refund, member, 300)
    assert codes_of(do, refund, member, 1) == ["nothing_to_refund"]


def test_money_7_payment_that_was_reversed_is_not_given_back(member: Member) -> None:
    do(charge_member, member, 300), do(take_payment, member, 300)
    void(member)
    assert codes_of(do, refund, member, 1) == ["nothing_to_refund"]


def test_money_8_what_was_paid_for_a_copy_found_again_is_given_back(branch: Branch) -> None:
    loan = make_loan(CopyFactory(price_minor=2_000, copy_type=CopyTypeFactory()), now=NOW)
    mark_lost(loan.copy, by=None, now=NOW)
    do(take_payment, loan.member, 2_000)
    mark_found(loan.copy, branch=branch, by=None, now=next(MINUTES))
    do(refund, loan.member, 2_000)
    assert balance_minor(loan.member) == 0
    assert lines(loan.member)[2:] == [("refund", -2_000, 2_000), ("refund", 2_000, 2_000)]
    assert list(invariants.broken()) == []


def test_money_9_last_line_of_an_account_is_reversed(member: Member, librarian: User) -> None:
    do(charge_member, member, 300), do(take_payment, member, 200)
    entry = void(member, by=librarian, reason="wrong member")
    assert lines(member) == [("other", 300, 200), ("payment", -200, 200), ("void", 200, 0)]
    assert (balance_minor(member), outstanding_minor(member), entry.reason) == (300, 300, "wrong member")
    action = Action.objects.values("target_id", "reason", "after").get(verb="void")
    assert action == {
        "target_id": entry.pk, "reason": "wrong member",
        "after": {"amount_minor": 200, "kind": "void", "member": member.pk, "entries": [entry.pk],
                  "voids": entry.voids_id},
    }  # fmt: skip


def test_money_10_reversal_is_not_reversed_and_nothing_is_nothing(member: Member) -> None:
    assert codes_of(void, member) == ["nothing_to_void"]
    charge = do(charge_member, member, 300)
    void(member)
    assert codes_of(void, member) == ["nothing_to_void"]
    assert codes_of(void_entry, charge, by=None) == ["nothing_to_void"]
    assert balance_minor(member) == 0


@pytest.mark.parametrize("service", [waive, write_off])
def test_money_11_charge_that_was_forgiven_is_not_reversed_before_that_is(service, member: Member) -> None:
    """Else forgiving would have made credit out of nothing."""
    charge = do(charge_member, member, 300)
    forgiven = do(service, member, 100)
    assert codes_of(void_entry, charge, by=None) == ["nothing_to_void"]
    void_entry(forgiven, by=None, now=next(MINUTES))
    void_entry(charge, by=None, now=next(MINUTES))
    assert (balance_minor(member), list(invariants.broken())) == (0, [])


def test_money_12_payment_that_was_given_back_is_not_reversed(member: Member, librarian: User) -> None:
    payment = do(take_payment, member, 300, overpay=True, by=librarian, now=NOW)
    do(refund, member, 100, now=NOW)
    assert codes_of(void_entry, payment, by=None) == ["nothing_to_void"]
    action = Action.objects.get(verb="take_payment")
    assert code_of(undo, action, by=librarian, now=NOW) == "changed_since"


def test_money_13_refund_that_was_reversed_can_be_given_again(member: Member) -> None:
    do(take_payment, member, 300, overpay=True), do(refund, member, 300)
    void(member)
    assert (balance_minor(member), refundable_minor(member)) == (-300, 300)


def test_money_14_return_with_a_fine_forgiven_since_is_not_taken_back(librarian: User, branch: Branch) -> None:
    late = zurich("2026-03-26T10:00")
    loan = make_loan(now=NOW)
    return_copy(loan.copy, branch=branch, by=librarian, now=late)
    waive(loan.member, amount_minor=50, reason="ill", by=librarian, now=late)
    action = Action.objects.get(verb="return")
    assert code_of(undo, action, by=librarian, now=late) == "changed_since"


def test_money_15_credit_left_of_an_earlier_waiver_is_money(librarian: User, branch: Branch) -> None:
    """A fine that was paid and then waived (a day closed after the fact) leaves credit, which later fines use up."""
    late, member = zurich("2026-03-26T10:00"), MemberFactory()
    do(charge_member, member, 150, now=NOW), do(take_payment, member, 150, now=NOW)
    write(member, "waiver", -150, by=None, at=NOW)
    loan = make_loan(member=member, now=NOW)
    return_copy(loan.copy, branch=branch, by=librarian, now=late)
    assert outstanding_minor(member) == 0
    undo(Action.objects.get(verb="return"), by=librarian, now=late)
    assert (balance_minor(member), list(invariants.broken())) == (-150, [])


@pytest.mark.parametrize(("currency", "unit"), [("JPY", 1), ("EUR", 100), ("KWD", 1_000)])
def test_every_kind_of_line_in_a_currency_of_0_2_and_3_digits(currency: str, unit: int, member: Member) -> None:
    set_library(currency=currency)
    do(charge_member, member, 5 * unit), do(take_payment, member, 2 * unit), do(write_off, member, unit)
    do(waive, member, 2 * unit), do(refund, member, unit), void(member)
    assert (balance_minor(member), list(invariants.broken())) == (0, [])
    assert set(LedgerEntry.objects.values_list("currency", flat=True)) == {currency}


@pytest.mark.parametrize("service", [write_off, refund])
def test_same_form_is_done_once(service, member: Member, librarian: User) -> None:
    do(charge_member, member, 300), do(take_payment, member, 200)
    for _each in range(2):
        do(service, member, 50, by=librarian, key="form-1")
    assert LedgerEntry.objects.filter(kind__in=["write_off", "refund"]).count() == 1


def test_removed_or_unknown_member_is_refused() -> None:
    for service in (write_off, refund):
        assert codes_of(do, service, Member(pk=999), 1) == ["unknown_member"]
