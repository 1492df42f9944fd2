"""Merging: which two, which one stays, and whose words it gets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.keyed import KeyedForm
from catalog.forms.books import FIELD_LABELS
from catalog.models import Author, Book, RecordKind, Subject
from catalog.services.comparing import Beside

BOTH = "both"
LARGEST_KEY = 2**63 - 1
KINDS = [("books", _("Books")), ("authors", _("Authors")), ("subjects", pgettext_lazy("of a book", "Subjects"))]


def _key() -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY, widget=forms.HiddenInput)


class WhichTwoForm(forms.Form):
    """The two that are compared, or the words by which the missing one is looked for."""

    one, other = _key(), _key()
    q = forms.CharField(label=_("Search"), required=False, max_length=200, widget=forms.TextInput({"type": "search"}))


class NotTheSameForm(KeyedForm):
    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in RecordKind])
    one = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)
    other = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)


class MergeForm(KeyedForm):
    """Which of two records stays."""

    keep = forms.ChoiceField(label=_("Which one stays"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, one: Book | Author | Subject, other: Book | Author | Subject, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.by_key = {str(one.pk): one, str(other.pk): other}
        self.fields["keep"].choices = [(key, str(record)) for key, record in self.by_key.items()]

    @property
    def kept_and_gone(self) -> tuple[Any, Any]:
        """The one that stays, and the one that becomes part of it."""
        kept = self.cleaned_data["keep"]
        return self.by_key[kept], next(record for key, record in self.by_key.items() if key != kept)


class MergeBooksForm(MergeForm):
    """Which book stays, and field by field whose words it gets. ``seen``: the versions that were compared."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, one: Book, other: Book, rows: list[Beside], **kw: Any) -> None:
        super().__init__(*args, one=one, other=other, **kw)
        self.rows = rows
        keys = [str(one.pk), str(other.pk)]
        for row in self.asked:
            choices = [(keys[0], _("this")), (keys[1], _("this"))] + [(BOTH, _("both"))] * row.can_be_united
            self.fields[f"of_{row.name}"] = forms.ChoiceField(
                label=FIELD_LABELS[row.name], choices=choices, widget=forms.RadioSelect,
                initial=self._proposed(row, keys, str(self.initial.get("keep", keys[0]))),
            )  # fmt: skip

    @property
    def asked(self) -> list[Beside]:
        """The fields in which one has to be chosen; numbers are kept all."""
        return [row for row in self.rows if row.differs and row.name != "identifiers"]

    @property
    def shown(self) -> list[tuple[str, Beside, forms.BoundField | None]]:
        """Each field's label, what both say, and the choice where there is one."""
        asked = {row.name for row in self.asked}
        return [
            (FIELD_LABELS[row.name], row, self[f"of_{row.name}"] if row.name in asked else None) for row in self.rows
        ]

    @property
    def take(self) -> dict[str, int]:
        """For the service: the fields whose words are those of the book that goes, and its key."""
        _kept, gone = self.kept_and_gone
        return {row.name: gone.pk for row in self.asked if self.cleaned_data[f"of_{row.name}"] == str(gone.pk)}

    @property
    def both(self) -> list[str]:
        """The fields that get what both say."""
        return [row.name for row in self.asked if self.cleaned_data[f"of_{row.name}"] == BOTH]

    @staticmethod
    def _proposed(row: Beside, keys: list[str], keep: str) -> str:
        """What the one that stays says; what the other says where it says nothing; the subjects of both."""
        if row.name == "subjects" and row.can_be_united:
            return BOTH
        says = dict(zip(keys, (row.one, row.other), strict=True))
        return keep if says[keep] else next(key for key in keys if key != keep)
