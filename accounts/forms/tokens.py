"""A token for a program: what it is called, what it is for, how long it is valid."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.keyed import KeyedForm
from accounts.models import ApiToken

DAYS = [(1, _("a day")), (30, _("30 days")), (90, _("90 days")), (366, _("a year"))]


class TokenForm(KeyedForm):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Which program will use it, and where."))
    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=ApiToken.Scope.choices, widget=forms.CheckboxSelectMultiple,
        initial=[ApiToken.Scope.READ], help_text=_("Never more than you may do yourself."),
    )  # fmt: skip
    days = forms.TypedChoiceField(label=_("Valid for"), choices=DAYS, coerce=int, initial=90)

    @property
    def valid_for(self) -> timedelta:
        return timedelta(days=self.cleaned_data["days"])
