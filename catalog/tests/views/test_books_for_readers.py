"""The pages of a book, an author and a subject, their lasting addresses and their covers."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Action
from catalog.drafts import DraftContributor
from catalog.models import Author, Book, Subject
from catalog.services.covers import upload_cover
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from catalog.tests.views.pages import links, picture, title_of
from catalog.tests.views.readers import add, titles, withdrawn
from circulation.services.copies import mark_damaged, withdraw_copy
from circulation.services.lost import mark_lost
from circulation.tests.factories import make_loan
from circulation.tests.views.pages import rows, said, tree, words

pytestmark = pytest.mark.django_db


def facts(response: Any) -> dict[str, str]:
    about = tree(response).find(".//dl[@class='facts']")
    return dict(zip(map(words, about.iter("dt")), map(words, about.iter("dd")), strict=True))


def test_page_of_a_book_tells_everything_about_the_edition(client: Client) -> None:
    book = add()
    page = client.get(f"/books/{book.pk}/")
    assert facts(page) == {
        "Publisher": "Oxford University Press, Oxford", "Published": "2004", "First published": "1813",
        "Edition": "2nd", "Language": "English", "Pages": "333", "Format": "Paperback", "Series": "World's Classics",
        "ISBN-13": "9780192802385", "ISBN-10": "0192802380", "Permalink": f"http://127.0.0.1:8000/books/{book.pk}/",
    }  # fmt: skip
    assert "Money & manners." in said(page)
    author, subject = Author.objects.get(), Subject.objects.get(name="England")
    assert links(page)["Jane Austen"] == f"/authors/{author.pk}/"
    assert links(page)["England"] == f"/subjects/{subject.pk}/"
    assert title_of(page).startswith("Pride and Prejudice – ")


def test_page_of_a_book_shows_every_copy_with_its_state_and_due_date(client: Client) -> None:
    book = add(stock=5)
    copies = list(book.copies.order_by("pk"))
    due = timezone.localtime(make_loan(copies[1]).due_at)
    for copy, mark in zip(copies[2:], [mark_lost, mark_damaged, withdraw_copy], strict=True):
        mark(copy, by=None)
    reference = CopyFactory(book=book, copy_type=CopyTypeFactory(is_lendable=False), location="Hall")
    place = str(copies[0].home_branch)
    assert rows(client.get(f"/books/{book.pk}/")) == [
        [place, "823", copies[0].barcode, "Available"],
        [place, "823", copies[1].barcode, f"On loan due {due.day} {due:%b %Y}"],
        [place, "823", copies[2].barcode, "Lost"],
        [place, "823", copies[3].barcode, "Damaged"],
        [f"{place}, Hall", "–", reference.barcode, "For use in the library"],
    ]


def test_book_without_copies_says_so(client: Client) -> None:
    page = client.get(f"/books/{add().pk}/")
    assert rows(page) == [["The library has no copy of this book at the moment."]]


def test_book_whose_every_copy_was_withdrawn_is_nowhere_to_be_seen_by_readers(client: Client) -> None:
    book = withdrawn(add(stock=2))
    upload_cover(book, data=picture(), by=None)
    author, subject = Author.objects.get(), Subject.objects.get(name="England")
    gone = [f"/books/{book.pk}/", "/isbn/9780192802385/", f"/books/{book.pk}/cover.jpg"]
    assert [client.get(address).status_code for address in gone] == [404] * 3
    lists = [
        "/search/?q=pride",
        "/search/?q=9780192802385",
        "/search/?q=B000001X",
        f"/authors/{author.pk}/",
        f"/subjects/{subject.pk}/",
    ]
    assert [titles(client.get(address)) for address in lists] == [[]] * 5
    assert "Pride" not in said(client.get("/"))


def test_only_librarians_are_led_to_the_desk(client: Client, mine: Client, desk: Client) -> None:
    address = f"/books/{add().pk}/"
    assert ["Edit at the desk" in links(browser.get(address)) for browser in (client, mine, desk)] == [
        False, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_a_book_asks_the_database_ten_times(count: int, client: Client, django_assert_num_queries: Any) -> None:
    people = tuple(DraftContributor(f"Person {number}") for number in range(count))
    book = add(stock=count, contributors=people, subjects=tuple(f"Subject {number}" for number in range(count)))
    for copy in book.copies.all():
        make_loan(copy)
    with django_assert_num_queries(10):
        client.get(f"/books/{book.pk}/")


def test_author_page_lists_the_books_they_had_a_part_in(client: Client) -> None:
    add()
    add(title="Emma", subtitle="", contributors=(DraftContributor("Jane Austen", role="edt"),), isbns=())
    add(title="Other", contributors=(DraftContributor("Ann Other"),), isbns=())
    page = client.get(f"/authors/{Author.objects.get(name='Jane Austen').pk}/")
    assert (titles(page), "2 books" in said(page)) == (["Emma", "Pride and Prejudice: A Novel"], True)
    assert title_of(page).startswith("Jane Austen – ")


def test_subject_page_lists_the_books_about_it(client: Client) -> None:
    add()
    add(title="Other", subjects=("Cats",), isbns=())
    page = client.get(f"/subjects/{Subject.objects.get(name='England').pk}/")
    assert (titles(page), "1 book" in said(page)) == (["Pride and Prejudice: A Novel"], True)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("what", ["authors", "subjects"])
def test_author_and_subject_page_ask_the_database_five_times(
    what: str, count: int, client: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        add(title=f"Book {number}", stock=2, isbns=(f"97801928023{number}5",))
    pk = (Author if what == "authors" else Subject).objects.order_by("pk")[0].pk
    with django_assert_num_queries(5):
        client.get(f"/{what}/{pk}/")


@pytest.mark.parametrize(
    "isbn", ["9780192802385", "978-0-19-280238-5", "0192802380", "0-19-280238-0", "978 0192802385"]
)
def test_permalink_by_isbn_leads_to_the_book_in_every_spelling(isbn: str, client: Client) -> None:
    book = add()
    assert client.get(f"/isbn/{isbn}/").headers["Location"] == f"/books/{book.pk}/"


def test_permalink_of_an_isbn_with_a_wrong_check_digit_leads_to_the_book(client: Client) -> None:
    book = add(isbns=(), isbns_10=(), isbns_invalid=("9780132567088",))
    assert client.get("/isbn/978-0132567088/").headers["Location"] == f"/books/{book.pk}/"


def test_permalink_of_an_isbn_used_twice_leads_to_both(client: Client) -> None:
    add()
    add(title="Emma", subtitle="")
    page = client.get("/isbn/9780192802385/", follow=True)
    assert page.redirect_chain == [("/search/?q=9780192802385", 302)]
    assert titles(page) == ["Emma", "Pride and Prejudice: A Novel"]


@pytest.mark.parametrize("isbn", ["9780553382563", "abc", "0", "%00", "%F0%9F%A6%89", "9" * 3000, "..", "978%0A"])
def test_permalink_of_nothing_is_a_clear_page(isbn: str, client: Client) -> None:
    add()
    page = client.get(f"/isbn/{isbn}/")
    assert (page.status_code, "There is nothing here" in said(page)) == (404, True)


@pytest.mark.parametrize("address", ["/books/{}/", "/authors/{}/", "/subjects/{}/", "/books/{}/cover.jpg"])
@pytest.mark.parametrize("pk", ["0", "999", "9" * 19, "9" * 4400, "abc", "-1", "1.0", "１"])
def test_thing_that_is_not_here_is_a_clear_page(address: str, pk: str, client: Client) -> None:
    page = client.get(address.format(pk))
    assert (page.status_code, "There is nothing here" in said(page)) == (404, True)


@pytest.mark.parametrize("address", ["/", "/search/", "/books/{}/", "/isbn/9780192802385/", "/books/{}/cover.jpg"])
def test_public_pages_take_nothing_from_anybody(address: str, client: Client) -> None:
    book = add()
    before = Action.objects.count()
    page = client.post(address.format(book.pk), {"q": "x"})
    assert (page.status_code, Action.objects.count()) == (405, before)
    assert "This address only takes what a form sends" in said(page)


def test_cover_is_served_by_us_and_may_be_kept_for_ever(client: Client) -> None:
    book = add()
    upload_cover(book, data=picture(), by=None)
    shown = tree(client.get(f"/books/{book.pk}/")).find(".//main//img").get("src")
    response = client.get(shown)
    assert (response.status_code, b"".join(response.streaming_content)[:3]) == (200, b"\xff\xd8\xff")
    assert (response.headers["Content-Type"], response.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_another_cover_has_another_address(client: Client) -> None:
    book, moment = add(), timezone.now()
    addresses = []
    for _each in range(2):
        upload_cover(book, data=picture(), by=None, now=moment)
        addresses.append(tree(client.get(f"/books/{book.pk}/")).find(".//main//img").get("src"))
    assert addresses[0] != addresses[1]


def test_book_without_a_picture_has_a_drawn_cover_with_title_and_author(client: Client) -> None:
    page = tree(client.get(f"/books/{add().pk}/")).find(".//main//span[@aria-hidden='true']")
    assert (words(page), page.find(".//img")) == ("Pride and Prejudice Jane Austen", None)


def test_cover_whose_file_is_gone_is_a_clear_page(client: Client) -> None:
    book = add()
    upload_cover(book, data=picture(), by=None)
    cover = Book.objects.get().cover
    cover.file.storage.delete(cover.file.name)
    assert client.get(f"/books/{book.pk}/cover.jpg").status_code == 404


def test_librarian_still_sees_the_cover_of_a_withdrawn_book(desk: Client) -> None:
    book = withdrawn(add(stock=1))
    upload_cover(book, data=picture(), by=None)
    response = desk.get(f"/books/{book.pk}/cover.jpg")
    response.close()
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "private, no-cache")
