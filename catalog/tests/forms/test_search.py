"""The search boxes."""

import pytest

from catalog.forms.search import DeskSearchForm, SearchForm


@pytest.mark.parametrize("form", [SearchForm, DeskSearchForm])
@pytest.mark.parametrize(("q", "errors"), [
    ("", []), ("tea & cats", []), ("x" * 200, []),
    ("x" * 201, ["Ensure this value has at most 200 characters (it has 201)."]),
    ("a\x00", ["Null characters are not allowed."]),
])  # fmt: skip
def test_search_takes_two_hundred_characters(form: type[SearchForm], q: str, errors: list[str]) -> None:
    assert form({"q": q}).errors.get("q", []) == errors


@pytest.mark.parametrize("form", [SearchForm, DeskSearchForm])
def test_search_for_nothing_is_a_search(form: type[SearchForm]) -> None:
    searched = form({})
    assert (searched.is_valid(), searched.cleaned_data) == (True, {"q": ""})
