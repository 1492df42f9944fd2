"""The search boxes."""

import pytest
from django.http import QueryDict
from django.utils.http import urlencode

from catalog.forms.search import DeskSearchForm, SearchForm
from catalog.search.filters import Filters
from catalog.search.marks import Facet
from catalog.views.searches import Search


@pytest.mark.parametrize("form", [SearchForm, DeskSearchForm])
@pytest.mark.parametrize(("q", "errors"), [
    ("", []), ("tea & cats", []), ("x" * 1000, []),
    ("x" * 1001, ["Type at most 1000 characters; these are 1001."]),
    ("a\x00", ["There is a character in it that means nothing (a null). Type the words anew."]),
])  # fmt: skip
def test_search_takes_a_thousand_characters(form: type[SearchForm], q: str, errors: list[str]) -> None:
    assert form(QueryDict(urlencode({"q": q}))).errors.get("q", []) == errors


@pytest.mark.parametrize("form", [SearchForm, DeskSearchForm])
def test_search_for_nothing_is_a_search(form: type[SearchForm]) -> None:
    searched = form(QueryDict(""))
    assert (searched.is_valid(), searched.text, searched.parameters, searched.filters()) == (True, "", [], Filters())
    assert (searched.search_field, searched.order, searched.page, searched.after_place) == ("all", "title", 1, "")


def test_search_says_what_its_address_says() -> None:
    text = "q=sea&field=title&author=7&author=3&subject=9&language=eng&format=audio&branch=1&location=Hall+A"
    form = SearchForm(QueryDict(f"{text}&from=1990&to=1999&available=1&sort=year&page=3&after=8"))
    facets = [("a", "7"), ("a", "3"), ("s", "9"), ("l", "eng"), ("f", "audio"), ("b", "1"), ("o", "Hall A")]
    assert form.is_valid()
    assert form.filters() == Filters(tuple(Facet(*each) for each in facets), 1990, 1999, is_available=True)
    assert Search.of(form.parameters).address == (
        "?q=sea&field=title&author=3&author=7&subject=9&language=eng&format=audio&branch=1&location=Hall+A"
        "&from=1990&to=1999&available=1&sort=year"
    )
    assert (form.search_field, form.order, form.page, form.after_place) == ("title", "year", 3, "8")


def test_desk_shows_what_is_hidden_and_knows_no_facets() -> None:
    form = DeskSearchForm(QueryDict("q=sea&format=audio"))
    assert (form.is_valid(), form.filters(shows_hidden=True)) == (True, Filters(shows_hidden=True))
