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

    def __init__(
        self, library: LibrarySettings | None = None, also: Iterable[Closure] = (),
        rows: Iterable[CirculationRule] | None = None,
    ) -> None:  # fmt: skip
        """``also``: closures to suppose beside those that are kept; ``rows``: rules in the place of those."""
        self._given, self._also, self._supposed = library, list(also), rows
        self._rules: dict[Scope, EffectiveRule] = {}
        self._calendars: dict[int, Calendar] = {}
        self._fines: dict[tuple, Fine] = {}

    def rule(self, branch_id: int, category_id: int, copy_type_id: int) -> EffectiveRule:
        """The parameters for a loan at this branch, to a member of this category, of a copy of this type."""
        return self.lookup((branch_id, category_id, copy_type_id))

    def lookup(self, scope: Scope) -> EffectiveRule:
        """The same where None asks for what holds for any: rows for a certain one do not fit then."""
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

    @cached_property
    def library(self) -> LibrarySettings:
        """The library's settings."""
        return self._given or LibrarySettings.current()

    @cached_property
    def _seeded(self) -> dict:
        return policy.seeded_parameters(digits(self.library.currency))

    @cached_property
    def _rows(self) -> list[tuple[Scope, dict]]:
        rows = CirculationRule.objects.all() if self._supposed is None else self._supposed
        return [(row.scope, row.parameters()) for row in rows]

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
    if scope is None or scope == (None, None, None):
        return gettext("the rule for every branch, member category and copy type")
    parts = [known.get(pk, "?") for known, pk in zip(names, scope, strict=True) if pk]
    return gettext("the rule for %(scope)s") % {"scope": " / ".join(parts)}


def rule_book(library: LibrarySettings | None = None, also: Iterable[Closure] = ()) -> RuleBook:
    """The rules and calendars of the library as they stand now, and as if these closures were kept ``also``."""
    return RuleBook(library, also)
