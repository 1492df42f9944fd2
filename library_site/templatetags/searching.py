"""Parts of the search page. Dozens of links and options: drawn here they take a quarter of the time of templates."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.forms import BoundField, ChoiceField
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from catalog.views.facets import Value
from library_site.templatetags.library import figure

register = template.Library()


@register.simple_tag
def facet_values(values: Iterable[Value]) -> SafeString:
    """The values of one facet as list items, each a link where it can be chosen, with how many books have it."""
    about = gettext("about %(number)s")
    return mark_safe("".join(f"<li>{_named(each)}{_counted(each, about)}</li>" for each in values))  # noqa: S308 - each was escaped


@register.simple_tag
def choice(field: BoundField) -> SafeString:
    """A list to choose from, with its label; one that is wrong is drawn by the form itself, with what is wrong."""
    if field.errors:
        return field.as_field_group()
    chosen = str(field.value() or "")
    choices: Any = field.field.choices if isinstance(field.field, ChoiceField) else ()
    options = (
        f'<option value="{escape(str(value))}"{" selected" if str(value) == chosen else ""}>'
        f"{escape(str(name))}</option>"
        for value, name in choices
    )
    return format_html(
        '<div class="field"><label for="{0}">{1}</label><select name="{2}" id="{0}">{3}</select></div>',
        field.id_for_label, field.label, field.html_name, mark_safe("".join(options)),  # noqa: S308 - each was escaped
    )  # fmt: skip


@register.simple_tag
def short_input(field: BoundField) -> SafeString:
    """A line to type in, with its label; one that is wrong is drawn by the form itself, with what is wrong."""
    if field.errors:
        return field.as_field_group()
    attributes = "".join(f' {name}="{escape(str(value))}"' for name, value in field.field.widget.attrs.items())
    return format_html(
        '<div class="field"><label for="{0}">{1}</label><input type="text" name="{2}" id="{0}" value="{3}"{4}></div>',
        field.id_for_label, field.label, field.html_name, field.value() or "", mark_safe(attributes),  # noqa: S308 - escaped
    )  # fmt: skip


def _named(value: Value) -> str:
    name = escape(str(value.name))
    if not value.address:
        return f"<span>{name}</span>"
    return f'<a href="{escape(value.address)}" rel="nofollow">{name}</a>'


def _counted(value: Value, about: str) -> str:
    if not value.count:
        return ""
    number = figure(value.count)
    return f' <span class="muted small">{about % {"number": number} if value.about else number}</span>'
