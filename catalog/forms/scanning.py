"""What is scanned, typed and chosen for the scan queue."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import RowField
from accounts.forms.keyed import KeyedForm
from accounts.models import Branch
from catalog.drafts import BookDraft
from catalog.forms.people import read_people
from catalog.forms.texts import Isbns, read_isbns
from catalog.models import CopyType
from catalog.normalize.text import one_line
from catalog.services.books import LIBRARIAN
from catalog.services.placing import MOST_COPIES

LARGEST_LINE = 99_999
COUNT = re.compile(r"copies-([1-9]\d{0,4})-(\d{1,4})")  # of a line, and what it said when the page was made


class ScanIsbnForm(KeyedForm):
    scan = forms.CharField(
        label=_("ISBN"), max_length=2_000,
        widget=forms.TextInput(attrs={
            "data-scan": "", "autocomplete": "off", "spellcheck": "false", "autofocus": True, "enterkeyhint": "go",
            "inputmode": "text",
        }),
        error_messages={"required": _("Scan an ISBN first.")},
    )  # fmt: skip


class PhotoForm(KeyedForm):
    photo = forms.FileField(
        label=_("Photo of barcodes"), max_length=200, allow_empty_file=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
        help_text=_("JPEG, PNG or WebP, up to 10 MB; several books may be on it."),
        error_messages={"required": _("Take or choose a photo first.")},
    )  # fmt: skip


class FastForm(KeyedForm):
    """A book that no source describes, in three fields. ``line``: of the queue, which becomes this book."""

    title = forms.CharField(label=_("Title"), max_length=500)
    author = forms.CharField(label=_("Author"), required=False, max_length=300)
    isbn = forms.CharField(label=_("ISBN"), required=False, max_length=200)
    line = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_LINE, widget=forms.HiddenInput)

    def clean_isbn(self) -> Isbns:
        return read_isbns(self.cleaned_data["isbn"], BookDraft())

    @property
    def draft(self) -> BookDraft:
        values = self.cleaned_data
        isbns = values["isbn"]
        return BookDraft(
            title=one_line(values["title"]), contributors=read_people(values["author"]), source=LIBRARIAN,
            isbns=isbns.valid, isbns_10=isbns.ten, isbns_invalid=isbns.wrong,
        )  # fmt: skip


class ChoicesForm(KeyedForm):
    """For the whole queue: where its copies go, and what becomes of books that are here already."""

    branch = RowField(Branch.objects.all(), label=_("Branch"), empty_label=None, to_field_name="code")
    copy_type = RowField(CopyType.objects.all(), label=_("Copy type"), empty_label=None, to_field_name="code")
    location = forms.CharField(label=_("Location"), required=False, max_length=80)
    if_known = forms.ChoiceField(
        label=_("Books that are here already"),
        choices=[("nothing", _("add nothing, unless I say so")), ("copy", _("add a copy, unless I say no"))],
    )

    @property
    def options(self) -> dict[str, Any]:
        """As an import keeps them."""
        values = self.cleaned_data
        return {
            "branch": values["branch"].code, "copy_type": values["copy_type"].code, "if_known": values["if_known"],
            "location": one_line(values["location"], 80),
        }  # fmt: skip


class LinesForm(KeyedForm):
    """What a button says of a line (``do``: its number and a word), or how many copies of each line are wanted."""

    do = forms.RegexField(r"^(copies|[1-9]\d{0,4}:(copy|new|skip|auto|remove|again))\Z", max_length=20)

    @property
    def line(self) -> int:
        """0 for the numbers of copies."""
        number, colon, _word = self.cleaned_data["do"].partition(":")
        return int(number) if colon else 0

    @property
    def word(self) -> str:
        return self.cleaned_data["do"].partition(":")[2]

    def counts(self) -> dict[int, int]:
        """The numbers of copies that were changed on the page; what is no number counts as one too many to take."""
        changed = {}
        for name, value in self.data.items():
            if (found := COUNT.fullmatch(name)) and value.strip() != found[2]:
                changed[int(found[1])] = int(value) if re.fullmatch(r"[0-9]{1,4}", value.strip()) else MOST_COPIES + 1
        return changed
