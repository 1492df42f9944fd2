"""Money at the desk: payment, waiver, charge, receipt."""

import pytest
from django.test import Client

from accounts.models import Action, Branch, Member, User
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import CopyFactory
from circulation.models import LedgerEntry
from circulation.queries.ledger import balance_minor
from circulation.services.ledger import charge_member, take_payment
from circulation.services.loans import return_copy
from circulation.tests.factories import make_overdue_loan, set_library
from circulation.tests.views.pages import TAKEN_BACK, field_errors, forms, outcomes, rows, said, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> Member:
    """A member who owes 5.00."""
    member = MemberFactory(name="Ada", card_number="M1")
    charge_member(member, amount_minor=500, reason="lost card", by=None)
    return member


def address(member: Member, what: str) -> str:
    return f"/desk/members/{member.pk}/{what}/"


def form_of(desk: Client, member: Member, what: str) -> dict[str, str]:
    (form,) = [form for form in forms(desk.get(address(member, what))) if "amount_minor" in form]
    return form


def test_payment_is_taken_and_leads_to_its_receipt(desk: Client, librarian: User, ada: Member) -> None:
    form = form_of(desk, ada, "pay")
    assert form["amount_minor"] == "5.00"
    page = send(desk, address(ada, "pay"), form | {"amount_minor": "3.20"})
    entry = LedgerEntry.objects.get(kind="payment")
    assert (entry.amount_minor, entry.by) == (-320, librarian)
    assert (page.redirect_chain, outcomes(page)) == (
        [(f"/desk/receipts/{entry.pk}/", 302)], [("success", "Received €3.20.")],
    )  # fmt: skip
    assert f"Receipt {entry.pk}" in said(page)
    assert "Received from Ada M1" in said(page)
    assert "Amount €3.20 Desk Main library By Lena Librarian Other charge – €3.20 Still owed: €1.80" in said(page)


def test_receipt_names_the_book_a_fine_was_for(desk: Client, branch) -> None:
    loan = make_overdue_loan(CopyFactory(book__title="Dune"), days=2)
    return_copy(loan.copy, branch=branch, by=None)
    entry = take_payment(loan.member, amount_minor=100, by=None)
    page = said(desk.get(f"/desk/receipts/{entry.pk}/"))
    assert "Overdue fine: Dune – €1.00 Nothing is owed any more." in page


def test_payment_above_the_debt_is_refused_unless_it_is_kept(desk: Client, ada: Member) -> None:
    form = form_of(desk, ada, "pay") | {"amount_minor": "8.00"}
    page = send(desk, address(ada, "pay"), form)
    assert field_errors(page) == ["Amount in EUR: That is more than is owed."]
    assert balance_minor(ada) == 500
    page = send(desk, address(ada, "pay"), form | {"overpay": "on"})
    assert (balance_minor(ada), outcomes(page)) == (-300, [("success", "Received €8.00.")])
    assert "Amount €8.00" in said(page)
    assert "Credit: €3.00" in said(page)


def test_payment_that_was_taken_back_says_so_on_its_receipt(desk: Client, ada: Member) -> None:
    send(desk, address(ada, "pay"), form_of(desk, ada, "pay"))
    send(desk, f"/desk/undo/{Action.objects.get(verb='take_payment').pk}/", {})
    entry = LedgerEntry.objects.get(kind="payment")
    assert "This payment was taken back. " in said(desk.get(f"/desk/receipts/{entry.pk}/"))
    assert balance_minor(ada) == 500


def test_only_money_received_has_a_receipt(desk: Client, ada: Member) -> None:
    assert desk.get(f"/desk/receipts/{LedgerEntry.objects.get(kind='other').pk}/").status_code == 404


def test_waiver_needs_a_reason(desk: Client, librarian: User, ada: Member) -> None:
    form = form_of(desk, ada, "waive")
    assert field_errors(send(desk, address(ada, "waive"), form)) == ["Reason: This field is required."]
    page = send(desk, address(ada, "waive"), form | {"amount_minor": "2", "reason": "new here"})
    assert (outcomes(page), balance_minor(ada)) == ([("success", "Waived €2.00.")], 300)
    assert (Action.objects.get(verb="waive").reason, Action.objects.get(verb="waive").by) == ("new here", librarian)


def test_charge_is_written_with_what_it_is_for(desk: Client, librarian: User, ada: Member) -> None:
    form = form_of(desk, ada, "charge")
    assert form["amount_minor"] == ""
    page = send(desk, address(ada, "charge"), form | {"amount_minor": "1.50", "reason": "coffee on page 9"})
    entry = LedgerEntry.objects.latest("pk")
    assert (entry.kind, entry.amount_minor, entry.reason, entry.by) == ("other", 150, "coffee on page 9", librarian)
    assert outcomes(page) == [("success", "Charged €1.50.")]


@pytest.mark.parametrize("what", ["pay", "waive", "charge"])
def test_same_form_sent_twice_books_once(what: str, desk: Client, ada: Member) -> None:
    form = form_of(desk, ada, what) | {"amount_minor": "1.00", "reason": "new here"}
    pages = [send(desk, address(ada, what), form) for _each in range(2)]
    assert (pages[0].redirect_chain, outcomes(pages[0])) == (pages[1].redirect_chain, outcomes(pages[1]))
    assert LedgerEntry.objects.count() == 2


def test_form_sent_again_after_its_payment_was_taken_back_books_nothing(desk: Client, ada: Member) -> None:
    form = form_of(desk, ada, "pay")
    send(desk, address(ada, "pay"), form)
    desk.post(f"/desk/undo/{Action.objects.get(verb='take_payment').pk}/")
    page = send(desk, address(ada, "pay"), form)
    assert outcomes(page) == [("warning", "Taken back."), ("error", TAKEN_BACK)]
    assert (balance_minor(ada), page.redirect_chain) == (500, [(address(ada, "pay"), 302)])
    send(desk, address(ada, "pay"), form_of(desk, ada, "pay"))
    assert balance_minor(ada) == 0


@pytest.mark.parametrize("what", ["pay", "waive", "charge"])
def test_same_form_with_another_amount_is_refused(what: str, desk: Client, ada: Member) -> None:
    form = form_of(desk, ada, what) | {"amount_minor": "1.00", "reason": "new here"}
    send(desk, address(ada, what), form)
    page = send(desk, address(ada, what), form | {"amount_minor": "2.00"})
    assert (page.status_code, "This form was sent before" in said(page)) == (409, True)
    assert LedgerEntry.objects.count() == 2


@pytest.mark.parametrize(("amount", "error"), [
    ("", "This field is required."), ("0", "Give an amount above zero."), ("0.00", "Give an amount above zero."),
    ("-1", "Ensure this value is greater than or equal to 0."), ("abc", "Enter a number."),
    ("1.005", "Ensure that there are no more than 2 decimal places."), ("NaN", "Enter a number."),
    ("Infinity", "Enter a number."), ("1e400", "Enter a number."),
    ("9" * 40, "Ensure that there are no more than 12 digits in total."), ("1\x00", "Enter a number."),
    ("1" * 5000, "Ensure that there are no more than 12 digits in total."), ("١٠٠", "That is more than is owed."),
])  # fmt: skip
def test_amount_that_is_none_is_an_error_of_the_form(amount: str, error: str, desk: Client, ada: Member) -> None:
    page = send(desk, address(ada, "pay"), {"amount_minor": amount, "key": ""})
    assert (page.status_code, field_errors(page)) == (200, [f"Amount in EUR: {error}"])
    assert balance_minor(ada) == 500


@pytest.mark.parametrize(("currency", "typed", "minor", "told"), [
    ("JPY", "300", 300, "¥300"), ("KWD", "0.300", 300, "KWD 0.300"), ("EUR", "3", 300, "€3.00"),
])  # fmt: skip
def test_amounts_have_the_digits_of_the_currency(
    currency: str, typed: str, minor: int, told: str, desk: Client
) -> None:
    set_library(currency=currency)
    member = MemberFactory()
    page = send(desk, address(member, "charge"), {"amount_minor": typed, "reason": "lost card", "key": ""})
    assert (balance_minor(member), outcomes(page)[0][1].replace("\xa0", " ")) == (minor, f"Charged {told}.")


def test_write_off_is_booked_with_its_reason(desk: Client, librarian: User, ada: Member) -> None:
    page = send(desk, address(ada, "write-off"), form_of(desk, ada, "write-off") | {"reason": "moved away"})
    entry = LedgerEntry.objects.get(kind="write_off")
    assert (entry.amount_minor, entry.reason, entry.by) == (-500, "moved away", librarian)
    assert outcomes(page) == [("success", "Written off: €5.00.")]


def test_refund_offers_the_unused_credit_and_leads_to_its_receipt(
    admin_desk: Client, admin_user: User, branch: Branch
) -> None:  # fmt: skip
    member = MemberFactory(name="Ada", card_number="M1")
    take_payment(member, amount_minor=300, overpay=True, by=None)
    charge_member(member, amount_minor=100, reason="stain", by=None)
    page = admin_desk.get(address(member, "refund"))
    assert "Ada paid €3.00 that can be given back. €2.00 of it is unused credit" in said(page)
    form = form_of(admin_desk, member, "refund")
    assert form["amount_minor"] == "2.00"
    page = send(admin_desk, address(member, "refund"), form | {"reason": "moved away"})
    entry = LedgerEntry.objects.get(kind="refund")
    assert (entry.amount_minor, entry.branch, entry.by, balance_minor(member)) == (200, branch, admin_user, 0)
    assert page.redirect_chain == [(f"/desk/receipts/{entry.pk}/", 302)]
    assert "Given back to Ada M1" in said(page)
    assert "Amount €2.00 Desk Main library Reason moved away By Ada Admin" in said(page)


def test_refund_takes_its_own_permission(desk: Client, ada: Member) -> None:
    take_payment(ada, amount_minor=100, by=None)
    assert desk.get(address(ada, "refund")).status_code == 403
    assert "Give money back" not in said(desk.get(f"/desk/members/{ada.pk}/"))
    payment = LedgerEntry.objects.get(kind="payment")
    assert desk.get(f"/desk/entries/{payment.pk}/reverse/").status_code == 403


def test_line_is_reversed_with_a_reason(desk: Client, librarian: User, ada: Member) -> None:
    charge = LedgerEntry.objects.get()
    where = f"/desk/entries/{charge.pk}/reverse/"
    page = desk.get(where)
    assert "Line Other charge" in said(page)
    (form,) = forms(page, button="Reverse this line")
    assert field_errors(send(desk, where, form)) == ["Reason: This field is required."]
    page = send(desk, where, form | {"reason": "wrong member"})
    assert (outcomes(page), balance_minor(ada)) == ([("success", "The line is reversed.")], 0)
    assert LedgerEntry.objects.get(kind="void").reason == "wrong member"
    page = send(desk, where, {"reason": "once more", "key": ""})
    assert field_errors(page) == ["This line has been reversed already."]


def test_payment_is_reversed_by_who_may_give_money_back(admin_desk: Client, ada: Member) -> None:
    payment = take_payment(ada, amount_minor=100, by=None)
    send(admin_desk, f"/desk/entries/{payment.pk}/reverse/", {"reason": "typing", "key": ""})
    assert balance_minor(ada) == 500


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 30])
def test_line_that_is_not_there_is_not_found(pk: str, desk: Client) -> None:
    assert desk.get(f"/desk/entries/{pk}/reverse/").status_code == 404


def test_long_account_has_pages(desk: Client, ada: Member) -> None:
    for _each in range(25):
        charge_member(ada, amount_minor=100, reason="copies", by=None)
    first, second = desk.get(f"/desk/members/{ada.pk}/"), desk.get(f"/desk/members/{ada.pk}/?page=2")
    assert (len(rows(first)), len(rows(second))) == (25, 1)
    assert "lost card" in said(second)


def test_member_s_page_says_why_a_running_fine_is_what_it_is(desk: Client, ada: Member) -> None:
    make_overdue_loan(member=ada, days=1)
    assert "€0.50 Why?" in said(desk.get(f"/desk/members/{ada.pk}/"))
