"""/search/suggest, for our pages and for browsers."""

import pytest
from django.db import connection
from django.test import Client

from catalog.tests.search.shelf import TOLD_TO_THE_PLANNER, shelve

pytestmark = pytest.mark.django_db


def test_a_suggestion_says_what_it_is_and_where_it_leads(client: Client) -> None:
    (book,) = shelve("The Sea")
    answer = client.get("/search/suggest", {"q": "sea"})
    row = {"text": "The Sea", "kind": "title", "label": "Title", "url": f"/books/{book.pk}/"}
    assert (answer.status_code, answer.json()) == (200, {"suggestions": [row]})
    assert answer.headers["Cache-Control"] == "private, max-age=60"


@pytest.mark.parametrize(
    "how", [{"query_params": {"format": "opensearch"}}, {"headers": {"accept": "application/x-suggestions+json"}}]
)
def test_a_browser_gets_the_texts_in_the_way_of_opensearch(client: Client, how: dict) -> None:
    shelve("The Sea")
    query = {"q": "sea", **how.pop("query_params", {})}
    answer = client.get("/search/suggest", query, **how)
    assert (answer.headers["Content-Type"], answer.json()) == ("application/x-suggestions+json", ["sea", ["The Sea"]])


@pytest.mark.parametrize("query", ["", "q=", "q=%00", "q=%ED%A0%80se", "q=" + "x" * 10_000, "q=*", 'q="'])
def test_whatever_is_typed_the_answer_is_a_list(client: Client, query: str) -> None:
    answer = client.get(f"/search/suggest?{query}")
    assert (answer.status_code, answer.json()) == (200, {"suggestions": []})


@pytest.mark.parametrize("books", [1, 3])
def test_the_number_of_queries_does_not_grow(client: Client, django_assert_num_queries, books: int) -> None:
    shelve(*(f"Sea {n}" for n in range(books)))
    client.get("/search/suggest?q=se")
    more = 1 + TOLD_TO_THE_PLANNER["postgresql"] if connection.vendor == "postgresql" else 0
    with django_assert_num_queries(6 if books == 3 else 7 + more):
        client.get("/search/suggest?q=se")
