"""What the rules of membership say. Pure: no clock, no database."""

import calendar
from datetime import date


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later; the last day of the month where that day does not exist (31 January + 1).

    Raises ValueError beyond the year 9999.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def membership_ends_on(joined_on: date, months: int | None) -> date | None:
    """The last day of a membership that began on ``joined_on`` and lasts ``months``; None means it does not end.

    Raises ValueError beyond the year 9999.
    """
    return None if months is None else add_months(joined_on, months)
