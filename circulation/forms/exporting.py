"""What is taken out, and in which form."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.keyed import KeyedForm

BOOKS = ("books", _("Books and copies"))
PEOPLE = [("members", _("Members")), ("loans", _("What is on loan now")), ("all", _("All of this"))]
KINDS = [
    ("csv", _("Tables for a spreadsheet (CSV)")), ("jsonl", _("JSON lines")), ("marc", _("MARC 21")),
    ("marcxml", _("MARCXML")),
]  # fmt: skip


class ExportForm(KeyedForm):
    what = forms.ChoiceField(label=_("What"), choices=[BOOKS, *PEOPLE], initial="books", widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("As"), choices=KINDS, initial="csv", widget=forms.RadioSelect)

    def __init__(self, *args, may_take_people: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not may_take_people:
            self.fields["what"].choices = [BOOKS]
