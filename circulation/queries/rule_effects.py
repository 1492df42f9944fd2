"""What a change of the rules would mean for the loans now open."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, QuerySet

from circulation.models import Loan
from circulation.policy import EffectiveRule
from circulation.queries.loans import estimate
from circulation.queries.rules import RuleBook

AT_ONCE = 1_000


@dataclass(slots=True)
class RuleEffect:
    """How many open loans fall under changed parameters, and what becomes of them.

    ``fines``: overdue ones that would cost something else now, ``cost_before`` and ``cost_after`` what all these cost;
    ``renewable`` could be renewed again only then, ``not_renewable`` no more. Due dates stay.
    """

    loans: int = 0
    fines: int = 0
    cost_before: int = 0
    cost_after: int = 0
    renewable: int = 0
    not_renewable: int = 0


def rule_effect(before: RuleBook, after: RuleBook, now: datetime) -> RuleEffect:
    """What it means for the open loans that the rules of ``after`` take the place of those of ``before``.

    Fines are compared as if every overdue loan came back ``now``, before the limit of a member's category. Loans are
    counted in the database, read one by one only where their fine may differ.
    """
    effect = RuleEffect()
    scopes = Loan.objects.open().order_by().values_list("branch", "category", "copy_type")
    for *scope, renewals, count in scopes.annotate(count=Count("pk")).values_list(*SCOPE, "renewals", "count"):
        old, new = before.rule(*scope), after.rule(*scope)
        if _differ(old, new):
            effect.loans += count
            could, can = _may_renew(old, renewals), _may_renew(new, renewals)
            effect.renewable += count if can and not could else 0
            effect.not_renewable += count if could and not can else 0
    for loan in _overdue_and_changed(before, after, now):
        old_fine, new_fine = estimate(loan, before, now).amount_minor, estimate(loan, after, now).amount_minor
        if old_fine != new_fine:
            effect.fines += 1
            effect.cost_before += old_fine
            effect.cost_after += new_fine
    return effect


SCOPE = ("branch", "category", "copy_type")


def _differ(old: EffectiveRule, new: EffectiveRule) -> bool:
    return replace(old, sources={}) != replace(new, sources={})


def _may_renew(rule: EffectiveRule, renewals: int) -> bool:
    return rule.max_renewals is None or renewals < rule.max_renewals


def _overdue_and_changed(before: RuleBook, after: RuleBook, now: datetime) -> Iterator[Loan]:
    overdue: QuerySet[Loan] = Loan.objects.open().filter(due_at__lt=now)
    for scope in overdue.order_by().values_list(*SCOPE).distinct():
        if _differ(before.rule(*scope), after.rule(*scope)):
            these = overdue.filter(**dict(zip(SCOPE, scope, strict=True))).select_related("copy__copy_type")
            yield from these.order_by("pk").iterator(chunk_size=AT_ONCE)
