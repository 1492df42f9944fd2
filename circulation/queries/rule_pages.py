"""The rules as people read them: a table of pairs, and for one pair where every parameter comes from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from accounts import money
from accounts.models import Branch, MemberCategory
from catalog.models import CopyType
from circulation import policy
from circulation.models import CirculationRule
from circulation.models.rules import MAY_BE_UNLIMITED, PARAMETERS
from circulation.policy import DueDate, EffectiveRule, NoOpenDay, Unit
from circulation.policy.rules import PastClosing, Scope
from circulation.queries.rules import RuleBook

CHOICES = {field.name: dict(field.flatchoices) for field in CirculationRule._meta.concrete_fields if field.choices}


@dataclass(frozen=True, slots=True)
class Cell:
    """One member category and copy type: what holds in a few words; ``is_own``: a row says so for just this pair."""

    copy_type: CopyType
    summary: list[str]
    is_own: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One parameter of a pair: its value in words and the row it comes from (None: the value a library begins with)."""

    name: str
    label: str
    value: str
    row: Scope | None
    row_name: str


@dataclass(frozen=True, slots=True)
class Level:
    """One of the eight rows that may speak for a pair, the narrowest first; ``rule`` None: there is no such row."""

    scope: Scope
    name: str
    rule: CirculationRule | None


def matrix(
    book: RuleBook, branch: Branch, categories: Iterable[MemberCategory], copy_types: Iterable[CopyType]
) -> list[tuple[MemberCategory, list[Cell]]]:
    """For every member category the cells of all copy types, as they hold at ``branch``."""
    scopes = set(book.scopes())

    def cell(category: MemberCategory, copy_type: CopyType) -> Cell:
        is_own = bool({(branch.pk, category.pk, copy_type.pk), (None, category.pk, copy_type.pk)} & scopes)
        return Cell(copy_type, summary(book.rule(branch.pk, category.pk, copy_type.pk), book), is_own)

    types = list(copy_types)
    return [(category, [cell(category, each) for each in types]) for category in categories]


def summary(rule: EffectiveRule, book: RuleBook) -> list[str]:
    """A rule in a few words: how long, how many, how often again, what a late day costs."""
    amount = money.formatted(rule.fine_amount_minor, book.library.currency, get_language() or book.library.language)
    loans, renewals = rule.max_loans, rule.max_renewals
    return [
        _length(rule.loan_period, rule.loan_unit),
        gettext("any number of loans") if loans is None else ngettext("%d loan", "%d loans", loans) % loans,
        gettext("renewed at will") if renewals is None else ngettext("%d renewal", "%d renewals", renewals) % renewals,
        _fine(rule, amount) if rule.fine_amount_minor else gettext("no fine"),
    ]


def _fine(rule: EffectiveRule, amount: str) -> str:
    number, words = rule.fine_period, {"sum": amount, "n": rule.fine_period}
    if rule.loan_unit == Unit.HOURS:
        return ngettext("%(sum)s for each hour", "%(sum)s for each %(n)s hours", number) % words
    return ngettext("%(sum)s for each day", "%(sum)s for each %(n)s days", number) % words


def _length(number: int, unit: Unit) -> str:
    if unit == Unit.HOURS:
        return ngettext("%d hour", "%d hours", number) % number
    return ngettext("%d day", "%d days", number) % number


def lines(book: RuleBook, rule: EffectiveRule, names: Callable[[Scope | None], str]) -> list[Line]:
    """Every parameter of ``rule`` in words, with its row; ``names`` gives a row's name."""
    fields = {field.name: field for field in CirculationRule._meta.concrete_fields}
    return [
        Line(
            name, str(fields[name].verbose_name), in_words(name, getattr(rule, name), book),
            rule.sources[name], names(rule.sources[name]),
        )
        for name in PARAMETERS
    ]  # fmt: skip


def in_words(name: str, value: Any, book: RuleBook) -> str:
    """The effective ``value`` of the parameter ``name`` as people read it."""
    if value is None:
        return gettext("unlimited") if name in MAY_BE_UNLIMITED else pgettext("no number", "none")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if name.endswith("_minor"):
        return money.formatted(value, book.library.currency, get_language() or book.library.language)
    return str(CHOICES.get(name, {}).get(value, value))


def row_names(rules: Iterable[CirculationRule]) -> Callable[[Scope | None], str]:
    """A function that names a row by its scope, without asking the database again."""
    known = {rule.scope: rule for rule in rules}

    def name(scope: Scope | None) -> str:
        if scope is None:
            return gettext("the value every library begins with")
        rule = known.get(scope)
        return gettext("everything") if rule is None or scope == (None, None, None) else str(rule)

    return name


def levels(
    branch: Branch, category: MemberCategory, copy_type: CopyType, rules: Iterable[CirculationRule]
) -> list[Level]:
    """The eight rows that may speak for this pair at ``branch``, in the order in which they are asked."""
    known = {rule.scope: rule for rule in rules}
    found = []
    for b, c, t in product((branch, None), (category, None), (copy_type, None)):
        scope: Scope = (b.pk if b else None, c.pk if c else None, t.pk if t else None)
        name = " / ".join(str(part or gettext("any")) for part in (b, c, t))
        found.append(Level(scope, name, known.get(scope)))
    return found


def sample_due(rule: EffectiveRule, book: RuleBook, branch: Branch, now: datetime) -> DueDate | None:
    """When a loan that began ``now`` would be due, whoever borrows; None where no due date can be found."""
    past_closing = PastClosing(book.library.hours_past_closing)
    try:
        return policy.due_date(now, rule, book.calendar(branch.pk), past_closing=past_closing)
    except NoOpenDay:
        return None
