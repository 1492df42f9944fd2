"""RETURN: taking a copy back, its fine, its suspension."""

from datetime import date

import pytest

from accounts.models import Action, Branch, Member, Restriction, User
from accounts.services.actions import FormAlreadyUsed
from accounts.tests.factories import BranchFactory, MemberCategoryFactory, MemberFactory
from catalog.models import Copy
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from circulation.models import CirculationRule, LedgerEntry, Loan
from circulation.queries.ledger import balance_minor
from circulation.services.ledger import take_payment
from circulation.services.loans import return_copy
from circulation.tests.factories import close_on, make_loan, open_on, set_library, set_rule, zurich
from circulation.tests.refusals import codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
ISSUED, DUE = zurich("2026-03-02T10:00"), zurich("2026-03-23T23:59:59")
ENTRY = ("kind", "member_id", "loan_id", "amount_minor", "currency", "allocated_minor", "at", "by_id", "voids_id")


def back(loan: Loan, at: str, *, by: User | None = None, **how) -> Loan:
    return return_copy(loan.copy, branch=loan.branch, by=by, now=zurich(at), **how)


def fine_of(loan: Loan) -> int:
    return sum(loan.ledger.filter(kind="overdue").values_list("amount_minor", flat=True))


def test_return_1_closes_the_loan(branch: Branch, librarian: User) -> None:
    loan = make_loan(now=ISSUED)
    returned = return_copy(loan.copy, branch=branch, by=librarian, now=zurich("2026-03-20T12:00"))
    names = ("pk", "returned_at", "closed_at", "outcome", "due_at")
    assert Loan.objects.values(*names).get() == {
        "pk": returned.pk, "returned_at": zurich("2026-03-20T12:00"), "closed_at": zurich("2026-03-20T12:00"),
        "outcome": "returned", "due_at": DUE,
    }  # fmt: skip
    assert (LedgerEntry.objects.count(), Restriction.objects.count()) == (0, 0)
    assert Member.objects.get(pk=loan.member_id).loans_ever == 1


def test_action_says_what_became_of_it(librarian: User) -> None:
    loan = make_loan(now=ISSUED)
    home, elsewhere = loan.copy.current_branch_id, BranchFactory()
    return_copy(loan.copy, branch=elsewhere, by=librarian, now=zurich("2026-03-25T12:00"))
    names = ("by_id", "at", "target_type", "target_id", "before", "after", "result")
    assert Action.objects.values(*names).get(verb="return") == {
        "by_id": librarian.pk, "at": zurich("2026-03-25T12:00"), "target_type": "circulation.loan",
        "target_id": loan.pk, "before": {"current_branch": home},
        "after": {
            "returned_at": "2026-03-25T12:00:00+01:00", "copy": loan.copy_id, "member": loan.member_id,
            "fine": LedgerEntry.objects.get().pk, "fine_minor": 100, "restriction": None,
            "entries": [LedgerEntry.objects.get().pk], "charged_minor": 100, "credited_minor": 0,
        },
        "result": {"model": "circulation.loan", "pk": loan.pk},
    }  # fmt: skip


def test_return_2_copy_is_where_it_was_taken_back() -> None:
    loan, elsewhere = make_loan(now=ISSUED), BranchFactory()
    return_copy(loan.copy, branch=elsewhere, by=None, now=zurich("2026-03-20T12:00"))
    copy = Copy.objects.get(pk=loan.copy_id)
    assert (copy.current_branch, copy.home_branch) == (elsewhere, loan.branch)


def test_return_3_copy_that_is_not_lent_is_refused(branch: Branch) -> None:
    assert codes_of(return_copy, CopyFactory(), branch=branch, by=None) == ["not_on_loan"]


def test_return_4_copy_taken_back_already_is_refused(branch: Branch) -> None:
    loan = back(make_loan(now=ISSUED), "2026-03-20T12:00")
    assert codes_of(return_copy, loan.copy, branch=branch, by=None) == ["not_on_loan"]


def test_return_9_same_form_twice_takes_back_once() -> None:
    loan = make_loan(now=ISSUED)
    first, second = (back(loan, "2026-03-25T12:00", key="the-form-1") for _each in range(2))
    assert (first, LedgerEntry.objects.count(), Action.objects.filter(verb="return").count()) == (second, 1, 1)


def test_return_10_same_form_with_another_copy_is_refused() -> None:
    loan, other = make_loan(now=ISSUED), make_loan(now=ISSUED)
    back(loan, "2026-03-25T12:00", key="the-form-1")
    with pytest.raises(FormAlreadyUsed):
        back(other, "2026-03-25T12:00", key="the-form-1")
    assert Loan.objects.open().get() == other


def test_fine_23_fine_is_written_once_with_its_explanation(librarian: User) -> None:
    """Due Monday 23 March, back Thursday: 3 days at 0.50."""
    loan = back(make_loan(now=ISSUED), "2026-03-26T12:00", by=librarian)
    assert LedgerEntry.objects.values(*ENTRY).get() == {
        "kind": "overdue", "member_id": loan.member_id, "loan_id": loan.pk, "amount_minor": 150, "currency": "EUR",
        "allocated_minor": 0, "at": zurich("2026-03-26T12:00"), "by_id": librarian.pk, "voids_id": None,
    }  # fmt: skip
    assert LedgerEntry.objects.get().explanation == {
        "amount_minor": 150, "units": 3, "cap": "",
        "days": [{"day": f"2026-03-{n}", "charged": True, "why": "late"} for n in (24, 25, 26)],
        "terms": {"amount_minor": 50, "period": 1, "unit": "days", "charged_at": "period_end", "grace": 0,
                  "grace_counts": True, "closed_days": False, "row": [None, None, None]},
    }  # fmt: skip


def test_fine_30_explanation_says_the_terms_and_the_row_they_come_from(librarian: User) -> None:
    loan = make_loan(now=ISSUED)
    CirculationRule.objects.create(category=loan.category, copy_type=loan.copy_type, fine_amount_minor=75)
    back(loan, "2026-03-26T12:00", by=librarian)
    terms = LedgerEntry.objects.get().explanation["terms"]
    assert (terms["amount_minor"], terms["row"]) == (75, [None, loan.category.code, loan.copy_type.code])


def test_fine_24_fine_never_changes_after_the_return() -> None:
    loan = back(make_loan(now=ISSUED), "2026-03-26T12:00")
    set_rule(fine_amount_minor=900)
    close_on("2026-03-24", "2026-03-26")
    assert fine_of(loan) == 150


def test_fine_25_rules_and_calendar_are_those_of_the_day_of_return() -> None:
    loan = make_loan(now=ISSUED)
    set_rule(fine_amount_minor=100)
    close_on("2026-03-24")
    assert fine_of(back(loan, "2026-03-26T12:00")) == 200


def test_fine_26_rule_is_looked_up_with_what_the_loan_was_issued_with() -> None:
    """The member's category and the copy's type change later; the loan's own count."""
    loan = make_loan(now=ISSUED)
    other, other_type = MemberCategoryFactory(), CopyTypeFactory()
    CirculationRule.objects.create(category=other, fine_amount_minor=900)
    CirculationRule.objects.create(copy_type=other_type, fine_amount_minor=900)
    CirculationRule.objects.create(branch=BranchFactory(), fine_amount_minor=900)
    Member.objects.filter(pk=loan.member_id).update(category=other)
    Copy.objects.filter(pk=loan.copy_id).update(copy_type=other_type)
    assert fine_of(back(loan, "2026-03-26T12:00")) == 150


def test_weekend_that_is_closed_costs_nothing(branch: Branch) -> None:
    """Due Friday, back Tuesday, weekend closed, 0.20 a day -> 0.40."""
    open_on("12345")
    set_rule(loan_period=4, fine_amount_minor=20)
    assert fine_of(back(make_loan(now=ISSUED), "2026-03-10T12:00")) == 40


def test_fine_8_calendar_is_that_of_the_branch_of_the_loan() -> None:
    loan, elsewhere = make_loan(now=ISSUED), BranchFactory()
    close_on("2026-03-24", branch=elsewhere)
    close_on("2026-03-25", branch=loan.branch)
    return_copy(loan.copy, branch=elsewhere, by=None, now=zurich("2026-03-26T12:00"))
    assert fine_of(loan) == 100


@pytest.mark.parametrize(
    ("price", "type_price", "amount"), [(120, 90, 120), (None, 90, 90), (0, 90, 90), (None, 0, 150)]
)
def test_fine_14_fine_stops_at_the_copy_s_price_or_else_its_type_s(
    price: int | None, type_price: int, amount: int
) -> None:
    """A price of 0 is the same as none."""
    copy = CopyFactory(price_minor=price, copy_type=CopyTypeFactory(replacement_price_minor=type_price))
    assert fine_of(back(make_loan(copy, now=ISSUED), "2026-03-26T12:00")) == amount


def test_fine_15_fines_stop_at_what_the_category_allows_and_paying_makes_room() -> None:
    """80, then 30 at a cap of 100 -> 20; after paying 30 of the first, 30."""
    set_rule(fine_amount_minor=1000, fine_cap_minor=-1, cap_fine_to_price=False)
    member = MemberFactory(category=MemberCategoryFactory(max_open_fines_minor=10_000))
    first, second, third = (make_loan(member=member, now=ISSUED) for _each in range(3))
    assert fine_of(back(first, "2026-03-31T12:00")) == 8000
    assert fine_of(back(second, "2026-03-26T12:00")) == 2000
    take_payment(member, amount_minor=3000, by=None, now=zurich("2026-03-26T13:00"))
    assert fine_of(back(third, "2026-03-26T14:00")) == 3000
    assert LedgerEntry.objects.get(loan=second).explanation["cap"] == "member"


def test_no_line_where_there_is_no_room() -> None:
    member = MemberFactory(category=MemberCategoryFactory(max_open_fines_minor=0))
    assert back(make_loan(member=member, now=ISSUED), "2026-03-26T12:00").ledger.count() == 0


@pytest.mark.parametrize(("on", "fine", "returned_at"), [
    ("2026-03-23", 0, "2026-03-23T23:59:59"), ("2026-03-25", 100, "2026-03-25T23:59:59"),
    ("2026-03-26", 150, "2026-03-26T12:00"), ("2026-03-02", 0, "2026-03-02T23:59:59"),
])  # fmt: skip
def test_return_5_book_drop_counts_from_the_day_it_came_back(on: str, fine: int, returned_at: str) -> None:
    """Emptied on 26 March; the copy counts as back at the end of the day it was dropped in."""
    loan = back(make_loan(now=ISSUED), "2026-03-26T12:00", returned_on=date.fromisoformat(on))
    assert (fine_of(loan), loan.returned_at, loan.closed_at) == (fine, zurich(returned_at), zurich("2026-03-26T12:00"))


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2026-03-27", "date_in_future"),
        ("2026-03-01", "date_before_loan"),
        ("9999-12-31", "date_in_future"),
        ("0001-01-01", "date_before_loan"),
    ],
)
def test_return_6_day_that_cannot_be_is_refused(on: str, code: str) -> None:
    loan = make_loan(now=ISSUED)
    how = {"branch": loan.branch, "by": None, "now": zurich("2026-03-26T12:00"), "returned_on": date.fromisoformat(on)}
    assert codes_of(return_copy, loan.copy, **how) == [code]


def test_return_7_today_is_the_library_s_today() -> None:
    set_library(time_zone="Pacific/Kiritimati")  # fourteen hours before UTC
    loan = make_loan(now=zurich("2026-03-02T10:00"))
    back(loan, "2026-03-20T12:00", returned_on=date(2026, 3, 21))
    assert Loan.objects.get().returned_at == zurich("2026-03-20T12:00")


def test_return_8_clock_that_was_put_back_closes_no_loan_before_it_began() -> None:
    loan = back(make_loan(now=ISSUED), "2026-03-02T09:59")
    assert (loan.returned_at, loan.closed_at) == (ISSUED, ISSUED)


def test_fine_27_loan_the_member_says_was_returned_costs_nothing_from_that_day() -> None:
    loan = make_loan(now=ISSUED)
    Loan.objects.filter(pk=loan.pk).update(claimed_returned_at=zurich("2026-03-25T12:00"))
    assert fine_of(back(loan, "2026-04-30T12:00")) == 100


def test_late_return_bars_for_days(librarian: User) -> None:
    """3 days late at 2 days each: barred from the day after the return for 6 days."""
    set_rule(suspension_days=2)
    loan = back(make_loan(now=ISSUED), "2026-03-26T12:00", by=librarian)
    names = ("member_id", "from_on", "until_on", "source", "lifted_at", "reason")
    assert Restriction.objects.values(*names).get() == {
        "member_id": loan.member_id, "from_on": date(2026, 3, 27), "until_on": date(2026, 4, 1), "source": "overdue",
        "lifted_at": None, "reason": f"Late return of {loan.copy.book.title}",
    }  # fmt: skip
    assert Action.objects.get(verb="return").after["restriction"] == Restriction.objects.get().pk


def test_long_title_does_not_stop_the_return() -> None:
    set_rule(suspension_days=1)
    copy = CopyFactory(book__title="x" * 400)
    assert back(make_loan(copy, now=ISSUED), "2026-03-26T12:00").outcome == "returned"


def test_second_suspension_begins_after_the_first() -> None:
    set_rule(suspension_days=2)
    member = MemberFactory()
    for loan in (make_loan(member=member, now=ISSUED), make_loan(member=member, now=ISSUED)):
        back(loan, "2026-03-26T12:00")
    assert list(Restriction.objects.order_by("pk").values_list("from_on", "until_on")) == [
        (date(2026, 3, 27), date(2026, 4, 1)), (date(2026, 4, 2), date(2026, 4, 7)),
    ]  # fmt: skip


@pytest.mark.parametrize("fields", [{"lifted_at": ISSUED}, {"source": "librarian"}])
def test_susp_4_only_a_suspension_that_runs_moves_the_next_one(fields: dict) -> None:
    set_rule(suspension_days=1)
    loan = make_loan(now=ISSUED)
    Restriction.objects.create(**{"member": loan.member, "from_on": date(2026, 3, 3), "until_on": date(2026, 9, 1),
                                  "source": "overdue", "reason": "before"} | fields)  # fmt: skip
    back(loan, "2026-03-24T12:00")
    assert Restriction.objects.get(from_on=date(2026, 3, 25)).until_on == date(2026, 3, 25)


def test_susp_6_counts_even_where_there_is_no_fine() -> None:
    set_rule(suspension_days=1, fine_amount_minor=0)
    loan = back(make_loan(now=ISSUED), "2026-03-26T12:00")
    assert (Restriction.objects.get().until_on, balance_minor(loan.member)) == (date(2026, 3, 29), 0)


def test_susp_7_book_drop_bars_from_the_day_it_came_back() -> None:
    set_rule(suspension_days=1)
    back(make_loan(now=ISSUED), "2026-03-30T12:00", returned_on=date(2026, 3, 24))
    assert Restriction.objects.values_list("from_on", "until_on").get() == (date(2026, 3, 25), date(2026, 3, 25))
