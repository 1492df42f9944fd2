"""Money taken, waived and charged at the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import MoneyField, RowField
from accounts.forms.keyed import KeyedForm
from accounts.forms.members import DATE
from accounts.models import Branch
from accounts.models.days import REAL_DAYS


class AmountForm(KeyedForm):
    """An amount in the library's currency; ``amount_minor`` in the services' words."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount_minor"] = MoneyField(
            label=_("Amount in %(currency)s") % {"currency": currency}, currency=currency
        )
        self.order_fields(["amount_minor"])


class PaymentForm(AmountForm):
    overpay = forms.BooleanField(label=_("Keep what is more than the debt as credit"), required=False)


class WaiverForm(AmountForm):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class WriteOffForm(WaiverForm):
    """The library gives up what it will not get."""


class RefundForm(WaiverForm):
    """Money goes back to the member."""


class ReversalForm(KeyedForm):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class CashUpForm(forms.Form):
    day = forms.DateField(label=_("Day"), required=False, widget=DATE, validators=REAL_DAYS)
    branch = RowField(Branch.objects.all(), label=_("Desk"), required=False, empty_label=_("all"))


class ChargeForm(AmountForm):
    reason = forms.CharField(label=_("What for"), max_length=300)
