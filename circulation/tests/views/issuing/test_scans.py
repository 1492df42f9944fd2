"""/desk/issue/: a card, then barcodes; an ISBN or a name instead; forms that come twice or late."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Action, Member, User
from accounts.tests.factories import BranchFactory, MemberCategoryFactory, MemberFactory
from catalog.models import Copy
from catalog.tests.factories import BookFactory, BookIdentifierFactory, CopyFactory
from circulation.models import Loan
from circulation.services.ledger import charge_member
from circulation.tests.factories import make_loan, make_overdue_loan, set_rule
from circulation.tests.views.issuing.scans import ADDRESS, scan
from circulation.tests.views.pages import (
    TAKEN_BACK,
    forms,
    messages,
    outcomes,
    query_of,
    reasons,
    rows,
    said,
    send,
    whys,
)

pytestmark = pytest.mark.django_db


def due_words(days: int = 21) -> str:
    day = timezone.localdate() + timedelta(days=days)
    return f"{day.day} {day:%B %Y}"


def test_card_then_barcode_issues(desk: Client, librarian: User, ada: Member, dune: Copy) -> None:
    page = scan(desk, "M1")
    assert (query_of(page), "Issuing to Ada Lovelace" in said(page)) == ({"member": [str(ada.pk)]}, True)
    page = scan(desk, "C1", ada)
    loan = Loan.objects.get()
    assert (loan.copy, loan.member, loan.is_open) == (dune, ada, True)
    assert outcomes(page) == [("success", f"Issued to Ada Lovelace: “Dune”. Due on {due_words()}.")]
    assert query_of(page) == {"member": [str(ada.pk)]}
    assert Action.objects.get(verb="issue").by == librarian


def test_each_row_shows_its_due_date_and_can_be_undone(desk: Client, ada: Member, dune: Copy) -> None:
    page = scan(desk, "C1", ada)
    day = timezone.localdate() + timedelta(days=21)
    ((_time, done, book, member, undo),) = rows(page)
    assert (book, member, undo) == (f"Dune {day.day} {day:%b %Y}", "Ada Lovelace", "Undo Dune")
    assert done != ""


def test_scan_11_card_in_the_book_box_switches_the_member_and_says_so(desk: Client, ada: Member) -> None:
    bob = MemberFactory(name="Bob", card_number="M2")
    page = scan(desk, "M2", ada)
    assert (outcomes(page), query_of(page)) == ([("warning", "Now issuing to Bob.")], {"member": [str(bob.pk)]})


def test_same_card_again_says_nothing(desk: Client, ada: Member) -> None:
    assert messages(scan(desk, "M1", ada)) == []


def test_book_before_the_card_asks_for_the_card(desk: Client, dune: Copy) -> None:
    page = scan(desk, "C1")
    assert (messages(page), Loan.objects.count()) == (["That is “Dune”. Scan the member's card first."], 0)


def test_code_that_is_card_and_barcode_asks(desk: Client, ada: Member) -> None:
    bob, copy = MemberFactory(name="Bob", card_number="42"), CopyFactory(book__title="Dune", barcode="42")
    page = scan(desk, "42", ada)
    assert "42 is both a card and a barcode. Which one do you mean?" in said(page)
    (card,), (book,) = forms(page, button="The card of Bob"), forms(page, button="The book “Dune”")
    assert query_of(send(desk, ADDRESS, card)) == {"member": [str(bob.pk)]}
    send(desk, ADDRESS, book)
    assert (Loan.objects.get().copy, Loan.objects.get().member) == (copy, ada)


def test_code_that_is_card_and_isbn_asks(desk: Client, ada: Member) -> None:
    copy = CopyFactory(book=BookIdentifierFactory(value="9780553382563", book__title="Dune").book)
    bob = MemberFactory(name="Bob", card_number="9780553382563")
    day = (timezone.localdate() + timedelta(days=90)).isoformat()
    page = scan(desk, "9780553382563", ada, due_on=day)
    assert "9780553382563 is both a card and an ISBN. Which one do you mean?" in said(page)
    (card,), (book,) = forms(page, button="The card of Bob"), forms(page, button="The book “Dune”")
    assert query_of(send(desk, ADDRESS, card)) == {"member": [str(bob.pk)], "due_on": [day]}
    send(desk, ADDRESS, book)
    assert (Loan.objects.get().copy, Loan.objects.get().member) == (copy, ada)


def test_scan_6_isbn_with_one_copy_in_issues_it(desk: Client, ada: Member) -> None:
    book = BookIdentifierFactory(value="9780553382563").book
    out, here = CopyFactory(book=book), CopyFactory(book=book)
    make_loan(out)
    scan(desk, "978-0-553-38256-3", ada)
    assert Loan.objects.get(member=ada).copy == here


def test_scan_7_isbn_with_several_copies_in_asks_which(desk: Client, ada: Member) -> None:
    book = BookIdentifierFactory(value="9780553382563", book__title="Dune").book
    first, second = (CopyFactory(book=book, barcode=code) for code in ("C1", "C2"))
    day = timezone.localdate() + timedelta(days=90)
    page = scan(desk, "9780553382563", ada, due_on=day.isoformat())
    assert (Loan.objects.count(), "Which copy is in your hand?" in said(page)) == (0, True)
    choices = forms(page, button="Dune")
    assert [choice["scan"] for choice in choices] == [first.barcode, second.barcode]
    send(desk, ADDRESS, choices[1])
    loan = Loan.objects.get()
    assert (loan.copy, timezone.localdate(loan.due_at)) == (second, day)


def test_isbn_with_no_copy_in_says_so(desk: Client, ada: Member) -> None:
    book = BookIdentifierFactory(value="9780553382563", book__title="Dune").book
    make_loan(CopyFactory(book=book))
    page = scan(desk, "9780553382563", ada)
    assert messages(page) == ["No copy of “Dune” is in. Scan the barcode of the copy in your hand."]


def test_isbn_of_a_book_that_is_not_here_offers_to_look_it_up(desk: Client, ada: Member) -> None:
    page = scan(desk, "9780553382563", ada)
    assert messages(page) == ["Nothing here has the card, name, barcode or ISBN 9780553382563."]
    assert "Look it up at Open Library" in said(page)


def test_name_finds_its_member_or_lists_several(desk: Client, ada: Member) -> None:
    assert query_of(scan(desk, "lovelace")) == {"member": [str(ada.pk)]}
    bob = MemberFactory(name="Bob Lovelace", card_number="M2")
    page = scan(desk, "lovelace")
    assert "Which member? Ada Lovelace M1 Bob Lovelace M2" in said(page)
    assert f"?member={bob.pk}" in page.content.decode()


def test_name_while_a_member_is_served_asks_before_switching(desk: Client, ada: Member) -> None:
    MemberFactory(name="Bob", card_number="M2")
    page = scan(desk, "bob", ada)
    assert ("Issuing to Ada Lovelace" in said(page), "Which member? Bob M2" in said(page)) == (True, True)


def test_mistyped_code_of_our_own_is_called_mistyped(desk: Client) -> None:
    assert messages(scan(desk, "M000042L")) == ["M000042L is mistyped: its last character does not fit."]


def test_member_s_state_is_shown(desk: Client) -> None:
    member = MemberFactory(category=MemberCategoryFactory(max_loans=9), expires_on=date(2999, 5, 1), note="Deaf")
    make_overdue_loan(member=member)
    make_loan(member=member)
    charge_member(member, amount_minor=250, reason="lost card", by=None)
    page = said(desk.get(f"{ADDRESS}?member={member.pk}"))
    assert "on loan 2 / 9 overdue 1 owes €2.50 until 1 May 2999 Deaf" in page


def test_loan_is_made_at_the_branch_of_the_desk(desk: Client, ada: Member, dune: Copy) -> None:
    other = BranchFactory()
    desk.post(f"/desk/branch/{other.pk}/")
    scan(desk, "C1", ada)
    assert Loan.objects.get().branch == other


def test_same_form_sent_twice_issues_once(desk: Client, ada: Member, dune: Copy) -> None:
    (form,) = [form for form in forms(desk.get(f"{ADDRESS}?member={ada.pk}"), button="Issue") if "scan" in form]
    pages = [send(desk, ADDRESS, form | {"scan": "C1"}) for _each in range(2)]
    assert (messages(pages[0]), pages[1].status_code) == (messages(pages[1]), 200)
    assert (Loan.objects.count(), Action.objects.filter(verb="issue").count()) == (1, 1)


def test_form_sent_again_after_its_issue_was_taken_back_says_so(desk: Client, ada: Member, dune: Copy) -> None:
    form = {"scan": "C1", "member": ada.pk, "key": "the-form-1"}
    send(desk, ADDRESS, form)
    desk.post(f"/desk/undo/{Action.objects.get(verb='issue').pk}/")
    page = send(desk, ADDRESS, form)
    assert outcomes(page) == [("warning", "Taken back."), ("error", f"“Dune” (C1): {TAKEN_BACK}")]
    assert (Loan.objects.open().count(), query_of(page)) == (0, {"member": [str(ada.pk)]})


def test_stale_form_of_another_member_changes_nothing(desk: Client, ada: Member, dune: Copy) -> None:
    bob = MemberFactory(card_number="M2")
    send(desk, ADDRESS, {"scan": "C1", "member": ada.pk, "key": "the-form-1"})
    page = send(desk, ADDRESS, {"scan": "C1", "member": bob.pk, "key": "the-form-1"})
    assert (page.status_code, "This form was sent before" in said(page)) == (409, True)
    assert Loan.objects.get().member == ada


def test_box_without_anything_in_it_is_an_error_of_the_form(desk: Client, ada: Member) -> None:
    page = scan(desk, "   ", ada)
    assert (page.status_code, "There is a problem" in said(page)) == (200, True)


def test_copy_of_a_book_with_no_limit_left(desk: Client, ada: Member, dune: Copy) -> None:
    set_rule(max_loans=1)
    make_loan(CopyFactory(book=BookFactory()), ada)
    page = scan(desk, "C1", ada)
    assert reasons(page) == ["Only 1 loan of this kind at a time."]
    assert whys(page) == ["Set by the rule for every branch, member category and copy type."]


@pytest.mark.parametrize("text", ["C1", "nonsense", "M000042L", "9780553382563"])
def test_box_is_empty_for_the_next_scan_whatever_came_of_this_one(
    text: str, desk: Client, ada: Member, dune: Copy
) -> None:
    make_loan(dune)
    page = scan(desk, text, ada)
    assert [form["scan"] for form in forms(page, button="Issue") if "due_on" in form] == [""]
