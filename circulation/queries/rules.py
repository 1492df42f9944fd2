"""The library's rules and calendars as the policy wants them."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from functools import cached_property

from django.db.models import Model
from django.utils.translation import gettext

from accounts.models import Branch, LibrarySettings, MemberCategory
from accounts.money import digits
from catalog.models import CopyType
from circulation import policy
from circulation.models import CirculationRule, Closure, OpeningHours
from circulation.policy import Calendar, EffectiveRule, Exceptional, Fine
from circulation.policy.rules import Scope

SCOPE_OF: tuple[type[Model], ...] = (Branch, MemberCategory, CopyType)


class RuleBook:
    """All rules and calendars, each read when it is first asked for: at most four queries for any number of loans.

    Lives for one request or one action: a change made meanwhile by another process is not seen.
    """

    def __init__(self, library: LibrarySettings | None = None, also: Iterable[Closure] = ()) -> None:
        self._given, self._also = library, list(also)
        self._rules: dict[Scope, EffectiveRule] = {}
        self._calendars: dict[int, Calendar] = {}
        self._fines: dict[tuple, Fine] = {}

    def rule(self, branch_id: int, category_id: int, copy_type_id: int) -> EffectiveRule:
        """The parameters for a loan at this branch, to a member of this category, of a copy of this type."""
        scope = (branch_id, category_id, copy_type_id)
        if scope not in self._rules:
            self._rules[scope] = policy.effective_rule(self._rows, scope, self._seeded)
        return self._rules[scope]

    def rule_of(self, loan) -> EffectiveRule:
        """The rule in force now for ``loan``, looked up as it was at issue."""
        return self.rule(loan.branch_id, loan.category_id, loan.copy_type_id)

    def calendar(self, branch_id: int) -> Calendar:
        """When this branch is open."""
        if branch_id not in self._calendars:
            self._calendars[branch_id] = calendar_of(branch_id, self._hours, self._closures, self.library.zone)
        return self._calendars[branch_id]

    def fine_of(self, loan, until: datetime, price_minor: int, room_minor: int | None) -> Fine:
        """The fine of ``loan`` if it counts as back at ``until``; loans alike in all that matters share one answer."""
        rule = self.rule_of(loan)
        cap = policy.lowest_cap(rule, price_minor, room_minor)
        alike = (loan.branch_id, loan.category_id, loan.copy_type_id, loan.due_at, until, cap)
        if alike not in self._fines:
            self._fines[alike] = policy.capped_fine(loan.due_at, until, rule, self.calendar(loan.branch_id), cap)
        return self._fines[alike]

    def with_row(self, row: CirculationRule) -> "RuleBook":
        """The same as if ``row`` were kept as it is now, in the place of the row it was or of none."""
        return self._with_rows([*self._rows_but(row), (row.scope, row.parameters())])

    def without_row(self, row: CirculationRule) -> "RuleBook":
        """The same as if ``row`` were removed."""
        return self._with_rows(self._rows_but(row))

    def scope_of(self, row: CirculationRule) -> list[Scope]:
        """What ``row`` is for as it is kept; empty for a new one."""
        return [each.scope for each in self._stored if each.pk == row.pk]

    def scopes(self) -> list[Scope]:
        """What the rows are for, in no order."""
        return [row.scope for row in self._stored]

    def codes(self, scope: Scope | None) -> list[str | None] | None:
        """The codes of branch, category and copy type of the row with this ``scope``; None is any, or no row at all."""
        row = next((each for each in self._stored if each.scope == scope), None)
        return [part.code if part else None for part in (row.branch, row.category, row.copy_type)] if row else None

    def row_rule(self, scope: Scope) -> EffectiveRule:
        """The parameters for a ``scope`` in which None is any: what its own row and the wider ones say."""
        return policy.effective_rule(self._rows, scope, self._seeded)

    def _rows_but(self, row: CirculationRule) -> list[tuple[Scope, dict]]:
        return [(each.scope, each.parameters()) for each in self._stored if row.pk is None or each.pk != row.pk]

    def _with_rows(self, rows: list[tuple[Scope, dict]]) -> "RuleBook":
        book = RuleBook(self.library, self._also)
        book._rows, book._stored, book._calendars = rows, self._stored, self._calendars
        return book

    @cached_property
    def library(self) -> LibrarySettings:
        """The library's settings."""
        return self._given or LibrarySettings.current()

    @cached_property
    def _seeded(self) -> dict:
        return policy.seeded_parameters(digits(self.library.currency))

    @cached_property
    def _rows(self) -> list[tuple[Scope, dict]]:
        return [(row.scope, row.parameters()) for row in self._stored]

    @cached_property
    def _stored(self) -> list[CirculationRule]:
        return list(CirculationRule.objects.select_related("branch", "category", "copy_type"))

    @cached_property
    def _hours(self) -> list[OpeningHours]:
        return list(OpeningHours.objects.all())

    @cached_property
    def _closures(self) -> list[Closure]:
        return [*Closure.objects.all(), *self._also]


def calendar_of(branch_id: int, hours: Iterable[OpeningHours], closures: Iterable[Closure], zone: tzinfo) -> Calendar:
    """The calendar of one branch, out of opening hours and closures of any; without hours it is open every day."""
    week = {h.weekday: (h.opens_at, h.closes_at) for h in hours if h.branch_id == branch_id}
    own = [c for c in closures if c.branch_id in (None, branch_id)]
    return Calendar(zone, week or None, [Exceptional(c.from_on, c.to_on, c.is_yearly, c.opens) for c in own])


def row_in_words(scope: Scope | None) -> str:
    """The row of the rules with this ``scope`` for people; None is the seeded value, which no row changes."""
    return rows_in_words([scope])[scope]


def rows_in_words(scopes: Iterable[Scope | None]) -> dict[Scope | None, str]:
    """The same for many rows, in at most three queries."""
    scopes = set(scopes)
    names = [_names(model, {scope[n] for scope in scopes if scope}) for n, model in enumerate(SCOPE_OF)]
    return {scope: _in_words(scope, names) for scope in scopes}


def _names(model: type[Model], keys: set[int | None]) -> dict[int, str]:
    keys.discard(None)
    return {pk: str(row) for pk, row in model._default_manager.in_bulk(keys).items()} if keys else {}


def _in_words(scope: Scope | None, names: list[dict[int, str]]) -> str:
    if scope in (None, policy.FOR_ALL):
        return gettext("the rule for every branch, member category and copy type")
    parts = [known.get(pk, "?") for known, pk in zip(names, scope, strict=True) if pk]
    return gettext("the rule for %(scope)s") % {"scope": " / ".join(parts)}


def rule_book(library: LibrarySettings | None = None, also: Iterable[Closure] = ()) -> RuleBook:
    """The rules and calendars of the library as they stand now, and as if these closures were kept ``also``."""
    return RuleBook(library, also)
