"""Many copies changed together: which, what of them, and what stays as it is."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.fields import MoneyField, RowField
from accounts.forms.keyed import KeyedForm
from accounts.forms.members import DATE
from accounts.models import Branch
from accounts.models.days import REAL_DAYS
from accounts.scans import readings
from catalog.models import Copy, CopyType

LEAVE = gettext_lazy("as it is")
AT_ONCE = 400
LONGEST_LIST = 100_000
SHOWN_CODES = 10
MARKS = [
    ("", LEAVE), ("withdraw", gettext_lazy("withdrawn")), ("unwithdraw", gettext_lazy("not withdrawn any more")),
    ("damage", gettext_lazy("damaged")), ("repair", gettext_lazy("not damaged any more")),
]  # fmt: skip
EMPTIED = {"location": "", "call_number": "", "price_minor": None}
EMPTY = [
    ("location", gettext_lazy("Location")), ("call_number", gettext_lazy("Call number")),
    ("price_minor", gettext_lazy("Price")),
]  # fmt: skip


class ChangeCopiesForm(KeyedForm):
    """``copies``: the keys of those that were chosen before, divided by commas. ``seen``: the plan that was shown."""

    copies = forms.CharField(required=False, max_length=LONGEST_LIST, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    barcodes = forms.CharField(
        label=gettext_lazy("Barcodes, one a line"), required=False, max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("Scan or paste them; they are added to those chosen already."),
    )  # fmt: skip
    home_branch = RowField(Branch.objects.all(), label=gettext_lazy("Branch"), required=False, empty_label=LEAVE)
    copy_type = RowField(CopyType.objects.all(), label=gettext_lazy("Copy type"), required=False, empty_label=LEAVE)
    location = forms.CharField(label=gettext_lazy("Location"), required=False, max_length=80)
    call_number = forms.CharField(label=gettext_lazy("Call number"), required=False, max_length=60)
    condition = forms.ChoiceField(
        label=gettext_lazy("Condition"), required=False, choices=[("", LEAVE), *Copy.Condition.choices]
    )
    acquired_on = forms.DateField(label=gettext_lazy("Acquired on"), required=False, widget=DATE, validators=REAL_DAYS)
    mark = forms.ChoiceField(label=gettext_lazy("Mark as"), required=False, choices=MARKS)
    empty = forms.MultipleChoiceField(
        label=gettext_lazy("Make empty"), required=False, choices=EMPTY, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=300)
    marks_optional = False

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price_minor"] = MoneyField(label=_("Price"), currency=currency, required=False)
        last = ["mark", "reason", "empty"]
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def clean_copies(self) -> list[int]:
        parts = [part for part in self.cleaned_data["copies"].split(",") if part]
        if any(not part.isdecimal() or len(part) > 18 for part in parts):
            raise ValidationError(_("These copies cannot be read. Choose them again."))
        return [int(part) for part in parts]

    def clean_barcodes(self) -> list[int]:
        """The keys of the copies that have them."""
        lines = dict.fromkeys(filter(None, map(str.strip, self.cleaned_data["barcodes"].splitlines())))
        meant = {line: readings(line) for line in lines}
        known = _keys_by_code([code for codes in meant.values() for code in codes])
        found = {line: next((known[code] for code in codes if code in known), None) for line, codes in meant.items()}
        if unknown := [line[:40] for line, key in found.items() if key is None]:
            listed = ", ".join(unknown[:SHOWN_CODES]) + (" …" if len(unknown) > SHOWN_CODES else "")
            raise ValidationError(_("No copy has these barcodes: %(codes)s") % {"codes": listed})
        return [key for key in found.values() if key]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for name in values.get("empty", ()):
            if values.get(name):
                self.add_error(name, _("Give a new value or make it empty, not both."))
        if not self.errors and self.is_asked and not self.changes and not values["mark"]:
            self.add_error(None, _("Nothing is to change yet: say what."))
        return values

    @property
    def is_asked(self) -> bool:
        """Whether the person wants to see or do the change, not only to choose more copies."""
        return "preview" in self.data or "apply" in self.data

    @property
    def chosen(self) -> list[int]:
        """The keys of all copies that are meant."""
        return sorted({*self.cleaned_data.get("copies", ()), *self.cleaned_data.get("barcodes", ())})

    @property
    def changes(self) -> dict[str, Any]:
        """What is to change of each copy, by name of field."""
        names = ("home_branch", "copy_type", "location", "call_number", "price_minor", "condition", "acquired_on")
        said = {name: self.cleaned_data.get(name) for name in names}
        wanted = {name: value for name, value in said.items() if value not in (None, "")}
        return wanted | {name: EMPTIED[name] for name in self.cleaned_data.get("empty", ())}


def _keys_by_code(codes: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(codes), AT_ONCE):
        found |= dict(Copy.objects.filter(barcode__in=codes[start : start + AT_ONCE]).values_list("barcode", "pk"))
    return found
