"""What every table of the admin site has in common: changes are recorded, nothing is deleted by a stray click."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.admin import ModelAdmin
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.text import capfirst

from accounts.forms.fields import MoneyField
from accounts.models import Action, LibrarySettings
from accounts.services.actions import as_json, describe, leave_out, recorded

from .figures import column_of


@recorded("save_in_admin")
def save_row(
    action: Action, row: models.Model, *, before: dict, after: dict, by: Any, now: Any, fields: list[str] | None = None
) -> models.Model:
    """Save ``row`` as edited in the admin site; of a row that was there only ``fields``, the rest may have moved on."""
    row.save(update_fields=fields)
    describe(action, row, before=before, after=after)
    if not before and not after:
        leave_out(action)
    return row


@recorded("remove_in_admin")
def remove_row(action: Action, row: models.Model, *, by: Any, now: Any) -> None:
    """Remove ``row``; what it said stays in the record."""
    before = {field.name: as_json(getattr(row, field.attname)) for field in row._meta.concrete_fields}
    describe(action, row, before=before)
    row.delete()


class RecordedAdmin(ModelAdmin):
    """A table that may be edited. Every change is written down as an Action."""

    list_per_page = 50
    show_full_result_count = False
    no_value_words: dict[str, Any] = {}  # column -> what -1 means in it

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **options: Any) -> Any:
        """Amounts are shown and typed as money, not as minor units."""
        if db_field.name.endswith("_minor"):
            return MoneyField(
                label=capfirst(db_field.verbose_name), currency=LibrarySettings.current().currency,
                required=not db_field.null, help_text=db_field.help_text,
            )  # fmt: skip
        return super().formfield_for_dbfield(db_field, request, **options)

    def get_list_display(self, request: HttpRequest) -> list:
        columns = self._columns()
        return [columns.get(name, name) for name in super().get_list_display(request)]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list:
        """By their names, so that no form asks for them, and as they are shown."""
        names = list(super().get_readonly_fields(request, obj))
        columns = self._columns()
        return [*names, *(columns[name] for name in names if name in columns)]

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> list:
        """What is only looked at is shown as people read it."""
        columns = self._columns()
        if obj is None or self.has_change_permission(request, obj):
            only_shown = self.get_readonly_fields(request, obj)
            columns = {name: column for name, column in columns.items() if column in only_shown}
        groups = super().get_fieldsets(request, obj)
        return [(title, {**how, "fields": _with_columns(how["fields"], columns)}) for title, how in groups]

    def _columns(self) -> dict[str, Callable]:
        """The columns that hold something else than people read, as they are shown."""
        special = self.no_value_words
        fields = [f for f in self.opts.concrete_fields if f.name.endswith("_minor") or f.name in special]
        currency = LibrarySettings.current().currency if fields else ""
        return {field.name: column_of(field, currency, special.get(field.name)) for field in fields}

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm, change: bool) -> None:
        old = type(obj)._default_manager.get(pk=obj.pk) if change else type(obj)()
        differing = [(field, was, now) for field, was, now in _values(old, form) if was != now]
        save_row(
            obj, by=request.user,
            before={field.name: was for field, was, _now in differing} if change else {},
            after={field.name: now for field, _was, now in differing},
            fields=[field.name for field, _was, _now in differing if not field.many_to_many] if change else None,
        )  # fmt: skip

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        remove_row(obj, by=request.user)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def _with_columns(fields: Any, columns: dict[str, Callable]) -> list:
    """``fields`` with those of ``columns`` in the place of their names; fields side by side stay so."""
    named = [field for field in fields if field not in columns.values()]
    return [
        tuple(_with_columns(field, columns)) if isinstance(field, list | tuple) else columns.get(field, field)
        for field in named
    ]


def _values(old: models.Model, form: ModelForm) -> Iterator[tuple[models.Field, Any, Any]]:
    """Every field of the table that ``form`` asks for, with its old and its new value as the record keeps them."""
    fields = {field.name: field for field in [*old._meta.concrete_fields, *old._meta.many_to_many]}
    for name, value in form.cleaned_data.items():
        field = fields.get(name)
        if field is not None and field.many_to_many:
            was = getattr(old, name).all() if old.pk else []
            yield field, sorted(map(str, was)), sorted(map(str, value))
        elif field is not None:
            yield field, as_json(getattr(old, field.attname)), as_json(getattr(form.instance, field.attname))


class ReadOnlyAdmin(RecordedAdmin):
    """A table that only services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
