"""Filters of the lists of loans."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.forms.members import DATE

# Further away no clock of any time zone has to reckon, and no library kept records.
REAL_DAYS = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class LoanFilterForm(forms.Form):
    q = forms.CharField(label=_("Member, title, barcode or ISBN"), required=False, max_length=200)
    show = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("all")), ("active", _("active")), ("overdue", _("overdue")), ("returned", _("returned"))],
    )
    from_on = forms.DateField(label=_("Borrowed from"), required=False, widget=DATE, validators=REAL_DAYS)
    to_on = forms.DateField(label=_("Borrowed to"), required=False, widget=DATE, validators=REAL_DAYS)
