"""What programs are told: how to search here, which books there are, where not to look."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.urls import resolve

from accounts.models import LibrarySettings
from catalog.discovery import sitemap
from catalog.tests.factories import BookFactory, CopyFactory
from catalog.views.robots import short_name
from circulation.services.copies import mark_copy
from circulation.tests.views.pages import tree

pytestmark = pytest.mark.django_db
SITE = "https://library.example.org"
SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = SITE


def locations(answer: Any) -> list[str | None]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/xml; charset=utf-8")
    return [each.text for each in ET.fromstring(answer.content).iter(f"{{{SITEMAPS}}}loc")]  # noqa: S314 - our own


def test_browsers_are_told_how_to_search_and_to_suggest(client: Client) -> None:
    LibrarySettings.objects.update(name="Bücherei & Archiv am Fluss")
    answer = client.get("/opensearch.xml")
    assert answer.headers["Content-Type"] == "application/opensearchdescription+xml; charset=utf-8"
    told = ET.fromstring(answer.content)  # noqa: S314 - our own
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert {each.get("type"): each.get("template") for each in told.iter(f"{space}Url")} == {
        "text/html": f"{SITE}/search/?q={{searchTerms}}",
        "application/x-suggestions+json": f"{SITE}/search/suggest?q={{searchTerms}}&format=opensearch",
    }
    assert told.findtext(f"{space}ShortName") == "Bücherei"
    (link,) = tree(client.get("/")).iterfind("head/link[@rel='search']")
    assert (link.get("href"), link.get("title")) == ("/opensearch.xml", "Bücherei & Archiv am Fluss")


@pytest.mark.parametrize(("name", "short"), [
    ("Riverside", "Riverside"), ("Library of Ghent", "Library of Ghent"), ("Library of Things", "Library"),
    ("Riverside Public Library", "Riverside Public"), ("Stadtteilbibliothek Nord", "Stadtteilbiblio…"),
    ("Karl-Marx-Bibliothek", "Karl-Marx"), ("図" * 20, f"{'図' * 15}…"),
])  # fmt: skip
def test_short_name_is_of_whole_words_where_they_fit(name: str, short: str) -> None:
    assert short_name(name) == short


def test_sitemap_lists_every_public_book_in_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "PAGE_SIZE", 2)
    books = [BookFactory(pk=pk) for pk in (1, 2, 3, 7, 9)]
    for hidden in (books[1], books[4]):
        mark_copy(CopyFactory(book=hidden), state="withdrawn", by=None)
    pages = locations(client.get("/sitemap.xml"))
    assert pages == [f"{SITE}/sitemap-books-{page}.xml" for page in (1, 2, 4)]
    listed = [locations(client.get(str(page).removeprefix(SITE))) for page in pages]
    assert listed == [[f"{SITE}/books/1/"], [f"{SITE}/books/3/"], [f"{SITE}/books/7/"]]


def test_sitemap_of_an_empty_library_is_empty(client: Client) -> None:
    assert locations(client.get("/sitemap.xml")) == []


@pytest.mark.parametrize("page", ["0", "2", "9" * 13, "9" * 30, "-1", "x"])
def test_page_of_the_sitemap_that_is_not_there_is_a_clear_answer(page: str, client: Client) -> None:
    BookFactory(pk=1)
    assert client.get(f"/sitemap-books-{page}.xml").status_code == 404


@pytest.mark.parametrize(("address", "queries"), [("/sitemap.xml", 3), ("/sitemap-books-1.xml", 2)])
def test_sitemap_asks_the_database_a_few_times(
    address: str, queries: int, client: Client, django_assert_num_queries: Any
) -> None:
    BookFactory(pk=1)
    with django_assert_num_queries(queries):
        client.get(address)


def test_robots_are_kept_out_of_what_has_no_end_and_sent_to_the_sitemap(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert lines[-1] == f"Sitemap: {SITE}/sitemap.xml"
    closed = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow")]
    assert {"/search/", "/desk/", "/me/", "/admin/"} <= set(closed)
    assert all(resolve(path) for path in ("/search/", "/desk/", "/me/", "/admin/"))
    assert not any("/books/1/".startswith(path) for path in closed)
