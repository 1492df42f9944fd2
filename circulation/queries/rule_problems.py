"""What speaks against a row of the rules, before it is kept."""

from collections.abc import Iterator
from datetime import date
from math import ceil

from django.utils.translation import gettext as _

from accounts.models import MemberCategory
from accounts.models.days import REAL_DAYS
from circulation.exceptions import Problem
from circulation.models import CirculationRule
from circulation.policy import Unit
from circulation.policy.rules import Scope
from circulation.queries.rules import RuleBook

FOR_ALL: Scope = (None, None, None)
DAYS_OF_A_MONTH = 365.25 / 12
LAST_DAY = REAL_DAYS[1].limit_value


def rule_problems(row: CirculationRule, today: date) -> list[Problem]:
    """Every reason against ``row``, saved or not, each with the field it is about; empty: it may be kept."""
    others = list(CirculationRule.objects.exclude(pk=row.pk))
    if any(other.scope == row.scope for other in others):
        return [duplicate()]
    return [*_fixed_date(row, today), *_longer_than_membership(row, RuleBook(rows=[*others, row]))]


def duplicate() -> Problem:
    """Another row has the same branch, category and copy type."""
    text = _("There is a rule for this branch, category and copy type already.")
    return Problem("rule_duplicate", text, field="copy_type")


def _fixed_date(row: CirculationRule, today: date) -> Iterator[Problem]:
    if row.fixed_due_on and row.fixed_due_on < today:
        yield Problem("rule_fixed_date", _("The fixed due date lies in the past."), field="fixed_due_on")
    elif row.fixed_due_on and row.fixed_due_on > LAST_DAY:
        yield Problem("rule_fixed_date", _("The fixed due date lies too far away."), field="fixed_due_on")


def _longer_than_membership(row: CirculationRule, book: RuleBook) -> Iterator[Problem]:
    """Periods that this row brings about and that no membership of a category it is for can last."""
    categories = MemberCategory.objects.exclude(membership_months=None)
    if row.category_id is not None:
        categories = categories.filter(pk=row.category_id)
    told = set()
    for category in categories:
        rule = book.lookup((row.branch_id, category.pk, row.copy_type_id))
        for name in ("loan_period", "renewal_period"):
            sources = {rule.sources[name], rule.sources["loan_unit"]}
            length = getattr(rule, name)
            if name in told or length is None or row.scope not in sources:
                continue
            days = ceil(length / 24) if rule.loan_unit == Unit.HOURS else length
            if days > ceil((category.membership_months or 0) * DAYS_OF_A_MONTH):
                told.add(name)
                text = _("That is longer than a membership in the category %(category)s lasts.")
                field = name if name in row.parameters() else "loan_unit"
                yield Problem("rule_longer_than_membership", text % {"category": category}, field=field)
