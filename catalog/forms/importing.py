"""Searching Open Library, saving a record, pasting a list."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.keyed import KeyedForm

RECORD = r"^(OL[1-9]\d{0,11}[MW]|[0-9Xx -]{9,40})\Z"


class ImportSearchForm(forms.Form):
    q = forms.CharField(
        label=_("ISBN, title or author"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"data-scan": "", "autocomplete": "off", "autofocus": True, "type": "search"}),
    )  # fmt: skip

    def give_up_focus(self) -> None:
        """Something else on the page is what Enter is for now."""
        for attribute in ("data-scan", "autofocus"):
            self.fields["q"].widget.attrs.pop(attribute, None)


class RefreshForm(KeyedForm):
    """``seen``: the version of the book that was compared."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class SaveForm(KeyedForm):
    """``q``: the search on whose page the button stood, to go back to."""

    record = forms.RegexField(RECORD, widget=forms.HiddenInput, max_length=40)
    add_copy = forms.BooleanField(widget=forms.HiddenInput, required=False)
    decision = forms.ChoiceField(
        widget=forms.HiddenInput, required=False, choices=[("", ""), ("new", "new"), ("copy", "copy")]
    )
    q = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)


class PasteForm(KeyedForm):
    lines = forms.CharField(
        label=_("ISBNs, one a line"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        error_messages={"required": _("Paste at least one ISBN.")},
    )
    add_copies = forms.BooleanField(label=_("Add a copy where a book is here already"), required=False)
