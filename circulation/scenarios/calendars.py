"""The calendar of a scenario: a week with hours, closed days, opened days."""

from datetime import date, time

from django.utils.translation import gettext as _

from .library import Days, Week
from .misread import Node

ALWAYS = Week()
WEEKDAYS = (1, 2, 3, 4, 5, 6, 7)
ALL_DAY = (time(0, 0), time(23, 59, 59))
LEAP_YEAR = 2000  # where every day of a year exists


def read_week(node: Node) -> Week:
    """A calendar out of ``node``. Without days or hours it is open every day, all day."""
    given = node.fields("open_weekdays", "hours", "closed", "open")
    hours = _hours(given["hours"]) if "hours" in given else None
    days = None
    if "open_weekdays" in given:
        days = [day.number(1, 7) for day in given["open_weekdays"].items()]
    week: dict[int, tuple[time, time]] | None = None
    if days is not None or hours is not None:
        own = hours if isinstance(hours, dict) else dict.fromkeys(WEEKDAYS, hours or ALL_DAY)
        week = {day: own.get(day, ALL_DAY) for day in sorted(set(own if days is None else days))}
    return Week(week, _days(given.get("closed")), _days(given.get("open")))


def _hours(node: Node) -> tuple[time, time] | dict[int, tuple[time, time]]:
    if isinstance(node.value, dict) and set(node.value) & {"opens", "closes"}:
        return _span(node)
    given = node.fields(*(str(day) for day in WEEKDAYS))
    return {int(day): _span(each) for day, each in given.items()}


def _span(node: Node) -> tuple[time, time]:
    node.fields("opens", "closes")
    return node.at("opens").clock(), node.at("closes").clock()


def _days(node: Node | None) -> tuple[Days, ...]:
    return tuple(_entry(each) for each in node.items()) if node else ()


def _entry(node: Node) -> Days:
    if not isinstance(node.value, dict):
        return Days(node.date(), node.date())
    if "yearly" in node.value:
        node.fields("yearly")
        day = _day_of_a_year(node.at("yearly"))
        return Days(day, day, is_yearly=True)
    node.fields("from", "to")
    return Days(node.at("from").date(), node.at("to").date())


def _day_of_a_year(node: Node) -> date:
    try:
        if isinstance(node.value, str) and len(node.value) == 5:
            return date.fromisoformat(f"{LEAP_YEAR}-{node.value}")
    except ValueError:
        pass
    raise node.wrong(_("A day of the year is expected here, as 12-25."))
