"""Moments by the days of the library on which they were."""

from datetime import date, datetime, time

from django.db.models import Q
from django.utils import timezone


def day_begins(day: date) -> datetime:
    """The first moment of ``day`` in the zone in which the request is answered: the library's."""
    return timezone.make_aware(datetime.combine(day, time.min))


def on_days(field: str, from_on: date | None, to_on: date | None) -> Q:
    """A condition: the moment in ``field`` was on one of these days, both included; None is no limit."""
    since = Q(**{f"{field}__gte": day_begins(from_on)}) if from_on else Q()
    until = Q(**{f"{field}__lte": timezone.make_aware(datetime.combine(to_on, time.max))}) if to_on else Q()
    return since & until
