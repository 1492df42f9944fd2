"""Holds as pages show them: what to fetch from the shelves, what stands ready, each with what led to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Copy
from circulation import policy
from circulation.models import Hold
from circulation.queries.copies import AVAILABLE, with_availability
from circulation.queries.holds import SUSPENDED, state
from circulation.queries.rules import RuleBook, row_in_words


@dataclass(frozen=True, slots=True)
class ToPull:
    """A copy that stands on its shelf, and the hold that it is to be scanned for."""

    copy: Copy
    hold: Hold


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as it is today; ``place`` in its queue if it waits; ``why`` it is so, sentence by sentence."""

    hold: Hold
    state: str
    place: int | None = None
    why: list[str] = field(default_factory=list)


def pull_list(today: date) -> list[ToPull]:
    """The copies to fetch for who is in line today, by shelf; two queries for any number."""
    waited_for = Copy.objects.filter(book__in=Hold.objects.waiting().order_by().values("book"))
    copies = with_availability(waited_for).filter(status=AVAILABLE)  # type: ignore[misc] # annotated
    free: dict[int, list[Copy]] = defaultdict(list)
    for copy in copies.select_related("book", "current_branch").order_by("pk"):
        free[copy.book_id].append(copy)
    found = []
    for book_id, queue in queues_of(free, today).items():
        named = {hold.copy_id for hold in queue}
        for hold in (each for each in queue if policy.is_eligible(each, today)):
            fit = [copy for copy in free[book_id] if policy.can_be_filled_by(hold, copy.pk)]
            if fit:
                copy = min(fit, key=lambda each: (each.pk in named, each.pk))
                free[book_id].remove(copy)
                found.append(ToPull(copy, hold))
    return sorted(found, key=lambda row: (str(row.copy.current_branch), row.copy.location, row.copy.call_number))


def shelf() -> QuerySet[Hold]:
    """The holds that stand ready, those to be picked up first in front."""
    ready = Hold.objects.ready().select_related("member", "book", "trapped_copy", "branch")
    return ready.order_by("pickup_by", "ready_at", "pk")


def queues_of(book_ids: Iterable[int], today: date) -> dict[int, list[Hold]]:
    """The waiting holds of each of these books, in order, in one query; books that nobody waits for are left out."""
    found: dict[int, list[Hold]] = defaultdict(list)
    waiting = Hold.objects.waiting().filter(book__in=list(book_ids)).select_related("member", "book", "copy", "branch")
    for hold in waiting.order_by("rank", "pk"):
        if not policy.is_past(hold, today):
            found[hold.book_id].append(hold)
    return dict(found)


def rows_of(
    holds: Iterable[Hold], today: date, rules: RuleBook, queues: dict[int, list[Hold]] | None = None
) -> list[HoldRow]:
    """``holds`` as they are today, in their order; one query (none with ``queues``) and the rules for any number."""
    holds = list(holds)
    if queues is None:
        queues = queues_of({hold.book_id for hold in holds if hold.status == Hold.Status.WAITING}, today)
    return [_row(hold, queues.get(hold.book_id, []), today, rules) for hold in holds]


def _row(hold: Hold, queue: list[Hold], today: date, rules: RuleBook) -> HoldRow:
    now = state(hold, today)
    if now == Hold.Status.READY:
        return HoldRow(hold, now, why=_why_this_deadline(hold, rules))
    place = next((n for n, each in enumerate(queue, start=1) if each.pk == hold.pk), None)
    return HoldRow(hold, now, place, _why_this_place(hold, queue[: place - 1], today) if place else [])


def _why_this_place(hold: Hold, ahead: list[Hold], today: date) -> list[str]:
    placed = date_format(timezone.localtime(hold.placed_at), "DATE_FORMAT")
    found = [_("Placed on %(day)s; who placed a hold before waits in front.") % {"day": placed}]
    moved = sum(1 for each in ahead if each.placed_at > hold.placed_at)
    if moved:
        text = ngettext(
            "%(count)d hold was put in front by the library.",
            "%(count)d holds were put in front by the library.",
            moved,
        )
        found.append(text % {"count": moved})
    passed_over = sum(1 for each in ahead if not policy.is_eligible(each, today))
    if passed_over:
        text = ngettext(
            "%(count)d hold in front takes no copy today and is passed over.",
            "%(count)d holds in front take no copy today and are passed over.",
            passed_over,
        )
        found.append(text % {"count": passed_over})
    return found + _why_it_is_passed_over(hold, today)


def _why_it_is_passed_over(hold: Hold, today: date) -> list[str]:
    if state(hold, today) == SUSPENDED:
        if hold.suspended_until is None:
            return [_("It is suspended: it keeps its place and is passed over.")]
        text = _("It is suspended until %(day)s: it keeps its place and is passed over.")
        return [text % {"day": date_format(hold.suspended_until, "DATE_FORMAT")}]
    if hold.starts_on and hold.starts_on > today:
        text = _("It takes no copy before %(day)s.")
        return [text % {"day": date_format(hold.starts_on, "DATE_FORMAT")}]
    return []


def _why_this_deadline(hold: Hold, rules: RuleBook) -> list[str]:
    """What led to the deadline, as long as rules and calendar are still those it was made by."""
    copy = hold.trapped_copy
    assert copy is not None
    assert hold.ready_at is not None
    assert hold.pickup_by is not None
    since = hold.ready_at.astimezone(rules.library.zone).date()
    found = [_("Ready since %(day)s.") % {"day": date_format(since, "DATE_FORMAT")}]
    calendar = rules.calendar(copy.current_branch_id)
    rule = rules.rule(copy.current_branch_id, hold.member.category_id, copy.copy_type_id)
    if hold.pickup_by != policy.pickup_deadline(since, rule.hold_pickup_days, calendar, hold.not_after):
        return found
    text = ngettext("Kept for %(count)d open day.", "Kept for %(count)d open days.", rule.hold_pickup_days)
    found.append(text % {"count": rule.hold_pickup_days})
    found.append(_("Set by %(row)s.") % {"row": row_in_words(rule.sources["hold_pickup_days"])})
    days = (since + timedelta(days=n) for n in range(1, (hold.pickup_by - since).days + 1))
    if closed := [date_format(day, "SHORT_DATE_FORMAT") for day in days if not calendar.is_open(day)]:
        found.append(_("Closed, not counted: %(days)s.") % {"days": ", ".join(closed)})
    if hold.pickup_by == hold.not_after:
        found.append(_("Not after the last day the member gave."))
    return found
