"""Rows as the record of actions keeps them whole, and put back with the very keys they had."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core import serializers
from django.db.models import Model

Kept = list[dict[str, Any]]


def kept_rows(*tables: Iterable[Model]) -> Kept:
    """All rows of ``tables`` as JSON values: key, fields, and what each has many of."""
    found = [row for rows in tables for row in serializers.serialize("python", rows)]
    return json.loads(json.dumps(found, default=_as_text))


def _as_text(value: Any) -> str:
    """Moments to the microsecond, which Django's own JSON would cut."""
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def put_back(rows: Kept) -> None:
    """Write ``rows`` as they were, in this order, inside the caller's transaction."""
    for row in serializers.deserialize("python", rows):
        row.save()
