"""What results can be narrowed down by: groups, counts, what is chosen, and where each link leads."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Branch
from accounts.queries import default_branch
from catalog.models import Author, Book, Subject
from catalog.search import counting, finding
from catalog.search.engine import engine
from catalog.services.search import index_books
from catalog.tests.factories import CopyFactory
from catalog.tests.search.shelf import TOLD_TO_THE_PLANNER, shelve
from circulation.queries.stock import stock_for_search
from circulation.tests.factories import make_loan
from circulation.tests.views.pages import tree, words

pytestmark = pytest.mark.django_db


def groups(response: Any) -> dict[str, list[tuple[str, ...]]]:
    """The values of each group with their counts."""
    sections = tree(response).iterfind(".//nav[@class='facets']//section")
    return {words(each.find("h3")): [tuple(map(words, row)) for row in each.iter("li")] for each in sections}


def leads(response: Any) -> dict[str, str]:
    """Where the values lead, and that no robot follows."""
    found = {words(each): each for each in tree(response).iterfind(".//nav[@class='facets']//li/a")}
    assert {each.get("rel") for each in found.values()} <= {"nofollow"}
    return {name: each.get("href") for name, each in found.items()}


def chosen(response: Any) -> dict[str, str]:
    """What is chosen, and where taking it away leads."""
    rows = tree(response).iterfind(".//ul[@class='chosen']/li")
    return {
        words(row.find("span")) if row.find("span") is not None else words(row): row.find("a").get("href")
        for row in rows
    }


def count(response: Any) -> int:
    found = tree(response).find(".//div[@role='status']/p")
    return int(words(found).split()[0]) if found is not None else 0


@pytest.fixture
def library() -> list[Book]:
    """Six books about the sea, and one of something else."""
    books = [
        *shelve("Sea One", "Sea Two", language="eng", format="paperback", year=1995, by="Abel"),
        *shelve("Sea Three", language="eng", format="audio", year=2003, by="Bea"),
        *shelve("Sea Four", language="ger", format="paperback", year=2003, by="Cleo"),
        *shelve("Sea Five", "Sea Six"),
    ]
    shelve("Hills", language="fre", format="map", year=1700, by="Dora")
    ice, tides = (Subject.objects.create(name=name, match_key=name.lower()) for name in ("Ice", "Tides"))
    for book, subjects in zip(books, [[ice, tides], [ice], [tides], [ice], [], []], strict=True):
        book.subjects.set(subjects)
    north = Branch.objects.create(code="NORTH", name="North")
    for book, branch, location in zip(
        books, [None, north, None, north, None, None], ["Hall A", "", "Hall A", "Ärzte", "", ""], strict=True
    ):
        at = branch or default_branch()
        CopyFactory(book=book, home_branch=at, current_branch=at, location=location)
    make_loan(books[0].copies.get())
    pks = [book.pk for book in books]
    index_books(pks, stock_for_search(pks))
    return books


def test_groups_show_their_values_the_most_frequent_first_and_decades_the_newest_first(
    library: list[Book], client: Client
) -> None:
    assert groups(client.get("/search/?q=sea")) == {
        "Availability": [("Available now", "5")],
        "Format": [("Paperback", "3"), ("Audio", "1")],
        "Language": [("English", "3"), ("German", "1")],
        "Year": [("2000–2009", "2"), ("1990–1999", "2"), ("Year not known", "2")],
        "Author": [("Abel", "2"), ("Bea", "1"), ("Cleo", "1")],
        "Subject": [("Ice", "3"), ("Tides", "2")],
        "Branch": [(str(default_branch()), "4"), ("North", "2")],
        "Location": [("Hall A", "2"), ("Ärzte", "1")],
    }


def test_every_count_is_what_its_link_finds(library: list[Book], client: Client) -> None:
    ice = Subject.objects.get(name="Ice").pk
    for start in ("?q=sea", f"?q=sea&subject={ice}&language=eng&from=1991&to=2003"):
        page = client.get(f"/search/{start}")
        offered = {name: int(number) for values in groups(page).values() for name, number in values}
        offered.pop("Year not known", None)  # which cannot be asked for
        assert offered
        assert {name: count(client.get(f"/search/{address}")) for name, address in leads(page).items()} == offered


def test_values_are_combined_and_each_is_taken_away_alone(library: list[Book], client: Client) -> None:
    ice, abel = Subject.objects.get(name="Ice").pk, Author.objects.get(name="Abel").pk
    address = f"?q=sea&field=title&author={abel}&subject={ice}&language=eng&from=1990&available=1&sort=year"
    page = client.get(f"/search/{address}&page=1")
    assert count(page) == 1
    assert chosen(page) == {
        "Availability: Available now": address.replace("&available=1", ""),
        "Language: English": address.replace("&language=eng", ""),
        "Author: Abel": address.replace(f"&author={abel}", ""),
        "Subject: Ice": address.replace(f"&subject={ice}", ""),
        "Year: from 1990": address.replace("&from=1990", ""),
        "Remove all": "?q=sea&field=title&sort=year",
    }


def test_subjects_add_up(library: list[Book], client: Client) -> None:
    ice, tides = (Subject.objects.get(name=name).pk for name in ("Ice", "Tides"))
    page = client.get(f"/search/?q=sea&subject={ice}")
    assert groups(page)["Subject"] == [("Tides", "1")]
    assert leads(page)["Tides"] == f"?q=sea&subject={ice}&subject={tides}"
    assert count(client.get(f"/search/?q=sea&subject={ice}&subject={tides}")) == 1


@pytest.mark.parametrize(("query", "name", "hits"), [
    ("to=1999", "Year: up to 1999", 2), ("from=2003", "Year: from 2003", 2), ("from=2003&to=2003", "Year: 2003", 2),
    ("from=1999&to=2002", "Year: 1999–2002", 0), ("from=0&to=9999", "Year: 0–9999", 4),
    ("format=audio", "Format: Audio", 1),
    ("language=xxx", "Language: Xxx", 0), ("author=999999", "Author: unknown", 0),
    ("location=Hall+A", "Location: Hall A", 2),
    ("branch=999999", "Branch: unknown", 0), ("location=Cellar", "Location: Cellar", 0),
])  # fmt: skip
def test_what_is_chosen_is_named_and_narrows_down(
    query: str, name: str, hits: int, library: list[Book], client: Client
) -> None:
    page = client.get(f"/search/?q=sea&{query}")
    assert (page.status_code, list(chosen(page)), count(page)) == (200, [name], hits)


def test_decade_stays_within_the_years_that_were_chosen(library: list[Book], client: Client) -> None:
    page = client.get("/search/?q=sea&from=1995&to=2003")
    assert leads(page)["2000–2003"] == "?q=sea&from=2000&to=2003"
    fields = {each.get("name"): each.get("value") for each in tree(page).find(".//form[@class='years']").iter("input")}
    assert fields == {"q": "sea", "from": "1995", "to": "2003"}


def test_years_that_were_chosen_can_be_changed_where_all_lie_in_one_span(library: list[Book], client: Client) -> None:
    page = client.get("/search/?q=sea&from=2003&to=2003")
    assert groups(page)["Year"] == []
    fields = {each.get("name"): each.get("value") for each in tree(page).find(".//form[@class='years']").iter("input")}
    assert fields == {"q": "sea", "from": "2003", "to": "2003"}


def test_value_that_every_hit_has_is_not_offered_alone(client: Client) -> None:
    shelve("Sea One", "Sea Two", language="eng", year=2001)
    assert groups(client.get("/search/?q=sea")) == {}
    shelve("Sea Three", language="eng")
    assert groups(client.get("/search/?q=sea")) == {"Year": [("2000–2009", "2"), ("Year not known", "1")]}


def test_eight_values_are_shown_at_most_and_years_lose_none(client: Client) -> None:
    for number in range(10):
        shelve("Sea", by=f"Author {number}", year=1900 + 10 * number)
    found = groups(client.get("/search/?q=sea"))
    assert len(found["Author"]) == 8
    assert found["Year"] == [
        ("1990–1999", "1"), ("1980–1989", "1"), ("1970–1979", "1"), ("1960–1969", "1"), ("1950–1959", "1"),
        ("1940–1949", "1"), ("1920–1939", "2"), ("1900–1919", "2"),
    ]  # fmt: skip


def test_words_that_come_next_keep_what_was_chosen(library: list[Book], client: Client) -> None:
    page = client.get("/search/?q=sea&format=audio&sort=year&page=1")
    fields = {e.get("name"): e.get("value") for e in tree(page).find(".//form[@role='search']").iter("input")}
    assert fields == {"q": "sea", "format": "audio", "sort": "year"}


@pytest.fixture
def reckoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty books are so many that they are no longer counted."""
    monkeypatch.setattr(finding, "NARROW", 2)
    monkeypatch.setattr(engine(), "COUNTED", 20)
    monkeypatch.setattr(counting, "SAMPLED", 8)  # whatever keys the books get
    monkeypatch.setattr(counting, "FIRST_SAMPLE", 20)
    monkeypatch.setattr(counting, "highest_key", lambda: 40)
    for language in ("eng", "ger"):
        books = shelve(*(f"Sea {n}" for n in range(20)), language=language, year=1995)
        for book in books:
            CopyFactory(book=book)
        index_books([book.pk for book in books], stock_for_search([book.pk for book in books]))


def test_every_number_that_is_reckoned_says_so(reckoned: None, client: Client) -> None:
    page = client.get("/search/?q=sea")
    assert words(tree(page).find(".//div[@role='status']/p")).startswith("About ")
    numbers = [number for values in groups(page).values() for _name, number in values]
    assert all(number.startswith("about ") for number in numbers)
    assert client.get("/search/?q=sea&page=2").status_code == 200
    assert "(page 2)" in words(tree(client.get("/search/?q=sea&page=2")).find(".//title"))


def test_value_that_every_book_seems_to_have_is_offered_where_numbers_are_reckoned(
    reckoned: None, client: Client
) -> None:
    page = groups(client.get("/search/?q=sea"))
    assert [name for name, *_number in page["Availability"] + page["Year"]] == ["Available now", "1990–1999"]


@pytest.mark.parametrize("books", [1, 3])
def test_names_take_one_query(books: int, client: Client, django_assert_num_queries: Any) -> None:
    for number in range(books):
        (book,) = shelve(f"Sea {number}", by=f"Author {number}")
        book.subjects.add(Subject.objects.create(name=f"S{number}", match_key=f"s{number}"))
        index_books([book.pk])
    shelve("Sea", "Sea", "Sea")
    with django_assert_num_queries(8 + TOLD_TO_THE_PLANNER[connection.vendor]):
        client.get("/search/?q=sea")
