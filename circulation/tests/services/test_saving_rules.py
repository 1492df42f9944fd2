"""RULE: rows that are added and changed, and what is refused with its field."""

from datetime import date
from typing import Any

import pytest

from accounts.models import Action, MemberCategory, User
from accounts.tests.factories import BranchFactory, MemberCategoryFactory
from catalog.models import CopyType
from circulation.exceptions import CirculationRefused
from circulation.models import CirculationRule
from circulation.services.rules import save_rule
from circulation.tests.factories import make_loan, set_rule, zurich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")


def refused(rule: CirculationRule | None = None, **values: Any) -> list[tuple[str, str]]:
    """The reasons against a row with these values, each with its field; nothing is kept then."""
    before = (list(CirculationRule.objects.order_by("pk").values()), Action.objects.count())
    try:
        save_rule(rule, by=None, now=NOW, **values)
    except CirculationRefused as error:
        assert (list(CirculationRule.objects.order_by("pk").values()), Action.objects.count()) == before
        return [(problem.code, problem.field) for problem in error.problems]
    return []


@pytest.fixture
def dvd(db: None) -> CopyType:
    return CopyType.objects.create(code="DVD", name="DVD")


def test_row_is_added_and_recorded(librarian: User, dvd: CopyType) -> None:
    row = save_rule(None, by=librarian, now=NOW, copy_type=dvd, loan_period=7, max_loans=-1)
    assert (row.scope, row.parameters()) == ((None, None, dvd.pk), {"loan_period": 7, "max_loans": "unlimited"})
    action = Action.objects.get()
    assert (action.verb, action.by, action.target_id, action.before, action.after) == (
        "save_rule", librarian, row.pk, {}, {"copy_type": dvd.pk, "loan_period": 7, "max_loans": -1},
    )  # fmt: skip


def test_row_is_changed_only_in_what_is_given(librarian: User, dvd: CopyType) -> None:
    row = CirculationRule.objects.create(copy_type=dvd, loan_period=7, max_loans=2)
    save_rule(row, by=librarian, now=NOW, loan_period=None, max_renewals=0)
    row.refresh_from_db()
    assert row.parameters() == {"max_loans": 2, "max_renewals": 0}
    action = Action.objects.get()
    assert (action.before, action.after) == (
        {"loan_period": 7, "max_renewals": None}, {"loan_period": None, "max_renewals": 0},
    )  # fmt: skip


def test_row_that_stays_as_it_is_leaves_no_record(dvd: CopyType) -> None:
    save_rule(CirculationRule.objects.create(copy_type=dvd, loan_period=7), by=None, now=NOW, loan_period=7)
    assert not Action.objects.exists()


def test_open_loans_keep_their_due_dates() -> None:
    loan = make_loan(now=NOW)
    due_at = loan.due_at
    save_rule(CirculationRule.objects.get(), by=None, now=NOW, loan_period=1)
    loan.refresh_from_db()
    assert loan.due_at == due_at


def test_scope_that_another_row_has_is_refused(dvd: CopyType) -> None:
    row = CirculationRule.objects.create(copy_type=dvd)
    branch = BranchFactory()
    other = CirculationRule.objects.create(branch=branch, copy_type=dvd)
    assert refused(copy_type=dvd) == [("rule_duplicate", "copy_type")]
    assert refused(other, branch=None) == [("rule_duplicate", "copy_type")]
    assert refused(row, copy_type=dvd, loan_period=3) == []


def test_rule_16_row_for_everything_stays_that(dvd: CopyType) -> None:
    assert refused(CirculationRule.objects.get(), copy_type=dvd) == [("rule_for_all", "branch")]


@pytest.mark.parametrize(
    ("day", "found"),
    [(date(2026, 3, 1), [("rule_fixed_date", "fixed_due_on")]), (date(2026, 3, 2), []), (date(2999, 12, 31), []),
     (date(3000, 1, 1), [("rule_fixed_date", "fixed_due_on")]), (date.max, [("rule_fixed_date", "fixed_due_on")])],
)  # fmt: skip
def test_rule_17_fixed_date_lies_ahead(day: date, found: list, dvd: CopyType) -> None:
    assert refused(copy_type=dvd, fixed_due_on=day) == found


@pytest.mark.parametrize(("values", "found"), [
    ({"loan_period": 31}, []),
    ({"loan_period": 32}, ["loan_period"]),
    ({"renewal_period": 32}, ["renewal_period"]),
    ({"loan_period": 32, "renewal_period": 33}, ["loan_period", "renewal_period"]),
    ({"loan_unit": "hours", "loan_period": 744}, []),
    ({"loan_unit": "hours", "loan_period": 745}, ["loan_period"]),
    ({"max_loans": 3}, []),
])  # fmt: skip
def test_rule_18_period_is_no_longer_than_the_membership(values: dict[str, Any], found: list[str]) -> None:
    """A membership of one month lasts 31 days at most."""
    guest = MemberCategoryFactory(membership_months=1)
    assert refused(category=guest, **values) == [("rule_longer_than_membership", field) for field in found]


def test_period_is_looked_up_for_every_category_the_row_is_for(dvd: CopyType) -> None:
    MemberCategory.objects.update(membership_months=None)
    guest = MemberCategoryFactory(membership_months=1)
    assert refused(copy_type=dvd, loan_period=40) == [("rule_longer_than_membership", "loan_period")]
    CirculationRule.objects.create(category=guest, copy_type=dvd, loan_period=20)
    assert refused(copy_type=dvd, loan_period=40) == []


def test_row_that_turns_an_inherited_number_into_too_many_days_names_the_unit() -> None:
    set_rule(loan_unit="hours", loan_period=48)
    guest = MemberCategoryFactory(membership_months=1)
    assert refused(category=guest, loan_unit="days") == [("rule_longer_than_membership", "loan_unit")]


def test_cap_below_one_fine_is_no_contradiction() -> None:
    """The cap cuts exactly: both hold together."""
    assert refused(CirculationRule.objects.get(), fine_amount_minor=100, fine_cap_minor=50) == []
