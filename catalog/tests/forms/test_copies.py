"""The forms of copies, labels and covers."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.queries import default_branch
from catalog.forms.copies import AddCopiesForm, CoverForm, EditCopyForm, LabelsForm, MarkForm
from catalog.models import ImportBatch
from catalog.queries import default_copy_type
from catalog.services.batches import start_import
from catalog.tests.factories import CopyFactory

pytestmark = pytest.mark.django_db


def adding(**typed: Any) -> AddCopiesForm:
    return AddCopiesForm({"count": "1", "copy_type": default_copy_type().pk, "branch": default_branch().pk} | typed)


def labels(**typed: Any) -> LabelsForm:
    return LabelsForm({"sheet": "a4-24", "skip": "0"} | typed)


def test_values_of_new_copies_are_what_the_service_takes() -> None:
    form = adding(count="3", location="Hall")
    assert (form.is_valid(), form.values) == (True, {
        "count": 3, "barcode": "", "copy_type": default_copy_type(), "branch": default_branch(), "location": "Hall",
    })  # fmt: skip


@pytest.mark.parametrize(("count", "errors"), [("1", []), ("100", []), ("0", ["count"]), ("101", ["count"]),
                                               ("", ["count"])])  # fmt: skip
def test_copies_are_added_by_the_hundred_at_most(count: str, errors: list[str]) -> None:
    assert list(adding(count=count).errors) == errors


@pytest.mark.parametrize(("count", "errors"), [("1", []), ("2", ["barcode"]), ("x", ["count"])])
def test_barcode_is_for_one_copy(count: str, errors: list[str]) -> None:
    assert list(adding(count=count, barcode="A1").errors) == errors


def test_edit_form_shows_the_price_as_money() -> None:
    form = EditCopyForm(instance=CopyFactory(price_minor=1250), currency="EUR")
    assert str(form["price_minor"].value()) == "12.50"
    assert EditCopyForm(instance=CopyFactory(price_minor=1250), currency="JPY")["price_minor"].value() == 1250


def test_edit_form_refuses_the_barcode_of_another_copy_and_takes_the_own() -> None:
    CopyFactory(barcode="TAKEN")
    copy = CopyFactory(barcode="MINE")
    typed = {"copy_type": copy.copy_type_id, "home_branch": copy.home_branch_id, "condition": "good"}
    errors = {
        code: list(EditCopyForm(typed | {"barcode": code}, instance=copy, currency="EUR").errors)
        for code in ("MINE", "mine", "TAKEN", "taken")
    }
    assert errors == {"MINE": [], "mine": [], "TAKEN": ["barcode"], "taken": ["barcode"]}


@pytest.mark.parametrize(("typed", "errors"), [
    ({"state": "damaged"}, []), ({"state": "damaged", "clear": "on", "reason": "Mended"}, []), ({}, ["state"]),
    ({"state": "burnt"}, ["state"]), ({"state": "lost"}, ["state"]),
    ({"state": "damaged", "reason": "x" * 301}, ["reason"]),
])  # fmt: skip
def test_mark_names_a_state_and_perhaps_a_reason(typed: dict[str, str], errors: list[str]) -> None:
    assert list(MarkForm(typed).errors) == errors


def test_labels_are_of_the_ticked_copies_in_order() -> None:
    copies = [CopyFactory() for _ in range(3)]
    form = labels(copies=[str(copy.pk) for copy in reversed(copies)])
    assert (form.is_valid(), list(form.cleaned_data["copies"])) == (True, copies)


def test_labels_of_an_import_are_of_its_copies_whatever_is_ticked() -> None:
    batch = start_import(["x"], by=None)
    made = CopyFactory()
    batch.rows.get().created_copies.add(made)
    form = labels(batch=str(batch.pk), copies=[str(CopyFactory().pk)])
    assert (form.is_valid(), list(form.cleaned_data["copies"])) == (True, [made])


@pytest.mark.parametrize(("typed", "error"), [
    ({}, "Tick at least one copy."), ({"copies": []}, "Tick at least one copy."), ({"copies": ["0"]}, "Select a valid"),
    ({"copies": ["x"]}, "“x” is not a valid value."), ({"copies": ["9" * 19]}, "Select a valid choice."),
    ({"copies": ["9" * 4400]}, "Select a valid choice."),
])  # fmt: skip
def test_labels_without_copies_say_so(typed: dict[str, Any], error: str) -> None:
    found = [message for messages in labels(**typed).errors.values() for message in messages]
    assert [message.startswith(error) for message in found] == [True]


def test_labels_of_an_import_without_copies_say_so() -> None:
    assert labels(batch=ImportBatch.objects.create().pk).errors == {"__all__": ["Tick at least one copy."]}


@pytest.mark.parametrize(("file", "is_valid"), [
    (SimpleUploadedFile("x.png", b"x"), True), (SimpleUploadedFile("x.png", b""), False),
    (SimpleUploadedFile("a" * 200, b"x"), True), (SimpleUploadedFile("a" * 201, b"x"), False), (None, False),
], ids=["a file", "an empty one", "a long name", "too long a name", "none"])  # fmt: skip
def test_cover_is_a_file_with_something_in_it(file: Any, is_valid: bool) -> None:
    assert CoverForm({}, {"picture": file} if file else {}).is_valid() is is_valid


def test_day_of_acquisition_is_shown_as_browsers_want_it() -> None:
    form = EditCopyForm(instance=CopyFactory(acquired_on=date(2026, 3, 1)), currency="EUR")
    assert 'value="2026-03-01"' in str(form["acquired_on"])
