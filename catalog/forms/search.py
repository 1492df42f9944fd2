"""The search boxes: all that the address of a search may say, and what of it is meant."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.drafts import FORMATS
from catalog.normalize.text import one_line
from catalog.search import marks
from catalog.search.asking import LONGEST_TEXT
from catalog.search.filters import Filters
from catalog.search.marks import Facet

WRONG_WORDS = {
    "max_length": _("Type at most %(limit_value)d characters; these are %(show_value)d."),
    "null_characters_not_allowed": _("There is a character in it that means nothing (a null). Type the words anew."),
}
FIELDS = [
    ("all", _("Everything")), ("title", _("Title")), ("author", _("Author")),
    ("subject", pgettext_lazy("of a book", "Subject")), ("isbn", _("ISBN")), ("publisher", _("Publisher")),
    ("callnumber", _("Call number")),
]  # fmt: skip
SORTS = [
    ("relevance", _("Relevance")), ("newest", _("Newly added")), ("title", _("Title")), ("author", _("Author")),
    ("year", _("Year")), ("popularity", _("Most borrowed")),
]  # fmt: skip
# Parameters whose names are no names in Python, or none of their own.
PARAMETERS = {"since": "from", "until": "to"}
FACETS = {
    "author": marks.AUTHOR, "subject": marks.SUBJECT, "language": marks.LANGUAGE, "format": marks.FORMAT,
    "branch": marks.BRANCH, "location": marks.LOCATION,
}  # fmt: skip
MOST_KEYS = 8  # authors or subjects at once
LARGEST_KEY = 2**63 - 1
LARGEST_PAGE = 10**9
LEFT_OUT = _("“%(name)s=%(value)s” in the address means nothing here and was left out.")


def one_of(values: list[str]) -> Callable[[str], str]:
    """Takes one of ``values``."""

    def read(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    return read


def fitting(pattern: str) -> Callable[[str], str]:
    """Takes what fits ``pattern`` from end to end."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return read


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Takes a whole number in these bounds."""

    def read(text: str) -> int:
        number = int(text) if text.isdecimal() and len(text) <= len(str(most)) else -1
        if not least <= number <= most:
            raise ValueError(text)
        return number

    return read


class ParameterField(forms.Field):
    """A parameter that links of ours set. One that means nothing is left out, and the page says so."""

    widget = forms.HiddenInput
    sentence = LEFT_OUT

    def __init__(self, read: Callable[[str], Any], *, name: str, **options: Any) -> None:
        super().__init__(required=False, **{"label": name, **options})
        self.read, self.name = read, name

    def clean(self, value: Any) -> Any:
        text = str(value or "").strip()
        return self.read_or_refuse(text) if text else None

    def read_or_refuse(self, text: str) -> Any:
        try:
            return self.read(text)
        except ValueError as error:
            raise ValidationError(self.sentence, "unknown", {"name": self.name, "value": one_line(text, 40)}) from error


class YearField(ParameterField):
    """A year, which people type. One that is none stays in its field, beside the sentence that says so."""

    widget: Any = forms.TextInput(attrs={"inputmode": "numeric", "size": 4, "autocomplete": "off"})
    sentence = _("Type a year in digits, such as 1987. This one was left out.")

    def __init__(self, **options: Any) -> None:
        super().__init__(whole_number(marks.FIRST_YEAR, marks.LAST_YEAR), **options)


class RepeatedField(ParameterField):
    """A parameter that may stand there several times; its values, each once."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[Any]:
        texts = dict.fromkeys(str(each).strip() for each in value or [])
        if len(texts) > MOST_KEYS:
            sentence = _("“%(name)s” may stand in the address %(most)d times at most; it was left out.")
            raise ValidationError(sentence, "too_many", {"name": self.name, "most": MOST_KEYS})
        return [self.read_or_refuse(text) for text in texts if text]


KEY = whole_number(1, LARGEST_KEY)


class SearchBox(forms.Form):
    """What every search has: the words, where to look for them, the order, the page."""

    q = forms.CharField(
        label=_("Search the catalogue"), required=False, max_length=LONGEST_TEXT, error_messages=WRONG_WORDS
    )
    field = forms.ChoiceField(
        label=_("Search in"), required=False, choices=FIELDS,
        error_messages={"invalid_choice": _("“field=%(value)s” in the address means nothing here and was left out.")},
    )  # fmt: skip
    sort = ParameterField(one_of([key for key, _label in SORTS]), name="sort")
    after = ParameterField(fitting(r"[0-9]{1,18}(-[0-9]{1,18}-[0-9]{1,18})?"), name="after")

    def add_prefix(self, field_name: str) -> str:
        return PARAMETERS.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        if "field" in self.errors:  # nobody types it: said once, and not beside the choice
            self.add_error(None, self.errors.pop("field").as_data())
        return super().clean() or self.cleaned_data

    @property
    def is_askable(self) -> bool:
        """Whether the words can be looked for; whatever else is wrong is left out."""
        return "q" not in self.errors

    @property
    def text(self) -> str:
        return self.cleaned_data.get("q", "")

    @property
    def search_field(self) -> str:
        return self.cleaned_data.get("field") or "all"

    @property
    def order(self) -> str:
        """The order of SORTS that is wanted; without words relevance means nothing."""
        wanted = self.cleaned_data.get("sort") or "relevance"
        return "title" if wanted == "relevance" and not self.text else wanted

    @property
    def after_place(self) -> str:
        return self.cleaned_data.get("after") or ""

    @property
    def page(self) -> int:
        """The number of the page that is wanted, the first where that makes no sense."""
        text = self.data.get("page", "")
        if not text.isdecimal():
            return 1
        return max(1, int(text)) if len(text) < len(str(LARGEST_PAGE)) else LARGEST_PAGE

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """What the address says and is understood, but for the page."""
        said = {"q": self.text, "field": self.search_field, "sort": self.cleaned_data.get("sort")}
        return [(name, value) for name, value in said.items() if value and value not in ("all", "relevance")]

    def filters(self, *, shows_hidden: bool = False) -> Filters:
        return Filters(shows_hidden=shows_hidden)


class SearchForm(SearchBox):
    """The search of the catalogue, which facets narrow down."""

    author = RepeatedField(KEY, name="author")
    subject = RepeatedField(KEY, name="subject")
    language = ParameterField(fitting("[a-z]{3}"), name="language")
    format = ParameterField(one_of([key for key, _label in FORMATS]), name="format")
    branch = ParameterField(KEY, name="branch")
    location = ParameterField(fitting(r"[^\0]{1,80}"), name="location")
    since = YearField(name="from", label=_("From"))
    until = YearField(name="to", label=_("To"))
    available = ParameterField(one_of(["0", "1"]), name="available")

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        since, until = values.get("since"), values.get("until")
        if since is not None and until is not None and since > until:
            self.add_error("since", _("This year lies after the other one. Both were left out."))
            values.pop("until", None)
        return values

    @property
    def has_year_errors(self) -> bool:
        return "since" in self.errors or "until" in self.errors

    @property
    def parameters(self) -> list[tuple[str, str]]:
        said = [(name, facet.value) for name, facet in self._facets()]
        for name in ("since", "until"):
            if self.cleaned_data.get(name) is not None:
                said.append((self.add_prefix(name), str(self.cleaned_data[name])))
        return [*super().parameters, *said, *([("available", "1")] if self._is_available else [])]

    def filters(self, *, shows_hidden: bool = False) -> Filters:
        values = self.cleaned_data
        return Filters(
            facets=tuple(facet for _name, facet in self._facets()), since=values.get("since"),
            until=values.get("until"), is_available=self._is_available, shows_hidden=shows_hidden,
        )  # fmt: skip

    @property
    def _is_available(self) -> bool:
        return self.cleaned_data.get("available") == "1"

    def _facets(self) -> list[tuple[str, Facet]]:
        found = []
        for name, letter in FACETS.items():
            value = self.cleaned_data.get(name) or []
            values = value if isinstance(value, list) else [value]
            found += [(name, Facet(letter, str(each))) for each in values]
        return found


class DeskSearchForm(SearchBox):
    q = forms.CharField(
        label=_("ISBN, barcode or words"), required=False, max_length=LONGEST_TEXT, error_messages=WRONG_WORDS
    )
