"""A scenario, pasted or in a file, to be played on a page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 100_000
SCENARIO = forms.Textarea(attrs={"rows": 22, "spellcheck": "false", "autocapitalize": "off", "class": "code"})


class RehearsalForm(forms.Form):
    scenario = forms.CharField(
        label=_("Scenario"), max_length=MOST_BYTES, required=False, widget=SCENARIO,
        help_text=_("Change it as you like, or choose a file instead."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("File"), required=False, max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
        help_text=_("A scenario in JSON, up to 100 kB."),
    )  # fmt: skip
    own_rules = forms.BooleanField(
        label=_(
            "Take what the scenario does not say from this library: rules, calendar, settings, categories, copy types"
        ),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """``text``: what is to be played, the file before the field."""
        values = super().clean() or self.cleaned_data
        file = values.get("file")
        if file and file.size > MOST_BYTES:
            self.add_error("file", ValidationError(_("This file is larger than 100 kB."), code="too_large"))
        elif not file and not values.get("scenario") and not self.errors:
            self.add_error("scenario", ValidationError(_("Write a scenario or choose a file."), code="required"))
        elif not self.errors:
            values["text"] = file.read() if file else values["scenario"]
        return values
