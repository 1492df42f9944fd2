"""The start page and results of a search, whatever was asked."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from catalog.drafts import DraftContributor
from catalog.models import Author, Copy, Subject
from catalog.services.search import index_books
from catalog.tests.factories import BookFactory, BookIdentifierFactory, CopyFactory
from catalog.tests.search.shelf import TOLD_TO_THE_PLANNER
from catalog.tests.views.pages import HOSTILE, links, title_of
from catalog.tests.views.readers import add, titles, withdrawn
from circulation.queries.stock import stock_for_search
from circulation.tests.factories import make_loan
from circulation.tests.views.pages import said, tree, words

pytestmark = pytest.mark.django_db


def lend(*copies: Copy) -> None:
    """Loans of ``copies``, and search hears of them."""
    for copy in copies:
        make_loan(copy)
        index_books([copy.book_id], stock_for_search([copy.book_id]))


def test_start_page_shows_a_search_box_and_the_new_arrivals_newest_first(client: Client) -> None:
    for title in ("First", "Second", "Third"):
        add(title=title)
    withdrawn(add(title="Gone", stock=1))
    page = client.get("/")
    shelf = [words(each) for each in tree(page).iterfind(".//ul[@class='shelf']//span[@class='name']")]
    assert (page.status_code, shelf) == (200, ["Third", "Second", "First"])
    form = tree(page).find(".//form[@action='/search/']")
    assert [(each.get("name"), each.get("maxlength")) for each in form.iter("input")] == [("q", "1000")]


def test_start_page_of_an_empty_library_says_so_and_leads_librarians_on(client: Client, desk: Client) -> None:
    assert "The shelves are being filled. Come back soon." in said(client.get("/"))
    assert links(desk.get("/"))["Add the first book"] == "/desk/import/"


@pytest.mark.parametrize("count", [1, 3])
def test_start_page_asks_the_database_six_times(count: int, client: Client, django_assert_num_queries: Any) -> None:
    for number in range(count):
        add(title=f"Book {number}", stock=2)
    with django_assert_num_queries(6):
        client.get("/")


@pytest.mark.parametrize(
    "q",
    ["pride", "PREJ", "prejudice pride", "austen", "jane  pride", "novel", "love stories", "pride!",
     "oxford university"],
)  # fmt: skip
def test_every_word_is_looked_for_in_title_people_subject_series_and_publisher(q: str, client: Client) -> None:
    add()
    add(title="Emma", subtitle="", isbns=(), isbns_10=(), publisher="Penguin", subjects=(), contributors=())
    assert titles(client.get("/search/", {"q": q})) == ["Pride and Prejudice: A Novel"]


@pytest.mark.parametrize("q", ["zebra", "zebra -pride", "9780553382563", "97801928023850"])
def test_what_is_not_there_is_not_found(q: str, client: Client) -> None:
    add()
    page = client.get("/search/", {"q": q})
    assert (page.status_code, titles(page)) == (200, [])
    assert f"Nothing found for “{q}”" in said(page)


@pytest.mark.parametrize("q", ["%", "_", "!!!", "\\"])
def test_question_without_a_word_says_what_to_type(q: str, client: Client) -> None:
    add()
    page = client.get("/search/", {"q": q})
    assert (page.status_code, titles(page)) == (200, [])
    assert f"“{q}” has no word and no number in it. Type a word of the title" in said(page)


def test_search_for_nothing_shows_everything_by_title(client: Client) -> None:
    for title in ("The Zebra", "Apes", "Ärger"):
        add(title=title, subtitle="", isbns=(), isbns_10=())
    page = client.get("/search/")
    assert titles(page) == ["Apes", "Ärger", "The Zebra"]
    assert "3 books" in said(page)
    assert [words(each) for each in tree(page).iterfind(".//a[@aria-current='true']")] == ["Title"]


def test_result_shows_people_year_call_number_and_how_many_are_in(client: Client) -> None:
    book = add(stock=3)
    lend(book.copies.order_by("pk")[0])
    page = client.get("/search/?q=pride")
    (hit,) = tree(page).iterfind(".//ol[@class='hits']/li")
    assert words(hit) == (
        "Pride and Prejudice Jane Austen Pride and Prejudice: A Novel Jane Austen Oxford University Press, 2004 · 823 "
        "2 of 3 available"
    )
    assert title_of(page).startswith("pride – Catalogue – ")


@pytest.mark.parametrize(("stock", "lent", "sentence"), [
    (0, 0, "No copies"), (1, 0, "1 of 1 available"), (1, 1, "The only copy is out"), (2, 2, "All 2 copies are out"),
])  # fmt: skip
def test_result_says_whether_a_copy_is_in(stock: int, lent: int, sentence: str, client: Client) -> None:
    book = add(stock=stock)
    lend(*book.copies.order_by("pk")[:lent])
    (hit,) = tree(client.get("/search/?q=pride")).iterfind(".//ol[@class='hits']/li")
    assert words(hit).endswith(sentence)


@pytest.mark.parametrize("count", [1, 3])
def test_results_ask_the_database_eight_times_and_once_more_for_the_spelling_of_very_few(
    count: int, client: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        add(title=f"Book {number}", stock=2, contributors=(DraftContributor(f"A {number}"),), isbns=())
    with django_assert_num_queries((9 if count == 1 else 8) + TOLD_TO_THE_PLANNER[connection.vendor]):
        client.get("/search/?q=book")


def test_hostile_words_in_every_field_are_only_words(client: Client) -> None:
    book = add(
        title=HOSTILE, subtitle=HOSTILE, contributors=(DraftContributor(HOSTILE),), publisher=HOSTILE, place=HOSTILE,
        edition=HOSTILE, series=HOSTILE, description=HOSTILE, subjects=(HOSTILE,), call_number=HOSTILE[:60],
        published=HOSTILE, isbns_invalid=(HOSTILE[:40],),
    )  # fmt: skip
    CopyFactory(book=book, location=HOSTILE, call_number=HOSTILE)
    author, subject = Author.objects.get().pk, Subject.objects.get().pk
    for address in ("/", "/search/", f"/books/{book.pk}/", f"/authors/{author}/", f"/subjects/{subject}/"):
        page = client.get(address)
        assert (page.status_code, "<script>alert" in page.content.decode()) == (200, False)
        assert HOSTILE in said(page)


def test_hostile_search_is_only_words(client: Client) -> None:
    page = client.get("/search/", {"q": HOSTILE})
    assert ("<script>alert" in page.content.decode(), f"Nothing found for “{HOSTILE}”" in said(page)) == (False, True)


def test_factories_make_books_that_search_finds(client: Client) -> None:
    book = BookIdentifierFactory(book=BookFactory(title="Plain")).book
    assert client.get("/isbn/9780553382563/").headers["Location"] == f"/books/{book.pk}/"
