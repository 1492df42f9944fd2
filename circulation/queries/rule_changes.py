"""What a change of the rules would do to the loans that are open now."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Count, Q

from circulation.models import CirculationRule, Loan
from circulation.policy import EffectiveRule
from circulation.policy.rules import Scope
from circulation.queries.loans import SCOPE, estimates
from circulation.queries.rules import RuleBook
from circulation.queries.standing import room_of, with_open_fines

FINE = (
    "loan_unit", "fine_amount_minor", "fine_period", "fine_charged_at", "grace_period", "grace_included",
    "fine_cap_minor", "cap_fine_to_price", "charge_closed_days",
)  # fmt: skip
AT_ONCE = 1_000


@dataclass(slots=True)
class Effect:
    """``loans``: open loans that look a parameter up in the row. Fines: the running ones that would change, summed."""

    loans: int = 0
    fines: int = 0
    fines_before_minor: int = 0
    fines_after_minor: int = 0
    no_longer_renewable: int = 0
    now_renewable: int = 0


def effect_of_saving(row: CirculationRule, book: RuleBook, now: datetime) -> Effect:
    """What it would do to keep ``row``, which is not saved yet, in the place of what it was or as a new one."""
    return _effect(book, book.with_row(row), {row.scope, *book.scope_of(row)}, now)


def effect_of_removing(row: CirculationRule, book: RuleBook, now: datetime) -> Effect:
    """What it would do to remove ``row``."""
    return _effect(book, book.without_row(row), {row.scope}, now)


def _effect(old: RuleBook, new: RuleBook, concerned: set[Scope], now: datetime) -> Effect:
    """What it does to have the rows of ``new`` in the place of those of ``old``, which differ in ``concerned``.

    At most six queries, whatever there is; loans are read one after the other, and only where fines may change.
    """
    effect, fines_change = Effect(), False
    for (scope, renewals), count in _open_loans().items():
        was, will_be = old.row_rule(scope), new.row_rule(scope)
        if not concerned & {*was.sources.values(), *will_be.sources.values()}:
            continue
        effect.loans += count
        could, can = _may_renew(was, renewals), _may_renew(will_be, renewals)
        effect.no_longer_renewable += count if could and not can else 0
        effect.now_renewable += count if can and not could else 0
        fines_change = fines_change or any(getattr(was, name) != getattr(will_be, name) for name in FINE)
    if fines_change:
        _add_fines(effect, concerned, (old, new), now)
    return effect


def _open_loans() -> dict[tuple[Scope, int], int]:
    """How many loans are open for each branch, category, copy type and number of renewals."""
    counted = Loan.objects.open().order_by().values_list(*SCOPE, "renewals").annotate(count=Count("pk"))
    found: dict[tuple[Scope, int], int] = defaultdict(int)
    for *scope, renewals, count in counted:
        found[tuple(scope), renewals] += count
    return found


def _may_renew(rule: EffectiveRule, renewals: int) -> bool:
    return rule.max_renewals is None or renewals < rule.max_renewals


def _add_fines(effect: Effect, concerned: set[Scope], books: tuple[RuleBook, RuleBook], now: datetime) -> None:
    """All overdue loans of a member are looked at together: they share the room the category leaves for fines."""
    fits = Q()
    for scope in concerned:
        fits |= Q(pk__isnull=False, **{name: pk for name, pk in zip(SCOPE, scope, strict=True) if pk is not None})
    late = Loan.objects.open().overdue(now)
    theirs = with_open_fines(late.filter(member__in=late.filter(fits).order_by().values("member")))
    theirs = theirs.select_related("member__category").order_by("member_id", "due_at", "pk")
    for _member, loans in groupby(theirs.iterator(chunk_size=AT_ONCE), key=lambda loan: loan.member_id):
        together = list(loans)
        room = room_of(together[0])
        was, will_be = (estimates(together, book, now, room) for book in books)
        for pk, fine in was.items():
            if fine.amount_minor != will_be[pk].amount_minor:
                effect.fines += 1
                effect.fines_before_minor += fine.amount_minor
                effect.fines_after_minor += will_be[pk].amount_minor
