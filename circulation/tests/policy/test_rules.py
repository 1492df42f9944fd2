"""RULE: which row a parameter comes from."""

from dataclasses import fields
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circulation.policy import NONE, UNLIMITED, DueDateMode, EffectiveRule, effective_rule, seeded_parameters
from circulation.policy.rules import Scope

SEEDED = seeded_parameters(2)
B, ADULT, DVD = 1, 2, 3
MOST_SPECIFIC_FIRST: list[Scope] = [
    (B, ADULT, DVD), (B, ADULT, None), (B, None, DVD), (B, None, None),
    (None, ADULT, DVD), (None, ADULT, None), (None, None, DVD), (None, None, None),
]  # fmt: skip


def looked_up(rows: list[tuple[Scope, dict[str, Any]]], scope: Scope = (B, ADULT, DVD)) -> EffectiveRule:
    return effective_rule(rows, scope, SEEDED)


def test_rule_1_every_parameter_is_looked_up_alone() -> None:
    """7 days from the DVD row, the rest from the row for everything."""
    rows = [
        ((None, None, None), {"loan_period": 21, "max_renewals": 2, "fine_amount_minor": 10}),
        ((B, None, DVD), {"loan_period": 7}),
    ]
    rule = looked_up(rows)
    assert (rule.loan_period, rule.max_renewals, rule.fine_amount_minor) == (7, 2, 10)
    assert {name: rule.sources[name] for name in ("loan_period", "max_renewals", "fine_amount_minor")} == {
        "loan_period": (B, None, DVD), "max_renewals": (None, None, None), "fine_amount_minor": (None, None, None),
    }  # fmt: skip


@pytest.mark.parametrize(("winner", "loser"), list(combinations(MOST_SPECIFIC_FIRST, 2)))
@pytest.mark.parametrize("winner_first", [True, False])
def test_rule_2_branch_counts_before_category_before_copy_type(winner: Scope, loser: Scope, winner_first: bool) -> None:
    """All 28 pairs of the eight scopes, whatever order the rows come in."""
    rows: list[tuple[Scope, dict[str, Any]]] = [(winner, {"loan_period": 7}), (loser, {"loan_period": 14})]
    rule = looked_up(rows if winner_first else rows[::-1])
    assert (rule.loan_period, rule.sources["loan_period"]) == (7, winner)


@pytest.mark.parametrize("scope", [(9, None, None), (None, 9, None), (None, None, 9), (B, ADULT, 9), (9, ADULT, DVD)])
def test_rule_3_row_of_something_else_does_not_count(scope: Scope) -> None:
    rule = looked_up([(scope, {"loan_period": 7})])
    assert (rule.loan_period, rule.sources["loan_period"]) == (21, None)


@pytest.mark.parametrize(
    "name", ["max_loans", "max_renewals", "fine_cap_minor", "suspension_max", "max_holds"]
)  # fmt: skip
def test_rule_4_unlimited_in_a_narrow_row_takes_a_limit_away(name: str) -> None:
    rule = looked_up([((None, None, None), {name: 3}), ((B, None, None), {name: UNLIMITED})])
    assert (getattr(rule, name), rule.sources[name]) == (None, (B, None, None))


@pytest.mark.parametrize("name", ["max_loans", "max_renewals", "fine_cap_minor", "suspension_max", "max_holds"])
def test_rule_5_row_that_says_nothing_inherits_a_limit(name: str) -> None:
    rule = looked_up([((None, None, None), {name: 3}), ((B, None, None), {"loan_period": 7})])
    assert (getattr(rule, name), rule.sources[name]) == (3, (None, None, None))


def test_rule_6_limit_of_nought_is_a_limit() -> None:
    assert looked_up([((None, None, None), {"max_loans": 0})]).max_loans == 0


@pytest.mark.parametrize(
    ("name", "value"), [("fixed_due_on", date(2026, 6, 30)), ("renewal_period", 7), ("no_renewal_before", 3)]
)
def test_rule_7_none_in_a_narrow_row_takes_an_inherited_value_away(name: str, value: Any) -> None:
    wide: tuple[Scope, dict[str, Any]] = ((None, None, None), {name: value})
    assert getattr(looked_up([wide]), name) == value
    assert getattr(looked_up([wide, ((B, None, None), {name: NONE})]), name) is None


def test_rule_8_without_any_row_the_seeded_values_hold() -> None:
    rule = looked_up([])
    assert {field.name: getattr(rule, field.name) for field in fields(rule) if field.name != "sources"} == {
        "loan_period": 21, "loan_unit": "days", "due_date_mode": "datedue", "fixed_due_on": None,
        "fixed_due_mode": "before", "max_loans": 5, "max_renewals": 2, "renewal_period": None,
        "no_renewal_before": None, "fine_amount_minor": 50, "fine_period": 1, "fine_charged_at": "period_end",
        "grace_period": 0, "grace_included": True, "fine_cap_minor": 1000, "cap_fine_to_price": True,
        "charge_closed_days": False, "suspension_days": 0, "suspension_max": None, "max_holds": 5,
        "hold_pickup_days": 7, "holds_on_shelf": "yes", "renewal_blocked_by_holds": "unless_others_free",
    }  # fmt: skip
    assert set(rule.sources.values()) == {None}


@pytest.mark.parametrize(("digits", "fine", "cap"), [(0, 1, 10), (2, 50, 1000), (3, 500, 10_000)])
def test_rule_9_seeded_money_fits_the_digits_of_the_currency(digits: int, fine: int, cap: int) -> None:
    seeded = seeded_parameters(digits)
    assert (seeded["fine_amount_minor"], seeded["fine_cap_minor"]) == (fine, cap)


def test_row_for_everything_that_sets_one_thing_leaves_the_rest_seeded() -> None:
    rule = looked_up([((None, None, None), {"due_date_mode": DueDateMode.CALENDAR})])
    assert (rule.due_date_mode, rule.loan_period, rule.sources["loan_period"]) == ("calendar", 21, None)


PARTS = st.one_of(st.none(), st.integers(1, 2))
ROWS = st.dictionaries(st.tuples(PARTS, PARTS, PARTS), st.one_of(st.none(), st.integers(0, 99)), max_size=27)


@given(ROWS, st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(1, 2)))
def test_the_first_of_the_eight_scopes_that_says_something_wins(
    rows: dict[Scope, int | None], scope: tuple[int, int, int]
) -> None:
    b, c, t = scope
    order = [(b, c, t), (b, c, None), (b, None, t), (b, None, None)]
    order += [(None, c, t), (None, c, None), (None, None, t), (None, None, None)]
    expected = next(((rows[s], s) for s in order if rows.get(s) is not None), (21, None))
    given_rows = [(s, {} if value is None else {"loan_period": value}) for s, value in rows.items()]
    rule = effective_rule(given_rows, scope, SEEDED)
    assert (rule.loan_period, rule.sources["loan_period"]) == expected
