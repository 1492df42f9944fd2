"""Cataloguing by hand: the forms, and the draft they make."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import MoneyField, RowField
from accounts.forms.keyed import KeyedForm
from catalog.drafts import FORMATS, BookDraft
from catalog.forms.people import people_as_lines, read_people
from catalog.forms.texts import Isbns, LongText, languages, read_isbns
from catalog.models import CopyType
from catalog.normalize.text import many_lines, one_line
from catalog.services.books import draft_of, version_of
from catalog.services.importing import Match

MOST_STOCK = 500
LINES = forms.Textarea(attrs={"rows": 3})
ONE_LINE_FIELDS = ("title", "subtitle", "publisher", "place", "edition", "language", "format", "series", "call_number")


class BookForm(KeyedForm):
    """A book's description, beginning with what ``base`` says. Title and people are all that a book needs."""

    isbn = LongText(
        label=_("ISBN"), required=False, max_length=4_000, widget=forms.TextInput,
        help_text=_("In any form; several are divided by commas."),
    )  # fmt: skip
    title = forms.CharField(label=_("Title"), max_length=500)
    people = LongText(
        label=_("Author"), required=False, max_length=20_000, widget=LINES,
        help_text=_("One person a line. Another part goes in brackets: Quentin Blake (illustrator)"),
    )  # fmt: skip
    subtitle = forms.CharField(label=_("Subtitle"), required=False, max_length=500)
    publisher = forms.CharField(label=_("Publisher"), required=False, max_length=300)
    place = forms.CharField(label=_("Place"), required=False, max_length=200)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1, max_value=2_100)
    edition = forms.CharField(label=_("Edition"), required=False, max_length=200)
    language = forms.ChoiceField(label=_("Language"), required=False)
    pages = forms.IntegerField(label=_("Pages"), required=False, min_value=1, max_value=50_000)
    format = forms.ChoiceField(label=_("Format"), required=False, choices=[("", "—"), *FORMATS])
    series = forms.CharField(label=_("Series"), required=False, max_length=300)
    call_number = forms.CharField(label=_("Call number"), required=False, max_length=60)
    subjects = LongText(
        label=_("Subjects"), required=False, max_length=20_000, widget=LINES, help_text=_("One a line.")
    )
    description = LongText(
        label=_("Description"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, base: BookDraft | None = None, **kwargs: Any) -> None:
        self.base = base or BookDraft()
        super().__init__(*args, **{**kwargs, "initial": initial_from(self.base) | kwargs.get("initial", {})})
        self.fields["description"].wide = True
        self.fields["language"].choices = languages(self.base.language)

    def clean_isbn(self) -> Isbns:
        return read_isbns(self.cleaned_data["isbn"], self.base)

    def clean_title(self) -> str:
        title = one_line(self.cleaned_data["title"])
        if not title:
            raise ValidationError(_("A book needs a title."))
        return title

    @property
    def draft(self) -> BookDraft:
        """What was filled in; numbers the form does not show (LCCN, OCLC) are those of the base."""
        values = self.cleaned_data
        return BookDraft(
            **{name: one_line(values[name]) for name in ONE_LINE_FIELDS},
            year=values["year"],
            pages=values["pages"],
            description=many_lines(values["description"]),
            contributors=read_people(values["people"], self.base.contributors),
            subjects=tuple(dict.fromkeys(filter(None, map(one_line, values["subjects"].splitlines())))),
            isbns=values["isbn"].valid,
            isbns_10=values["isbn"].ten,
            isbns_invalid=values["isbn"].wrong,
            lccns=self.base.lccns,
            oclcs=self.base.oclcs,
        )

    @property
    def wrong_isbns(self) -> list[str]:
        """ISBNs whose check digit does not fit and that were not here before: kept, but worth a word."""
        return [number for number in self.cleaned_data["isbn"].wrong if number not in self.base.isbns_invalid]


class EditBookForm(BookForm):
    """The description of a book that is here, from its ``snapshot``."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, snapshot: dict[str, Any], **kwargs: Any) -> None:
        self.version = version_of(snapshot)
        super().__init__(*args, base=draft_of(snapshot), initial={"seen": self.version}, **kwargs)

    def show_once_more(self, message: str) -> None:
        """Ask whether what was filled in is right although the book says something else by now."""
        self.data = self.data.copy()
        self.data["seen"] = self.version
        self.add_error(None, message)


FIELD_LABELS = {
    **{name: field.label for name, field in BookForm.base_fields.items()},
    "contributors": _("People"),
    "identifiers": _("Numbers"),
    "cover": _("Cover"),
}


class AddBookForm(BookForm):
    stock = forms.IntegerField(
        label=_("Stock"), initial=1, min_value=0, max_value=MOST_STOCK, help_text=_("Copies; each gets a barcode.")
    )
    copy_type = RowField(CopyType.objects.all(), label=_("Copy type"), empty_label=None)
    location = forms.CharField(label=_("Location"), required=False, max_length=80)
    first_names = ["isbn", "title", "people", "stock"]

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price_minor"] = MoneyField(label=_("Price of a copy"), currency=currency, required=False)

    @property
    def copy_details(self) -> dict[str, Any]:
        """How many copies, of which type and with which further fields; the call number is the book's."""
        values = self.cleaned_data
        texts = {name: one_line(values[name]) for name in ("location", "call_number")}
        return texts | {name: values[name] for name in ("stock", "copy_type", "price_minor")}

    @property
    def first_fields(self) -> list:
        return [self[name] for name in self.first_names]

    @property
    def more_fields(self) -> list:
        return [field for field in self if field.name not in self.first_names and not field.is_hidden]


class ByHandForm(AddBookForm):
    """A new book that no source describes. ``is_another`` is asked only when its ISBN is here already."""

    is_another = forms.BooleanField(
        label=_("It is another book with the same ISBN. Add it."), required=False, widget=forms.HiddenInput
    )

    def ask_whether_another(self, message: str) -> None:
        self.add_error("isbn", message)
        self.fields["is_another"].widget = forms.CheckboxInput()
        self.first_names = ["isbn", "is_another", *self.first_names[1:]]


class ReviewForm(AddBookForm):
    """A record of a source, to be corrected and saved. ``decision`` is asked only when it may be here already."""

    decision = forms.ChoiceField(
        label=_("Is it the same book?"), required=False, widget=forms.HiddenInput,
        choices=[("", ""), ("copy", _("Yes: add the copies to it")), ("new", _("No: add it as a new book"))],
    )  # fmt: skip

    def ask_whether_same(self, match: Match) -> None:
        """A record that is here by its key makes no new book, so that is not offered."""
        self.match = match.book
        text = _("“%(title)s” is here already.") if match.is_certain else _("“%(title)s” is here and may be this book.")
        self.add_error("decision", text % {"title": match.book.full_title})
        answers = self.fields["decision"].choices[1:]
        self.fields["decision"].choices = answers[:1] if match.by == "key" else answers
        self.fields["decision"].widget = forms.RadioSelect(choices=self.fields["decision"].choices)
        self.first_names = ["decision", *self.first_names]


def initial_from(draft: BookDraft) -> dict[str, Any]:
    """What the form shows of a ``draft``."""
    values = {name: getattr(draft, name) for name in (*ONE_LINE_FIELDS, "year", "pages", "description")}
    return {
        **values,
        "people": people_as_lines(draft.contributors),
        "subjects": "\n".join(draft.subjects),
        "isbn": ", ".join([*draft.isbns, *draft.isbns_invalid]),
    }
