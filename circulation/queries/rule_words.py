"""Rules for people to read: a line that sums one up, and every parameter with its value and where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Field
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts import money
from accounts.models import LibrarySettings
from circulation.models import CirculationRule
from circulation.models.rules import MAY_BE_UNLIMITED
from circulation.policy import NONE, UNLIMITED, EffectiveRule, Unit
from circulation.queries.rules import RuleBook, rows_in_words

GROUPS: list[tuple[Any, tuple[str, ...]]] = [
    (_lazy("Loan"), ("loan_period", "due_date_mode", "fixed_due_on", "fixed_due_mode", "max_loans")),
    (_lazy("Renewal"), ("max_renewals", "renewal_period", "no_renewal_before", "renewal_blocked_by_holds")),
    (_lazy("Fine"), ("fine_amount_minor", "fine_period", "fine_charged_at", "grace_period", "grace_included",
                     "fine_cap_minor", "cap_fine_to_price", "charge_closed_days")),
    (_lazy("Suspension"), ("suspension_days", "suspension_max")),
    (_lazy("Holds"), ("max_holds", "hold_pickup_days", "holds_on_shelf")),
]  # fmt: skip
IN_LOAN_UNIT = ("loan_period", "renewal_period", "fine_period", "grace_period")
IN_DAYS = ("no_renewal_before", "suspension_days", "suspension_max", "hold_pickup_days")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter in words: what it is, what it is set to, and the row that sets it."""

    name: str
    label: str
    value: str
    row: str = ""


def summary(rule: EffectiveRule, library: LibrarySettings) -> str:
    """The chief parameters in a line: "21 days, 2 renewals, €0.50 per day up to €10.00, 5 loans"."""
    parts = [_length(rule), _renewals(rule.max_renewals), _fine(rule, library), _loans(rule.max_loans)]
    return ", ".join(parts)


def all_parameters(rule: EffectiveRule, library: LibrarySettings) -> list[tuple[str, list[Parameter]]]:
    """Every parameter of ``rule`` in groups, each with the row it comes from, in at most three queries."""
    rows = rows_in_words(rule.sources.values())
    return [
        (str(title), [_parameter(name, getattr(rule, name), rule.loan_unit, library, rows[rule.sources[name]])
                      for name in names])
        for title, names in GROUPS
    ]  # fmt: skip


def own_parameters(row: CirculationRule, book: RuleBook) -> list[Parameter]:
    """What ``row``, which ``book`` holds, sets itself, in words; periods are in the unit it sets or inherits."""
    values, library = row.parameters(), book.library
    unit = book.row_rule(row.scope).loan_unit
    words = {name: None if value in (UNLIMITED, NONE) else value for name, value in values.items()}
    names = [name for _title, names in GROUPS for name in names if name in words]
    found = [_parameter(name, words[name], unit, library) for name in names]
    if "loan_unit" in words and "loan_period" not in words:
        found.insert(0, _parameter("loan_unit", unit, unit, library))
    return found


def scope_in_words(row: CirculationRule) -> str:
    """Which loans ``row`` (with its branch, category and copy type) is for."""
    if row.scope == (None, None, None):
        return _("everything")
    return " / ".join(str(part) for part in (row.branch, row.category, row.copy_type) if part)


def _parameter(name: str, value: Any, unit: Unit | None, library: LibrarySettings, row: str = "") -> Parameter:
    label = capfirst(str(_field(name).verbose_name))
    return Parameter(name, label, value_in_words(name, value, unit, library), row)


def value_in_words(name: str, value: Any, unit: Unit | None, library: LibrarySettings) -> str:
    """One parameter's ``value`` as the policy has it (None: unlimited or none) in words."""
    if value is None:
        return _("unlimited") if name in MAY_BE_UNLIMITED else pgettext("no number", "none")
    if name.endswith("_minor"):
        return money.formatted(value, library.currency, get_language() or library.language)
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    counted_in = Unit.DAYS if name in IN_DAYS else unit if name in IN_LOAN_UNIT else None
    return period_in_words(value, counted_in) if counted_in else _plain(name, value)


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(_field(name).flatchoices)
    return str(choices.get(value, value))


def _field(name: str) -> Field:
    field = CirculationRule._meta.get_field(name)
    assert isinstance(field, Field)
    return field


def period_in_words(length: int, unit: Unit) -> str:
    """ "21 days", "1 hour"."""
    if unit == Unit.HOURS:
        return ngettext("%(count)d hour", "%(count)d hours", length) % {"count": length}
    return ngettext("%(count)d day", "%(count)d days", length) % {"count": length}


def _length(rule: EffectiveRule) -> str:
    length = period_in_words(rule.loan_period, rule.loan_unit)
    if rule.fixed_due_on is None:
        return length
    day = date_format(rule.fixed_due_on, "SHORT_DATE_FORMAT")
    holds = {
        "before": _("%(length)s, at the latest on %(day)s"), "exactly": _("until %(day)s"),
        "after": _("%(length)s, at the earliest on %(day)s"),
    }  # fmt: skip
    return holds[rule.fixed_due_mode] % {"length": length, "day": day}


def _renewals(most: int | None) -> str:
    if most is None:
        return _("unlimited renewals")
    return ngettext("%(count)d renewal", "%(count)d renewals", most) % {"count": most}


def _loans(most: int | None) -> str:
    if most is None:
        return _("unlimited loans")
    return ngettext("%(count)d loan", "%(count)d loans", most) % {"count": most}


def _fine(rule: EffectiveRule, library: LibrarySettings) -> str:
    if not rule.fine_amount_minor:
        return _("no fine")
    facts: Mapping[str, str] = {
        "amount": value_in_words("fine_amount_minor", rule.fine_amount_minor, None, library),
        "period": _each(rule.fine_period, rule.loan_unit),
        "cap": value_in_words("fine_cap_minor", rule.fine_cap_minor, None, library),
    }
    text = (
        _("%(amount)s per %(period)s") if rule.fine_cap_minor is None else _("%(amount)s per %(period)s up to %(cap)s")
    )
    return text % facts


def _each(length: int, unit: Unit) -> str:
    """ "day", "7 days": what stands after "per"."""
    if length == 1:
        return _("hour") if unit == Unit.HOURS else _("day")
    return period_in_words(length, unit)
