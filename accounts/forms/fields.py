"""Fields for what forms here often ask: money and codes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from accounts import money
from accounts.models.codes import CODE_PATTERN
from accounts.scans import readings


class MoneyField(forms.DecimalField):
    """Asks for an amount in the library's currency and gives whole minor units."""

    def __init__(self, *, currency: str, **options: Any) -> None:
        self.currency = currency
        options.setdefault("min_value", Decimal(0))
        super().__init__(decimal_places=money.digits(currency), max_digits=12, **options)

    def to_python(self, value: Any) -> Decimal | None:
        if (
            isinstance(value, str) and "e" in value.casefold()
        ):  # "1e9" is a number to Python, and a slip of the finger at a desk
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return money.to_decimal(value, self.currency) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        return None if amount is None else money.to_minor(amount, self.currency)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class CodeField(forms.CharField):
    """A card number or barcode, typed or scanned; blanks, small letters and a scanner's noise are put right."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=60, **options)

    def clean(self, value: Any) -> str:
        codes = readings(super().clean(value))
        if not codes:
            return ""
        code = next((code for code in codes if CODE_PATTERN.regex.match(code)), codes[0])
        CODE_PATTERN(code)
        return code


class _RowsReadOnce(ModelChoiceIterator):
    def __iter__(self) -> Iterator[tuple[Any, str]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for row in self.queryset:  # keeps what it has read, where Django's own iterator asks anew each time
            yield self.choice(row)


class RowField(forms.ModelChoiceField):
    """Asks for a row of a short table. Its rows are read once for a page, however often the choices are looked at."""

    iterator = _RowsReadOnce


def days_from_text(value: str) -> list[int]:
    """Whole numbers of days from text like "1, 7, 14"."""
    try:
        return sorted({int(part) for part in value.replace(",", " ").split()})
    except ValueError as error:
        raise ValidationError(_("Write whole numbers of days, separated by commas.")) from error
