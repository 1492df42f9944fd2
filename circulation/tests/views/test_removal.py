"""/desk/members/<pk>/remove/: says what it means, and does it once."""

import pytest
from django.test import Client

from accounts.models import Member
from accounts.tests.factories import MemberFactory
from circulation.services.ledger import charge_member, take_payment
from circulation.tests.factories import HoldFactory, make_loan
from circulation.tests.views.pages import forms, outcomes, said, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> Member:
    return MemberFactory(name="Ada Lovelace")


def address(member: Member) -> str:
    return f"/desk/members/{member.pk}/remove/"


def test_page_says_what_becomes_of_debts_and_holds(desk: Client, ada: Member) -> None:
    charge_member(ada, amount_minor=300, reason="stain", by=None)
    HoldFactory(member=ada)
    words = said(desk.get(address(ada)))
    assert "1 hold is cancelled. €3.00 still owed are written off." in words
    (form,) = forms(desk.get(address(ada)), button="Remove for good")
    page = send(desk, address(ada), form)
    assert outcomes(page) == [("success", "The member is removed. Nothing personal is left.")]
    assert page.redirect_chain == [("/desk/members/", 302)]
    assert "Ada" not in said(page)
    assert outcomes(send(desk, address(ada), form)) == outcomes(page)


def test_credit_is_pointed_out(desk: Client, ada: Member) -> None:
    take_payment(ada, amount_minor=300, overpay=True, by=None)
    assert "The library owes €3.00. Give it back before" in said(desk.get(address(ada)))


def test_member_with_a_loan_has_no_button(desk: Client, ada: Member) -> None:
    (form,) = forms(desk.get(address(ada)), button="Remove for good")
    make_loan(member=ada)
    page = desk.get(address(ada))
    assert "Ada Lovelace still has 1 book on loan. Take it back first." in said(page)
    assert forms(page, button="Remove for good") == []
    page = send(desk, address(ada), form)
    assert outcomes(page) == [("error", "This member still has books on loan. Take them back first.")]


@pytest.mark.parametrize("what", ["", "edit/", "pay/", "waive/", "charge/", "write-off/", "remove/", "card.pdf"])
def test_pages_of_a_removed_member_are_not_there(what: str, desk: Client, ada: Member) -> None:
    send(desk, address(ada), forms(desk.get(address(ada)), button="Remove for good")[0])
    assert desk.get(f"/desk/members/{ada.pk}/{what}").status_code == 404
