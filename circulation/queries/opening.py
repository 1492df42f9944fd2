"""When the library is open, for people to read."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import Branch, LibrarySettings
from circulation.queries.rules import rule_book


@dataclass(frozen=True, slots=True)
class OpenDay:
    """One day: when it opens and closes (aware), or neither when it is closed."""

    day: date
    opens: datetime | None
    closes: datetime | None


def this_week(branch: Branch, today: date, library: LibrarySettings) -> list[OpenDay]:
    """The next seven days of ``branch`` from ``today``; an empty list where no opening hours were given."""
    calendar = rule_book(library).calendar(branch.pk)
    if calendar.week is None:
        return []
    days = [today + timedelta(days=n) for n in range(7)]
    return [OpenDay(day, *(calendar.hours(day) or (None, None))) for day in days]
