"""Choice boxes are drawn by a template of our own: the same box as Django's, only sooner."""

from typing import Any

import pytest
from django.forms import NullBooleanSelect, Select, SelectMultiple, Widget
from django.forms.renderers import DjangoTemplates

from library_site.renderers import LibraryFormRenderer

CHOICES = [("", "---"), (1, "<One> & 'more'"), ("Group <b>", [("a", "A"), ("b&", "B")]), (None, "None"), (2.5, "2")]


class WithAttributes(Select):
    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["attrs"] |= {"disabled": option["index"] == "1", "data-x": '"<', "data-y": None, "data-z": 1_000}
        return option


@pytest.mark.parametrize(("widget", "value"), [
    (Select(choices=CHOICES), 1), (Select(choices=CHOICES), None), (Select(choices=[]), "a"),
    (NullBooleanSelect(), True), (SelectMultiple(choices=CHOICES), ["a", "b&"]), (WithAttributes(choices=CHOICES), "a"),
])  # fmt: skip
def test_choice_box_is_the_one_django_draws(widget: Widget, value: Any) -> None:
    attributes = {"id": "id_x", "required": True, "aria-invalid": False}
    ours = widget.render("x<", value, attributes, LibraryFormRenderer())
    djangos = widget.render("x<", value, attributes, DjangoTemplates())
    assert lines(ours) == lines(djangos)


def lines(html: str) -> list[str]:
    return [line for line in html.splitlines() if line]
