"""The results: straight to a book, how the words were read, orders, pages, parameters that mean nothing."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import Book
from catalog.search import broad, finding
from catalog.services.search import index_books
from catalog.tests.factories import BookIdentifierFactory, CopyFactory
from catalog.tests.search.shelf import shelve
from catalog.tests.views.pages import links, title_of
from circulation.tests.views.pages import field_errors, said, tree, words

pytestmark = pytest.mark.django_db
ISBN = "9780192802385"


def titles(response: Any) -> list[str]:
    """The titles in the list of results, in its order."""
    return [words(each) for each in tree(response).iterfind(".//ol[@class='hits']//h2")]


def status(response: Any) -> list[str]:
    """What the page says about the results."""
    return [words(each) for each in tree(response).iterfind(".//div[@role='status']/p")]


def addresses(response: Any, rel: str) -> list[str]:
    return [each.get("href") for each in tree(response).iterfind(f".//main//a[@rel='{rel}']")]


def numbered(*books: Book, value: str = ISBN) -> None:
    for book in books:
        BookIdentifierFactory(book=book, value=value)
    index_books([book.pk for book in books])


@pytest.fixture
def few_is_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hits are already too many to look at one by one, and three pages too many to be numbered."""
    for module in (finding, broad):
        monkeypatch.setattr(module, "NARROW", 2)
    monkeypatch.setattr("catalog.views.results.MOST_PAGES", 3)
    monkeypatch.setattr("catalog.views.results.PER_PAGE", 2)


# --- straight to a book -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "q", [ISBN, "978-0-19-280238-5", "0-19-280238-0", "ISBN: 978 0 19 280238 5", "]E09780192802385", "C-77", "]C1c-77",
          "123456", "12", "SHELFMARK"],
)  # fmt: skip
def test_isbn_or_barcode_leads_straight_to_its_book(q: str, client: Client) -> None:
    book, _other = shelve("Pride", "Other")
    numbered(book)
    for barcode in ("C-77", "123456", "12", "SHELFMARK"):
        CopyFactory(book=book, barcode=barcode)
    assert client.get("/search/", {"q": q}).headers["Location"] == f"/books/{book.pk}/"
    assert client.get("/search/", {"q": q, "field": "isbn"}).headers["Location"] == f"/books/{book.pk}/"


def test_isbn_of_several_books_lists_them(client: Client) -> None:
    numbered(*shelve("Emma", "Pride"))
    page = client.get("/search/", {"q": ISBN})
    assert (page.status_code, sorted(titles(page))) == (200, ["Emma", "Pride"])


@pytest.mark.parametrize("more", [{"field": "title"}, {"format": "audio"}, {"available": "1"}, {"page": "2"}])
def test_who_asks_for_more_than_a_number_gets_a_list(more: dict[str, str], client: Client) -> None:
    numbered(*shelve("Pride"))
    assert client.get("/search/", {"q": ISBN, **more}).status_code == 200


def test_short_number_that_is_a_title_is_no_barcode(client: Client) -> None:
    _book, other = shelve("1984", "Other")
    CopyFactory(book=other, barcode="1984")
    assert titles(client.get("/search/?q=1984")) == ["1984"]
    assert client.get("/search/?q=01984").headers["Location"] == f"/books/{other.pk}/"


def test_book_that_readers_may_not_see_is_not_led_to(client: Client) -> None:
    (book,) = shelve("Gone")
    numbered(book)
    CopyFactory(book=book, barcode="C-77", withdrawn_on="2026-01-01")
    index_books([book.pk])
    for q in (ISBN, "C-77"):
        page = client.get("/search/", {"q": q})
        assert (page.status_code, titles(page)) == (200, [])


# --- how the words were read ------------------------------------------------------------------------


def test_misspelt_words_are_told_with_what_was_looked_for_instead(client: Client) -> None:
    shelve("Harry Potter")
    page = client.get("/search/?q=hary+poter")
    assert titles(page) == ["Harry Potter"]
    assert status(page)[1:] == [
        "Nothing for “hary poter”. Showing what is found for “harry potter”. Not what you meant? "
        "Try other words, or the author's name."
    ]


def test_some_of_the_words_are_told_to_be_some(client: Client) -> None:
    shelve("Winter Garden", "Summer Garden")
    told = "No book has all these words; these have some of them. Leave out the words you are least sure of."
    assert told in status(client.get("/search/?q=winter+summer"))


def test_beginnings_of_words_are_told_to_be_beginnings(client: Client) -> None:
    shelve("Harry Potter")
    begun = "No book has “har pot” in whole words. These have words that begin so; type on to find fewer."
    assert status(client.get("/search/?q=har+pot"))[1:] == [begun]
    for q in ("har* pot*", "potter"):
        assert status(client.get("/search/", {"q": q}))[1:] == []


def test_words_that_very_many_books_have_ask_for_one_more(client: Client) -> None:
    shelve(*(f"The {n} and" for n in range(21)), "Of")
    assert status(client.get("/search/?q=the"))[1:] == [
        "Very many books have this word. Add one that says more, such as the author's surname."
    ]
    assert "Very many books have these words." in status(client.get("/search/?q=the+and"))[1]
    assert status(client.get("/search/?q=of"))[1:] == []


@pytest.mark.parametrize(("q", "sentence"), [
    ("-cat", "“-cat” only says what to leave out. Put a word before it that the books should have."),
    ("%_\\!", "“%_\\!” has no word and no number in it. Type a word of the title, or the author's name."),
])  # fmt: skip
def test_question_without_a_word_says_what_to_type(q: str, sentence: str, client: Client, desk: Client) -> None:
    shelve("Emma")
    for page in (client.get("/search/", {"q": q, "field": "title"}), desk.get("/desk/books/", {"q": q})):
        assert (page.status_code, titles(page), sentence in said(page)) == (200, [], True)
        assert "without filters" not in said(page)


def test_words_beyond_the_twelfth_are_told_to_be_left_out(client: Client) -> None:
    shelve("a b c d e f g h i j k l m")
    page = client.get("/search/?q=b+c+d+e+f+g+h+i+j+k+l+m+n")
    assert "Only the first 12 words were looked for." in status(page)


def test_word_nobody_wrote_that_begins_another_asks_whether_it_was_meant(client: Client) -> None:
    shelve("Harry Potter", "Poterium")
    page = client.get("/search/?q=Poter&sort=year")
    assert (titles(page), links(page)["potter"]) == (["Poterium"], "?q=potter&sort=year")
    assert status(page)[-1] == "Did you mean potter ?"


def test_nothing_found_leads_to_wider_searches(client: Client) -> None:
    shelve("Emma")
    page = client.get("/search/?q=zebra&field=title&format=audio&sort=year")
    assert "Nothing found for “zebra”" in said(page)
    assert links(page)["The same words without filters"] == "?q=zebra&field=title&sort=year"
    assert links(page)["The same words in all fields, without filters"] == "?q=zebra&sort=year"
    plain = links(client.get("/search/?q=zebra"))
    assert [name for name in plain if name.startswith("The same words")] == []


@pytest.mark.parametrize(
    ("field", "expected"), [("title", ["Oxford"]), ("publisher", ["Emma"]), ("all", ["Oxford", "Emma"])]
)
def test_words_are_looked_for_in_the_field_that_is_chosen(field: str, expected: list[str], client: Client) -> None:
    shelve("Emma", publisher="Oxford")
    shelve("Oxford")
    page = client.get("/search/", {"q": "oxford", "field": field})
    assert titles(page) == expected
    chosen = [each.get("value") for each in tree(page).iter("option") if each.get("selected") is not None]
    assert chosen == ([field] if field != "all" else ["all"])


# --- orders and pages -------------------------------------------------------------------------------


@pytest.mark.parametrize(("sort", "expected"), [
    ("relevance", ["Sea", "Sea of Ice", "A Sea"]), ("newest", ["Sea of Ice", "Sea", "A Sea"]),
    ("title", ["A Sea", "Sea", "Sea of Ice"]), ("year", ["A Sea", "Sea of Ice", "Sea"]),
    ("popularity", ["Sea of Ice", "Sea", "A Sea"]), ("author", ["A Sea", "Sea of Ice", "Sea"]),
])  # fmt: skip
def test_results_come_in_the_order_that_is_wanted(sort: str, expected: list[str], client: Client) -> None:
    shelve("A Sea", year=2001, by="Abel")
    shelve("Sea", year=1999, by="Zoe")
    shelve("Sea of Ice", year=2000, by="Mia", lent={"Sea of Ice": 3})
    page = client.get("/search/", {"q": "sea", "sort": sort})
    assert (titles(page)[1:], titles(page)[0]) == (expected[1:], expected[0])
    address = "?q=sea" if sort == "relevance" else f"?q=sea&sort={sort}"
    assert [e.get("href") for e in tree(page).iterfind(".//a[@aria-current='true']")] == [address]


def test_pages_keep_the_search_and_are_numbered_in_the_title(client: Client) -> None:
    shelve(*(f"Book {n:02}" for n in range(45)), language="eng")
    page = client.get("/search/?q=book&page=2&sort=title&language=eng")
    assert (titles(page)[0], tree(page).find(".//ol[@class='hits']").get("start")) == ("Book 20", "21")
    assert "Catalogue (page 2 of 3)" in title_of(page)
    kept = "?q=book&language=eng&sort=title"
    assert (addresses(page, "prev"), addresses(page, "next")) == ([kept], [f"{kept}&page=3"])
    assert (links(page)["1"], links(page)["3"]) == (kept, f"{kept}&page=3")


@pytest.mark.parametrize(("page", "first"), [
    ("0", "00"), ("-1", "00"), ("x", "00"), ("", "00"), ("\x00", "00"), ("1.5", "00"), ("4", "40"), ("500", "40"),
    ("501", "40"), ("9" * 30, "40"), ("9" * 5000, "40"), ("٢", "20"),
])  # fmt: skip
def test_page_number_that_makes_no_sense_shows_the_nearest_page(page: str, first: str, client: Client) -> None:
    shelve(*(f"Book {n:02}" for n in range(45)))
    answer = client.get("/search/", {"q": "book", "page": page, "sort": "title"})
    assert (answer.status_code, titles(answer)[0]) == (200, f"Book {first}")


@pytest.mark.parametrize("sort", ["relevance", "title", "newest"])
def test_pages_go_on_beyond_those_that_are_numbered(sort: str, few_is_many: None, client: Client) -> None:
    shelve(*(f"Book {n:02}" for n in range(9)))
    address, seen = f"?q=book&sort={sort}", []
    while address:
        page = client.get(f"/search/{address}")
        seen.append(titles(page))
        (address,) = addresses(page, "next") or [""]
    assert [len(each) for each in seen] == [2, 2, 2, 2, 1]
    assert sorted(title for each in seen for title in each) == [f"Book {n:02}" for n in range(9)]
    assert "(page 5 of 5)" in title_of(page)
    assert addresses(page, "prev") == []
    kept = "?q=book" if sort == "relevance" else f"?q=book&sort={sort}"
    assert (links(page)["Back to page 3"], links(page)["1"]) == (f"{kept}&page=3", kept)


def test_number_too_deep_asks_to_narrow_the_search_down(few_is_many: None, client: Client) -> None:
    shelve(*(f"Book {n:02}" for n in range(9)))
    page = client.get("/search/?q=book&page=4")
    assert (page.status_code, titles(page)) == (400, [])
    assert field_errors(page) == [
        "Pages are numbered up to 3. Go on from there page by page, or narrow the search down."
    ]
    assert tree(page).find(".//main//input[@name='q']").get("value") == "book"


def test_search_that_cannot_be_keeps_what_it_was_narrowed_down_by(few_is_many: None, client: Client) -> None:
    page = client.get(f"/search/?q={'x' * 1001}&to=2020")
    assert (page.status_code, tree(page).find(".//main//input[@name='to']").get("value")) == (400, "2020")


# --- parameters that mean nothing -------------------------------------------------------------------


@pytest.mark.parametrize(("name", "value"), [
    ("format", "stone"), ("sort", "size"), ("language", "English"), ("author", "abc"), ("author", "-1"),
    ("subject", "0"), ("branch", "9" * 30), ("available", "yes"),
    ("after", "x"), ("after", "1-2"), ("location", "x" * 81), ("format", "<b>"), ("language", "٣"),
])  # fmt: skip
def test_parameter_that_means_nothing_is_named_and_left_out(name: str, value: str, client: Client) -> None:
    shelve("Emma")
    page = client.get("/search/", {"q": "emma", name: value})
    shown = value if len(value) <= 40 else f"{value[:39]}…"
    assert (page.status_code, titles(page)) == (400, ["Emma"])
    assert field_errors(page) == [f"“{name}={shown}” in the address means nothing here and was left out."]


def test_field_that_is_none_is_named_and_left_out(client: Client) -> None:
    shelve("Emma")
    page = client.get("/search/?q=emma&field=colour")
    assert (page.status_code, titles(page)) == (400, ["Emma"])
    assert field_errors(page) == ["“field=colour” in the address means nothing here and was left out."]
    assert said(page).count("colour") == 1


NO_YEAR = "Type a year in digits, such as 1987. This one was left out."


@pytest.mark.parametrize(("q", "years", "sentences"), [
    ("emma", {"from": "1990.5", "to": "1999"}, [f"From: {NO_YEAR}"]),
    ("emma", {"from": "-5", "to": "10000"}, [f"From: {NO_YEAR}", f"To: {NO_YEAR}"]),
    ("zebra", {"from": "", "to": "soon"}, [f"To: {NO_YEAR}"]),
    ("emma", {"from": "2000", "to": "1990"}, ["From: This year lies after the other one. Both were left out."]),
    ("x" * 1001, {"from": "x", "to": "1999"}, [f"From: {NO_YEAR}"]),
])  # fmt: skip
def test_year_that_is_none_stays_beside_what_is_wrong_with_it(
    q: str, years: dict[str, str], sentences: list[str], client: Client
) -> None:
    shelve("Emma")
    page = client.get("/search/", {"q": q, **years})
    wrong_words = ["Search the catalogue: Type at most 1000 characters; these are 1001."] if len(q) > 1000 else []
    assert (page.status_code, field_errors(page)) == (400, wrong_words + sentences)
    typed = [
        (e.get("name"), e.get("value", "")) for e in tree(page).iterfind(".//main//input") if e.get("name") in years
    ]
    assert typed == list(years.items())
    assert [words(each) for each in tree(page).iterfind(".//main//p[@class='error']")] == [
        sentence.partition(": ")[2] for sentence in wrong_words + sentences
    ]


def test_too_many_authors_are_left_out(client: Client) -> None:
    shelve("Emma")
    page = client.get("/search/", {"q": "emma", "author": [str(n) for n in range(1, 10)]})
    assert (page.status_code, titles(page)) == (400, ["Emma"])
    assert field_errors(page) == ["“author” may stand in the address 8 times at most; it was left out."]


@pytest.mark.parametrize(("q", "sentence"), [
    ("x" * 1001, "Type at most 1000 characters; these are 1001."),
    ("a\x00b", "There is a character in it that means nothing (a null)."),
])  # fmt: skip
def test_search_that_cannot_be_says_why_and_keeps_what_was_typed(q: str, sentence: str, client: Client) -> None:
    shelve("Emma")
    page = client.get("/search/", {"q": q})
    assert (page.status_code, titles(page), len(field_errors(page))) == (400, [], 1)
    assert sentence in field_errors(page)[0]
    assert tree(page).find(".//main//input[@name='q']").get("value").replace("�", "\x00") == q


@pytest.mark.parametrize("q", [
    '"', '"a', 'a"b"c', '""', "AND", "emma AND", "OR OR", "NOT", "NEAR(a b)", "a*", "*", "**", "^a", "title:emma", ":",
    "(", ")", "((", "{a b}", "a + b", "+", "-", "--", "-a", "- a", "|", "a | b", "& a", "!", "!a", "<->", "a <-> b",
    "<2>", "\\", "\\'", "'", "''", ";", "a;--", ":*", "a:*", "a:A", "%s", "%(x)s", "\ufffd", "a\u0301" * 300,
    "x " * 499, "-x " * 330, "中" * 1000, "ก" * 1000, "__all", "__hid", "_eng_cat", "t:emma", "\u202e", "\U000e0001",
    '"' + "w " * 400 + '"',
])  # fmt: skip
def test_no_sign_is_an_operator(q: str, client: Client) -> None:
    shelve("Emma")
    for field in ("all", "title", "isbn", "callnumber"):
        assert client.get("/search/", {"q": q, "field": field}).status_code == 200
