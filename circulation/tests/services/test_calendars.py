"""CLOSE: days closed after the fact, what they change, and opening them again."""

from datetime import date

import pytest

from accounts.exceptions import Refused
from accounts.models import Action, Branch, Member, User
from accounts.tests.factories import BranchFactory, MemberFactory
from catalog.tests.factories import CopyFactory
from circulation import invariants
from circulation.models import Closure, Hold, LedgerEntry, Loan
from circulation.queries.closing import preview
from circulation.queries.ledger import balance_minor
from circulation.queries.rules import rule_book
from circulation.services.calendars import close_days
from circulation.services.holds import place_hold, trap_copy
from circulation.services.ledger import take_payment, void_entry
from circulation.services.loans import issue_copy, return_copy
from circulation.services.undo import undo
from circulation.tests.factories import make_loan, open_on, set_rule, what_there_is, zurich
from circulation.tests.refusals import codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")
LATER = zurich("2026-03-12T10:00")
FIRST, LAST = date(2026, 3, 9), date(2026, 3, 11)


def due(day: str) -> Loan:
    return make_loan(now=NOW, due_on=date.fromisoformat(day))


def close(**how) -> dict[str, int]:
    return close_days(**{"from_on": FIRST, "to_on": LAST, "by": None, "now": LATER} | how)


def counts(closed: dict[str, int]) -> tuple[int, int, int]:
    return closed["loans_moved"], closed["holds_moved"], closed["fines_voided"]


def fined(*, paid: bool = False) -> LedgerEntry:
    """A fine for the 6th to the 12th of March, seven days at 0.50."""
    loan = due("2026-03-05")
    return_copy(loan.copy, branch=loan.branch, by=None, now=LATER)
    if paid:
        take_payment(loan.member, amount_minor=350, by=None, now=LATER)
    return LedgerEntry.objects.get(kind="overdue")


@pytest.mark.parametrize(
    ("day", "moved_to"), [("2026-03-08", None), ("2026-03-09", "2026-03-12"), ("2026-03-11", "2026-03-12"),
                          ("2026-03-12", None)],
)  # fmt: skip
def test_close_1_due_dates_within_move_to_the_next_open_day(day: str, moved_to: str | None) -> None:
    loan = due(day)
    before = loan.due_at
    assert counts(close(now=NOW)) == (1 if moved_to else 0, 0, 0)
    loan.refresh_from_db()
    assert loan.due_at == (zurich(f"{moved_to}T23:59:59") if moved_to else before)


def test_close_2_moved_due_date_says_why() -> None:
    loan = due("2026-03-10")
    close(now=NOW)
    loan.refresh_from_db()
    assert loan.explanation["steps"][-1] == {
        "step": "closing_days", "from": "2026-03-09", "until": "2026-03-11", "to": "2026-03-12",
    }  # fmt: skip


def test_close_3_hourly_loan_is_due_when_the_library_opens_again(branch: Branch) -> None:
    open_on("1234567", opens="10:00", closes="16:00")
    set_rule(loan_period=2, loan_unit="hours")
    loan = make_loan(now=zurich("2026-03-09T11:00"))
    close(now=zurich("2026-03-09T11:30"))
    loan.refresh_from_db()
    assert loan.due_at == zurich("2026-03-12T10:00")


@pytest.mark.parametrize(("not_after", "expected"), [(None, "2026-03-12"), (date(2026, 3, 10), "2026-03-10")])
def test_close_4_pickup_deadlines_move_but_never_past_the_last_day(
    not_after: date | None, expected: str, branch: Branch
) -> None:
    copy = CopyFactory()
    hold = place_hold(MemberFactory(), book=copy.book, branch=branch, not_after=not_after, by=None, now=NOW)
    trap_copy(copy, branch=branch, by=None, now=NOW)
    Hold.objects.update(pickup_by=FIRST)
    assert counts(close(now=NOW)) == (0, 1, 0)
    hold.refresh_from_db()
    assert str(hold.pickup_by) == expected


def test_close_5_fine_written_is_counted_anew_and_the_difference_credited() -> None:
    fine = fined()
    assert counts(close()) == (0, 0, 1)
    credit = LedgerEntry.objects.get(kind="waiver")
    assert (credit.amount_minor, credit.loan_id, credit.explanation["now"]["amount_minor"]) == (-150, fine.loan_id, 200)
    assert balance_minor(fine.member) == 200
    assert list(invariants.broken()) == []


def test_close_6_member_keeps_the_credit_for_a_fine_that_was_paid() -> None:
    fine = fined(paid=True)
    close()
    assert balance_minor(fine.member) == -150


def test_close_7_fine_that_charges_closed_days_stays() -> None:
    set_rule(charge_closed_days=True)
    fined()
    assert counts(close()) == (0, 0, 0)


def test_close_8_two_closures_credit_each_day_once() -> None:
    fine = fined()
    close(from_on=FIRST, to_on=FIRST)
    close(from_on=date(2026, 3, 10))
    assert [e.amount_minor for e in LedgerEntry.objects.filter(kind="waiver").order_by("pk")] == [-50, -100]
    assert balance_minor(fine.member) == 200


def test_close_9_capped_fine_is_only_credited_what_falls_below_the_cap() -> None:
    set_rule(fine_cap_minor=300)
    fine = fined()
    close()
    assert (fine.amount_minor, balance_minor(fine.member)) == (300, 200)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"to_on": date(2026, 3, 8)}, "calendar_backwards"),
        ({"from_on": date(2026, 3, 20), "to_on": date(2026, 3, 21)}, "calendar_overlap"),
        ({"from_on": date(2026, 4, 1), "to_on": date(2027, 12, 31), "now": zurich("2026-04-01T10:00")},
         "calendar_never_open"),
    ],
)  # fmt: skip
def test_close_10_closing_that_contradicts_the_calendar_is_refused_whole(how: dict, code: str) -> None:
    Closure.objects.create(from_on=date(2026, 3, 21), to_on=date(2026, 3, 22))
    due("2026-03-10")
    before = what_there_is()
    assert codes_of(close_days, **{"from_on": FIRST, "to_on": LAST, "by": None, "now": NOW} | how) == [code]
    assert (what_there_is(), Closure.objects.count()) == (before, 1)


def test_close_11_closing_one_branch_changes_nothing_at_another(branch: Branch) -> None:
    other = BranchFactory()
    here = due("2026-03-10")
    there = issue_copy(CopyFactory(), member=MemberFactory(), branch=other, due_on=date(2026, 3, 10), by=None, now=NOW)
    assert counts(close(branch=other, now=NOW)) == (1, 0, 0)
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.due_at, there.due_at) == (zurich("2026-03-10T23:59:59"), zurich("2026-03-12T23:59:59"))


def test_close_12_preview_tells_the_same_and_changes_nothing(branch: Branch) -> None:
    fined()
    due("2026-03-10")
    closure, before = Closure(from_on=FIRST, to_on=LAST), what_there_is()
    told = preview(closure, rule_book(also=[closure]))
    assert (told.loans_moved, told.holds_moved, told.fines_voided) == (1, 0, 1)
    assert [(later, lowered.less_minor) for (_l, later), lowered in zip(told.loans, told.fines, strict=True)] == [
        (zurich("2026-03-12T23:59:59"), 150)
    ]
    assert what_there_is() == before
    assert counts(close()) == (1, 0, 1)


def test_close_13_opening_again_puts_everything_back_visibly(admin_user: User) -> None:
    fine, loan = fined(), due("2026-03-10")
    before = Loan.objects.values("due_at", "explanation").get(pk=loan.pk)
    close()
    undo(Action.objects.get(verb="close_days"), by=admin_user, now=zurich("2026-03-15T10:00"))
    assert Loan.objects.values("due_at", "explanation").get(pk=loan.pk) == before
    assert (Closure.objects.count(), balance_minor(fine.member)) == (0, 350)
    assert [e.kind for e in LedgerEntry.objects.order_by("pk")] == ["overdue", "waiver", "void"]
    assert list(invariants.broken()) == []


def test_close_14_due_date_that_moved_again_since_stays(admin_user: User) -> None:
    loan = due("2026-03-10")
    close(now=NOW)
    Loan.objects.filter(pk=loan.pk).update(due_at=zurich("2026-04-01T23:59:59"))
    undo(Action.objects.get(verb="close_days"), by=admin_user, now=zurich("2026-03-05T10:00"))
    loan.refresh_from_db()
    assert loan.due_at == zurich("2026-04-01T23:59:59")


def test_close_15_closing_is_taken_back_within_seven_days_only(admin_user: User) -> None:
    close()
    with pytest.raises(Refused) as refused:
        undo(Action.objects.get(verb="close_days"), by=admin_user, now=zurich("2026-03-19T10:01"))
    assert (refused.value.code, refused.value.message) == ("too_late", "More than seven days have passed.")


def test_closing_reads_nothing_twice_for_many_loans(django_assert_max_num_queries) -> None:
    for _each in range(4):
        due("2026-03-10")
    with django_assert_max_num_queries(24):
        close(now=NOW)


def test_fines_of_removed_members_stay() -> None:
    fine = fined()
    Member.objects.filter(pk=fine.member_id).update(removed_at=LATER)
    assert counts(close()) == (0, 0, 0)


@pytest.mark.parametrize("amount", [10, 100])
def test_rule_changed_since_does_not_mix_into_the_credit(amount: int) -> None:
    fine = fined()
    set_rule(fine_amount_minor=amount)
    close(from_on=FIRST, to_on=FIRST)
    assert balance_minor(fine.member) == 300


def test_fine_of_which_a_closure_credited_a_part_is_not_reversed_again() -> None:
    fine = fined(paid=True)
    close()
    assert codes_of(void_entry, fine, by=None, now=LATER) == ["nothing_to_void"]
    assert balance_minor(fine.member) == -150
