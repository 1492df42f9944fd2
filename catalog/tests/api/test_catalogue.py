"""The search of the catalogue through the API: what the page finds, with its facets."""

from typing import Any

import pytest

from accounts.tests.api.programs import Program, problem_of
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Book
from catalog.services.books import add_book

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(db: None) -> list[Book]:
    drafts = [
        BookDraft(title=title, contributors=(DraftContributor(name),), language=language, year=year)
        for title, name, language, year in (
            ("Emma", "Jane Austen", "eng", 1815), ("Persuasion", "Jane Austen", "eng", 1817),
            ("Momo", "Michael Ende", "ger", 1973),
        )
    ]  # fmt: skip
    return [add_book(draft, stock=1, by=None) for draft in drafts]


def titles(said: dict[str, Any]) -> list[str]:
    return [each["title"] for each in said["results"]]


def test_words_find_books_and_facets_narrow_them_down(shelf: list[Book]) -> None:
    said = Program().ask("GET", "catalogue/search?q=austen&sort=title").json()
    assert (said["count"], titles(said), said["is_exact"]) == (2, ["Emma", "Persuasion"], True)
    assert (said["results"][0]["contributors"][0]["name"], said["results"][0]["available"]) == ("Jane Austen", 1)
    everything = Program().ask("GET", "catalogue/search").json()
    languages = next(facet for facet in everything["facets"] if facet["name"] == "language")
    german = next(value for value in languages["values"] if value["name"] == "German")
    assert (german["count"], titles(Program().ask("GET", german["search"]).json())) == (1, ["Momo"])


def test_facets_keep_their_names_in_every_language(shelf: list[Book]) -> None:
    asked = [Program().ask("GET", "catalogue/search", Accept_Language=language).json() for language in ("en", "de")]
    names, headings = ([[facet[part] for facet in said["facets"]] for said in asked] for part in ("name", "heading"))
    assert (names[0] == names[1], "language" in names[0], headings[1][names[1].index("language")]) == (
        True,
        True,
        "Sprache",
    )


def test_misspelt_words_are_mended(shelf: list[Book]) -> None:
    said = Program().ask("GET", "catalogue/search?q=persuation").json()
    assert (said["how"], said["taken_as"], titles(said)) == ("corrected", "persuasion", ["Persuasion"])


def test_pages_lead_on(shelf: list[Book], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.views.results.PER_PAGE", 2)
    first = Program().ask("GET", "catalogue/search?sort=title").json()
    second = Program().ask("GET", first["next"].removeprefix("http://testserver")).json()
    back = Program().ask("GET", second["previous"].removeprefix("http://testserver")).json()
    assert [titles(each) for each in (first, second, back)] == [["Emma", "Momo"], ["Persuasion"], ["Emma", "Momo"]]
    assert (first["previous"], second["next"]) == (None, None)


@pytest.mark.parametrize(
    "query",
    ["field=nonsense", "sort=random", "author=x", "author=0", "language=english", "from=2001&to=1999", "from=ten",
     "available=yes", "branch=1&branch=2", "format=book", "q=%00", "fields=count,nonsense", "page=2", "cursor=x"],
)  # fmt: skip
def test_what_means_nothing_is_refused(query: str, shelf: list[Book]) -> None:
    status, code = problem_of(Program().ask("GET", f"catalogue/search?{query}"))
    assert (status, code in ("invalid", "unknown_parameter", "unknown_field", "bad_cursor")) == (400, True)
