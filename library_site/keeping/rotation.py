"""Which backups are kept: the newest of each of the last days, weeks and months that have one."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date


def kept(days: Iterable[date], daily: int, weekly: int, monthly: int) -> set[int]:
    """The positions of the backups to keep, given the day of each, oldest first.

    Days, weeks and months without a backup do not count: a clock that is wrong takes nothing away, nor does a long
    holiday. The newest one is always kept.
    """
    made = list(days)
    keep = {len(made) - 1} if made else set()
    spans: list[tuple[int, Callable[[date], Hashable]]] = [
        (daily, lambda day: day),
        (weekly, lambda day: day.isocalendar()[:2]),
        (monthly, lambda day: (day.year, day.month)),
    ]
    for most, span in spans:
        newest = {span(day): position for position, day in enumerate(made)}
        keep |= set(sorted(newest.values())[-most:] if most else ())
    return keep
