"""Figures as people read them: columns hold minor units, and -1 where a limit is taken away."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import get_language

from accounts import money

NO_VALUE = -1


@cache
def column_of(field: models.Field, currency: str, word: Any) -> Callable[[models.Model], str]:
    """How the admin site shows ``field``: as money where its name says so, as ``word`` where -1 means no value.

    The same arguments give the same column: the admin site compares them.
    """

    def shown(row: models.Model) -> str:
        value = getattr(row, field.name)
        if value is None:
            return ""
        if word and value == NO_VALUE:
            return str(word)
        if not field.name.endswith("_minor"):
            return str(value)
        return money.formatted(value, getattr(row, "currency", "") or currency, get_language() or "en")

    shown.__name__ = field.name
    shown.short_description = field.verbose_name
    shown.admin_order_field = field.name
    return shown
