"""LOST: copies lost or said to be returned, and what that costs."""

from datetime import date, timedelta

import pytest

from accounts.models import Action, Branch, Restriction, User
from catalog.models import Copy
from catalog.tests.factories import CopyFactory
from circulation import invariants
from circulation.models import Hold, LedgerEntry, Loan
from circulation.queries.ledger import balance_minor
from circulation.services.ledger import take_payment
from circulation.services.loans import renew_loan, return_copy
from circulation.services.lost import claim_returned, mark_long_overdue_lost, mark_lost
from circulation.tests.factories import HoldFactory, open_on, set_library, set_rule, zurich
from circulation.tests.refusals import codes_of
from circulation.tests.services.losses import IN_TIME, ISSUED, LATE, LATER, amounts, found, lent, lines

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]


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
