"""What is scanned and typed at the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.keyed import KeyedForm
from accounts.forms.members import DATE

SCAN = {
    "data-scan": "", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "autofocus": True,
    "enterkeyhint": "go",
}  # fmt: skip


class ScanForm(KeyedForm):
    scan = forms.CharField(label=_("Scan or type"), max_length=200, widget=forms.TextInput(attrs=SCAN))
    marks_optional = False


class IssueForm(ScanForm):
    scan = forms.CharField(label=_("Card, name, barcode or ISBN"), max_length=200, widget=forms.TextInput(attrs=SCAN))
    member = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)
    read_as = forms.ChoiceField(
        widget=forms.HiddenInput, required=False, choices=[("", ""), ("card", "card"), ("copy", "copy")]
    )
    due_on = forms.DateField(label=_("Due date by hand"), required=False, widget=DATE)
    overrides = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)
    reason = forms.CharField(label=_("Reason for issuing anyway"), required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("overrides") and not values.get("reason", "").strip():
            self.add_error("reason", _("Say why it is issued anyway."))
        return values

    @property
    def override_codes(self) -> list[str]:
        return self.cleaned_data["overrides"].split()


class ReturnForm(ScanForm):
    scan = forms.CharField(label=_("Barcode"), max_length=200, widget=forms.TextInput(attrs=SCAN))
    returned_on = forms.DateField(
        label=_("Came back on"), required=False, widget=DATE, help_text=_("For the book drop. Empty: now.")
    )


class ReturnByMemberForm(KeyedForm):
    member = forms.CharField(label=_("Member ID"), max_length=60)
    isbn = forms.CharField(label=_("ISBN Number"), max_length=60)


class RenewForm(ScanForm):
    scan = forms.CharField(label=_("Barcode"), max_length=200, widget=forms.TextInput(attrs=SCAN))
    overrides = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)
    reason = forms.CharField(label=_("Reason for renewing anyway"), required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("overrides") and not values.get("reason", "").strip():
            self.add_error("reason", _("Say why it is renewed anyway."))
        return values

    @property
    def override_codes(self) -> list[str]:
        return self.cleaned_data["overrides"].split()
