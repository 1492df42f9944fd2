"""The library's own settings, calendar and rules as a scenario writes them, and a scenario to begin with."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from accounts.models import Branch, LibrarySettings, MemberCategory
from accounts.money import plain
from catalog.models import CopyType
from circulation.models import CirculationRule, Closure, OpeningHours

from .misread import Node
from .rules import AMOUNTS
from .settings import SETTINGS

NAMES = {field: name for name, field in AMOUNTS.items()}
SCOPES = {"branch": "branches", "category": "categories", "copy_type": "copy_types"}


def completed(whole: Node) -> Node:
    """``whole`` with what it does not say taken from the library as it is: settings, calendar, kinds and rules.

    Rules of the library that name a branch, category or copy type the scenario does not have are left out.
    """
    if not isinstance(whole.value, dict):
        return whole
    own, given = own_library(), whole.value
    library = given.get("library", {})
    merged = {**own, **given}
    if isinstance(library, dict):
        merged["library"] = {**own["library"], **library}
    if "calendar" in given or "branches" in given:
        merged = {key: value for key, value in merged.items() if key != "calendars" or key in given}
    if "rules" not in given:
        merged["rules"] = [rule for rule in own["rules"] if _fits(rule, merged)]
    return Node(merged, whole.place)


def _fits(rule: dict[str, Any], merged: dict[str, Any]) -> bool:
    return all(rule[key] is None or rule[key] in _codes(merged[plural]) for key, plural in SCOPES.items())


def _codes(entries: Any) -> list[Any]:
    return (
        [each.get("code") if isinstance(each, dict) else each for each in entries] if isinstance(entries, list) else []
    )


def own_library() -> dict[str, Any]:
    """The library as it is, without its people and books."""
    library = LibrarySettings.current()
    kept = {name: getattr(library, name) for name in SETTINGS if getattr(library, name) is not None}
    branches, closures = list(Branch.objects.all()), list(Closure.objects.all())
    hours = list(OpeningHours.objects.all())
    return {
        "library": {"timezone": library.time_zone, "currency": library.currency, "settings": kept},
        "branches": [branch.code for branch in branches],
        "calendars": {branch.code: _calendar(branch, hours, closures) for branch in branches},
        "categories": [_category(each, library.currency) for each in MemberCategory.objects.all()],
        "copy_types": [_copy_type(each, library.currency) for each in CopyType.objects.all()],
        "rules": [_rule(each, library.currency) for each in CirculationRule.objects.select_related(*SCOPES)],
    }


def sample(today: date) -> str:
    """A scenario to begin with: a book that comes back a week late, by the library's own rules."""
    at = [f"{day.isoformat()}T10:00" for day in (today, today + timedelta(days=28))]
    scenario = {
        "name": "back after four weeks",
        "library": {"today": today.isoformat()},
        "members": [{"card": "M1"}],
        "books": [{"id": "B1", "title": "Middlemarch", "copies": [{"barcode": "C1"}]}],
    }
    steps = [
        {"at": at[0], "do": "issue", "copy": "C1", "member": "M1"},
        {"do": "rule"},
        {"at": at[1], "do": "return", "copy": "C1"},
        {"do": "member", "member": "M1", "expect": {"open_loans": 0}},
    ]
    lines = ",\n    ".join(json.dumps(step) for step in steps)
    head = ",\n  ".join(f'"{key}": {json.dumps(value)}' for key, value in scenario.items())
    return f'{{\n  {head},\n  "steps": [\n    {lines}\n  ]\n}}'


def _calendar(branch: Branch, hours: Iterable[OpeningHours], closures: Iterable[Closure]) -> dict[str, Any]:
    own = [closure for closure in closures if closure.branch_id in (None, branch.pk)]
    week = {
        str(each.weekday): {"opens": each.opens_at.isoformat("seconds"), "closes": each.closes_at.isoformat("seconds")}
        for each in hours
        if each.branch_id == branch.pk
    }
    lists = {
        name: _days([each for each in own if each.opens is opens])
        for name, opens in (("closed", False), ("open", True))
    }
    return {**({"hours": week} if week else {}), **{name: days for name, days in lists.items() if days}}


def _days(closures: list[Closure]) -> list[dict[str, str]]:
    """Days that differ, every one once: those of all branches and those of this one may overlap."""
    spans: list[list[date]] = []
    for one in sorted((each for each in closures if not each.is_yearly), key=lambda each: each.from_on):
        if spans and one.from_on <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], one.to_on)
        else:
            spans.append([one.from_on, one.to_on])
    yearly = {day.strftime("%m-%d") for each in closures if each.is_yearly for day in _each_day(each)}
    dated = [{"from": first.isoformat(), "to": last.isoformat()} for first, last in spans]
    return [*dated, *({"yearly": day} for day in sorted(yearly))]


def _each_day(closure: Closure) -> Iterable[date]:
    return (closure.from_on + timedelta(days=n) for n in range((closure.to_on - closure.from_on).days + 1))


def _category(category: MemberCategory, currency: str) -> dict[str, Any]:
    amounts = {"debt_limit": category.debt_limit_minor, "max_open_fines": category.max_open_fines_minor}
    return {
        "code": category.code,
        "max_loans": category.max_loans,
        "membership_months": category.membership_months,
        "overdue_blocks_loans": category.overdue_blocks_loans,
        **{name: None if minor is None else plain(minor, currency) for name, minor in amounts.items()},
    }


def _copy_type(copy_type: CopyType, currency: str) -> dict[str, Any]:
    return {
        "code": copy_type.code,
        "replacement_price": plain(copy_type.replacement_price_minor, currency),
        "processing_fee": plain(copy_type.processing_fee_minor, currency),
        "is_lendable": copy_type.is_lendable,
    }


def _rule(rule: CirculationRule, currency: str) -> dict[str, Any]:
    scope = {key: row.code if (row := getattr(rule, key)) else None for key in SCOPES}
    return scope | {NAMES.get(name, name): _value(name, value, currency) for name, value in rule.parameters().items()}


def _value(name: str, value: Any, currency: str) -> Any:
    if name in NAMES and not isinstance(value, str):
        return plain(value, currency)
    return value.isoformat() if isinstance(value, date) else value
