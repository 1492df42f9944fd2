"""The key that makes a form count once."""

import re
from typing import Any

import pytest
from django import forms

from accounts.forms.keyed import KeyedForm, new_key


class NoteForm(KeyedForm):
    note = forms.CharField(max_length=10)


def test_every_new_form_carries_another_key() -> None:
    keys = {re.search(r'name="key" value="(\w{32})"', str(NoteForm()))[1] for _each in range(100)}
    assert (len(keys), new_key() in keys) == (100, False)


@pytest.mark.parametrize("key", ["12345678", "x" * 64, "a-b-c-d-e"])
def test_key_goes_to_the_service(key: str) -> None:
    form = NoteForm({"note": "x", "key": key})
    assert (form.is_valid(), form.cleaned_data["key"], form.values) == (True, key, {"note": "x"})


@pytest.mark.parametrize(
    "key", [None, "", "short", "x" * 65, "x" * 100_000, "a b c d e", "\x00" * 9, "<script>", "ключключ"]
)
def test_missing_or_odd_key_counts_as_a_new_form(key: Any) -> None:
    form = NoteForm({"note": "x"} | ({} if key is None else {"key": key}))
    assert (form.is_valid(), form.cleaned_data["key"]) == (True, None)


def test_corrected_form_keeps_its_key() -> None:
    form = NoteForm({"note": "much too long", "key": "12345678"})
    assert (form.is_valid(), form.cleaned_data["key"]) == (False, "12345678")
    assert 'name="key" value="12345678"' in str(form)


def test_form_that_does_several_things_has_a_key_for_each() -> None:
    form, without = NoteForm({"note": "x", "key": "12345678"}), NoteForm({"note": "x"})
    assert (form.is_valid(), without.is_valid()) == (True, True)
    assert (form.key_for("7"), without.key_for("7")) == ("12345678-7", None)
