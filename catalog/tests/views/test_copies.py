"""Copies at the desk: adding, editing, marking, deleting, labels."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import Action, Branch, User
from accounts.tests.factories import MemberFactory
from catalog.models import Book, Copy
from catalog.services.batches import start_import
from catalog.services.copies import edit_copy
from catalog.tests.factories import BookFactory, CopyFactory, CopyTypeFactory
from catalog.tests.views.pages import HOSTILE, buttons, fields_of, links
from circulation.models import Loan
from circulation.services.loans import return_copy
from circulation.tests.factories import make_loan
from circulation.tests.views.pages import field_errors, messages, outcomes, said, tree

pytestmark = pytest.mark.django_db


def page_of(copy: Copy) -> str:
    return f"/desk/copies/{copy.pk}/"


def add(desk: Client, book: Book, **typed: Any) -> Any:
    """Fill in "Add copies" on a book's page and send it."""
    fields = fields_of(desk.get(f"/desk/books/{book.pk}/"), button="Add copies")
    return desk.post(f"/desk/books/{book.pk}/copies/", fields | typed, follow=True)


def edit(desk: Client, copy: Copy, **typed: Any) -> Any:
    return desk.post(page_of(copy), fields_of(desk.get(page_of(copy)), button="Save") | typed, follow=True)


def mark(desk: Client, copy: Copy, state: str, **typed: Any) -> Any:
    fields = fields_of(desk.get(page_of(copy)), button="Mark this copy") | {"state": state}
    return desk.post(f"{page_of(copy)}mark/", fields | typed, follow=True)


# --- adding -----------------------------------------------------------------------------------------


def test_copies_are_added_with_the_next_barcodes(desk: Client, librarian: User) -> None:
    book = BookFactory()
    page = add(desk, book, count="3", location="Hall")
    codes = list(book.copies.order_by("pk").values_list("barcode", flat=True))
    assert (len(codes), messages(page)) == (3, [f"3 copies added: {' '.join(codes)}"])
    assert page.redirect_chain == [(f"/desk/books/{book.pk}/", 302)]
    assert set(book.copies.values_list("location", flat=True)) == {"Hall"}
    assert [(action.verb, action.by) for action in Action.objects.all()] == [("add_copies", librarian)]


@pytest.mark.parametrize("typed", ["old-17", " OLD-17 \r\n", "*OLD-17*", "]C1OLD-17", "ＯＬＤ-17"])
def test_copy_that_has_a_barcode_keeps_it_however_it_is_scanned(typed: str, desk: Client) -> None:
    page = add(desk, BookFactory(), barcode=typed)
    assert (Copy.objects.get().barcode, messages(page)) == ("OLD-17", ["1 copy added: OLD-17"])


def test_barcode_that_is_taken_is_refused_and_nothing_typed_is_lost(desk: Client) -> None:
    CopyFactory(barcode="OLD17")
    page = add(desk, BookFactory(title="Emma"), barcode="old17", location="Hall")
    assert (Copy.objects.count(), len(field_errors(page))) == (1, 1)
    kept = fields_of(page, button="Save")
    assert (kept["barcode"], kept["location"]) == ("old17", "Hall")
    page = desk.post(page.request["PATH_INFO"], kept | {"barcode": "old18"}, follow=True)
    assert messages(page) == ["1 copy added: OLD18"]


@pytest.mark.parametrize("typed", [
    {"count": "0"}, {"count": "101"}, {"count": "x"}, {"count": ""}, {"count": "9" * 400},
    {"count": "2", "barcode": "A1"},
    {"barcode": "x" * 61}, {"barcode": "a b\x00"}, {"barcode": "ä"}, {"copy_type": "999"}, {"branch": "x"},
    {"location": "x" * 81}, {"branch": ""},
])  # fmt: skip
def test_copies_that_cannot_be_are_named_and_none_is_added(typed: dict[str, str], desk: Client) -> None:
    page = add(desk, BookFactory(), **typed)
    assert (page.status_code, Copy.objects.count(), len(field_errors(page))) == (200, 0, 1)


def test_copies_sent_twice_are_added_once(desk: Client) -> None:
    book = BookFactory()
    fields = fields_of(desk.get(f"/desk/books/{book.pk}/"), button="Add copies") | {"count": "2"}
    pages = [desk.post(f"/desk/books/{book.pk}/copies/", fields, follow=True) for _ in range(2)]
    assert Copy.objects.count() == 2
    assert messages(pages[0]) == messages(pages[1])


def test_barcode_that_is_also_a_card_is_taken_with_a_warning(desk: Client) -> None:
    MemberFactory(card_number="OLD17", name="Mia")
    page = add(desk, BookFactory(), barcode="OLD17")
    assert outcomes(page) == [
        ("success", "1 copy added: OLD17"),
        ("warning", "OLD17 is also the card of Mia. At the desk you will be asked which one you mean."),
    ]


# --- editing ----------------------------------------------------------------------------------------


def test_every_field_of_a_copy_is_kept(desk: Client, librarian: User) -> None:
    copy = CopyFactory()
    typed = {
        "barcode": "NEW-1", "copy_type": str(CopyTypeFactory().pk), "location": "Hall", "call_number": "823 A",
        "home_branch": str(Branch.objects.create(code="EAST", name="East").pk), "condition": "worn",
        "acquired_on": "2020-05-17", "note": "Gift", "price_minor": "12.50",
    }  # fmt: skip
    page = edit(desk, copy, **typed)
    assert (messages(page), page.redirect_chain) == (["Saved."], [(f"/desk/books/{copy.book_id}/", 302)])
    kept = fields_of(desk.get(page_of(copy)), button="Save")
    assert {name: kept[name] for name in typed} == typed
    copy.refresh_from_db()
    assert (copy.price_minor, copy.acquired_on, copy.current_branch.name) == (1250, date(2020, 5, 17), "East")
    assert [(action.verb, action.by) for action in Action.objects.all()] == [("edit_copy", librarian)]


def test_edit_of_a_copy_that_changed_meanwhile_says_what_and_is_saved_the_second_time(desk: Client) -> None:
    copy = CopyFactory(barcode="C-1", location="Hall")
    new_type = CopyTypeFactory(name="Atlas")
    sent = fields_of(desk.get(page_of(copy)), button="Save") | {"note": "Gift"}
    edit_copy(copy, location="Store", copy_type=new_type, price_minor=1250, by=None)
    page = desk.post(page_of(copy), sent)
    assert field_errors(page) == [
        "Somebody changed this copy while you had it open. Nothing was saved yet.",
        "Copy type: It says now: Atlas", "Location: It says now: Store", "Note: It says now: —",
        "Price: It says now: 12.50",
    ]  # fmt: skip
    assert (Copy.objects.get().location, Copy.objects.get().note) == ("Store", "")
    again = fields_of(page, button="Save")
    assert (again["location"], again["note"]) == ("Hall", "Gift")
    desk.post(page_of(copy), again)
    assert (Copy.objects.get().location, Copy.objects.get().note) == ("Hall", "Gift")


def test_copy_that_went_to_another_branch_meanwhile_is_saved(desk: Client) -> None:
    copy = CopyFactory()
    sent = fields_of(desk.get(page_of(copy)), button="Save") | {"note": "Gift"}
    Copy.objects.update(current_branch=Branch.objects.create(code="EAST", name="East"))
    desk.post(page_of(copy), sent)
    assert Copy.objects.get().note == "Gift"


def test_edit_that_changes_nothing_changes_nothing(desk: Client) -> None:
    edit(desk, CopyFactory(price_minor=1999, note="Two\nlines", acquired_on=date(2020, 5, 17)))
    action = Action.objects.get()
    assert (action.before, action.after) == ({}, {})


@pytest.mark.parametrize("typed", [
    {"barcode": ""}, {"barcode": "TAKEN"}, {"barcode": "x" * 41}, {"barcode": "\x00"}, {"copy_type": "0"},
    {"home_branch": "x"}, {"condition": "torn"}, {"acquired_on": "31.31.2020"}, {"acquired_on": "2020-02-30"},
    {"note": "n" * 2001}, {"price_minor": "-1"}, {"price_minor": "1e9"}, {"call_number": "c" * 61},
])  # fmt: skip
def test_copy_that_cannot_be_is_named_and_nothing_is_saved(typed: dict[str, str], desk: Client) -> None:
    CopyFactory(barcode="TAKEN")
    copy = CopyFactory(barcode="MINE")
    page = edit(desk, copy, **typed)
    assert (page.status_code, len(field_errors(page)), Action.objects.count()) == (200, 1, 0)
    assert Copy.objects.get(pk=copy.pk).barcode == "MINE"


def test_edit_sent_twice_is_done_once(desk: Client) -> None:
    copy = CopyFactory()
    fields = fields_of(desk.get(page_of(copy)), button="Save") | {"location": "Hall"}
    pages = [desk.post(page_of(copy), fields, follow=True) for _ in range(2)]
    assert ([messages(page) for page in pages], Action.objects.count()) == ([["Saved."]] * 2, 1)


def test_page_of_a_copy_says_where_it_is(desk: Client) -> None:
    copy = CopyFactory(barcode="C1")
    make_loan(copy)
    assert "C1 On loan due" in said(desk.get(page_of(copy)))


def test_ids_of_the_page_of_a_copy_are_there_once(desk: Client) -> None:
    ids = [each.get("id") for each in tree(desk.get(page_of(CopyFactory()))).iter() if each.get("id")]
    assert sorted(ids) == sorted(set(ids))


def test_page_of_a_copy_asks_the_database_seven_times(desk: Client, django_assert_num_queries: Any) -> None:
    copy = CopyFactory()
    make_loan(copy)
    with django_assert_num_queries(7):
        desk.get(page_of(copy))


# --- marking ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "sentence"), [("withdrawn", "Withdrawn since"), ("damaged", "Damaged since")])
def test_copy_is_marked_and_the_mark_taken_off(state: str, sentence: str, desk: Client, librarian: User) -> None:
    copy = CopyFactory()
    page = mark(desk, copy, state, reason="Rain")
    assert (messages(page), sentence in said(page), page.redirect_chain) == (["Saved."], True, [(page_of(copy), 302)])
    assert Copy.objects.values_list(f"{state}_on", flat=True).get() is not None
    page = desk.post(f"{page_of(copy)}mark/", fields_of(page, button="Take this mark off"), follow=True)
    assert (messages(page), sentence in said(page)) == (["Saved."], False)
    assert [(a.verb, a.by, a.reason) for a in Action.objects.order_by("pk")] == [
        ("mark_copy", librarian, "Rain"), ("clear_copy", librarian, ""),
    ]  # fmt: skip


def test_withdrawn_copy_stays_in_history(desk: Client, mine: Client, member_user: User) -> None:
    loan = make_loan(member=member_user.member)
    return_copy(loan.copy, branch=loan.branch, by=None)
    mark(desk, loan.copy, "withdrawn")
    assert Loan.objects.get().copy.withdrawn_on is not None
    assert loan.copy.book.title in said(mine.get("/me/?show=returned"))


def test_copy_on_loan_is_not_marked(desk: Client) -> None:
    copy = CopyFactory(barcode="C1")
    make_loan(copy)
    page = mark(desk, copy, "withdrawn")
    assert outcomes(page) == [("error", "C1 is on loan. Take it back first.")]
    assert Copy.objects.get().withdrawn_on is None


@pytest.mark.parametrize("typed", [
    {"reason": "r" * 301}, {"reason": "\x00"}, {"state": "burnt"}, {"state": ""}, {"state": "lost"},
])  # fmt: skip
def test_mark_that_cannot_be_is_named_and_what_was_typed_stays(typed: dict[str, str], desk: Client) -> None:
    copy = CopyFactory()
    page = mark(desk, copy, **{"state": "damaged", **typed})
    assert (page.status_code, len(field_errors(page)), Action.objects.count()) == (200, 1, 0)
    if len(typed.get("reason", "")) > 300:
        assert fields_of(page, button="Mark this copy")["reason"] == typed["reason"]
    page = desk.post(page_of(copy), fields_of(page, button="Save") | {"location": "Hall"}, follow=True)
    assert messages(page) == ["Saved."]


# --- deleting ---------------------------------------------------------------------------------------


def test_copy_entered_by_mistake_is_deleted_also_when_the_button_is_pressed_twice(desk: Client) -> None:
    copy = CopyFactory(barcode="C1")
    fields = fields_of(desk.get(page_of(copy)), button="Delete a copy entered by mistake")
    pages = [desk.post(f"{page_of(copy)}delete/", fields, follow=True) for _ in range(2)]
    assert [messages(page) for page in pages] == [["The copy C1 is deleted."]] * 2
    assert pages[0].redirect_chain == [(f"/desk/books/{copy.book_id}/", 302)]
    assert (Copy.objects.count(), Action.objects.filter(verb="delete_copy").count()) == (0, 1)


@pytest.mark.parametrize("is_back", [False, True])
def test_copy_that_was_ever_lent_is_not_deleted(is_back: bool, desk: Client) -> None:
    loan = make_loan(CopyFactory(barcode="C1"))
    if is_back:
        return_copy(loan.copy, branch=loan.branch, by=None)
    page = desk.post(f"{page_of(loan.copy)}delete/", follow=True)
    assert outcomes(page) == [("error", "C1 has been lent; withdraw it instead.")]
    assert (Copy.objects.count(), Loan.objects.count()) == (1, 1)


# --- labels -----------------------------------------------------------------------------------------


def test_labels_of_the_ticked_copies_are_a_pdf(desk: Client) -> None:
    book = CopyFactory().book
    CopyFactory(book=book)
    fields = fields_of(desk.get(f"/desk/books/{book.pk}/"), button="Labels as PDF")
    response = desk.get("/desk/labels.pdf", fields)
    assert (response.status_code, response.content[:5]) == (200, b"%PDF-")
    assert (response.headers["Content-Type"], response.headers["Content-Disposition"]) == (
        "application/pdf", 'inline; filename="labels.pdf"',
    )  # fmt: skip


def test_labels_of_many_copies_are_sent_in_the_body(desk: Client) -> None:
    book = BookFactory()
    copies = [CopyFactory(book=book).pk for _ in range(201)]
    page = desk.get(f"/desk/books/{book.pk}/")
    fields = fields_of(page, button="Labels as PDF")
    assert "csrfmiddlewaretoken" in fields
    assert desk.post("/desk/labels.pdf", fields | {"copies": copies}).content[:5] == b"%PDF-"


def test_withdrawn_copies_are_not_ticked(desk: Client) -> None:
    copy = CopyFactory(withdrawn_on=date(2026, 1, 1))
    assert "copies" not in fields_of(desk.get(f"/desk/books/{copy.book_id}/"), button="Labels as PDF")


@pytest.mark.parametrize("query", [
    {}, {"copies": "999"}, {"copies": "x"}, {"copies": "\x00"}, {"sheet": "a3"}, {"skip": "-1"}, {"skip": "201"},
    {"skip": "x"}, {"batch": "999"}, {"copies": "9" * 30},
])  # fmt: skip
def test_labels_that_cannot_be_are_a_form_that_says_why(query: dict[str, str], desk: Client) -> None:
    copy = CopyFactory()
    wanted = {"sheet": "a4-24", "skip": "0"} | ({"copies": str(copy.pk)} if "copies" not in query and query else {})
    page = desk.get("/desk/labels.pdf", wanted | query)
    assert (page.status_code, len(field_errors(page)) >= 1, "Labels as PDF" in buttons(page)) == (400, True, True)


def test_labels_of_an_import_are_those_of_the_copies_it_made(desk: Client) -> None:
    batch = start_import(["9780140328721"], by=None)
    batch.rows.get().created_copies.add(CopyFactory())
    page = desk.get(f"/desk/import/{batch.pk}/")
    fields = fields_of(page, button="Labels as PDF")
    assert fields["batch"] == str(batch.pk)
    assert desk.get("/desk/labels.pdf", fields).content[:5] == b"%PDF-"


# --- addresses and words ----------------------------------------------------------------------------


@pytest.mark.parametrize("pk", ["0", "999", "9" * 19, "9" * 4400, "abc", "-1"])
@pytest.mark.parametrize("address", ["/desk/copies/{}/", "/desk/copies/{}/mark/", "/desk/copies/{}/delete/",
                                     "/desk/books/{}/copies/"])  # fmt: skip
def test_copy_that_is_not_here_is_a_clear_page(address: str, pk: str, desk: Client) -> None:
    page = desk.post(address.format(pk), {"state": "lost"})
    assert (page.status_code, "There is nothing here" in said(page)) == (404, True)


def test_hostile_words_are_only_words(desk: Client) -> None:
    copy = CopyFactory(book=BookFactory(title=HOSTILE), location=HOSTILE, note=HOSTILE, call_number=HOSTILE)
    for address in (page_of(copy), f"/desk/books/{copy.book_id}/"):
        page = desk.get(address)
        assert ("<script>alert" in page.content.decode(), HOSTILE in said(page)) == (False, True)
    assert links(desk.get(page_of(copy)))[HOSTILE] == f"/desk/books/{copy.book_id}/"
