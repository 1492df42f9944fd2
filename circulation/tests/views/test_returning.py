"""/desk/return/ and /desk/renew/: barcodes, one after the other."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Action, Member, User
from accounts.tests.factories import BranchFactory, MemberFactory
from catalog.models import Copy
from catalog.tests.factories import BookIdentifierFactory, CopyFactory
from circulation.models import LedgerEntry, Loan
from circulation.services.lost import mark_lost
from circulation.tests.factories import HoldFactory, close_on, make_loan, make_overdue_loan, set_rule
from circulation.tests.views.pages import (
    TAKEN_BACK,
    field_errors,
    forms,
    messages,
    outcomes,
    query_of,
    reasons,
    rows,
    said,
    send,
)

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/return/"
DAY = timedelta(days=1)


def scan(desk: Client, text: str, **fields):
    return send(desk, ADDRESS, {"scan": text, "key": "", **fields})


def by_member(desk: Client, member: str, isbn: str, **fields):
    return send(desk, ADDRESS, {"member": member, "isbn": isbn, "key": "", **fields})


def test_barcode_takes_the_copy_back(desk: Client, librarian: User, ada: Member, dune: Copy) -> None:
    loan = make_loan(dune, ada)
    page = scan(desk, " *c1*\r\n")
    loan.refresh_from_db()
    assert (loan.outcome, outcomes(page)) == ("returned", [("success", "Returned: “Dune” from Ada Lovelace.")])
    assert Action.objects.get(verb="return").by == librarian
    ((_time, _done, book, member, undo),) = rows(page)
    assert (book, member, undo) == ("Dune", "Ada Lovelace", "Undo Dune")


def test_late_return_says_what_it_costs_and_sums_the_sitting(desk: Client, ada: Member, dune: Copy) -> None:
    make_overdue_loan(dune, ada, days=3)
    make_overdue_loan(CopyFactory(barcode="C2"), ada, days=1)
    page = scan(desk, "C1")
    assert outcomes(page) == [("warning", "Returned: “Dune” from Ada Lovelace. Late: a fine of €1.50.")]
    assert "Fines of this sitting: €2.00" in said(scan(desk, "C2"))


def test_late_return_without_a_fine_says_so(desk: Client, ada: Member, dune: Copy) -> None:
    set_rule(fine_amount_minor=0)
    make_overdue_loan(dune, ada)
    assert outcomes(scan(desk, "C1")) == [("warning", "Returned: “Dune” from Ada Lovelace. Late, without a fine.")]


def test_fine_of_an_earlier_renewal_is_not_told_again(desk: Client, ada: Member, dune: Copy) -> None:
    loan = make_overdue_loan(dune, ada, days=3)
    send(desk, "/desk/renew/", {"scan": "C1", "key": ""})
    Loan.objects.filter(pk=loan.pk).update(due_at=timezone.now() - DAY)
    today = timezone.localdate()
    close_on((today - 2 * DAY).isoformat(), (today + DAY).isoformat())
    assert outcomes(scan(desk, "C1")) == [("warning", "Returned: “Dune” from Ada Lovelace. Late, without a fine.")]
    assert LedgerEntry.objects.count() == 1


def test_undo_on_the_page_puts_the_loan_back(desk: Client, ada: Member, dune: Copy) -> None:
    make_overdue_loan(dune, ada)
    scan(desk, "C1")
    action = Action.objects.get(verb="return")
    page = send(desk, f"/desk/undo/{action.pk}/", {"next": ADDRESS})
    assert (page.redirect_chain, outcomes(page)) == ([(ADDRESS, 302)], [("warning", "Taken back.")])
    assert (Loan.objects.open().count(), rows(page)) == (1, [])
    assert "Fines of this sitting" not in said(page)


def test_copy_that_is_not_lent_is_refused(desk: Client, dune: Copy) -> None:
    page = scan(desk, "C1")
    assert (page.status_code, outcomes(page)) == (409, [("error", "“Dune” (C1): This copy is not on loan.")])


def test_date_of_the_book_drop_counts_and_stays_for_the_next(desk: Client, ada: Member, dune: Copy) -> None:
    make_overdue_loan(dune, ada, days=3)
    day = timezone.localdate() - 3 * DAY
    page = scan(desk, "C1", returned_on=day.isoformat())
    assert (LedgerEntry.objects.count(), query_of(page)) == (0, {"returned_on": [day.isoformat()]})
    (form,) = [form for form in forms(page, button="Return") if "returned_on" in form]
    assert form["returned_on"] == day.isoformat()


@pytest.mark.parametrize(
    ("days", "message"),
    [(1, "The day of return lies in the future."), (-90, "The day of return lies before the loan began.")],
)
def test_date_that_cannot_be_is_refused(days: int, message: str, desk: Client, dune: Copy) -> None:
    make_loan(dune)
    page = scan(desk, "C1", returned_on=(timezone.localdate() + days * DAY).isoformat())
    assert (page.status_code, outcomes(page)) == (409, [("error", f"“Dune” (C1): {message}")])


def test_date_of_the_book_drop_needs_its_permission(helper: Client, dune: Copy, ada: Member) -> None:
    make_overdue_loan(dune, ada, days=3)
    scan(helper, "C1", returned_on=(timezone.localdate() - 3 * DAY).isoformat())
    assert LedgerEntry.objects.get().amount_minor == 150


def test_scan_8_isbn_takes_back_the_only_copy_that_is_out(desk: Client, ada: Member) -> None:
    book = BookIdentifierFactory(value="9780553382563").book
    loan = make_loan(CopyFactory(book=book), ada)
    CopyFactory(book=book)
    scan(desk, "978-0-553-38256-3")
    assert Loan.objects.get(pk=loan.pk).outcome == "returned"


def test_isbn_that_is_a_card_too_takes_back_the_book(desk: Client, ada: Member) -> None:
    loan = make_loan(CopyFactory(book=BookIdentifierFactory(value="9780553382563").book), ada)
    MemberFactory(name="Bob", card_number="9780553382563")
    scan(desk, "9780553382563")
    assert Loan.objects.get(pk=loan.pk).outcome == "returned"


def test_isbn_of_several_copies_out_asks_for_the_barcode(desk: Client) -> None:
    book = BookIdentifierFactory(value="9780553382563", book__title="Dune").book
    for _each in range(2):
        make_loan(CopyFactory(book=book))
    page = scan(desk, "9780553382563")
    assert messages(page) == ["Several copies of “Dune” may be out, or none. Scan the barcode."]
    assert Loan.objects.open().count() == 2


@pytest.mark.parametrize(("text", "message"), [
    ("M1", "That is the card of Ada Lovelace. Scan the barcode of the copy."),
    ("C999", "No copy has the barcode C999."),
    ("B000001A", "B000001A is mistyped: its last character does not fit."),
])  # fmt: skip
def test_what_is_no_copy_is_told_apart(text: str, message: str, desk: Client, ada: Member) -> None:
    assert outcomes(scan(desk, text)) == [("error", message)]


def test_return_11_member_id_and_isbn_take_back_what_is_due_first(desk: Client, ada: Member) -> None:
    """Several copies of one book: the earliest due first."""
    book = BookIdentifierFactory(value="9780553382563", book__title="Dune").book
    later = make_loan(CopyFactory(book=book), ada)
    first = make_overdue_loan(CopyFactory(book=book), ada)
    make_overdue_loan(CopyFactory(book=book), MemberFactory(), days=9)
    page = by_member(desk, "m1", "0-553-38256-X")
    assert [Loan.objects.get(pk=loan.pk).outcome for loan in (first, later)] == ["returned", ""]
    assert outcomes(page)[0][1].startswith("Returned: “Dune” from Ada Lovelace. Late")


def test_member_id_and_isbn_sent_twice_take_back_one_of_two_copies(desk: Client, ada: Member) -> None:
    book = BookIdentifierFactory(value="9780553382563").book
    _first, second = (make_loan(CopyFactory(book=book), ada) for _each in range(2))
    pages = [by_member(desk, "m1", "9780553382563", key="one-form-sent-twice") for _each in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert list(Loan.objects.open()) == [second]
    assert by_member(desk, "m1", "9780553382563", key="the-next-form").status_code == 200
    assert not Loan.objects.open().exists()


@pytest.mark.parametrize(("member", "isbn", "error"), [
    ("M9", "9780553382563", "Member ID: No member has this card."),
    ("M1", "9780553382563", "ISBN Number: Ada Lovelace has no book with this ISBN on loan."),
    ("M1", "rubbish", "ISBN Number: Ada Lovelace has no book with this ISBN on loan."),
    ("", "9780553382563", "Member ID: This field is required."),
    ("M1", "", "ISBN Number: This field is required."),
])  # fmt: skip
def test_member_id_and_isbn_that_do_not_fit(member: str, isbn: str, error: str, desk: Client, ada: Member) -> None:
    make_loan()
    page = by_member(desk, member, isbn)
    assert (page.status_code, Loan.objects.open().count()) == (200, 1)
    assert error.split(": ")[1] in said(page)


def test_return_at_another_branch_moves_the_copy(desk: Client, dune: Copy) -> None:
    make_loan(dune)
    other = BranchFactory()
    desk.post(f"/desk/branch/{other.pk}/")
    scan(desk, "C1")
    assert Copy.objects.get(pk=dune.pk).current_branch == other


def test_same_form_sent_twice_takes_back_once(desk: Client, ada: Member, dune: Copy) -> None:
    make_overdue_loan(dune, ada)
    pages = [scan(desk, "C1", key="the-form-1") for _each in range(2)]
    assert (outcomes(pages[0]), pages[1].status_code) == (outcomes(pages[1]), 200)
    assert (LedgerEntry.objects.count(), Action.objects.filter(verb="return").count()) == (1, 1)


def test_form_sent_again_after_its_return_was_taken_back_says_so(desk: Client, ada: Member, dune: Copy) -> None:
    make_overdue_loan(dune, ada)
    scan(desk, "C1", key="the-form-1")
    send(desk, f"/desk/undo/{Action.objects.get(verb='return').pk}/", {})
    page = scan(desk, "C1", key="the-form-1")
    assert outcomes(page) == [("error", f"“Dune” (C1): {TAKEN_BACK}")]
    assert Loan.objects.open().count() == 1


RENEW = "/desk/renew/"


def renew(desk: Client, text: str, **fields):
    return send(desk, RENEW, {"scan": text, "key": "", **fields})


def test_barcode_renews(desk: Client, ada: Member, dune: Copy) -> None:
    make_loan(dune, ada, now=timezone.now() - 5 * DAY)
    due = timezone.localdate() + 37 * DAY
    page = renew(desk, "C1")
    assert outcomes(page) == [("success", f"Renewed: “Dune”. Due on {due.day} {due:%B %Y}.")]
    assert Loan.objects.get().renewals == 1
    assert rows(page)[0][2] == f"Dune {due.day} {due:%b %Y}"


def test_renewal_that_is_refused_tells_every_reason(desk: Client, dune: Copy) -> None:
    set_rule(max_renewals=0, no_renewal_before=1)
    make_loan(dune, MemberFactory(expires_on=timezone.localdate()), now=timezone.now())
    Member.objects.update(expires_on=date(2020, 1, 1))
    Loan.objects.update(due_at=timezone.now() + 9 * DAY)
    page = renew(desk, "C1")
    assert (page.status_code, reasons(page)) == (409, [
        "It can be renewed 0 times only.", "Renewal is possible from 1 day before the due date.",
        "The membership ended on 1 January 2020.",
    ])  # fmt: skip
    (form,) = forms(page, button="Renew anyway")
    assert send(desk, RENEW, form | {"reason": "is ill"}).status_code == 200
    assert (Loan.objects.get().renewals, Action.objects.get(verb="renew").reason) == (1, "is ill")


def test_renewal_in_spite_of_reasons_needs_one_of_its_own(desk: Client, dune: Copy) -> None:
    set_rule(max_renewals=0)
    make_loan(dune)
    (form,) = forms(renew(desk, "C1"), button="Renew anyway")
    page = send(desk, RENEW, form | {"reason": "  "})
    assert (page.status_code, Loan.objects.get().renewals) == (409, 0)
    assert field_errors(page) == ["Reason for renewing anyway: Say why it is renewed anyway."]
    assert reasons(page) == ["It can be renewed 0 times only."]
    (again,) = forms(page, button="Renew anyway")
    send(desk, RENEW, again | {"reason": "is ill"})
    assert (Loan.objects.get().renewals, Action.objects.get(verb="renew").reason) == (1, "is ill")


def test_form_sent_again_after_its_renewal_was_taken_back_says_so(desk: Client, ada: Member, dune: Copy) -> None:
    make_loan(dune, ada, now=timezone.now() - 5 * DAY)
    renew(desk, "C1", key="the-form-1")
    send(desk, f"/desk/undo/{Action.objects.get(verb='renew').pk}/", {})
    page = renew(desk, "C1", key="the-form-1")
    assert outcomes(page) == [("error", f"“Dune” (C1): {TAKEN_BACK}")]
    assert Loan.objects.get().renewals == 0


@pytest.mark.parametrize(
    ("text", "message"), [("C1", "“Dune” is not on loan."), ("C999", "No copy has the barcode C999.")]
)
def test_nothing_to_renew(text: str, message: str, desk: Client, dune: Copy) -> None:
    assert outcomes(renew(desk, text)) == [("error", message)]


def test_isbn_renews_the_only_copy_that_is_out(desk: Client) -> None:
    loan = make_loan(CopyFactory(book=BookIdentifierFactory(value="9780553382563").book), now=timezone.now() - DAY)
    renew(desk, "9780553382563")
    assert Loan.objects.get(pk=loan.pk).renewals == 1


@pytest.mark.parametrize("address", [ADDRESS, RENEW])
@pytest.mark.parametrize("text", ["C1", "nonsense"])
def test_box_is_empty_for_the_next_scan_whatever_came_of_this_one(
    text: str, address: str, desk: Client, dune: Copy
) -> None:
    page = send(desk, address, {"scan": text, "key": ""})
    assert [form["scan"] for form in forms(page) if "scan" in form] == [""]


@pytest.mark.parametrize("how", ["lent", "in", "lost"])
def test_copy_somebody_waits_for_goes_to_the_hold_shelf(how: str, desk: Client, dune: Copy) -> None:
    if how == "lent":
        make_loan(dune, MemberFactory(name="Bea"))
    if how == "lost":
        mark_lost(dune, by=None)
    HoldFactory(book=dune.book, member=MemberFactory(name="Ada"), rank=1)
    kind, words = outcomes(scan(desk, "C1"))[-1]
    assert (kind, words.startswith("“Dune” is on hold for Ada until ")) == ("warning", True)
