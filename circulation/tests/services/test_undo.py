"""UNDO: issues, returns, renewals and payments taken back, and when they cannot be."""

from datetime import date, timedelta

import pytest

from accounts.models import Action, Branch, Member, Restriction, User
from accounts.tests.factories import BranchFactory, MemberFactory, UserFactory
from catalog.models import Copy
from catalog.tests.factories import CopyFactory
from circulation import invariants
from circulation.models import LedgerEntry, Loan
from circulation.queries.ledger import balance_minor, outstanding_minor
from circulation.services.calendars import close_days
from circulation.services.copies import mark_copy
from circulation.services.ledger import charge_member, reverse, take_payment, waive
from circulation.services.loans import issue_copy, renew_loan, return_copy
from circulation.services.lost import mark_lost
from circulation.services.undo import undo
from circulation.tests.factories import make_loan, set_rule, zurich
from circulation.tests.refusals import code_of
from circulation.tests.services.undoing import ISSUED, LATE, issued, last, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
SOON = timedelta(minutes=1)


def test_undo_6_issue_is_kept_as_undone(librarian: User, branch: Branch) -> None:
    """The copy is in again, the loan stays in the record but counts for nobody."""
    loan = issued(librarian, branch)
    undo(last("issue"), by=librarian, now=ISSUED + SOON)
    loan.refresh_from_db()
    assert (loan.outcome, loan.returned_at, loan.closed_at) == ("undone", ISSUED + SOON, ISSUED + SOON)
    assert Member.objects.get(pk=loan.member_id).loans_ever == 0
    assert issued(librarian, branch, copy=loan.copy).is_open


def test_undo_7_issue_that_found_a_lost_copy_loses_it_again(librarian: User, branch: Branch) -> None:
    copy = CopyFactory(lost_on=date(2026, 1, 5))
    issued(librarian, branch, copy=copy, overrides=["copy_lost"], reason="found")
    undo(last("issue"), by=librarian, now=ISSUED + SOON)
    assert Copy.objects.get(pk=copy.pk).lost_on == date(2026, 1, 5)


def test_undo_8_return_is_as_if_it_had_not_been(librarian: User, branch: Branch) -> None:
    set_rule(suspension_days=2)
    loan = make_loan(now=ISSUED)
    before, home = row(loan), loan.copy.current_branch
    return_copy(loan.copy, branch=BranchFactory(), by=librarian, now=LATE)
    undo(last("return"), by=librarian, now=LATE + SOON)
    assert row(loan) == before
    assert Copy.objects.get(pk=loan.copy_id).current_branch == home
    assert Restriction.objects.get().lifted_at == LATE + SOON
    kinds = list(LedgerEntry.objects.order_by("pk").values_list("kind", "amount_minor", "allocated_minor"))
    assert kinds == [("overdue", 150, 150), ("void", -150, 150)]
    assert balance_minor(loan.member) == 0


def test_undo_9_return_after_the_undo_writes_its_fine_again(librarian: User, branch: Branch) -> None:
    loan = make_loan(now=ISSUED)
    for minute in (0, 2):
        return_copy(loan.copy, branch=branch, by=librarian, now=LATE + timedelta(minutes=minute))
        if minute == 0:
            undo(last("return"), by=librarian, now=LATE + SOON)
    assert (balance_minor(loan.member), LedgerEntry.objects.filter(kind="overdue").count()) == (150, 2)


def test_undo_10_fine_that_was_paid_meanwhile_is_credit(librarian: User, branch: Branch) -> None:
    loan = make_loan(now=ISSUED)
    return_copy(loan.copy, branch=branch, by=librarian, now=LATE)
    take_payment(loan.member, amount_minor=150, by=librarian, now=LATE + SOON)
    undo(last("return"), by=librarian, now=LATE + 2 * SOON)
    assert (balance_minor(loan.member), outstanding_minor(loan.member), list(invariants.broken())) == (-150, 0, [])


def test_fine_that_was_reversed_meanwhile_is_not_reversed_twice(librarian: User, branch: Branch) -> None:
    loan = make_loan(now=ISSUED)
    return_copy(loan.copy, branch=branch, by=librarian, now=LATE)
    reverse(LedgerEntry.objects.get(), by=librarian, at=LATE + SOON)
    undo(last("return"), by=librarian, now=LATE + 2 * SOON)
    assert (balance_minor(loan.member), LedgerEntry.objects.count()) == (0, 2)


def test_restriction_lifted_meanwhile_keeps_its_moment(librarian: User, branch: Branch) -> None:
    set_rule(suspension_days=2)
    loan = make_loan(now=ISSUED)
    return_copy(loan.copy, branch=branch, by=librarian, now=LATE)
    Restriction.objects.update(lifted_at=LATE + SOON)
    undo(last("return"), by=librarian, now=LATE + 2 * SOON)
    assert Restriction.objects.get().lifted_at == LATE + SOON


def test_undo_11_renewal_is_as_if_it_had_not_been(librarian: User) -> None:
    loan = make_loan(now=ISSUED)
    before = row(loan)
    renew_loan(loan, by=librarian, now=LATE)
    undo(last("renew"), by=librarian, now=LATE + SOON)
    assert (row(loan), balance_minor(loan.member)) == (before, 0)


def test_undo_12_last_of_two_renewals_first(librarian: User) -> None:
    loan = make_loan(now=ISSUED)
    first, second = (zurich(f"2026-03-0{n}T10:00") for n in (3, 4))
    renew_loan(loan, by=librarian, now=first)
    middle = row(loan)
    renew_loan(loan, by=librarian, now=second)
    earlier, later = Action.objects.filter(verb="renew").order_by("pk")
    assert code_of(undo, earlier, by=librarian, now=first + SOON) == "changed_since"
    undo(later, by=librarian, now=second + SOON)
    assert row(loan) == middle
    undo(earlier, by=librarian, now=first + SOON)
    assert row(loan)["renewals"] == 0


def test_undo_13_payment_is_owed_again(librarian: User) -> None:
    member = MemberFactory()
    charge_member(member, amount_minor=300, reason="lost card", by=None, now=ISSUED)
    take_payment(member, amount_minor=200, by=librarian, now=LATE)
    undo(last("take_payment"), by=librarian, now=LATE + SOON)
    kinds = list(LedgerEntry.objects.order_by("pk").values_list("kind", "amount_minor", "allocated_minor"))
    assert kinds == [("other", 300, 200), ("payment", -200, 200), ("void", 200, 0)]
    assert (balance_minor(member), list(invariants.broken())) == (300, [])


def test_undo_14_overpayment_goes_with_its_payment(librarian: User) -> None:
    member = MemberFactory()
    charge_member(member, amount_minor=300, reason="lost card", by=None, now=ISSUED)
    take_payment(member, amount_minor=500, overpay=True, by=librarian, now=LATE)
    charge_member(member, amount_minor=100, reason="copies", by=None, now=LATE + SOON)
    undo(last("take_payment"), by=librarian, now=LATE + 2 * SOON)
    assert (balance_minor(member), outstanding_minor(member), list(invariants.broken())) == (400, 400, [])


def test_undo_15_undo_is_an_action_of_its_own(librarian: User, branch: Branch, admin_user: User) -> None:
    loan = issued(librarian, branch)
    done = undo(last("issue"), by=admin_user, now=ISSUED + SOON)
    names = ("verb", "by_id", "at", "target_type", "target_id", "before")
    assert Action.objects.values(*names).get(pk=done.pk) == {
        "verb": "undo", "by_id": admin_user.pk, "at": ISSUED + SOON, "target_type": "circulation.loan",
        "target_id": loan.pk, "before": {"action": last("issue").pk, "verb": "issue"},
    }  # fmt: skip
    assert last("issue").undone_by == done


def test_undo_16_same_form_twice_takes_back_once(librarian: User, branch: Branch) -> None:
    issued(librarian, branch)
    first, second = (undo(last("issue"), by=librarian, key="the-form-1", now=ISSUED + SOON) for _each in range(2))
    assert (first, Action.objects.filter(verb="undo").count()) == (second, 1)


def four_actions(by: User, branch: Branch) -> dict[str, Action]:
    """An issue, a return, a renewal and a payment, each done at ISSUED."""
    issued(by, branch)
    returned = make_loan(now=ISSUED - timedelta(days=1))
    return_copy(returned.copy, branch=branch, by=by, now=ISSUED)
    renew_loan(make_loan(now=ISSUED - timedelta(days=1)), by=by, now=ISSUED)
    charge_member(returned.member, amount_minor=300, reason="lost card", by=None, now=ISSUED)
    take_payment(returned.member, amount_minor=300, by=by, now=ISSUED)
    return {verb: last(verb) for verb in ("issue", "return", "renew", "take_payment")}


@pytest.mark.parametrize("verb", ["issue", "return", "renew", "take_payment"])
def test_after_ten_minutes_it_is_too_late(verb: str, librarian: User, branch: Branch) -> None:
    action = four_actions(librarian, branch)[verb]
    late = ISSUED + timedelta(minutes=10, seconds=1)
    if verb == "issue":
        action = Action.objects.filter(verb="issue", by=librarian).get()
    assert code_of(undo, action, by=librarian, now=late) == "too_late"
    assert undo(action, by=librarian, now=ISSUED + timedelta(minutes=10)).verb == "undo"


@pytest.mark.parametrize("verb", ["issue", "return", "renew", "take_payment"])
def test_undo_4_nothing_is_taken_back_twice(verb: str, librarian: User, branch: Branch) -> None:
    action = four_actions(librarian, branch)[verb]
    if verb == "issue":
        action = Action.objects.filter(verb="issue", by=librarian).get()
    undo(action, by=librarian, now=ISSUED + SOON)
    assert code_of(undo, action, by=librarian, now=ISSUED + SOON) == "already_undone"


def test_undo_waiver_and_charge_cannot_be_taken_back(librarian: User) -> None:
    member = MemberFactory()
    charge_member(member, amount_minor=300, reason="lost card", by=librarian, now=ISSUED)
    waive(member, amount_minor=300, reason="new here", by=librarian, now=ISSUED)
    for verb in ("charge", "waive"):
        assert code_of(undo, last(verb), by=librarian, now=ISSUED) == "cannot_undo"


@pytest.mark.parametrize("then", ["return", "renew", "claim"])
def test_undo_17_issue_that_was_followed_by_something(then: str, librarian: User, branch: Branch) -> None:
    loan = issued(librarian, branch)
    action = last("issue")
    if then == "return":
        return_copy(loan.copy, branch=branch, by=librarian, now=ISSUED + SOON)
    elif then == "renew":
        renew_loan(loan, by=librarian, now=ISSUED + timedelta(days=1))
    else:
        Loan.objects.update(claimed_returned_at=ISSUED + SOON)
    assert code_of(undo, action, by=librarian, now=ISSUED + SOON) == "changed_since"


def test_undo_18_return_of_a_copy_that_was_lent_again(librarian: User, branch: Branch) -> None:
    loan = make_loan(now=ISSUED)
    return_copy(loan.copy, branch=branch, by=librarian, now=LATE)
    action = last("return")
    issued(librarian, branch, copy=loan.copy, now=LATE + SOON)
    assert code_of(undo, action, by=librarian, now=LATE + 2 * SOON) == "changed_since"
    return_copy(loan.copy, branch=branch, by=librarian, now=LATE + 2 * SOON)
    assert code_of(undo, action, by=librarian, now=LATE + 3 * SOON) == "changed_since"


def test_loan_in_between_that_was_undone_keeps_no_return_from_being_taken_back(librarian: User, branch: Branch) -> None:
    loan = make_loan(now=ISSUED)
    return_copy(loan.copy, branch=branch, by=librarian, now=LATE)
    issued(librarian, branch, copy=loan.copy, now=LATE + SOON)
    undo(last("issue"), by=librarian, now=LATE + 2 * SOON)
    undo(last("return"), by=librarian, now=LATE + 3 * SOON)
    assert Loan.objects.open().get() == loan


@pytest.mark.parametrize(("service", "how"), [(mark_copy, {"state": "withdrawn"}), (mark_lost, {})])
def test_undo_19_return_of_a_copy_that_is_out_of_use_since(
    service, how: dict, librarian: User, branch: Branch
) -> None:  # fmt: skip
    loan = make_loan(now=ISSUED)
    return_copy(loan.copy, branch=branch, by=librarian, now=LATE)
    action = last("return")
    service(loan.copy, **how, by=librarian, now=LATE + SOON)
    assert code_of(undo, action, by=librarian, now=LATE + 2 * SOON) == "changed_since"


def test_undo_20_return_of_a_copy_found_damaged_can_be_taken_back(librarian: User, branch: Branch) -> None:
    loan = make_loan(now=ISSUED)
    return_copy(loan.copy, branch=branch, by=librarian, now=LATE)
    action = last("return")
    mark_copy(loan.copy, state="damaged", by=librarian, now=LATE + SOON)
    undo(action, by=librarian, now=LATE + 2 * SOON)
    assert Loan.objects.open().get() == loan


def test_return_of_a_loan_that_forgot_its_member(librarian: User, branch: Branch) -> None:
    loan = make_loan(now=ISSUED)
    return_copy(loan.copy, branch=branch, by=librarian, now=LATE)
    Loan.objects.update(member=None)
    assert code_of(undo, last("return"), by=librarian, now=LATE + SOON) == "changed_since"


def test_undo_21_renewal_of_a_loan_that_was_returned(librarian: User, branch: Branch) -> None:
    loan = make_loan(now=ISSUED)
    renew_loan(loan, by=librarian, now=LATE)
    return_copy(loan.copy, branch=branch, by=librarian, now=LATE + SOON)
    assert code_of(undo, last("renew"), by=librarian, now=LATE + 2 * SOON) == "changed_since"


def test_undo_22_payment_that_was_reversed(librarian: User) -> None:
    member = MemberFactory()
    charge_member(member, amount_minor=300, reason="lost card", by=None, now=ISSUED)
    reverse(take_payment(member, amount_minor=200, by=librarian, now=LATE), by=librarian, at=LATE + SOON)
    assert code_of(undo, last("take_payment"), by=librarian, now=LATE + 2 * SOON) == "changed_since"


def test_undo_23_issue_that_renewed_is_taken_back_by_its_renewal(librarian: User, branch: Branch) -> None:
    """The loan was there before; taking back its "issue" must not end it."""
    loan = make_loan(now=ISSUED)
    again = LATE - timedelta(days=7)
    issued(
        librarian, branch, copy=loan.copy, member=loan.member, now=again, overrides=["already_yours"], reason="asked"
    )
    undo(last("renew"), by=librarian, now=again + SOON)
    assert code_of(undo, last("issue"), by=librarian, now=again + SOON) == "cannot_undo"
    assert (Loan.objects.open().get(), row(loan)["renewals"]) == (loan, 0)


def test_undo_24_form_sent_again_after_its_undo_does_nothing(librarian: User, branch: Branch) -> None:
    loan, member = make_loan(now=ISSUED), MemberFactory()
    charge_member(member, amount_minor=300, reason="lost card", by=None, now=ISSUED)
    done = {
        "issue": (issue_copy, CopyFactory(), {"member": member, "branch": branch}),
        "renew": (renew_loan, loan, {}),
        "return": (return_copy, loan.copy, {"branch": branch}),
        "take_payment": (take_payment, member, {"amount_minor": 200}),
    }
    for verb, (service, thing, how) in done.items():
        service(thing, by=librarian, key=f"form-{verb}", now=LATE, **how)
        undo(last(verb), by=librarian, now=LATE + SOON)
        again = {"by": librarian, "key": f"form-{verb}", "now": LATE + 2 * SOON, **how}
        assert (verb, code_of(service, thing, **again)) == (verb, "taken_back_since")


@pytest.mark.parametrize("verb", ["take_payment", "close_days"])
def test_undo_needs_the_permission_of_what_is_undone(verb: str, admin_user: User, branch: Branch) -> None:
    member, by = MemberFactory(), UserFactory()
    if verb == "close_days":
        close_days(from_on=date(2026, 5, 4), to_on=date(2026, 5, 4), by=by, now=ISSUED)
    else:
        charge_member(member, amount_minor=100, reason="stain", by=by, now=ISSUED)
        take_payment(member, amount_minor=100, by=by, now=ISSUED)
    assert code_of(undo, last(verb), by=by, now=ISSUED + SOON) == "cannot_undo"
    assert undo(last(verb), by=admin_user, now=ISSUED + SOON).verb == "undo"
