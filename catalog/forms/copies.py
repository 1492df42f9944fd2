"""Copies: adding, editing, labels, covers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import CodeField, MoneyField, RowField
from accounts.forms.keyed import KeyedForm
from accounts.forms.members import DATE
from accounts.models import Branch
from accounts.sheets.formats import SHEETS
from catalog.models import Copy, CopyType, ImportBatch
from catalog.queries import copies_of
from catalog.services.copies import version_of

MOST_AT_ONCE = 100
LONGEST_KEY = 18  # digits; SQLite cannot look for more


class AddCopiesForm(KeyedForm):
    count = forms.IntegerField(label=_("Copies"), initial=1, min_value=1, max_value=MOST_AT_ONCE)
    barcode = CodeField(
        label=_("Barcode"), required=False, help_text=_("Only for a single copy that has one. Else they are made.")
    )
    copy_type = RowField(CopyType.objects.all(), label=_("Copy type"), empty_label=None)
    branch = RowField(Branch.objects.all(), label=_("Branch"), empty_label=None)
    location = forms.CharField(label=_("Location"), required=False, max_length=80)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("barcode") and values.get("count", 1) != 1:
            self.add_error("barcode", _("A barcode is for one copy. Add the others without."))
        return values


class EditCopyForm(KeyedForm, forms.ModelForm):
    """``seen``: the version of the copy that is edited."""

    barcode = CodeField(label=_("Barcode"))
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    class Meta:
        model = Copy
        fields = ["barcode", "copy_type", "home_branch", "location", "call_number", "condition", "acquired_on", "note"]
        widgets = {"acquired_on": DATE, "note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price_minor"] = MoneyField(label=_("Price"), currency=currency, required=False)
        self.initial |= {"price_minor": self.instance.price_minor, "seen": version_of(self.instance)}

    def show_once_more(self, message: str, now: Copy) -> None:
        """Ask whether what was filled in is right although the copy is another by ``now``, and say in what."""
        current = EditCopyForm(instance=now, currency=self.fields["price_minor"].currency)
        self.data = self.data.copy()
        self.data["seen"] = current.initial["seen"]
        self.add_error(None, message)
        for name, field in self.fields.items():
            if name not in ("key", "seen") and field.has_changed(current[name].value(), self[name].data):
                self.add_error(name, _("It says now: %(value)s") % {"value": _shown(current[name])})


def _shown(field: forms.BoundField) -> str:
    """What people see in ``field``."""
    value = field.value()
    chosen = [label for key, label in getattr(field.field, "choices", ()) if str(key) == str(value)]
    return str(chosen[0] if chosen else localize(value)) if value not in (None, "") else "—"


class MarkForm(KeyedForm):
    """Marks that cost nobody anything; what is lost or found is told where its price is shown before."""

    state = forms.ChoiceField(label=_("Mark as"), choices=[("withdrawn", _("withdrawn")), ("damaged", _("damaged"))])
    clear = forms.BooleanField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=300)


class CopiesField(forms.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        if too_long := [key for key in value or () if len(key) > LONGEST_KEY]:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": too_long[0][:20]})
        return super().clean(value)


class LabelsForm(forms.Form):
    """Labels for the ticked ``copies`` or for all that the import ``batch`` has made."""

    sheet = forms.ChoiceField(label=_("Sheet"), choices=[(key, sheet.name) for key, sheet in SHEETS.items()])
    skip = forms.IntegerField(
        label=_("Labels used already"), initial=0, min_value=0, max_value=200, help_text=_("On the first sheet.")
    )
    copies = CopiesField(
        Copy.objects.select_related("book").order_by("pk"), required=False, widget=forms.MultipleHiddenInput
    )
    batch = forms.ModelChoiceField(ImportBatch.objects.all(), required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("batch"):
            values["copies"] = copies_of(values["batch"])
        if "copies" in values and not values["copies"]:
            self.add_error(None, _("Tick at least one copy."))
        return values


class CoverForm(KeyedForm):
    picture = forms.FileField(
        label=_("Cover picture"), max_length=200, allow_empty_file=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/gif,image/webp"}),
        help_text=_("JPEG, PNG, GIF or WebP, up to 10 MB."),
    )  # fmt: skip
