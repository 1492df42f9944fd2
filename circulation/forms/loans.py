"""Filters of the lists of loans."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.members import DATE
from accounts.models.days import REAL_DAYS


class LoanFilterForm(forms.Form):
    q = forms.CharField(label=_("Member, title, barcode or ISBN"), required=False, max_length=200)
    show = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("all")), ("active", _("active")), ("overdue", _("overdue")), ("returned", _("returned"))],
    )
    from_on = forms.DateField(label=_("Borrowed from"), required=False, widget=DATE, validators=REAL_DAYS)
    to_on = forms.DateField(label=_("Borrowed to"), required=False, widget=DATE, validators=REAL_DAYS)
