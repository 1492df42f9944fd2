"""Many desks at the same moment. Each race is first shown to exist: with the locks off it is lost."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from accounts.models import Action, Member
from accounts.queries import default_branch
from accounts.services.actions import FormAlreadyUsed
from accounts.services.members import register_member
from accounts.tests.factories import MemberCategoryFactory, MemberFactory
from accounts.tests.threads import at_once
from catalog.models import Copy
from catalog.services.copies import add_copies
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.models import LedgerEntry, Loan
from circulation.queries import ledger as ledger_queries
from circulation.queries.ledger import balance_minor, outstanding_minor
from circulation.services import loans as loans_service
from circulation.services.copies import mark_copy
from circulation.services.ledger import charge_member, take_payment
from circulation.services.loans import issue_copy, renew_loan, return_copy
from circulation.services.undo import undo
from circulation.tests.factories import make_loan, make_overdue_loan, set_rule
from circulation.tests.racing import outcomes

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
DESKS = 50


@pytest.fixture(autouse=True)
def _set_up(transactional_db: None) -> None:
    """Threads see only what is really saved."""


def issue(copy: Copy, member: Member) -> Loan:
    return issue_copy(copy, member=member, branch=default_branch(), by=None)


# --- one copy, many members -------------------------------------------------------------------------


def issue_one_copy(desks: int) -> Counter[str]:
    copy, members = CopyFactory(), MemberFactory.create_batch(desks)
    return outcomes(at_once(desks, lambda n: issue(copy, members[n])))


def test_fifty_desks_issue_one_copy_and_one_has_it() -> None:
    assert issue_one_copy(DESKS) == {"done": 1, "on_loan": DESKS - 1}
    assert (Loan.objects.count(), Action.objects.count()) == (1, 1)


def test_race_for_one_copy_is_lost_without_locks(without_locks: Callable[..., None]) -> None:
    without_locks(loans_service, "issue_problems", 8)
    broken = "OperationalError" if connection.vendor == "sqlite" else "IntegrityError"
    assert issue_one_copy(8) == {"done": 1, broken: 7}


def test_one_member_at_many_desks_has_a_copy_once() -> None:
    copy, member = CopyFactory(), MemberFactory()
    assert outcomes(at_once(20, lambda n: issue(copy, member))) == {"done": 1, "already_yours": 19}
    assert Member.objects.get().loans_ever == 1


# --- many copies, many members ----------------------------------------------------------------------


def issue_many_copies(desks: int) -> Counter[str]:
    copies, members = CopyFactory.create_batch(desks), MemberFactory.create_batch(desks)
    return outcomes(at_once(desks, lambda n: issue(copies[n], members[n])))


def test_many_different_copies_at_once_are_all_issued() -> None:
    assert issue_many_copies(DESKS) == {"done": DESKS}
    assert Loan.objects.open().values("copy").distinct().count() == DESKS


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no single writer to wait for")
def test_race_of_many_copies_is_lost_in_transactions_that_begin_as_readers(without_locks: Callable[..., None]) -> None:
    without_locks(loans_service, "issue_problems", 8)
    assert issue_many_copies(8) == {"done": 1, "OperationalError": 7}


# --- one loan, many returns -------------------------------------------------------------------------


def return_one_loan(desks: int) -> Counter[str]:
    copy = make_overdue_loan(days=3).copy
    return outcomes(at_once(desks, lambda n: return_copy(copy, branch=default_branch(), by=None)))


def test_twenty_desks_take_one_loan_back_and_one_fine_is_written() -> None:
    assert return_one_loan(20) == {"done": 1, "not_on_loan": 19}
    assert list(LedgerEntry.objects.values_list("kind", "amount_minor")) == [("overdue", 150)]


def test_race_of_returns_is_lost_without_locks(without_locks: Callable[..., None]) -> None:
    without_locks(loans_service, "final_fine", 8)
    results, fines = return_one_loan(8), LedgerEntry.objects.count()
    if connection.vendor == "sqlite":
        assert (results, fines) == ({"done": 1, "OperationalError": 7}, 1)
    else:
        assert (results, fines) == ({"done": 8}, 8)


def test_return_and_renewal_of_an_overdue_loan_write_one_fine() -> None:
    loan = make_overdue_loan(days=3)
    acts = [
        lambda: return_copy(loan.copy, branch=default_branch(), by=None),
        lambda: renew_loan(loan, by=None),
    ]
    results = outcomes(at_once(8, lambda n: acts[n % 2]()))
    assert (LedgerEntry.objects.count(), Loan.objects.open().count()) == (1, 0)
    assert set(results) <= {"done", "not_on_loan", "renewal_limit"}


# --- one debt, many payments ------------------------------------------------------------------------


def owing(amount_minor: int) -> Member:
    member = MemberFactory()
    charge_member(member, amount_minor=amount_minor, reason="lost card", by=None)
    return member


def test_payment_sent_twenty_times_at_once_is_booked_once() -> None:
    member = owing(5_000)
    paid = at_once(20, lambda n: take_payment(member, amount_minor=100, by=None, key="one-form"))
    payment = LedgerEntry.objects.get(kind="payment")
    assert (paid, balance_minor(member)) == ([payment] * 20, 4_900)


def test_without_the_forms_key_each_counts() -> None:
    member = owing(5_000)
    at_once(20, lambda n: take_payment(member, amount_minor=100, by=None))
    assert (LedgerEntry.objects.filter(kind="payment").count(), balance_minor(member)) == (20, 3_000)


def pay_from_two_forms() -> tuple[Counter[str], int]:
    member = owing(150)
    results = at_once(2, lambda n: take_payment(member, amount_minor=100, by=None, key=f"form-number-{n}"))
    return outcomes(results), balance_minor(member)


def test_of_two_payments_together_above_the_debt_one_is_refused() -> None:
    assert pay_from_two_forms() == ({"done": 1, "amount_above_debt": 1}, 50)


def test_race_of_payments_is_lost_without_locks(
    without_locks: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    without_locks(ledger_queries, "outstanding_minor", 2)
    monkeypatch.setattr("accounts.services.actions._claim", lambda action: None)  # it writes, and so is a lock too
    results, balance = pay_from_two_forms()
    broken = "OperationalError" if connection.vendor == "sqlite" else "IntegrityError"
    assert (results, balance) == ({"done": 1, broken: 1}, 50)


# --- the limit of loans -----------------------------------------------------------------------------


def issue_above_the_limit(desks: int) -> Counter[str]:
    set_rule(max_loans=5)
    member, copies = MemberFactory(category=MemberCategoryFactory(max_loans=None)), CopyFactory.create_batch(desks)
    return outcomes(at_once(desks, lambda n: issue(copies[n], member)))


def test_thirty_desks_issue_to_one_member_up_to_the_limit() -> None:
    assert issue_above_the_limit(30) == {"done": 5, "too_many_loans": 25}
    assert (Loan.objects.count(), Member.objects.get().loans_ever) == (5, 5)


def test_race_to_the_limit_is_lost_without_locks(without_locks: Callable[..., None]) -> None:
    without_locks(loans_service, "issue_problems", 8)
    broken = {"done": 1, "OperationalError": 7}
    assert issue_above_the_limit(8) == (broken if connection.vendor == "sqlite" else {"done": 8})


# --- numbers, undo, marks ---------------------------------------------------------------------------


def test_desks_that_give_out_barcodes_and_cards_at_once_give_none_twice() -> None:
    book, category = BookFactory(), MemberCategoryFactory()

    def give(n: int) -> list[str]:
        if n % 2:
            return [register_member(name=f"Member {n}", category=category, by=None).card_number]
        return [copy.barcode for copy in add_copies(book, count=3, by=None)]

    given = [code for codes in at_once(20, give) for code in codes]
    assert (len(given), len(set(given))) == (40, 40)


def test_action_taken_back_at_ten_desks_is_taken_back_once(librarian: Any) -> None:
    member = owing(300)
    take_payment(member, amount_minor=300, by=librarian)
    action = Action.objects.get(verb="take_payment")
    results = outcomes(at_once(10, lambda n: undo(action, by=librarian)))
    assert (results, outstanding_minor(member)) == ({"done": 1, "Refused": 9}, 300)


def test_copy_is_lent_or_withdrawn_never_both() -> None:
    copies, members = CopyFactory.create_batch(10), MemberFactory.create_batch(10)
    at_once(20, lambda n: (
        issue(copies[n // 2], members[n // 2]) if n % 2 else mark_copy(copies[n // 2], state="withdrawn", by=None)
    ))  # fmt: skip
    assert Loan.objects.open().filter(copy__withdrawn_on__isnull=False).count() == 0
    assert Loan.objects.count() + Copy.objects.exclude(withdrawn_on=None).count() == 10


def test_form_sent_twice_at_once_with_other_contents_counts_once() -> None:
    copies, member = CopyFactory.create_batch(2), MemberFactory()
    results = at_once(2, lambda n: issue_copy(
        copies[n], member=member, branch=default_branch(), by=None, key="one-form"
    ))  # fmt: skip
    assert (sum(isinstance(each, FormAlreadyUsed) for each in results), Loan.objects.count()) == (1, 1)


def test_members_copies_and_loans_crossed_at_many_desks_never_wait_for_each_other_in_a_circle() -> None:
    """Everybody locks member, copy, loan in this order; a circle would end as an OperationalError."""
    members, copies = MemberFactory.create_batch(3), CopyFactory.create_batch(3)
    loans = [make_loan(copy, member) for copy, member in zip(copies, members, strict=True)]

    def act(n: int) -> Any:
        one, other = n % 3, (n // 3) % 3
        if n % 2:
            return issue(copies[other], members[one])
        return return_copy(copies[one], branch=default_branch(), by=None) if n % 4 else renew_loan(loans[one], by=None)

    results = outcomes(at_once(36, act))
    assert not {each for each in results if each.endswith("Error")}
