"""Which days and hours a branch is open."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

SEARCH_DAYS = 366  # a calendar without an open day in so many days is refused; no search goes further
ONE_DAY = timedelta(days=1)
MIDNIGHT = time(0, 0)


@dataclass(frozen=True, slots=True)
class Exceptional:
    """Days that differ from the week: closed, or ``opens``; ``is_yearly``: the same days of every year."""

    from_on: date
    to_on: date
    is_yearly: bool = False
    opens: bool = False

    def covers(self, day: date) -> bool:
        """Whether ``day`` is one of these days."""
        if not self.is_yearly:
            return self.from_on <= day <= self.to_on
        if (self.to_on - self.from_on).days >= 365:  # the whole year, whatever days it begins and ends on
            return True
        first, last, that = _month_day(self.from_on), _month_day(self.to_on), _month_day(day)
        return first <= that <= last if first <= last else that >= first or that <= last


def _month_day(day: date) -> tuple[int, int]:
    return day.month, day.day


@dataclass(slots=True)
class Calendar:
    """The opening week (ISO weekday -> opens, closes) and the days that differ, in the library's time zone.

    ``week`` None: no opening week was given, open every day, all day. An opening exception beats every closure.
    """

    zone: tzinfo
    week: Mapping[int, tuple[time, time]] | None = None
    exceptions: Iterable[Exceptional] = ()
    _known: dict[date, bool] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.exceptions = tuple(self.exceptions)

    def is_open(self, day: date) -> bool:
        """Whether the branch opens on ``day``."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = self._is_open(day)
        return known

    def _is_open(self, day: date) -> bool:
        covering = [e for e in self.exceptions if e.covers(day)]
        if any(e.opens for e in covering):
            return True
        return self.is_in_week(day) and not covering

    def is_in_week(self, day: date) -> bool:
        """Whether the branch opens on the weekday of ``day`` in an ordinary week."""
        return self.week is None or day.isoweekday() in self.week

    def next_open(self, day: date) -> date | None:
        """The first open day on or after ``day``, or None if SEARCH_DAYS hold none."""
        return self._first_open(day, ONE_DAY)

    def last_open(self, day: date) -> date | None:
        """The last open day on or before ``day``, or None if SEARCH_DAYS hold none."""
        return self._first_open(day, -ONE_DAY)

    def _first_open(self, day: date, step: timedelta) -> date | None:
        try:
            for _each in range(SEARCH_DAYS + 1):
                if self.is_open(day):
                    return day
                day += step
        except OverflowError:  # the end of time: year 9999 or year 1
            return None
        return None

    def hours(self, day: date) -> tuple[datetime, datetime] | None:
        """When the branch opens and closes on ``day`` (in UTC), or None if it does not open.

        In UTC, because Python compares and subtracts two times of one zone by what the clock on the wall shows, which
        is an hour off in the night the clock changes. An exceptional opening on a weekday without hours keeps the
        hours of the first weekday that has some.
        """
        if not self.is_open(day):
            return None
        if self.week is None:
            return self._at(day, MIDNIGHT), self._at(day + ONE_DAY, MIDNIGHT)
        opens, closes = self.week.get(day.isoweekday()) or self.week[min(self.week)]
        return self._at(day, opens), self._at(day, closes)

    def is_open_at(self, moment: datetime) -> bool:
        """Whether the branch is open at ``moment`` (aware); closing time itself still counts as open."""
        hours = self.hours(moment.astimezone(self.zone).date())
        return hours is not None and hours[0] <= moment <= hours[1]

    def open_spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The times between two moments (aware) in which the branch is open, in order, in UTC."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        first, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        for n in range((last - first).days + 1):
            hours = self.hours(first + n * ONE_DAY)
            if hours and max(start, hours[0]) < min(end, hours[1]):
                yield max(start, hours[0]), min(end, hours[1])

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)
