"""What is scanned and typed at the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.keyed import KeyedForm
from accounts.forms.members import DATE
from accounts.models.days import REAL_DAYS
from circulation.models.days import refuse_far_days

SCAN = {
    "data-scan": "", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "autofocus": True,
    "enterkeyhint": "go",
}  # fmt: skip


class ScanForm(KeyedForm):
    scan = forms.CharField(label=_("Scan or type"), max_length=200, widget=forms.TextInput(attrs=SCAN))
    marks_optional = False

    def empty_box(self) -> None:
        """Make room for the next scan, once this one was understood: the page says what it was."""
        if self.is_bound and "scan" not in self.errors:
            self.data = self.data.copy()
            self.data["scan"] = ""


class OverridingForm(ScanForm):
    """A scan that may be sent again to set reasons aside, each kind with its own words for why."""

    overrides = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)
    reason_missing = _("Say why it is done anyway.")

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("overrides") and not values.get("reason", "").strip() and "reason" not in self.errors:
            self.add_error("reason", self.reason_missing)
        return values

    def may_be_tried(self) -> bool:
        """Whether the form is right, or lacks no more than its reason: then the refusal is shown again with it."""
        return self.is_valid() or set(self.errors) == {"reason"}

    @property
    def override_codes(self) -> list[str]:
        return self.cleaned_data["overrides"].split()

    @property
    def reason(self) -> str:
        return self.cleaned_data.get("reason", "")


def reason_field(label: Any) -> forms.CharField:
    """Asked for where it is needed: then the browser insists on it."""
    return forms.CharField(
        label=label, required=False, max_length=300, widget=forms.TextInput(attrs={"required": True})
    )


class IssueForm(OverridingForm):
    scan = forms.CharField(label=_("Card, name, barcode or ISBN"), max_length=200, widget=forms.TextInput(attrs=SCAN))
    member = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)
    read_as = forms.ChoiceField(
        widget=forms.HiddenInput, required=False, choices=[("", ""), ("card", "card"), ("copy", "copy")]
    )
    due_on = forms.DateField(
        label=_("Due date by hand"), required=False, widget=DATE, validators=[refuse_far_days],
        help_text=_("For every scan, until it is emptied or the tick is taken away."),
    )  # fmt: skip
    reason = reason_field(_("Reason for issuing anyway"))
    reason_missing = _("Say why it is issued anyway.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and "had_due_on" in self.data and "keep_due_on" not in self.data:
            self.data = self.data.copy()
            self.data["due_on"] = ""


class ReturnForm(ScanForm):
    scan = forms.CharField(label=_("Barcode"), max_length=200, widget=forms.TextInput(attrs=SCAN))
    returned_on = forms.DateField(
        label=_("Came back on"), required=False, widget=DATE, validators=REAL_DAYS,
        help_text=_("For the book drop. Empty: now."),
    )  # fmt: skip


class ReturnByMemberForm(KeyedForm):
    member = forms.CharField(label=_("Member ID"), max_length=60)
    isbn = forms.CharField(label=_("ISBN Number"), max_length=60)


class RenewForm(OverridingForm):
    scan = forms.CharField(label=_("Barcode"), max_length=200, widget=forms.TextInput(attrs=SCAN))
    reason = reason_field(_("Reason for renewing anyway"))
    reason_missing = _("Say why it is renewed anyway.")
