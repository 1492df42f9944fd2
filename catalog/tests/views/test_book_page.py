"""What the page of a book offers beyond the book: citations, linked data, a permalink, other books."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import LibrarySettings
from catalog.discovery.neighbours import MOST_EDITIONS
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import AlsoBorrowed, Book, SourceRecord
from catalog.services.books import add_book, edit_book
from catalog.services.covers import upload_cover
from catalog.services.search import index_books
from catalog.tests.factories import BookFactory, CopyFactory, CopyTypeFactory
from catalog.tests.views.pages import HOSTILE, picture
from circulation.services.copies import mark_copy
from circulation.tests.factories import make_loan
from circulation.tests.views.pages import rows, said, tree, words

pytestmark = pytest.mark.django_db
EMMA = BookDraft(
    title="Emma", contributors=(DraftContributor("Jane Austen", "Austen, Jane"),), publisher="Penguin", place="London",
    isbns=("9780192802385",), year=2003, language="eng", call_number="823 AUS", pages=474, edition="2nd",
    subjects=("England",), format="paperback",
)  # fmt: skip
SITE = "https://library.example.org"


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = SITE


def add(stock: int = 0, **changes: Any) -> Book:
    values = {name: getattr(EMMA, name) for name in BookDraft.__slots__} | changes
    return add_book(BookDraft(**values), stock=stock, by=None)


def other(title: str, call_number: str = "", **fields: Any) -> Book:
    return add(title=title, call_number=call_number, isbns=(), subjects=(), **fields)


def withdraw(book: Book) -> Book:
    copy = book.copies.first() or CopyFactory(book=book)
    mark_copy(copy, state="withdrawn", by=None)
    return book


def of_work(book: Book, work: str = "OL1W") -> Book:
    SourceRecord.objects.create(
        book=book, source="openlibrary", key=f"OL{book.pk}M", work_key=work, fetched_at=timezone.now()
    )
    return book


def page_of(client: Client, book: Book) -> Any:
    return client.get(f"/books/{book.pk}/")


def section(page: Any, name: str) -> list[str]:
    """The titles of the shelf below this heading."""
    found = tree(page).find(f".//section[@aria-labelledby='{name}']")
    return [words(each) for each in found.iterfind(".//span[@class='name']")] if found is not None else []


# --- citations ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "kind", "beginning", "file"),
    [
        ("apa", "text/plain", "Austen, J. (2003). Emma (2nd ed.). Penguin.\n", ""),
        ("mla", "text/plain", "Austen, Jane. Emma. 2nd ed., Penguin, 2003.\n", ""),
        ("chicago", "text/plain", "Austen, Jane. Emma. 2nd ed. London: Penguin, 2003.\n", ""),
        ("bibtex", "application/x-bibtex", "@book{austen2003-", "bib"),
        ("ris", "application/x-research-info-systems", "TY  - BOOK\r\nID  - ", "ris"),
    ],
)
def test_book_is_cited_in_every_style(style: str, kind: str, beginning: str, file: str, client: Client) -> None:
    book = add()
    answer = client.get(f"/books/{book.pk}/cite/{style}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, f"{kind}; charset=utf-8")
    assert answer.content.decode().startswith(beginning)
    named = f'attachment; filename="austen2003-{book.pk}.{file}"' if file else None
    assert answer.headers.get("Content-Disposition") == named
    assert (f"{SITE}/books/{book.pk}/" in answer.content.decode()) == bool(file)


@pytest.mark.parametrize("style", ["harvard", "APA", "x" * 500, "%00", "é"])
def test_style_that_is_not_there_is_a_sentence(style: str, client: Client) -> None:
    answer = client.get(f"/books/{add().pk}/cite/{style}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert answer.content.decode() == (
        "There is no such style of citation here. There are: apa, mla, chicago, bibtex, ris.\n"
    )


def test_page_cites_the_book_and_leads_to_the_files(client: Client) -> None:
    book = add()
    cited = tree(page_of(client, book)).find(".//main//details")
    assert [words(each) for each in cited.iter("dt")] == ["APA", "MLA", "Chicago"]
    assert [words(each) for each in cited.iter("cite")] == [book.full_title] * 3
    assert [each.get("href") for each in cited.iter("a")] == [
        f"/books/{book.pk}/cite/bibtex", f"/books/{book.pk}/cite/ris",
    ]  # fmt: skip


# --- linked data, permalink ---------------------------------------------------------------------------


def test_linked_data_says_everything_about_the_edition_and_its_copies(client: Client) -> None:
    book = add(stock=2)
    book.contributors.create(author=book.contributors.get().author, role="trl", order=1)
    lent, kept = book.copies.order_by("pk")
    make_loan(lent)
    CopyFactory(book=book, copy_type=CopyTypeFactory(is_lendable=False), barcode="HALL")
    upload_cover(book, data=picture(), by=None)
    answer = client.get(f"/books/{book.pk}.jsonld")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/ld+json")
    said = answer.json()
    author = book.contributors.first().author
    jane = {"@type": "Person", "@id": f"{SITE}/authors/{author.pk}/", "name": "Jane Austen"}
    assert {name: said[name] for name in said if name not in ("offers", "image")} == {
        "@context": "https://schema.org", "@type": "Book", "@id": f"{SITE}/books/{book.pk}/",
        "url": f"{SITE}/books/{book.pk}/", "name": "Emma", "author": [jane], "translator": [jane],
        "isbn": ["9780192802385"], "inLanguage": "en", "publisher": {"@type": "Organization", "name": "Penguin"},
        "datePublished": "2003", "bookEdition": "2nd", "bookFormat": "https://schema.org/Paperback",
        "numberOfPages": 474, "about": [{"@type": "Thing", "name": "England"}],
    }  # fmt: skip
    assert said["image"].startswith(f"{SITE}/books/{book.pk}/cover.jpg?v=")
    assert [(offer["serialNumber"], offer["availability"].rsplit("/")[-1]) for offer in said["offers"]] == [
        (lent.barcode, "OutOfStock"), (kept.barcode, "InStock"), ("HALL", "InStoreOnly"),
    ]  # fmt: skip
    assert said["offers"][1]["offeredBy"]["@type"] == "Library"


def test_page_holds_the_same_data_as_the_address_it_names(client: Client) -> None:
    book = add(stock=1)
    head = tree(page_of(client, book)).find("head")
    block = head.find("script[@type='application/ld+json']")
    assert json.loads(block.text) == client.get(f"/books/{book.pk}.jsonld").json()
    links = {each.get("rel"): each.get("href") for each in head.iter("link")}
    assert (links["alternate"], links["canonical"]) == (f"/books/{book.pk}.jsonld", f"{SITE}/books/{book.pk}/")


def test_hostile_words_end_neither_the_data_nor_a_citation(client: Client) -> None:
    hostile = f"</script><script>alert(1)</script><!--\u2028\u2029 {HOSTILE}"
    book = add(title=hostile, subtitle=hostile, description=hostile, publisher=hostile, series=hostile)
    page = page_of(client, book)
    assert ("<script>alert" in page.content.decode(), "\u2028" in str(_block(page))) == (False, False)
    assert json.loads(_block(page).text)["name"] == book.full_title
    for style in ("apa", "mla", "chicago", "bibtex", "ris"):
        assert client.get(f"/books/{book.pk}/cite/{style}").status_code == 200


def _block(page: Any) -> Any:
    return tree(page).find("head/script[@type='application/ld+json']")


@pytest.mark.parametrize("address", ["/books/{}/", "/books/{}.jsonld", "/books/{}/cite/apa", "/books/{}/cite/bibtex"])
def test_book_that_is_withdrawn_or_was_never_here_is_nowhere(address: str, client: Client) -> None:
    book = withdraw(add(stock=1))
    assert [client.get(address.format(pk)).status_code for pk in (book.pk, 0, "9" * 30)] == [404, 404, 404]


# --- editions of the work -----------------------------------------------------------------------------


def test_other_editions_are_shown_newest_first_with_what_tells_them_apart(client: Client) -> None:
    book = of_work(add())
    of_work(other("Emma old", year=1990, language="", format=""))
    german = of_work(other("Emma deutsch", year=2010, language="ger", format="hardcover", isbns_10=()))
    CopyFactory(book=german)
    index_books([german.pk])
    withdraw(of_work(other("Emma gone")))
    of_work(other("Persuasion"), "OL2W")
    assert rows(page_of(client, book), table=1) == [
        ["Emma deutsch", "2010", "German", "Hardcover", "1 of 1 available"],
        ["Emma old", "1990", "–", "–", "No copies"],
    ]


def test_of_many_editions_twelve_are_shown_and_counted(client: Client) -> None:
    book = of_work(add())
    for year in range(1990, 1991 + MOST_EDITIONS):
        of_work(BookFactory(title=f"Emma {year}", year=year))
    page = page_of(client, book)
    assert (len(rows(page, table=1)), "the 12 newest of 13" in said(page)) == (12, True)


# --- on the same shelf --------------------------------------------------------------------------------


def test_four_books_before_and_four_after_stand_on_the_same_shelf(client: Client) -> None:
    marks = ["1000", "823.912", "823.91", "823.9 ROW", "823 B", "823 A", "822", "821", "820", "9", ""]
    books = {mark: other(f"Book {mark}", mark) for mark in marks}
    withdraw(books["822"])
    assert section(page_of(client, books["823 B"]), "neighbours") == [
        f"Book {mark}" for mark in ("9", "820", "821", "823 A", "823.9 ROW", "823.91", "823.912", "1000")
    ]
    assert section(page_of(client, books[""]), "neighbours") == []


def test_books_with_one_call_number_stand_in_the_order_they_came(client: Client) -> None:
    books = [other(f"Book {n}", "FIC") for n in range(11)]
    assert section(page_of(client, books[5]), "neighbours") == [f"Book {n}" for n in (1, 2, 3, 4, 6, 7, 8, 9)]


def test_book_moves_along_the_shelf_with_its_call_number(client: Client) -> None:
    book, far = add(), other("Far", "999")
    edit_book(book, BookDraft(title="Emma", call_number=""), fields=["call_number"], by=None)
    assert section(page_of(client, far), "neighbours") == []
    edit_book(book, BookDraft(title="Emma", call_number="1000"), fields=["call_number"], by=None)
    assert section(page_of(client, far), "neighbours") == ["Emma"]


# --- also borrowed ------------------------------------------------------------------------------------


def test_also_borrowed_are_those_most_readers_share_without_a_number(client: Client) -> None:
    book, few, many, gone = add(), other("Few"), other("Many"), withdraw(other("Gone"))
    for each, readers in ((few, 5), (many, 987), (gone, 900), (other("Too few"), 4)):
        AlsoBorrowed.objects.create(book=book, other=each, readers=readers)
    page = page_of(client, book)
    assert section(page, "also") == ["Many", "Few"]
    assert "987" not in page.content.decode()


@pytest.mark.parametrize("least", [None, 0, 6])
def test_also_borrowed_keeps_to_the_setting_at_once(least: int | None, client: Client) -> None:
    book = add()
    AlsoBorrowed.objects.create(book=book, other=other("Few"), readers=5)
    LibrarySettings.objects.update(also_borrowed_least=least)
    assert section(page_of(client, book), "also") == []


@pytest.mark.parametrize("count", [1, 3])
def test_page_with_everything_asks_the_database_eleven_times(
    count: int, client: Client, django_assert_num_queries: Any
) -> None:
    book = of_work(add(stock=count))
    for number in range(count):
        near = of_work(other(f"Near {number}", "823"))
        CopyFactory(book=near)
        AlsoBorrowed.objects.create(book=book, other=near, readers=5 + number)
    with django_assert_num_queries(11):
        page = page_of(client, book)
    assert (len(section(page, "neighbours")), len(section(page, "also")), len(rows(page, 1))) == (count, count, count)
