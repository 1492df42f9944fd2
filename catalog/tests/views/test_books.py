"""Books at the desk: the list, a new book by hand, editing, covers, deleting."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.exceptions import Refused
from accounts.models import Action, Branch, User
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Book, Copy
from catalog.services.books import add_book
from catalog.tests.search.shelf import TOLD_TO_THE_PLANNER, shelve
from catalog.tests.views.pages import HOSTILE, buttons, fields_of, links, title_of
from catalog.views import books as views
from circulation.services.copies import mark_damaged, withdraw_copy
from circulation.services.lost import mark_lost
from circulation.tests.factories import make_loan
from circulation.tests.views.pages import field_errors, messages, outcomes, rows, said, tree, words

pytestmark = pytest.mark.django_db
LIST, ADD = "/desk/books/", "/desk/books/add/"
JAVA = "978-0132567088"  # as printed in a real book: its check digit is wrong
FOX = "9780140328721"


def make(stock: int = 0, **changes: Any) -> Book:
    values: dict[str, Any] = {"title": "Emma", "contributors": (DraftContributor("Jane Austen"),), "isbns": (FOX,)}
    return add_book(BookDraft(**values | changes), stock=stock, by=None)


def new_book(desk: Client, **typed: Any) -> Any:
    """Fill in the form for a new book and send it."""
    return desk.post(ADD, fields_of(desk.get(ADD), button="Save book") | typed, follow=True)


# --- the list ---------------------------------------------------------------------------------------


def test_list_has_its_columns_and_a_row_for_each_book(desk: Client) -> None:
    book = make(stock=3, description="word " * 40)
    make_loan(book.copies.order_by("pk")[0])
    page = desk.get(LIST)
    assert [words(each) for each in tree(page).iter("th")] == [
        "ISBN", "Title", "Author", "Stock", "Description", "Actions",
    ]  # fmt: skip
    ((isbn, title, author, stock, description, actions),) = rows(page)
    assert (isbn, title.endswith("Emma"), author, stock) == (FOX, True, "Jane Austen", "2 of 3")
    assert (len(description), description.endswith("…")) == (90, True)
    assert actions == "Edit Emma View Emma"


def test_list_leads_to_editing_viewing_adding_and_importing(desk: Client) -> None:
    book = make()
    leads = links(desk.get(LIST))
    assert (leads["Edit Emma"], leads["View Emma"]) == (f"/desk/books/{book.pk}/", f"/books/{book.pk}/")
    assert (leads["Add new book"], leads["Import by ISBN"], leads["Clear"]) == (ADD, "/desk/import/", LIST)
    assert "Search" in buttons(desk.get(LIST))


def test_stock_leaves_out_what_is_withdrawn_or_lost_and_counts_out_what_is_damaged(desk: Client) -> None:
    book = make(stock=4)
    for copy, mark in zip(book.copies.order_by("pk"), [withdraw_copy, mark_lost, mark_damaged], strict=False):
        mark(copy, by=None)
    make(title="Bare", isbns=())
    assert [row[3] for row in rows(desk.get(LIST))] == ["0", "1 of 2"]


def test_book_whose_every_copy_was_withdrawn_has_a_badge_and_no_link_to_the_page_that_readers_see(desk: Client) -> None:
    book = make(stock=1)
    withdraw_copy(book.copies.get(), by=None)
    page = desk.get(LIST)
    assert (rows(page)[0][3], rows(page)[0][5]) == ("Withdrawn", "Edit Emma")
    editing = desk.get(f"/desk/books/{book.pk}/")
    assert ("As readers see it" in links(editing), "Withdrawn: readers do not see it" in said(editing)) == (False, True)


@pytest.mark.parametrize(
    "q", ["9780140328721", "978-0-14-032872-1", "0140328726", "B000001X", "*b000001x*", "]E09780140328721"]
)
def test_scan_of_an_isbn_or_a_barcode_opens_the_book_even_one_that_is_withdrawn(q: str, desk: Client) -> None:
    book = make(stock=1)
    make(title="Other", contributors=(), isbns=("9780553382563",))
    withdraw_copy(book.copies.get(), by=None)
    assert desk.get(LIST, {"q": q}).headers["Location"] == f"/desk/books/{book.pk}/"


@pytest.mark.parametrize("q", ["emma", "AUST", "austen emma"])
def test_list_is_searched_by_words(q: str, desk: Client) -> None:
    make(stock=1)
    make(title="Other", contributors=(), isbns=("9780553382563",))
    page = desk.get(LIST, {"q": q})
    assert [row[0] for row in rows(page)] == [FOX]
    assert tree(page).find(".//main//input[@name='q']").get("value") == q
    assert title_of(page).startswith(f"{q} – Books")


def test_isbn_with_a_wrong_check_digit_is_found_and_shown(desk: Client) -> None:
    book = make(isbns=(), isbns_invalid=("9780132567088",))
    assert desk.get(LIST, {"q": JAVA}).headers["Location"] == f"/desk/books/{book.pk}/"
    assert rows(desk.get(LIST, {"q": "emma"}))[0][0] == "9780132567088"


def test_book_without_isbn_shows_a_dash(desk: Client) -> None:
    make(isbns=())
    assert rows(desk.get(LIST))[0][0] == "–"


def test_search_without_a_find_offers_open_library_and_the_form_with_what_was_typed(desk: Client) -> None:
    leads = links(desk.get(LIST, {"q": "978-0-14-032872-1"}))
    assert leads["Look at Open Library"] == "/desk/import/?q=978-0-14-032872-1"
    assert leads["Add by hand"] == f"{ADD}?isbn=978-0-14-032872-1"
    assert links(desk.get(LIST, {"q": "tea & cats"}))["Add by hand"] == f"{ADD}?title=tea+%26+cats"
    assert tree(desk.get(f"{ADD}?title=tea+%26+cats")).find(".//input[@name='title']").get("value") == "tea & cats"


def test_empty_list_leads_to_the_first_book(desk: Client) -> None:
    assert links(desk.get(LIST))["Add the first one by its ISBN"] == "/desk/import/"


@pytest.mark.parametrize("q", ["x" * 1001, "a\x00b"])
def test_search_that_cannot_be_says_why_and_keeps_what_was_typed(q: str, desk: Client) -> None:
    make()
    page = desk.get(LIST, {"q": q})
    box = tree(page).find(".//main//input[@name='q']")
    assert (page.status_code, rows(page), len(field_errors(page))) == (400, [], 1)
    assert box.get("value").replace("�", "\x00") == q


def test_list_has_pages_that_keep_the_search(desk: Client) -> None:
    shelve(*(f"Emma {number:02}" for number in range(30)))
    page = desk.get(f"{LIST}?q=emma&field=title&sort=year&page=2")
    assert (len(rows(page)), links(page)["1"]) == (10, "?q=emma&field=title&sort=year")
    assert "Books (page 2 of 2)" in title_of(page)


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_database_eleven_times(count: int, desk: Client, django_assert_num_queries: Any) -> None:
    for number in range(count):
        book = make(title=f"Book {number}", stock=2, contributors=(DraftContributor(f"A {number}"),))
        make_loan(book.copies.first())
    with django_assert_num_queries(11 + TOLD_TO_THE_PLANNER[connection.vendor]):
        desk.get(LIST)


# --- a new book by hand -----------------------------------------------------------------------------


def test_book_without_isbn_needs_three_fields(desk: Client, librarian: User) -> None:
    page = new_book(desk, title="The Village in Old Pictures", people="Historical Society", stock="2")
    book = Book.objects.get()
    assert page.redirect_chain == [(f"/desk/books/{book.pk}/", 302)]
    assert (book.title, [c.author.name for c in book.contributors.all()]) == (
        "The Village in Old Pictures", ["Historical Society"],
    )  # fmt: skip
    codes = list(book.copies.order_by("pk").values_list("barcode", flat=True))
    assert messages(page) == [
        f"“The Village in Old Pictures” is in the catalogue, with 2 copies. {codes[0]} {codes[1]}"
    ]
    assert [(action.verb, action.by) for action in Action.objects.all()] == [("add_book", librarian)]


def test_stock_of_ten_makes_ten_copies_with_barcodes(desk: Client) -> None:
    new_book(desk, title="Emma", stock="10", location="Hall", price_minor="12.50", call_number="823 A")
    copies = Copy.objects.order_by("pk")
    assert len({copy.barcode for copy in copies}) == 10
    assert {(c.location, c.price_minor, c.call_number, c.condition) for c in copies} == {
        ("Hall", 1250, "823 A", "good")
    }


def test_stock_of_none_makes_a_book_without_copies(desk: Client) -> None:
    page = new_book(desk, title="Emma", stock="0")
    assert (Book.objects.count(), Copy.objects.count()) == (1, 0)
    assert "No copies yet. Readers see the book, but cannot borrow it." in said(page)


def test_new_copies_stand_at_the_branch_of_the_desk(desk: Client) -> None:
    east = Branch.objects.create(code="EAST", name="East")
    desk.post(f"/desk/branch/{east.pk}/")
    new_book(desk, title="Emma", stock="1")
    assert Copy.objects.get().home_branch == east


@pytest.mark.parametrize("typed", [
    "9780140328721", "978-0-14-032872-1", " 978 0 14 032872 1 ", "ISBN 978-0-14-032872-1", "]E09780140328721",
    "0140328726", "0-14-032872-6", "９７８０１４０３２８７２１", "9780140328721\r\n", "978-0-14-032872-1 (paperback)",
])  # fmt: skip
def test_isbn_is_taken_in_any_form(typed: str, desk: Client) -> None:
    new_book(desk, title="Fox", isbn=typed)
    assert Book.objects.get().identifiers.get(kind="isbn13").value == FOX


def test_isbn_with_a_wrong_check_digit_is_accepted_with_a_warning(desk: Client) -> None:
    page = new_book(desk, title="Introduction to Java", isbn=JAVA)
    assert outcomes(page)[0] == (
        "warning", "The check digit of ISBN 9780132567088 is wrong. It is kept and can be searched for.",
    )  # fmt: skip
    identifier = Book.objects.get().identifiers.get()
    assert (identifier.kind, identifier.value) == ("isbn_invalid", "9780132567088")


def test_isbn_that_is_none_is_refused_and_nothing_typed_is_lost(desk: Client) -> None:
    page = new_book(desk, title="Emma", isbn="12345", people="Jane Austen", stock="3", description="Two\nlines")
    assert (page.status_code, Book.objects.count(), len(field_errors(page))) == (200, 0, 1)
    assert "“12345” is no ISBN" in field_errors(page)[0]
    kept = fields_of(page, button="Save book")
    assert [kept[name] for name in ("isbn", "title", "people", "stock", "description")] == [
        "12345", "Emma", "Jane Austen", "3", "Two\nlines",
    ]  # fmt: skip
    assert title_of(page).startswith("Error:")


def test_isbn_that_is_here_asks_and_leads_to_the_book(desk: Client) -> None:
    known = make(publisher="Penguin", year=1996)
    page = new_book(desk, title="Emma again", isbn="0140328726")
    assert (Book.objects.count(), field_errors(page)) == (1, ["ISBN: “Emma” is here with this ISBN."])
    assert links(page)["Look at “Emma”"] == f"/desk/books/{known.pk}/"
    page = desk.post(ADD, fields_of(page, button="Save book") | {"is_another": "on"}, follow=True)
    assert sorted(Book.objects.values_list("title", flat=True)) == ["Emma", "Emma again"]


def test_other_refusal_is_said_and_asks_nothing_of_the_isbn(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **how: Any) -> None:
        raise Refused("too_many_copies", "Too many.")

    monkeypatch.setattr(views, "add_book_service", refuse)
    make()
    page = new_book(desk, title="Emma again", isbn=FOX)
    assert (field_errors(page), "Look at “Emma”" in links(page)) == (["Too many."], False)


def test_wrong_isbn_that_is_here_asks_as_well(desk: Client) -> None:
    make(isbns=(), isbns_invalid=("9780132567088",))
    page = new_book(desk, title="Java", isbn=JAVA)
    assert (Book.objects.count(), field_errors(page)) == (1, ["ISBN: “Emma” is here with this ISBN."])


def test_every_field_of_the_form_is_kept(desk: Client) -> None:
    typed = {
        "isbn": f"{FOX}, 9780553382563", "title": "Emma", "people": "Jane Austen\nQuentin Blake (illustrator)",
        "subtitle": "A Novel", "publisher": "Penguin", "place": "London", "year": "1996", "edition": "2nd",
        "language": "eng", "pages": "474", "format": "paperback", "series": "Classics", "call_number": "823 A",
        "subjects": "England\r\nLove", "description": "One\r\n\r\nTwo",
    }  # fmt: skip
    page = new_book(desk, **typed)
    kept = fields_of(page, button="Save")
    assert {name: kept[name] for name in typed} == typed | {
        "people": "Jane Austen\nQuentin Blake (Illustrator)", "subjects": "England\nLove", "description": "One\n\nTwo",
    }  # fmt: skip


@pytest.mark.parametrize("typed", [
    {"title": ""}, {"title": " \u200b "}, {"title": "x" * 501}, {"title": "a\x00b"}, {"stock": "-1"}, {"stock": "501"},
    {"stock": "two"}, {"stock": ""}, {"stock": "1e3"}, {"year": "MM"}, {"year": "0"}, {"year": "99999"},
    {"pages": "-1"}, {"pages": "9" * 400}, {"language": "xxx"}, {"format": "scroll"}, {"copy_type": "999"},
    {"copy_type": "x"}, {"price_minor": "1e9"}, {"price_minor": "-1"}, {"price_minor": "1.005"}, {"isbn": "abc"},
    {"isbn": "9" * 4001}, {"people": "a\x00"}, {"description": "d" * 10_001}, {"call_number": "c" * 61},
])  # fmt: skip
def test_field_that_cannot_be_is_named_and_nothing_is_saved(typed: dict[str, str], desk: Client) -> None:
    page = new_book(desk, **{"title": "Emma", **typed})
    assert (page.status_code, Book.objects.count(), len(field_errors(page))) == (200, 0, 1)
    assert fields_of(page, button="Save book").keys() == fields_of(desk.get(ADD), button="Save book").keys()


def test_control_and_direction_marks_are_taken_out_of_a_title(desk: Client) -> None:
    new_book(desk, title="\u202eEm\u0007ma\ufeff\u2066", people="Jane\tAusten\u200b\r\n\r\n")
    book = Book.objects.get()
    assert (book.title, book.contributors.get().author.name) == ("Em ma", "Jane Austen")


def test_control_and_direction_marks_are_taken_out_of_a_description(desk: Client) -> None:
    new_book(desk, title="Emma", description="One\u202e\u0007 two\r\n\r\nthree\u2066")
    assert Book.objects.get().description == "One two\n\nthree"


# --- sent twice, late, or by somebody else ----------------------------------------------------------


def test_form_sent_twice_makes_one_book_and_says_so_twice(desk: Client) -> None:
    fields = fields_of(desk.get(ADD), button="Save book") | {"title": "Emma", "stock": "2"}
    first, second = (desk.post(ADD, fields, follow=True) for _ in range(2))
    assert (Book.objects.count(), Copy.objects.count(), Action.objects.count()) == (1, 2, 1)
    assert first.redirect_chain == second.redirect_chain
    assert messages(first) == messages(second)


def test_form_sent_again_after_back_with_other_words_changes_nothing_and_says_so(desk: Client) -> None:
    fields = fields_of(desk.get(ADD), button="Save book") | {"title": "Emma"}
    desk.post(ADD, fields)
    page = desk.post(ADD, fields | {"title": "Persuasion"}, HTTP_REFERER=f"http://testserver{ADD}")
    assert (page.status_code, Book.objects.get().title) == (409, "Emma")
    assert "This form was sent before" in said(page)
    assert links(page)["Back to the page"] == ADD


def test_form_without_its_token_changes_nothing_and_says_so(librarian: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(librarian)
    page = browser.post(ADD, {"title": "Emma", "stock": "1"})
    assert (page.status_code, Book.objects.count()) == (403, 0)
    assert "This page was open too long" in said(page)


def test_form_sent_after_the_session_ended_asks_to_sign_in_and_leads_back(desk: Client) -> None:
    fields = fields_of(desk.get(ADD), button="Save book") | {"title": "Emma"}
    desk.logout()
    page = desk.post(ADD, fields)
    assert (page.headers["Location"], Book.objects.count()) == (f"/accounts/login/?next={ADD}", 0)


def test_form_of_another_books_page_that_ended_up_here_after_signing_in_is_a_clear_page(desk: Client) -> None:
    """Who had to sign in again is led to the address of the form, which knows nothing any more."""
    book = make()
    for what in ("delete/", "copies/", "cover/", "cover/remove/"):
        page = desk.get(f"/desk/books/{book.pk}/{what}")
        assert (page.status_code, page.headers["Allow"]) == (405, "POST")
        assert "Nothing was changed." in said(page)


# --- hostile words ----------------------------------------------------------------------------------


def test_hostile_words_in_every_field_are_only_words(desk: Client) -> None:
    texts = [
        "title",
        "people",
        "subtitle",
        "publisher",
        "place",
        "edition",
        "series",
        "subjects",
        "description",
        "location",
    ]
    typed = dict.fromkeys(texts, HOSTILE) | {"call_number": HOSTILE[:60]}
    page = new_book(desk, **typed)
    book = Book.objects.get()
    assert (book.title, book.description, book.subjects.get().name) == (HOSTILE, HOSTILE, HOSTILE)
    for each in (page, desk.get(LIST), desk.get(LIST, {"q": HOSTILE}), desk.get(f"/desk/books/{book.pk}/")):
        assert "<script>alert" not in each.content.decode()


def test_fields_nobody_asked_for_change_nothing(desk: Client) -> None:
    extra = {"search_text": "x", "origins": "{}", "created_at": "2001-01-01", "pk": "77", "match_key": "x", "by": "1"}
    new_book(desk, title="Emma", **extra)
    book = Book.objects.get()
    assert (book.pk != 77, book.match_key, book.origins["title"]) == (True, "emma", "librarian")
