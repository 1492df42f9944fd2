"""Whatever is typed into a form of the catalogue: it says what is wrong or gives clean values, and never crashes."""

from collections.abc import Callable
from functools import partial

import pytest
from django import forms

from accounts.tests.anything import TEXTS, taken_by, text
from catalog.forms.books import BookForm, ByHandForm, ReviewForm
from catalog.forms.copies import AddCopiesForm, EditCopyForm, LabelsForm, MarkForm
from catalog.forms.importing import ImportSearchForm, PasteForm, RefreshForm, SaveForm

pytestmark = pytest.mark.django_db
WITH_MONEY = [partial(form, currency="EUR") for form in (ByHandForm, ReviewForm, EditCopyForm)]
FORMS: list[Callable[..., forms.BaseForm]] = [
    BookForm, AddCopiesForm, MarkForm, LabelsForm, ImportSearchForm, PasteForm, RefreshForm, SaveForm, *WITH_MONEY
]  # fmt: skip


def name_of(form: Callable[..., forms.BaseForm]) -> str:
    return getattr(form, "func", form).__name__


@pytest.mark.parametrize("make", FORMS, ids=name_of)
def test_field_of_anything_is_an_error_or_clean(make: Callable[..., forms.BaseForm]) -> None:
    for name, field in make().fields.items():
        assert [value for value in taken_by(field) if "\x00" in str(value)] == [], name


@pytest.mark.parametrize("make", FORMS, ids=name_of)
def test_form_of_anything_is_an_error_or_clean(make: Callable[..., forms.BaseForm]) -> None:
    names = list(make().fields)
    for value in TEXTS:
        form = make(dict.fromkeys(names, text(value)))
        assert form.is_valid() or form.errors, value[:20]


def test_book_of_any_title_has_one() -> None:
    for value in TEXTS:
        form = BookForm({"title": text(value), "people": text(value), "subjects": text(value)})
        assert not form.is_valid() or form.draft.title, value[:20]
