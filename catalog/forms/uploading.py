"""Bringing in a file: the file and what is to be made of it, the columns of a table, words about doubtful lines."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.keyed import KeyedForm
from accounts.models import Branch
from catalog.models import CopyType, ImportRow
from catalog.tables.columns import Spec

DECISIONS = [
    ("", _("ask later")), (ImportRow.Decision.COPY, _("the same book")), (ImportRow.Decision.NEW, _("a new book")),
    (ImportRow.Decision.SKIP, _("leave it out")),
]  # fmt: skip


class OptionsForm(KeyedForm):
    """How the lines of an import will be brought in."""

    if_known = forms.ChoiceField(
        label=_("Books that are here already"),
        choices=[("nothing", _("change nothing")), ("copy", _("add the copies of the file"))],
    )
    make_copies = forms.IntegerField(
        label=_("Copies of a new book that brings none"), min_value=0, max_value=100, initial=1
    )
    branch = forms.ChoiceField(label=_("Branch of copies that name none"))
    copy_type = forms.ChoiceField(label=_("Type of copies that name none"))
    members = forms.ChoiceField(
        label=_("Members who are here already"),
        choices=[("nothing", _("change nothing")), ("update", _("take over what the file says"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model in (("branch", Branch), ("copy_type", CopyType)):  # asked once, however often they are shown
            self.fields[name].choices = list(model.objects.order_by("pk").values_list("code", "name"))

    @property
    def options(self) -> dict[str, Any]:
        """What an import keeps of it."""
        names = ("if_known", "make_copies", "members", "branch", "copy_type")
        return {name: self.cleaned_data[name] for name in names}


class UploadForm(OptionsForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, MARC, MARCXML, JSON lines or one ISBN a line, up to 50 MB; .gz and .zip too."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
        allow_empty_file=True,
    )
    field_order = ("file",)


class ColumnsForm(KeyedForm):
    """What the columns of a table are: a choice of fields for each of its ``names``."""

    what = forms.CharField(widget=forms.HiddenInput, required=False, max_length=6)

    def __init__(self, *args: Any, spec: Spec, names: Sequence[str], columns: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec, self.names = spec, names
        self.fields["what"].initial = spec.what
        choices = [("", _("leave out")), *((column.field, column.label) for column in spec.columns)]
        for n, name in enumerate(names):
            self.fields[f"column-{n}"] = forms.ChoiceField(
                label=name, choices=choices, required=False, initial=columns.get(name, "")
            )

    @property
    def columns(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"column-{n}"] for n, name in enumerate(self.names)}

    @property
    def column_fields(self) -> list[Any]:
        return [self[f"column-{n}"] for n in range(len(self.names))]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        lacks = self.spec.lacks({name: values.get(f"column-{n}", "") for n, name in enumerate(self.names)})
        for column in lacks:
            self.add_error(None, _("Say which column is: %(name)s.") % {"name": column.label})
        return values


class DecideAllForm(forms.Form):
    decision = forms.ChoiceField(label=_("All doubtful lines"), choices=DECISIONS, required=False)
