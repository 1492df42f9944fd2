"""RULE: rows that are kept, and rows that contradict."""

from datetime import date
from typing import Any

import pytest

from accounts.models import Action, Branch, MemberCategory, User
from accounts.tests.factories import BranchFactory
from catalog.tests.factories import CopyTypeFactory
from circulation.exceptions import CirculationRefused
from circulation.models import CirculationRule
from circulation.services.rules import remove_rule, save_rule
from circulation.tests.factories import set_library, set_rule, zurich
from circulation.tests.refusals import code_of, codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")


def keep(rule: CirculationRule) -> CirculationRule:
    return save_rule(rule, by=None, now=NOW)


def fields_of(rule: CirculationRule) -> list[tuple[str, str]]:
    with pytest.raises(CirculationRefused) as refused:
        keep(rule)
    return [(problem.code, problem.field) for problem in refused.value.problems]


def adults(months: int | None = 12) -> MemberCategory:
    MemberCategory.objects.filter(code="ADULT").update(membership_months=months)
    return MemberCategory.objects.get(code="ADULT")


def row(**values: Any) -> CirculationRule:
    return CirculationRule(**({"category": adults(None)} | values))


def test_rule_16_kept_row_is_recorded_with_what_it_said_before(librarian: User) -> None:
    rule = save_rule(row(loan_period=7), by=librarian, now=NOW)
    rule.loan_period, rule.max_loans = None, -1
    save_rule(rule, by=librarian, now=NOW)
    save_rule(rule, by=librarian, now=NOW)
    assert CirculationRule.objects.get(pk=rule.pk).parameters() == {"max_loans": "unlimited"}
    assert list(Action.objects.filter(verb="save_rule").order_by("pk").values_list("before", "after", "by")) == [
        ({}, {"loan_period": 7}, librarian.pk), ({"loan_period": 7}, {"max_loans": "unlimited"}, librarian.pk),
    ]  # fmt: skip


def test_rule_17_scope_of_the_row_for_everything_stays() -> None:
    rule = set_rule(loan_period=21)
    rule.branch = BranchFactory()
    assert code_of(keep, rule) == "rule_for_all"


def test_no_other_row_becomes_the_row_for_everything() -> None:
    rule = keep(row(loan_period=7))
    rule.category = None
    assert code_of(keep, rule) == "rule_for_all"


def test_second_row_for_one_scope_is_refused_by_the_service_too() -> None:
    keep(row(loan_period=7))
    assert codes_of(keep, row(loan_period=8)) == ["rule_duplicate"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"fine_amount_minor": 50, "fine_cap_minor": 49}, "fine_cap_minor"),
        ({"fine_amount_minor": 1_001}, "fine_amount_minor"),
        ({"fine_cap_minor": 0}, "fine_cap_minor"),
        ({"suspension_days": 3, "suspension_max": 2}, "suspension_max"),
    ],
)
def test_rule_18_limit_below_a_single_one_is_refused(values: dict[str, Any], field: str) -> None:
    """The row for everything says 0.50 for each day, 10.00 at most."""
    assert fields_of(row(**values)) == [("rule_contradicts", field)]


@pytest.mark.parametrize(
    "values",
    [{"fine_amount_minor": 50, "fine_cap_minor": 50}, {"fine_amount_minor": 1_001, "fine_cap_minor": -1},
     {"fine_amount_minor": 0, "fine_cap_minor": 0}, {"suspension_days": 3, "suspension_max": 3}],
)  # fmt: skip
def test_limit_of_just_a_single_one_is_kept(values: dict[str, Any]) -> None:
    assert keep(row(**values)).pk


def test_rule_19_change_that_contradicts_a_narrower_row_is_refused() -> None:
    """Children pay 3.00 at most; then nobody's single fine is 3.01."""
    keep(row(fine_cap_minor=300))
    rule = set_rule()
    rule.fine_amount_minor = 301
    assert fields_of(rule) == [("rule_contradicts", "fine_amount_minor")]
    rule.fine_amount_minor = 300
    keep(rule)
    assert set_rule().fine_amount_minor == 300


@pytest.mark.parametrize(
    ("fixed", "mode", "refused"),
    [(date(2026, 3, 1), "", True), (date(2026, 3, 1), "exactly", True), (date(2026, 3, 1), "after", False),
     (date(2026, 3, 2), "exactly", False), (date(9999, 12, 31), "", True), (date(9999, 12, 30), "", False)],
)  # fmt: skip
def test_rule_20_fixed_date_that_is_over_or_the_last_of_all_is_refused(fixed: date, mode: str, refused: bool) -> None:
    set_library(time_zone="America/Chicago")
    rule = row(fixed_due_on=fixed, fixed_due_mode=mode)
    if refused:
        assert fields_of(rule) == [("rule_contradicts", "fixed_due_on")]
    else:
        assert keep(rule).fixed_due_on == fixed


def test_row_whose_fixed_date_is_over_by_now_may_be_changed_otherwise() -> None:
    rule = row(fixed_due_on=date(2026, 3, 1))
    rule.save()
    rule.loan_period = 7
    assert keep(rule).loan_period == 7


@pytest.mark.parametrize(
    ("values", "found"),
    [({"renewal_period": 373}, ["renewal_period"]), ({"renewal_period": 372}, []),
     ({"loan_period": 373}, ["loan_period"]),
     ({"renewal_period": 373, "loan_unit": "hours"}, []),
     ({"renewal_period": 12 * 31 * 24 + 1, "loan_unit": "hours"}, ["renewal_period"])],
)  # fmt: skip
def test_rule_21_period_longer_than_the_membership_is_refused(values: dict[str, Any], found: list[str]) -> None:
    """Twelve months of membership are 372 days at most."""
    rule = CirculationRule(category=adults(12), **values)
    if found:
        assert fields_of(rule) == [("rule_contradicts", name) for name in found]
    else:
        assert keep(rule).pk


def test_row_for_any_category_is_measured_by_the_shortest_membership() -> None:
    adults(2)
    MemberCategory.objects.create(code="LONG", name="Long", membership_months=24)
    assert fields_of(CirculationRule(branch=BranchFactory(), renewal_period=63)) == [
        ("rule_contradicts", "renewal_period")
    ]


def test_membership_without_an_end_is_long_enough() -> None:
    assert keep(row(renewal_period=36_500)).renewal_period == 36_500


def test_row_on_which_a_narrower_one_leans_is_not_removed(branch: Branch) -> None:
    """Without the cheaper fine of the branch, the narrower row's cap would lie below a single fine."""
    wider = CirculationRule.objects.create(branch=branch, fine_amount_minor=10)
    CirculationRule.objects.create(branch=branch, copy_type=CopyTypeFactory(), fine_cap_minor=20)
    assert codes_of(remove_rule, wider, by=None) == ["rule_contradicts"]
    assert CirculationRule.objects.filter(pk=wider.pk).exists()
