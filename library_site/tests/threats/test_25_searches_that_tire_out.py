"""25, wearing the site out by searching: words, terms and pages are bounded, whatever is asked is answered at once.

Odd queries of every page are in catalog/tests/views/test_bad_input.py, deep pages in test_results.py and test_broad.py.
"""

import time
from urllib.parse import quote

import pytest
from django.test import Client

from catalog.search.asking import ask
from catalog.tests.factories import BookFactory
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break("catalog/search/asking.py", "LONGEST_TEXT = 1_000", "LONGEST_TEXT = 1_000_000"),
    Break("catalog/search/asking.py", "MOST_TERMS = 12", "MOST_TERMS = 12_000"),
    Break("accounts/api/pagination.py", "USUAL, MOST = 25, 100", "USUAL, MOST = 25, 10**12"),
    Break("catalog/forms/search.py", " if len(text) < len(str(LARGEST_PAGE)) else LARGEST_PAGE", ""),
]
MANY, LONG, DEEP = "+".join(f"w{n}" for n in range(250)), "x" * 10_000, str(10**9)
SURROGATE = "%ED%A0%80"  # half a character, as no browser sends it
ANSWERS = {
    f"q={LONG}": 400, f"q={MANY}": 400, f"q={MANY[:999]}": 200, f"q=book&page={DEEP}": 200,
    f"q=book&page={'9' * 5000}": 200,
    "q=book&page=-1": 200, "q=book&page=abcdefghijk": 200, f"q=book&per_page={DEEP}&limit={DEEP}": 200, "q=a%00b": 400,
    f"q={SURROGATE}": 200, f"q={quote('%') * 300}": 200, f"q={'a*+' * 300}": 200, f"q={quote(chr(34)) * 900}": 200,
    f"q={'-x+' * 300}": 200, f"q={'e%CC%81' * 400}": 200,
}  # fmt: skip
OF_PROGRAMS = {
    f"q={LONG}": 400, f"q=book&limit={DEEP}": 400, f"q=book&cursor={LONG}": 400, f"q={'a+' * 90}": 200, "q=a%00b": 400,
}  # fmt: skip
MOST_SECONDS = 1  # of the processor


@pytest.fixture
def shelf(db: None) -> None:
    for number in range(25):
        BookFactory(title=f"Book {number}")


def answers(client: Client, address: str, queries: dict[str, int]) -> tuple[dict[str, int], float]:
    """The status of each query, and the seconds of the one that took longest."""
    found, slowest = {}, 0.0
    for query in queries:
        began = time.process_time()
        found[query] = client.get(f"{address}?{query}").status_code
        slowest = max(slowest, time.process_time() - began)
    return found, slowest


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("address", "queries"),
    [("/search/", ANSWERS), ("/api/v1/catalogue/search", OF_PROGRAMS)],
)
def test_whatever_is_looked_for_is_answered_within_a_second(
    address: str, queries: dict[str, int], client: Client
) -> None:
    client.get(address)  # the first of a process reads templates
    found, slowest = answers(client, address, queries)
    assert found == queries
    assert slowest < MOST_SECONDS


@pytest.mark.parametrize(("limit", "status"), [("100", 200), ("101", 400), (DEEP, 400), ("9" * 5000, 400), ("0", 400)])
def test_program_asks_for_a_hundred_at_once_at_most(limit: str, status: int, client: Client) -> None:
    assert client.get(f"/api/v1/books?limit={limit}").status_code == status


def test_no_more_than_a_dozen_words_are_looked_for() -> None:
    question = ask("a b c d e f g h i j k l m n o p q r s t u v w x y z")
    assert (len(question.wanted), len(ask("-" + " -".join("abcdefghijklmnop")).unwanted)) == (12, 12)


@pytest.mark.usefixtures("shelf")
def test_page_holds_no_more_hits_than_pages_do_whatever_is_asked(client: Client) -> None:
    page = client.get(f"/search/?q=book&per_page={DEEP}&limit={DEEP}&size={DEEP}")
    assert page.content.decode().count('href="/books/') <= 2 * 20
