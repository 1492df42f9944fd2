"""Adding books from Open Library, one at a time, as a librarian meets it."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Action, Branch, User
from accounts.services.work import beat
from catalog.drafts import BookDraft
from catalog.models import Book, Copy, Cover, SourceRecord
from catalog.services.books import add_book
from catalog.services.copies import add_copies
from catalog.tests.openlibrary.stub import Stub, page, record
from catalog.tests.views.pages import FOX, buttons, fields_of, know_the_fox, links, title_of
from circulation.tests.views.pages import messages, outcomes, said, tree, words

pytestmark = pytest.mark.django_db
IMPORT, SAVE, REVIEW = "/desk/import/", "/desk/import/save/", "/desk/import/review/OL7353617M/"
TWAIN = {
    "key": "/works/OL53908W", "title": "Adventures of Huckleberry Finn", "author_name": ["Mark Twain"],
    "author_key": ["OL18319A"], "first_publish_year": 1876, "cover_i": 8157718, "language": ["eng"],
    "editions": {"docs": [{"key": "/books/OL26964454M", "title": "Adventures of Huckleberry Finn",
                           "isbn": ["9780142437179"]}]},
}  # fmt: skip
JAVA = "978-0132567088"


@pytest.fixture(autouse=True)
def _worker(stub: Stub) -> None:
    """A worker that runs, so that no page says there is none."""
    beat()


@pytest.fixture
def fox(stub: Stub) -> Stub:
    """Open Library knowing one book."""
    know_the_fox(stub)
    return stub


def hits(response: Any) -> list[str]:
    return [words(each) for each in tree(response).iterfind(".//ol[@class='hits sheet']/li")]


def save(desk: Client, q: str = FOX, *, button: str = "Add book and copy", **changes: Any) -> Any:
    """Look ``q`` up and press a button of the result."""
    return desk.post(SAVE, fields_of(desk.get(IMPORT, {"q": q}), button=button) | changes, follow=True)


# --- results ----------------------------------------------------------------------------------------


def test_words_find_works_with_author_year_and_cover_through_our_own_address(desk: Client, stub: Stub) -> None:
    stub.tell("/search.json", record({"docs": [TWAIN, TWAIN | {"key": "/works/OL1W", "title": "Roughing It"}]}))
    found = desk.get(IMPORT, {"q": "twain"})
    assert [each.split(" Add book")[0] for each in hits(found)] == [
        "Adventures of Huckleberry Finn Mark Twain Adventures of Huckleberry Finn Mark Twain (1876)",
        "Adventures of Huckleberry Finn Mark Twain Adventures of Huckleberry Finn Mark Twain (1876)",
    ]
    pictures = [each.get("src") for each in tree(found).iterfind(".//main//img")]
    assert pictures == ["/desk/import/cover/8157718/"] * 2
    assert ("2 books found" in said(found), title_of(found).startswith("twain – Import")) == (True, True)


def test_isbn_shows_the_whole_record(desk: Client, fox: Stub) -> None:
    found = desk.get(IMPORT, {"q": "978-0-14-032872-1"})
    (hit,) = hits(found)
    assert hit == (
        "Fantastic Mr. Fox Roald Dahl Fantastic Mr. Fox Roald Dahl (1988) Puffin · 96 pages · English "
        "Add book and copy : Fantastic Mr. Fox Review first : Fantastic Mr. Fox"
    )


@pytest.mark.parametrize("q", [
    FOX, "978-0-14-032872-1", "0140328726", " ISBN: 0-14-032872-6 ", "]E09780140328721", "OL7353617M", "ol7353617m",
    "https://openlibrary.org/books/OL7353617M/Fantastic_Mr._Fox", "OL45804W",
])  # fmt: skip
def test_isbn_and_key_are_taken_in_any_form(q: str, desk: Client, fox: Stub) -> None:
    fox.tell("/works/OL45804W/editions.json", record({"entries": [{"key": "/books/OL7353617M", "title": "F"}]}))
    assert len(hits(desk.get(IMPORT, {"q": q}))) == 1


def test_nothing_is_asked_before_something_is_typed(desk: Client, stub: Stub) -> None:
    for q in ("", "   "):
        assert desk.get(IMPORT, {"q": q}).status_code == 200
    assert stub.requests == []


def test_words_without_a_find_lead_to_the_form_with_the_words(desk: Client, stub: Stub) -> None:
    stub.tell("/search.json", record({"docs": []}))
    found = desk.get(IMPORT, {"q": "old village pictures"})
    assert "Open Library knows no such book" in hits(found)[0]
    assert links(found)["Add by hand"] == "/desk/books/add/?title=old+village+pictures"


def test_isbn_with_a_wrong_check_digit_is_looked_up_with_a_warning(desk: Client, stub: Stub) -> None:
    stub.tell("/isbn/9780132567088.json", record({
        "key": "/books/OL5M", "title": "Introduction to Java", "isbn_13": ["9780132567088"],
    }))  # fmt: skip
    found = desk.get(IMPORT, {"q": JAVA})
    assert outcomes(found) == [("warning", "The check digit of ISBN 978-0132567088 is wrong. Look whether this is the "
                                "book in your hand.")]  # fmt: skip
    assert len(hits(found)) == 1


def test_book_that_is_here_is_marked_with_its_copies_and_offers_one_more(desk: Client, fox: Stub) -> None:
    save(desk)
    add_copies(Book.objects.get(), by=None)
    for q in (FOX, "fantastic fox"):
        found = desk.get(IMPORT, {"q": q})
        assert "already here (2 copies)" in hits(found)[0]
        assert links(found)["Look at it : Fantastic Mr. Fox"] == f"/desk/books/{Book.objects.get().pk}/"
        assert not any(button.startswith(("Add book", "Review")) for button in buttons(found))


def test_book_entered_by_hand_is_known_by_its_isbn(desk: Client, fox: Stub) -> None:
    add_book(BookDraft(title="Fantastic Mr Fox", isbns=(FOX,)), stock=1, by=None)
    assert "already here (1 copy)" in hits(desk.get(IMPORT, {"q": FOX}))[0]


def test_another_edition_of_the_work_is_pointed_out(desk: Client, stub: Stub) -> None:
    book = add_book(BookDraft(title="Huckleberry Finn"), stock=1, by=None)
    SourceRecord.objects.create(
        book=book, source="openlibrary", key="OL9M", work_key="OL53908W", fetched_at=book.created_at
    )
    stub.tell("/search.json", record({"docs": [TWAIN]}))
    found = desk.get(IMPORT, {"q": "twain"})
    assert "perhaps another edition is here (1 copy)" in hits(found)[0]
    assert "Add book and copy : Adventures of Huckleberry Finn" in buttons(found)


@pytest.mark.parametrize("count", [1, 3])
def test_results_ask_the_database_ten_times(
    count: int, desk: Client, stub: Stub, django_assert_num_queries: Any
) -> None:
    isbns = [FOX, "9780553382563", "9780307277671"][:count]
    for isbn in isbns:
        add_book(BookDraft(title=f"Book {isbn}", isbns=(isbn,)), stock=2, by=None)
    stub.tell("/search.json", record({"docs": [TWAIN | {"editions": {"docs": [{"isbn": [isbn]}]}} for isbn in isbns]}))
    with django_assert_num_queries(10):
        desk.get(IMPORT, {"q": "twain"})


# --- one click, or scan and Enter -------------------------------------------------------------------


def test_one_click_saves_the_book_and_its_first_copy(desk: Client, librarian: User, fox: Stub) -> None:
    answer = save(desk)
    book, copy = Book.objects.get(), Copy.objects.get()
    assert (book.title, book.year, book.pages, copy.book) == ("Fantastic Mr. Fox", 1988, 96, book)
    assert [(c.author.name, c.role) for c in book.contributors.all()] == [("Roald Dahl", "aut"), ("Tony Ross", "ill")]
    assert outcomes(answer) == [
        ("success", f"“Fantastic Mr. Fox” is in the catalogue. Its copy has the barcode {copy.barcode}")
    ]
    assert [(action.verb, action.by) for action in Action.objects.all()] == [("save_draft", librarian)]
    assert (Cover.objects.get().source_id, Cover.objects.get().state) == (8739161, "queued")
    source = SourceRecord.objects.get()
    assert (source.key, source.work_key, source.payload["edition"]["key"]) == (
        "OL7353617M", "OL45804W", "/books/OL7353617M",
    )  # fmt: skip


def test_scan_and_enter_saves_and_the_box_is_ready_for_the_next(desk: Client, fox: Stub) -> None:
    box = tree(desk.get(IMPORT)).find(".//input[@name='q']")
    assert (box.get("autofocus"), box.get("data-scan")) == ("", "")
    found = tree(desk.get(IMPORT, {"q": FOX}))
    focused = [each for each in found.iter() if each.get("autofocus") is not None]
    assert [words(each) for each in focused] == ["Add book and copy : Fantastic Mr. Fox"]
    answer = save(desk)
    assert answer.redirect_chain == [(IMPORT, 302)]
    box = tree(answer).find(".//input[@name='q']")
    assert (box.get("autofocus"), box.get("value")) == ("", None)


def test_save_of_one_of_many_results_comes_back_to_them(desk: Client, fox: Stub) -> None:
    answer = save(desk, "fantastic fox")
    assert answer.redirect_chain == [(f"{IMPORT}?q=fantastic+fox", 302)]
    assert "already here (1 copy)" in hits(answer)[0]


def test_what_was_added_today_is_listed_for_its_labels(desk: Client, fox: Stub) -> None:
    answer = save(desk)
    copy = Copy.objects.get()
    assert fields_of(answer, button="Labels as PDF")["copies"] == str(copy.pk)
    assert links(answer)["Fantastic Mr. Fox"] == f"/desk/books/{copy.book_id}/"


def test_first_copy_stands_at_the_branch_of_the_desk(desk: Client, fox: Stub) -> None:
    east = Branch.objects.create(code="EAST", name="East")
    desk.post(f"/desk/branch/{east.pk}/")
    save(desk)
    assert Copy.objects.get().home_branch == east


def test_book_that_is_here_gets_a_copy_and_no_double(desk: Client, fox: Stub) -> None:
    save(desk)
    answer = save(desk, button="Add a copy")
    newest = Copy.objects.order_by("pk").last()
    assert outcomes(answer) == [("success", f"A copy of “Fantastic Mr. Fox” was added: {newest.barcode}")]
    assert (Book.objects.count(), Copy.objects.count()) == (1, 2)


def test_stale_page_adds_nothing_to_what_came_meanwhile(desk: Client, fox: Stub) -> None:
    fields = fields_of(desk.get(IMPORT, {"q": FOX}), button="Add book and copy")
    save(desk)
    answer = desk.post(SAVE, fields, follow=True)
    assert messages(answer) == ["“Fantastic Mr. Fox” is here already. Nothing was added."]
    assert (Book.objects.count(), Copy.objects.count()) == (1, 1)


def test_button_pressed_twice_adds_once_and_says_so_twice(desk: Client, fox: Stub) -> None:
    fields = fields_of(desk.get(IMPORT, {"q": FOX}), button="Add book and copy")
    answers = [desk.post(SAVE, fields, follow=True) for _ in range(2)]
    assert (Book.objects.count(), Copy.objects.count(), Action.objects.count()) == (1, 1, 1)
    assert outcomes(answers[0]) == outcomes(answers[1])


def test_edit_of_a_librarian_is_never_overwritten(desk: Client, fox: Stub) -> None:
    save(desk)
    address = f"/desk/books/{Book.objects.get().pk}/"
    desk.post(address, fields_of(desk.get(address), button="Save") | {"title": "Mr Fox (our title)"})
    save(desk, button="Add a copy")
    assert Book.objects.get().title == "Mr Fox (our title)"


@pytest.mark.parametrize(
    "value", ["", "OL1A", "OL0M", "../../etc/passwd", "x" * 41, "OL7353617M\n", "\x00", "1", "<b>"]
)
def test_record_that_is_none_is_refused(value: str, desk: Client, stub: Stub) -> None:
    answer = desk.post(SAVE, {"record": value, "q": "fox"}, follow=True)
    assert outcomes(answer) == [("error", "This record cannot be fetched by its key. Search again.")]
    assert (stub.requests, Book.objects.count()) == ([], 0)


def test_record_without_a_title_leads_to_the_form(desk: Client, stub: Stub) -> None:
    stub.tell("/books/OL5M.json", record({"key": "/books/OL5M", "isbn_13": [FOX]}))
    answer = desk.post(SAVE, {"record": "OL5M", "q": FOX}, follow=True)
    assert outcomes(answer) == [("error", "The record has no title. Catalogue the book by hand.")]
    assert answer.redirect_chain == [(f"/desk/books/add/?isbn={FOX}", 302)]
    assert Book.objects.count() == 0


# --- is it the same book? ---------------------------------------------------------------------------


@pytest.fixture
def other_book(fox: Stub) -> Book:
    """A book here with the fox's ISBN and quite another title: publishers use numbers again."""
    return add_book(BookDraft(title="Gardening for Beginners", isbns=(FOX,)), stock=1, by=None)


def test_doubtful_match_asks(desk: Client, other_book: Book) -> None:
    answer = save(desk)
    assert "Is it the same book?" in said(answer)
    assert links(answer)["Gardening for Beginners"] == f"/desk/books/{other_book.pk}/"
    assert (Book.objects.count(), Copy.objects.count()) == (1, 1)


@pytest.mark.parametrize(("button", "books", "copies"), [
    ("Yes: add a copy to it", 1, 2), ("No: add it as a new book", 2, 2),
])  # fmt: skip
def test_answer_to_a_doubtful_match_is_followed_once(
    button: str, books: int, copies: int, desk: Client, other_book: Book
) -> None:
    fields = fields_of(save(desk), button=button)
    for _ in range(2):
        answer = desk.post(SAVE, fields, follow=True)
        assert [kind for kind, _text in outcomes(answer)] == ["success"]
    assert (Book.objects.count(), Copy.objects.count()) == (books, copies)


# --- review and edit first --------------------------------------------------------------------------


def test_review_is_one_click_away_and_filled_in(desk: Client, fox: Stub) -> None:
    found = desk.get(IMPORT, {"q": FOX})
    assert links(found)["Review first : Fantastic Mr. Fox"] == REVIEW
    filled = fields_of(desk.get(REVIEW), button="Save book")
    names = ("isbn", "title", "people", "publisher", "year", "pages", "language", "stock")
    assert [filled[name] for name in names] == [
        FOX, "Fantastic Mr. Fox", "Roald Dahl\nTony Ross (Illustrator)", "Puffin", "1988", "96", "eng", "1",
    ]  # fmt: skip
    assert (Book.objects.count(), Action.objects.count()) == (0, 0)


def test_reviewed_record_is_saved_as_it_was_left(desk: Client, librarian: User, fox: Stub) -> None:
    typed = {"title": "Mr Fox", "people": "Roald Dahl", "year": "", "stock": "3", "location": "Hall"}
    answer = desk.post(REVIEW, fields_of(desk.get(REVIEW), button="Save book") | typed, follow=True)
    book = Book.objects.get()
    assert (book.title, [c.author.name for c in book.contributors.all()], book.year, book.publisher) == (
        "Mr Fox", ["Roald Dahl"], None, "Puffin",
    )  # fmt: skip
    assert set(book.copies.values_list("location", flat=True)) == {"Hall"}
    codes = " ".join(book.copies.order_by("pk").values_list("barcode", flat=True))
    assert messages(answer) == [f"“Mr Fox” is in the catalogue. Its copies have the barcodes {codes}"]
    assert (book.origins["title"], book.origins["publisher"]) == ("librarian", "openlibrary")
    assert {action.by for action in Action.objects.all()} == {librarian}


def test_reviewed_record_sent_twice_is_saved_once(desk: Client, fox: Stub) -> None:
    fields = fields_of(desk.get(REVIEW), button="Save book") | {"title": "Mr Fox", "stock": "2"}
    answers = [desk.post(REVIEW, fields, follow=True) for _ in range(2)]
    assert (Book.objects.count(), Copy.objects.count()) == (1, 2)
    assert [action.verb for action in Action.objects.order_by("pk")] == ["save_draft", "edit_book"]
    assert [kind for kind, _text in outcomes(answers[1])] == ["success"]


def test_form_that_comes_again_is_answered_without_asking_open_library(desk: Client, fox: Stub) -> None:
    reviewed = fields_of(desk.get(REVIEW), button="Save book") | {"stock": "2"}
    added = fields_of(desk.get(IMPORT, {"q": FOX}), button="Add book and copy") | {"add_copy": "on"}
    for address, fields in ((REVIEW, reviewed), (SAVE, added)):
        desk.post(address, fields)
        cache.clear()
        before = list(fox.paths)
        assert [kind for kind, _text in outcomes(desk.post(address, fields, follow=True))][:1] == ["success"]
        assert fox.paths == before
    assert (Book.objects.count(), Copy.objects.count()) == (1, 3)


def test_reviewed_record_sent_again_with_other_words_changes_nothing_and_says_so(desk: Client, fox: Stub) -> None:
    fields = fields_of(desk.get(REVIEW), button="Save book") | {"title": "Mr Fox"}
    desk.post(REVIEW, fields)
    answer = desk.post(REVIEW, fields | {"title": "Mrs Fox"})
    assert (answer.status_code, Book.objects.get().title) == (409, "Mr Fox")
    assert "This form was sent before" in said(answer)


def test_record_that_came_meanwhile_asks_and_loses_nothing_that_was_typed(desk: Client, fox: Stub) -> None:
    fields = fields_of(desk.get(REVIEW), button="Save book") | {"title": "Mr Fox", "stock": "2"}
    save(desk)
    answer = desk.post(REVIEW, fields, follow=True)
    assert "“Fantastic Mr. Fox” is here already." in said(answer)
    assert "No: add it as a new book" not in said(answer)
    again = fields_of(answer, button="Save book")
    assert (again["title"], again["stock"], Copy.objects.count()) == ("Mr Fox", "2", 1)
    desk.post(REVIEW, again | {"decision": "copy"})
    assert (Book.objects.get().title, Copy.objects.count()) == ("Fantastic Mr. Fox", 3)


@pytest.mark.parametrize(("decision", "books"), [("copy", 1), ("new", 2)])
def test_review_of_a_doubtful_record_asks_on_the_form(
    decision: str, books: int, desk: Client, other_book: Book
) -> None:
    fields = fields_of(desk.get(REVIEW), button="Save book") | {"title": "Mr Fox"}
    answer = desk.post(REVIEW, fields, follow=True)
    assert "“Gardening for Beginners” is here and may be this book." in said(answer)
    desk.post(REVIEW, fields_of(answer, button="Save book") | {"decision": decision})
    assert (Book.objects.count(), Copy.objects.count()) == (books, 2)


def test_review_of_what_open_library_does_not_know_leads_to_the_form(desk: Client, stub: Stub) -> None:
    for asked, address in (("OL5M", "/desk/books/add/"), (FOX, f"/desk/books/add/?isbn={FOX}"),
                           ("Emma", "/desk/books/add/?title=Emma")):  # fmt: skip
        answer = desk.get(f"/desk/import/review/{asked}/", follow=True)
        assert answer.redirect_chain == [(address, 302)]
        assert [kind for kind, _text in outcomes(answer)] == ["error"]


def test_review_sent_while_open_library_is_down_loses_nothing_that_was_typed(desk: Client, fox: Stub) -> None:
    fields = fields_of(desk.get(REVIEW), button="Save book") | {"title": "Mr Fox", "description": "Typed\nwith care"}
    cache.clear()  # or the record would be remembered
    fox.tell("/books/OL7353617M.json", page(503))
    answer = desk.post(REVIEW, fields)
    assert "Nothing is lost: what you filled in stands here." in said(answer)
    assert fields_of(answer, button="Save book") == fields | {"csrfmiddlewaretoken": csrf(answer)}
    assert Book.objects.count() == 0
    know_the_fox(fox)
    desk.post(REVIEW, fields_of(answer, button="Save book"))
    assert (Book.objects.get().title, Book.objects.get().description) == ("Mr Fox", "Typed\nwith care")


def test_review_with_a_field_that_cannot_be_names_it(desk: Client, fox: Stub) -> None:
    answer = desk.post(REVIEW, fields_of(desk.get(REVIEW), button="Save book") | {"title": "", "year": "MM"})
    assert (answer.status_code, Book.objects.count()) == (200, 0)
    assert title_of(answer).startswith("Error:")


def csrf(response: Any) -> str:
    return fields_of(response, button="Save book")["csrfmiddlewaretoken"]
