"""Days that are set by hand."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

MOST_BY_HAND = timedelta(days=2 * 366)


def refuse_far_days(day: date) -> None:
    """A mistyped year is no loan for a lifetime."""
    if day > timezone.localdate() + MOST_BY_HAND:
        raise ValidationError(_("That is more than two years from now. Check the year."))
