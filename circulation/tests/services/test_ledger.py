"""PAY: charges, payments, waivers and reversals; what holds of every account at every moment."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Action, LibrarySettings, Member, User
from accounts.services.actions import FormAlreadyUsed
from accounts.tests.factories import MemberFactory
from circulation import invariants
from circulation.models import Allocation, LedgerEntry
from circulation.policy import Fine
from circulation.queries.ledger import balance_minor, outstanding_minor
from circulation.services import ledger
from circulation.services.ledger import charge_member, reverse, settle, take_payment, waive, write_fine
from circulation.tests.factories import make_loan, set_library, zurich
from circulation.tests.refusals import codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")
MINUTES = (NOW + timedelta(minutes=n) for n in count())


def charge(member: Member, amount: int, **how) -> LedgerEntry:
    return charge_member(
        member, amount_minor=amount, **({"reason": "lost card", "by": None, "now": next(MINUTES)} | how)
    )


def pay(member: Member, amount: int, **how) -> LedgerEntry:
    return take_payment(member, amount_minor=amount, **({"by": None, "now": next(MINUTES)} | how))


def account_of(member: Member) -> list[tuple[str, int, int]]:
    """Kind, amount and settled part of every line, oldest first."""
    return list(member.ledger.order_by("at", "pk").values_list("kind", "amount_minor", "allocated_minor"))


def allocations() -> list[tuple[int, int, int]]:
    return list(Allocation.objects.order_by("pk").values_list("debit", "credit", "amount_minor"))


def test_pay_1_charge_is_owed(librarian: User) -> None:
    member = MemberFactory()
    entry = charge(member, 250, by=librarian, reason="lost card", now=NOW)
    names = ("kind", "member_id", "loan_id", "amount_minor", "currency", "allocated_minor", "at", "by_id", "reason",
             "explanation", "voids_id")  # fmt: skip
    assert LedgerEntry.objects.values(*names).get() == {
        "kind": "other", "member_id": member.pk, "loan_id": None, "amount_minor": 250, "currency": "EUR",
        "allocated_minor": 0, "at": NOW, "by_id": librarian.pk, "reason": "lost card", "explanation": {},
        "voids_id": None,
    }  # fmt: skip
    assert (balance_minor(member), outstanding_minor(member)) == (250, 250)
    action = Action.objects.values("verb", "by_id", "target_id", "after", "reason").get()
    assert action == {
        "verb": "charge", "by_id": librarian.pk, "target_id": entry.pk, "reason": "lost card",
        "after": {"amount_minor": 250, "kind": "other", "member": member.pk, "entries": [entry.pk]},
    }  # fmt: skip


@pytest.mark.parametrize("amount", [0, -1])
@pytest.mark.parametrize("service", [charge_member, take_payment, waive])
def test_pay_2_amount_must_be_above_zero(service, amount: int) -> None:
    assert codes_of(service, MemberFactory(), amount_minor=amount, reason="x", by=None) == ["amount_not_positive"]


def test_member_who_is_gone_is_refused() -> None:
    assert codes_of(charge_member, Member(pk=999), amount_minor=1, reason="x", by=None) == ["unknown_member"]


def test_pay_3_payment_settles_the_oldest_debt_first(librarian: User) -> None:
    member = MemberFactory()
    newer = charge(member, 300, now=zurich("2026-02-02T10:00"))
    older = charge(member, 500, now=zurich("2026-02-01T10:00"))
    payment = pay(member, 600, by=librarian)
    assert allocations() == [(older.pk, payment.pk, 500), (newer.pk, payment.pk, 100)]
    assert account_of(member) == [("other", 500, 500), ("other", 300, 100), ("payment", -600, 600)]
    assert (balance_minor(member), outstanding_minor(member), payment.allocated_minor) == (200, 200, 600)


def test_pay_4_of_two_debts_of_one_moment_the_first_written_is_first() -> None:
    member = MemberFactory()
    first, _second = charge(member, 100, now=NOW), charge(member, 100, now=NOW)
    payment = pay(member, 100)
    assert allocations() == [(first.pk, payment.pk, 100)]


def test_debts_of_others_are_not_settled() -> None:
    member, other = MemberFactory(), MemberFactory()
    charge(member, 100), charge(other, 100)
    pay(member, 100)
    assert (balance_minor(member), balance_minor(other)) == (0, 100)


@pytest.mark.parametrize(("owed", "paid"), [(0, 1), (100, 101)])
@pytest.mark.parametrize("service", [take_payment, waive])
def test_pay_5_more_than_is_owed_is_refused(service, owed: int, paid: int) -> None:
    member = MemberFactory()
    if owed:
        charge(member, owed)
    assert codes_of(service, member, amount_minor=paid, reason="x", by=None) == ["amount_above_debt"]


def test_pay_6_rest_is_kept_as_overpayment_where_the_desk_says_so() -> None:
    member = MemberFactory()
    charge(member, 100)
    assert pay(member, 150, overpay=True).amount_minor == -100
    assert account_of(member) == [("other", 100, 100), ("payment", -100, 100), ("overpayment", -50, 0)]
    assert (balance_minor(member), outstanding_minor(member)) == (-50, 0)


def test_overpayment_without_a_debt_and_exactly_the_debt() -> None:
    member = MemberFactory()
    assert pay(member, 150, overpay=True).kind == "overpayment"
    owing = MemberFactory()
    charge(owing, 150)
    assert pay(owing, 150, overpay=True).kind == "payment"
    assert (account_of(member), account_of(owing)) == (
        [("overpayment", -150, 0)], [("other", 150, 150), ("payment", -150, 150)],
    )  # fmt: skip


def test_pay_7_credit_settles_what_is_charged_later() -> None:
    member = MemberFactory()
    pay(member, 150, overpay=True)
    assert charge(member, 100).allocated_minor == 100
    assert charge(member, 100).allocated_minor == 50
    assert account_of(member) == [("overpayment", -150, 150), ("other", 100, 100), ("other", 100, 50)]


def test_pay_8_waiver_forgives_the_oldest_debt_first(librarian: User) -> None:
    member = MemberFactory()
    charge(member, 300), charge(member, 300)
    entry = waive(member, amount_minor=400, reason="first time", by=librarian, now=next(MINUTES))
    assert account_of(member) == [("other", 300, 300), ("other", 300, 100), ("waiver", -400, 400)]
    assert (entry.reason, entry.by, Action.objects.get(verb="waive").reason) == ("first time", librarian, "first time")


def test_fine_29_fine_of_nought_writes_no_line() -> None:
    assert write_fine(make_loan(now=NOW), Fine(0, 3), by=None, at=NOW) is None
    assert LedgerEntry.objects.count() == 0


def test_pay_10_reversal_of_an_open_charge_settles_it() -> None:
    member = MemberFactory()
    entry = charge(member, 300)
    void = reverse(entry, by=None, at=next(MINUTES), reason="wrong member")
    assert account_of(member) == [("other", 300, 300), ("void", -300, 300)]
    assert (void.voids, void.reason, balance_minor(member)) == (entry, "wrong member", 0)


def test_pay_11_reversal_of_a_charge_that_was_paid_leaves_credit() -> None:
    member = MemberFactory()
    entry = charge(member, 300)
    pay(member, 200)
    reverse(entry, by=None, at=next(MINUTES))
    assert account_of(member) == [("other", 300, 300), ("payment", -200, 200), ("void", -300, 100)]
    assert (balance_minor(member), outstanding_minor(member)) == (-200, 0)


def test_pay_12_reversal_of_a_payment_makes_its_sum_owed_again() -> None:
    member = MemberFactory()
    charge(member, 300)
    reverse(pay(member, 200), by=None, at=next(MINUTES))
    assert account_of(member) == [("other", 300, 200), ("payment", -200, 200), ("void", 200, 0)]
    assert (balance_minor(member), outstanding_minor(member)) == (300, 300)


def test_reversal_of_unused_credit_takes_just_that() -> None:
    member = MemberFactory()
    reverse(pay(member, 200, overpay=True), by=None, at=next(MINUTES))
    assert account_of(member) == [("overpayment", -200, 200), ("void", 200, 200)]


def test_reversal_settles_other_debts_with_what_it_frees() -> None:
    member = MemberFactory()
    paid = charge(member, 300)
    pay(member, 300)
    charge(member, 100)
    reverse(paid, by=None, at=next(MINUTES))
    assert account_of(member) == [
        ("other", 300, 300), ("payment", -300, 300), ("other", 100, 100), ("void", -300, 100),
    ]  # fmt: skip


def test_pay_13_line_is_reversed_once_and_a_reversal_never() -> None:
    entry = charge(MemberFactory(), 300)
    void = reverse(entry, by=None, at=next(MINUTES))
    for again in (entry, void):
        assert codes_of(reverse, again, by=None, at=NOW) == ["nothing_to_void"]


def test_pay_14_same_form_twice_is_one_payment(librarian: User) -> None:
    member = MemberFactory()
    charge(member, 300)
    first, second = (pay(member, 100, by=librarian, key="the-form-1", now=NOW) for _each in range(2))
    assert (first, balance_minor(member), Action.objects.filter(verb="take_payment").count()) == (second, 200, 1)


def test_same_form_with_another_amount_is_refused(librarian: User) -> None:
    member = MemberFactory()
    charge(member, 300)
    pay(member, 100, by=librarian, key="the-form-1")
    with pytest.raises(FormAlreadyUsed):
        pay(member, 101, by=librarian, key="the-form-1")
    assert balance_minor(member) == 200


def test_pay_15_first_line_fixes_the_currency() -> None:
    set_library(currency="JPY")
    assert LibrarySettings.current().currency_fixed is False
    assert charge(MemberFactory(), 300).currency == "JPY"
    assert LibrarySettings.current().currency_fixed is True


def test_settled_part_is_raised_only_from_what_was_read() -> None:
    """Somebody else settles the debt between reading and writing: nothing is settled twice."""
    member = MemberFactory()
    debit = charge(member, 300)
    with transaction.atomic():
        credit = LedgerEntry.objects.create(member=member, kind="payment", amount_minor=-300, currency="EUR", at=NOW)
        stale = list(member.ledger.order_by("pk"))
        LedgerEntry.objects.filter(pk=debit.pk).update(allocated_minor=200)
        with pytest.raises(IntegrityError, match="was settled by somebody else"):
            ledger._allocate(stale[0], stale[1], 300, NOW)
    assert credit.settles.count() == 0


def test_settling_twice_changes_nothing() -> None:
    member = MemberFactory()
    charge(member, 300)
    pay(member, 100)
    before = (account_of(member), allocations())
    assert settle(member, NOW) is False
    assert (account_of(member), allocations()) == before


def test_payment_of_many_debts_costs_a_fixed_number_of_statements_for_each() -> None:
    counts = []
    for debts in (1, 2, 3):
        member = MemberFactory()
        for _each in range(debts):
            charge(member, 100)
        with CaptureQueriesContext(connection) as paying:
            pay(member, 100 * debts)
        counts.append(len(paying))
    assert [counts[0], counts[1] - counts[0], counts[2] - counts[1]] == [13, 3, 3]


STEPS = st.lists(
    st.tuples(st.sampled_from(["charge", "pay", "overpay", "waive", "reverse"]), st.integers(1, 500)), max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_pay_18_account_stays_sound_whatever_is_booked(steps: list[tuple[str, int]]) -> None:
    member, total, now = MemberFactory(), 0, timezone.now()
    for n, (verb, amount) in enumerate(steps):
        at, owed = now + timedelta(seconds=n), outstanding_minor(member)
        if verb == "charge":
            total += charge(member, amount, now=at).amount_minor
        elif verb == "overpay":
            pay(member, amount, overpay=True, now=at)
            total -= amount
        elif verb == "reverse" and (entry := member.ledger.filter(voided_by=None).exclude(kind="void").last()):
            total += reverse(entry, by=None, at=at).amount_minor
        elif verb in ("pay", "waive") and owed:
            done = take_payment if verb == "pay" else waive
            total += done(member, amount_minor=min(owed, amount), reason="x", by=None, now=at).amount_minor
        assert (balance_minor(member), list(invariants.broken())) == (total, [])
