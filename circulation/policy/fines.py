"""What a late return costs, day by day, and how long it bars from borrowing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .calendar import ONE_DAY, Calendar
from .rules import EffectiveRule, FineChargedAt, Unit

ONE_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LateDay:
    """One day (or hour) after the due date: whether it was charged and why: late, closed, grace or cap."""

    day: str
    charged: bool
    why: str


@dataclass(frozen=True, slots=True)
class Fine:
    """What a loan costs for being late. ``units``: days or hours charged; ``cap``: which limit bit, or empty."""

    amount_minor: int
    units: int
    days: tuple[LateDay, ...] = ()
    cap: str = ""

    def as_json(self) -> dict[str, Any]:
        """The fine's explanation as it is stored on the ledger entry."""
        return {
            "amount_minor": self.amount_minor,
            "units": self.units,
            "cap": self.cap,
            "days": [{"day": d.day, "charged": d.charged, "why": d.why} for d in self.days],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Fine":
        """The fine whose explanation ``as_json`` stored."""
        days = tuple(LateDay(**day) for day in stored["days"])
        return cls(stored["amount_minor"], stored["units"], days, stored["cap"])


NO_FINE = Fine(0, 0)


def overdue_fine(
    due_at: datetime, returned_at: datetime, rule: EffectiveRule, calendar: Calendar, *, price_minor: int = 0,
    room_minor: int | None = None,
) -> Fine:  # fmt: skip
    """The fine for a loan due at ``due_at`` and back at ``returned_at`` (both aware), in minor units.

    Koha's formula (C4/Overdues.pm CalcFine): units late, less closed ones unless they are charged; nothing within the
    grace period; whole periods, begun or ended; then the lowest of the rule's cap, the copy's ``price_minor`` (0: no
    price) and ``room_minor``, what the member's category still allows (None: no limit). The cap cuts exactly.
    """
    return capped_fine(due_at, returned_at, rule, calendar, lowest_cap(rule, price_minor, room_minor))


def capped_fine(
    due_at: datetime, returned_at: datetime, rule: EffectiveRule, calendar: Calendar, cap: tuple[int | None, str]
) -> Fine:
    """The same where ``lowest_cap`` is known: one answer for all loans that share these five."""
    if returned_at <= due_at:
        return NO_FINE
    return _fine_of(_slots_late(due_at, returned_at, rule, calendar), rule, cap)


def fine_with_days_closed(
    fine: Fine, closed: Callable[[date], bool], rule: EffectiveRule, cap: tuple[int | None, str]
) -> Fine:
    """What ``fine`` would be if the library had been closed on the days for which ``closed`` says so.

    Days that were not counted before are not counted now either. ``cap`` as for capped_fine.
    """
    if rule.charge_closed_days:
        return fine
    slots = [(each.day, each.why != "closed" and not closed(date.fromisoformat(each.day[:10]))) for each in fine.days]
    return _fine_of(slots, rule, cap)


def _fine_of(slots: list[tuple[str, bool]], rule: EffectiveRule, cap: tuple[int | None, str]) -> Fine:
    late = sum(1 for slot in slots if slot[1])
    if late <= rule.grace_period:
        return Fine(0, 0, tuple(LateDay(day, False, "grace" if counts else "closed") for day, counts in slots))
    free = 0 if rule.grace_included else rule.grace_period
    units = late - free
    limit, name = cap
    full = _amount(units, rule)
    amount = full if limit is None else min(full, limit)
    days = _explained(slots, free, limit, rule)
    return Fine(amount, units, days, name if amount < full else "")


def lowest_cap(rule: EffectiveRule, price_minor: int = 0, room_minor: int | None = None) -> tuple[int | None, str]:
    """The limit that bites first, in minor units, and which it is: rule, price or member; (None, "") without any."""
    caps = []
    if rule.fine_cap_minor is not None:
        caps.append((rule.fine_cap_minor, "rule"))
    if rule.cap_fine_to_price and price_minor > 0:
        caps.append((price_minor, "price"))
    if room_minor is not None:
        caps.append((max(0, room_minor), "member"))
    return min(caps) if caps else (None, "")


def suspension(
    fine: Fine, rule: EffectiveRule, returned_on: date, running_until: date | None
) -> tuple[date, date] | None:
    """The first and last day a late return bars from borrowing, or None.

    Days = units charged x ``suspension_days``, at most ``suspension_max``, beginning the day after the return or
    after a suspension still running (``running_until``).
    """
    days = fine.units * rule.suspension_days
    if rule.suspension_max is not None:
        days = min(days, rule.suspension_max)
    if days == 0:
        return None
    before = max(returned_on, running_until or returned_on)
    days = min(days, (date.max - before).days)
    return (before + ONE_DAY, before + timedelta(days=days)) if days else None


def _slots_late(
    due_at: datetime, returned_at: datetime, rule: EffectiveRule, calendar: Calendar
) -> list[tuple[str, bool]]:
    """Each day (or started open hour) after the due date through the return, and whether it counts."""
    if rule.loan_unit == Unit.HOURS:
        return [(_clock(hour, calendar), True) for hour in _hours_late(due_at, returned_at, rule, calendar)]
    due_on, last = due_at.astimezone(calendar.zone).date(), returned_at.astimezone(calendar.zone).date()
    days = [due_on + timedelta(days=n) for n in range(1, (last - due_on).days + 1)]
    return [(day.isoformat(), rule.charge_closed_days or calendar.is_open(day)) for day in days]


def _hours_late(due_at: datetime, returned_at: datetime, rule: EffectiveRule, calendar: Calendar) -> list[datetime]:
    """When each started hour late began; a started hour goes on after the closed time where closed time is free."""
    whole = [(due_at.astimezone(UTC), returned_at.astimezone(UTC))]
    begun, left_over = [], timedelta()
    for start, end in whole if rule.charge_closed_days else calendar.open_spans(due_at, returned_at):
        hour = start + left_over
        while hour < end:
            begun.append(hour)
            hour += ONE_HOUR
        left_over = hour - end
    return begun


def _clock(moment: datetime, calendar: Calendar) -> str:
    return moment.astimezone(calendar.zone).strftime("%Y-%m-%dT%H:%M")


def _amount(units: int, rule: EffectiveRule) -> int:
    if rule.fine_charged_at == FineChargedAt.PERIOD_START:
        return -(-units // rule.fine_period) * rule.fine_amount_minor
    return units // rule.fine_period * rule.fine_amount_minor


def _explained(slots: list[tuple[str, bool]], free: int, cap: int | None, rule: EffectiveRule) -> tuple[LateDay, ...]:
    days, counted = [], 0
    for day, counts in slots:
        if not counts:
            days.append(LateDay(day, False, "closed"))
            continue
        counted += 1
        if counted <= free:
            days.append(LateDay(day, False, "grace"))
        elif cap is not None and rule.fine_amount_minor and _amount(counted - free - 1, rule) >= cap:
            days.append(LateDay(day, False, "cap"))
        else:
            days.append(LateDay(day, True, "late"))
    return tuple(days)
