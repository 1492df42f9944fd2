"""Fields of bodies and addresses. A value of another type is refused, never read as what it might mean."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import money
from accounts.models.codes import CODE, CODE_PATTERN
from accounts.scans import readings

LARGEST_KEY = 2**63 - 1
WHOLE = re.compile(r"-?[0-9]{1,19}")
OFFSET = re.compile(r"T.*(Z|[+-][0-9]{2}:?[0-9]{2})$", re.IGNORECASE)
WELL_FORMED = re.compile(CODE).match
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")
MINOR_CODES = {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,4})?$"}
UNUSABLE = re.compile("[\0\ud800-\udfff]")


class Text(serializers.CharField):
    """Text, of which blanks around it are cut off; never a number or a yes."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or UNUSABLE.search(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class Password(Text):
    """Text as it is, blanks and all."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)


class Whole(serializers.IntegerField):
    """A whole number, written as one."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_value", LARGEST_KEY)
        options.setdefault("min_value", 0)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Yes(serializers.BooleanField):
    """true or false, and nothing that resembles them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Day(serializers.DateField):
    """A day as 2026-05-31."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not DAY.fullmatch(data):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """A moment with its offset: 2026-05-31T12:00:00+02:00."""

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str) or not OFFSET.search(data):
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ss+hh:mm")
        return super().to_internal_value(data)


@extend_schema_field(MINOR_CODES)
class Money(serializers.Field):
    """An amount in the library's currency: "9.00" outside, whole minor units inside."""

    default_error_messages = {"invalid": _("Write an amount like “9.00”, with as many digits as the currency has.")}

    def to_internal_value(self, data: Any) -> int:
        currency = self.context["request"].library.currency
        if not isinstance(data, str) or not AMOUNT.fullmatch(data):
            self.fail("invalid")
        minor = money.to_minor(Decimal(data), currency)
        if money.to_decimal(minor, currency) != Decimal(data):
            self.fail("invalid")
        return minor

    def to_representation(self, value: int) -> str:
        return money.plain(value, self.context["request"].library.currency)


class Code(Text):
    """A card number or barcode, typed or scanned; a scanner's noise is put right."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=60, **options)

    def to_internal_value(self, data: Any) -> str:
        codes = readings(super().to_internal_value(data))
        code = next((code for code in codes if WELL_FORMED(code)), "")
        if not code:
            raise serializers.ValidationError([str(CODE_PATTERN.message)])
        return code


@extend_schema_field(OpenApiTypes.INT64)
class Row(serializers.Field):
    """The key of a row there is; gives the row."""

    default_error_messages = {"invalid": _("Write a whole number."), "unknown": _("There is no such thing.")}

    def __init__(self, rows: QuerySet, **options: Any) -> None:
        self.rows = rows
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        row = self.rows.all().filter(pk=data).first() if 0 < data <= LARGEST_KEY else None
        return row if row is not None else self.fail("unknown")

    def to_representation(self, value: Any) -> int:
        return value if isinstance(value, int) else value.pk


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class Names(serializers.Field):
    """Of several things the text that each has under ``name``. Only shown."""

    def __init__(self, name: str, **options: Any) -> None:
        self.name = name
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Any) -> list[str]:
        return [getattr(each, self.name) for each in (value.all() if hasattr(value, "all") else value)]


class AskedWhole(serializers.IntegerField):
    """A whole number in an address."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_value", LARGEST_KEY)
        options.setdefault("min_value", 0)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> int:
        if not WHOLE.fullmatch(str(data)):
            self.fail("invalid")
        return super().to_internal_value(data)


class AskedYes(serializers.ChoiceField):
    """``true`` or ``false`` in an address."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=["true", "false"], **options)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data) == "true"
