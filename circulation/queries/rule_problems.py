"""What speaks against a circulation rule, before it is kept."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import MemberCategory
from circulation import policy
from circulation.exceptions import Problem
from circulation.models import CirculationRule
from circulation.policy import EffectiveRule, FixedDueMode, Unit
from circulation.policy.rules import Scope
from circulation.queries.problems import block
from circulation.queries.rules import RuleBook, row_in_words

DAYS_A_MONTH = 31
HOURS_A_DAY = 24


def rule_problems(rule: CirculationRule, book: RuleBook, today: date) -> list[Problem]:
    """Every reason against keeping ``rule`` (saved or not) among the rows of ``book``; empty: it may be kept.

    Codes: rule_duplicate, and rule_contradicts with the field. What contradicts is looked for in what the row says
    together with what it inherits, and in the narrower rows that inherit from it.
    """
    stored = CirculationRule.objects.filter(pk=rule.pk).first()
    problems = []
    if rule.scope in book.scopes() and (stored is None or stored.scope != rule.scope):
        text = _("There is a rule for this branch, category and copy type already.")
        problems.append(block("rule_duplicate", text))
    kept = book.with_row(rule)
    effective = kept.row_rule(rule.scope)
    problems += _below_one(effective, rule.parameters())
    problems += _fixed_date(rule, stored, effective, book, today)
    problems += _longer_than_membership(rule, effective)
    return problems or list(_narrower_rows(rule, book, kept))


def removal_problems(rule: CirculationRule, book: RuleBook) -> list[Problem]:
    """Every reason against removing ``rule`` from ``book``: narrower rows that would contradict what they inherit."""
    return list(_narrower_rows(rule, book, book.without_row(rule)))


def _contradiction(field: str, message: str) -> Problem:
    return Problem("rule_contradicts", message, field=field)


def _below_one(effective: EffectiveRule, own: Iterable[str]) -> Iterator[Problem]:
    """A cap below what a single day or period costs; told where the row itself says one of the two."""
    cap, most = effective.fine_cap_minor, effective.suspension_max
    if cap is not None and cap < effective.fine_amount_minor:
        text = _("The highest fine is below a single fine. Nobody would ever be charged what is set.")
        yield from _told(own, ["fine_cap_minor", "fine_amount_minor"], text)
    if most is not None and most < effective.suspension_days:
        text = _("The most days barred are fewer than the days barred for a single day late.")
        yield from _told(own, ["suspension_max", "suspension_days"], text)


def _told(own: Iterable[str], fields: list[str], text: str) -> list[Problem]:
    return [_contradiction(field, text) for field in fields if field in own][:1]


def _fixed_date(
    rule: CirculationRule, stored: CirculationRule | None, effective: EffectiveRule, book: RuleBook, today: date
) -> Iterator[Problem]:
    """A fixed due date that is new and over already, or beyond the end of time."""
    fixed = rule.fixed_due_on
    if fixed is None or (stored is not None and stored.fixed_due_on == fixed):
        return
    if fixed < today and effective.fixed_due_mode != FixedDueMode.AFTER:
        yield _contradiction("fixed_due_on", _("This day is over. Every loan would be due in the past."))
    try:
        policy.end_of_day(fixed, book.library.zone)
    except OverflowError:
        yield _contradiction("fixed_due_on", _("No calendar goes on after this day. Choose an earlier one."))


def _longer_than_membership(rule: CirculationRule, effective: EffectiveRule) -> Iterator[Problem]:
    """A loan or renewal that no membership of the category is long enough for."""
    own = rule.parameters()
    members = MemberCategory.objects.exclude(membership_months=None)
    members = members if rule.category_id is None else members.filter(pk=rule.category_id)
    shortest = members.order_by("membership_months", "pk").first()
    months = shortest.membership_months if shortest else None
    if months is None:
        return
    lasts = months * DAYS_A_MONTH * (HOURS_A_DAY if effective.loan_unit == Unit.HOURS else 1)
    lengths = {"renewal_period": effective.renewal_period or 0, "loan_period": effective.loan_period}
    for field, length in lengths.items():
        if length > lasts and (field in own or "loan_unit" in own):
            text = _("This is longer than the membership of %(category)s, %(months)d months.")
            yield _contradiction(field, text % {"category": shortest, "months": months})


def _narrower_rows(rule: CirculationRule, book: RuleBook, kept: RuleBook) -> Iterator[Problem]:
    """What a change of ``rule`` makes contradictory in rows that inherit from it."""
    for scope in book.scopes():
        if scope == rule.scope or not _inherits(scope, rule.scope):
            continue
        now = [p.field for p in _below_one(book.row_rule(scope), PAIRED)]
        for problem in _below_one(kept.row_rule(scope), PAIRED):
            if problem.field not in now:
                said = next((n for n in PAIRED[problem.field] if n in rule.parameters()), "")
                text = _("%(row)s inherits this, and there it contradicts: %(problem)s")
                words = {"row": row_in_words(scope), "problem": problem.message}
                yield _contradiction(said, text % words)


PAIRED = {
    "fine_cap_minor": ["fine_amount_minor", "fine_cap_minor"],
    "suspension_max": ["suspension_days", "suspension_max"],
}


def _inherits(scope: Scope, wider: Scope) -> bool:
    return all(theirs is None or theirs == own for own, theirs in zip(scope, wider, strict=True))
