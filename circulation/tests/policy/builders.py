"""Rules, calendars and moments for tests of the policy, from as few words as possible."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from circulation.policy import Calendar, EffectiveRule, Exceptional, effective_rule, seeded_parameters

ZURICH = ZoneInfo("Europe/Zurich")
CHICAGO = ZoneInfo("America/Chicago")
HAVANA = ZoneInfo("America/Havana")  # puts the clock on at midnight: 00:00 to 00:59 do not exist that day
BEIRUT = ZoneInfo("Asia/Beirut")  # puts it back at midnight: 23:59:59 comes twice
NUUK = ZoneInfo("America/Nuuk")  # puts it on at 23:00: 23:59:59 does not exist that day
LAGOS = ZoneInfo("Africa/Lagos")  # never changes the clock
ZONES = [ZURICH, CHICAGO, HAVANA, BEIRUT, NUUK, LAGOS, ZoneInfo("UTC"), ZoneInfo("Pacific/Kiritimati")]

SEEDED = effective_rule([], (1, 1, 1), seeded_parameters(2))


def rule(**changes: Any) -> EffectiveRule:
    """The seeded rule with these parameters changed."""
    return replace(SEEDED, **changes)


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str, zone: ZoneInfo = ZURICH) -> datetime:
    """The moment a clock in ``zone`` shows ``text``."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def local(moment: datetime, zone: ZoneInfo = ZURICH) -> str:
    """What a clock in ``zone`` shows at ``moment``, with its distance from UTC."""
    return moment.astimezone(zone).isoformat()


def closed(first: str, last: str = "", *, yearly: bool = False) -> Exceptional:
    return Exceptional(day(first), day(last or first), is_yearly=yearly)


def opened(first: str, last: str = "") -> Exceptional:
    return Exceptional(day(first), day(last or first), opens=True)


def calendar(
    *exceptions: Exceptional, weekdays: str = "1234567", opens: str = "10:00", closes: str = "16:00",
    zone: ZoneInfo = ZURICH,
) -> Calendar:  # fmt: skip
    """Open on these ISO weekdays from ``opens`` to ``closes``, but for the exceptions."""
    hours = (time.fromisoformat(opens), time.fromisoformat(closes))
    return Calendar(zone, {int(weekday): hours for weekday in weekdays}, exceptions)


def always_open(zone: ZoneInfo = ZURICH) -> Calendar:
    return Calendar(zone)
