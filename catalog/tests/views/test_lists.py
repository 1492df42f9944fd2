"""New arrivals and what is lent most: pages, and feeds as feed readers ask for them."""

from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Book, MostBorrowed
from catalog.services.covers import upload_cover
from catalog.tests.factories import AuthorFactory, BookFactory, CopyFactory
from catalog.tests.views.pages import HOSTILE, links, picture
from circulation.services.copies import mark_copy
from circulation.tests.views.pages import said, tree, words

pytestmark = pytest.mark.django_db
SITE = "https://library.example.org"
ATOM = "{http://www.w3.org/2005/Atom}"
PAGES, FEEDS = ["/new/", "/popular/"], ["/feeds/new.atom", "/feeds/popular.atom"]


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = SITE


def shelve(count: int) -> list[Book]:
    """So many books with a copy: the last is the newest and the most popular."""
    books = [CopyFactory(book=BookFactory(title=f"Book {number}", year=2000 + number)).book for number in range(count)]
    MostBorrowed.objects.bulk_create(
        MostBorrowed(book=book, place=place) for place, book in enumerate(reversed(books), 1)
    )
    return books


def withdraw(book: Book) -> None:
    for copy in book.copies.all():
        mark_copy(copy, state="withdrawn", by=None)


def titles(page: Any) -> list[str]:
    return [words(each) for each in tree(page).iterfind(".//ol[@class='hits']//h2")]


def entries(feed: Any) -> list[ET.Element]:
    return ET.fromstring(feed.content).findall(f"{ATOM}entry")  # noqa: S314 - our own


@pytest.mark.parametrize("address", PAGES)
def test_list_shows_the_first_first_in_pages_without_what_is_withdrawn(address: str, client: Client) -> None:
    withdraw(shelve(23)[21])
    page = client.get(address)
    assert (page.status_code, titles(page)[:2], len(titles(page))) == (200, ["Book 22", "Book 20"], 20)
    assert titles(client.get(f"{address}?page=2")) == ["Book 1", "Book 0"]
    assert client.get(f"{address}?page=99999999999").status_code == 200


def test_list_of_popular_books_says_of_which_time(client: Client) -> None:
    shelve(1)
    BookFactory(title="Never lent")
    page = client.get("/popular/")
    assert ("in the last 90 days" in said(page), titles(page)) == (True, ["Book 0"])


@pytest.mark.parametrize("address", PAGES)
def test_empty_list_says_so(address: str, client: Client) -> None:
    assert links(client.get(address))["Search the catalogue"] == "/search/"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("address", PAGES)
def test_lists_ask_the_database_four_times(
    address: str, count: int, client: Client, django_assert_num_queries: Any
) -> None:
    shelve(count)
    with django_assert_num_queries(4):
        client.get(address)


@pytest.mark.parametrize("address", FEEDS)
def test_feed_is_atom_with_absolute_addresses(address: str, client: Client) -> None:
    older, book = shelve(2)
    withdraw(older)
    book.contributors.create(author=AuthorFactory(name="Ann Able"))
    upload_cover(book, data=picture(), by=None)
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    feed = ET.fromstring(answer.content)  # noqa: S314 - our own
    (entry,) = feed.findall(f"{ATOM}entry")
    link = f"{SITE}/books/{book.pk}/"
    found = {each.tag.removeprefix(ATOM): (each.text or each.get("href")) for each in entry}
    assert (found["title"], found["id"], found["link"]) == ("Book 1", link, link)
    assert datetime.fromisoformat(found["updated"] or "") <= timezone.now()
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Ann Able"
    assert f'<img src="{SITE}/books/{book.pk}/cover-s.jpg?v=' in (found["summary"] or "")
    selves = [each.get("href") for each in feed.findall(f"{ATOM}link") if each.get("rel") == "self"]
    assert (selves, feed.findtext(f"{ATOM}id", "").startswith(SITE)) == ([f"{SITE}{address}"], True)


@pytest.mark.parametrize("address", FEEDS)
def test_feed_has_fifty_entries_at_most_in_four_queries(
    address: str, client: Client, django_assert_num_queries: Any
) -> None:
    shelve(51)
    with django_assert_num_queries(4):
        found = entries(client.get(address))
    assert (len(found), found[0].findtext(f"{ATOM}title")) == (50, "Book 50")


@pytest.mark.parametrize("address", FEEDS)
def test_feed_is_sent_again_only_when_it_changed(address: str, client: Client) -> None:
    book = shelve(2)[0]
    known = {"If-None-Match": client.get(address).headers["ETag"]}
    again = client.get(address, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    Book.objects.filter(pk=book.pk).update(title="Other")
    assert client.get(address, headers=known).status_code == 200


@pytest.mark.parametrize("address", FEEDS)
def test_a_feed_names_no_day_of_its_last_change_because_books_know_none(address: str, client: Client) -> None:
    shelve(1)
    assert "Last-Modified" not in client.get(address).headers


@pytest.mark.parametrize("address", FEEDS)
def test_hostile_words_in_a_feed_are_only_words(address: str, client: Client) -> None:
    book = shelve(1)[0]
    hostile = f"{HOSTILE}]]>\x01\x0b"
    Book.objects.filter(pk=book.pk).update(title=hostile, description=hostile, publisher=hostile)
    (entry,) = entries(client.get(address))
    assert (entry.findtext(f"{ATOM}title"), "<script" in entry.findtext(f"{ATOM}summary", "")) == (
        f"{HOSTILE}]]>",
        False,
    )


@pytest.mark.parametrize("address", FEEDS)
def test_empty_feed_is_a_feed(address: str, client: Client) -> None:
    assert entries(client.get(address)) == []


def test_every_page_names_the_feeds_and_the_start_page_leads_to_the_lists(client: Client) -> None:
    shelve(1)
    page = client.get("/")
    feeds = [each.get("href") for each in tree(page).iterfind("head/link[@type='application/atom+xml']")]
    assert (feeds, links(page)["All new arrivals"], links(page)["Most borrowed"]) == (FEEDS, *PAGES)
