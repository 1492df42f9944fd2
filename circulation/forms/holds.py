"""Placing, suspending and moving holds."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import RowField
from accounts.forms.keyed import KeyedForm
from accounts.forms.members import DATE
from accounts.models import Branch
from accounts.models.days import REAL_DAYS
from catalog.models import Book, Copy
from circulation.forms.desk import SCAN, OverridingForm, reason_field


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DATE, validators=REAL_DAYS, help_text=help_text)


class _PickupForm(forms.Form):
    """Where to pick it up, where the library has more than one branch."""

    branch = RowField(Branch.objects.all(), label=_("Pick up at"), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(self.fields["branch"].queryset) < 2:  # no choice
            del self.fields["branch"]


class HoldForm(_PickupForm, KeyedForm):
    """What a member says of a hold: where to pick it up, and when it is of use."""

    starts_on = _day(_("Not before"), _("Empty: as soon as possible."))
    not_after = _day(_("Not after"), _("The last day on which it is of use."))


class DeskHoldForm(_PickupForm, OverridingForm):
    """A hold for a member at the desk, on any copy or on one."""

    scan = forms.CharField(label=_("Member: card or name"), max_length=200, widget=forms.TextInput(attrs=SCAN))
    copy = forms.ModelChoiceField(Copy.objects.none(), label=_("Copy"), required=False, empty_label=_("any copy"))
    starts_on = _day(_("Not before"))
    not_after = _day(_("Not after"))
    reason = reason_field(_("Reason for placing it anyway"))
    reason_missing = _("Say why it is placed anyway.")

    def __init__(self, *args: Any, book: Book, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["copy"].queryset = book.copies.filter(withdrawn_on=None).order_by("pk")


class SuspendForm(KeyedForm):
    until = _day(_("Resumes on"), _("Empty: until it is resumed by hand."))


class MoveForm(KeyedForm):
    to = forms.IntegerField(label=_("To place"), min_value=1, max_value=100_000)
