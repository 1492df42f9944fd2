"""/desk/copies/<pk>/what-happened/: what each word would cost is told before, and what it cost afterwards."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Action, Branch, Member, User
from accounts.tests.factories import MemberFactory
from catalog.models import Copy
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from circulation.models import Loan, OnSiteUse
from circulation.queries.ledger import balance_minor
from circulation.services.ledger import take_payment
from circulation.services.lost import claim_returned, mark_lost
from circulation.tests.factories import HoldFactory, make_loan, make_overdue_loan, set_library
from circulation.tests.views.pages import forms, outcomes, rows, said, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def dune(db: None) -> Copy:
    """Costs 20.00 and 3.00."""
    copy_type = CopyTypeFactory(processing_fee_minor=300)
    return CopyFactory(book__title="Dune", barcode="C1", price_minor=2_000, copy_type=copy_type)


@pytest.fixture
def ada(db: None) -> Member:
    return MemberFactory(name="Ada")


def address(copy: Copy) -> str:
    return f"/desk/copies/{copy.pk}/what-happened/"


def tell(desk: Client, copy: Copy, button: str, **fields: Any) -> Any:
    """Press the button of this name on the page."""
    (form,) = forms(desk.get(address(copy)), button=button)
    return send(desk, address(copy), form | fields)


def test_loss_tells_what_it_costs_before_and_after(desk: Client, librarian: User, dune: Copy, ada: Member) -> None:
    make_overdue_loan(dune, ada, days=3)
    words = said(desk.get(address(dune)))
    assert "The loan ends. Ada is charged €24.50: Replacement €20.00 Processing fee €3.00 Overdue fine €1.50" in words
    page = tell(desk, dune, "Lost", reason="on a train")
    assert outcomes(page) == [("success", "“Dune” is marked lost. Charged: €24.50.")]
    assert (balance_minor(ada), Action.objects.get(verb="mark_lost").by) == (2_450, librarian)


def test_loss_of_which_the_fine_is_forgiven_says_so(desk: Client, dune: Copy, ada: Member) -> None:
    set_library(lost_fine_policy="forgive")
    make_overdue_loan(dune, ada, days=3)
    words = said(desk.get(address(dune)))
    assert "is charged €23.00:" in words
    assert "Overdue fine €1.50 forgiven" in words


def test_finding_tells_what_is_given_back_before_and_after(desk: Client, dune: Copy, ada: Member) -> None:
    mark_lost(make_loan(dune, ada).copy, by=None)
    take_payment(ada, amount_minor=500, by=None)
    assert "€20.00 of the replacement are given back as credit." in said(desk.get(address(dune)))
    page = tell(desk, dune, "Found")
    assert outcomes(page) == [("success", "“Dune” is found. Given back: €20.00. Charged: €0.00.")]
    assert balance_minor(ada) == -200


def test_return_of_a_lost_copy_finds_it(desk: Client, dune: Copy, ada: Member) -> None:
    mark_lost(make_loan(dune, ada).copy, by=None)
    page = send(desk, "/desk/return/", {"scan": "C1", "key": ""})
    assert outcomes(page) == [("warning", "Found: “Dune”, which was lost. €20.00 are given back to Ada.")]
    page = send(desk, f"/desk/undo/{Action.objects.get(verb='mark_found').pk}/", {})
    assert (outcomes(page), balance_minor(ada)) == ([("warning", "Taken back.")], 2_300)


def test_claim_is_told_on_the_page_and_at_the_return(desk: Client, dune: Copy, ada: Member) -> None:
    make_loan(dune, ada)
    page = tell(desk, dune, "Said to be returned")
    assert outcomes(page)[0][1].startswith("“Dune”: the member says it was returned.")
    assert forms(page, button="Said to be returned") == []
    assert "said to be returned" in said(desk.get(f"/desk/members/{ada.pk}/"))
    page = send(desk, "/desk/return/", {"scan": "C1", "key": ""})
    assert outcomes(page) == [("warning", "Returned: “Dune” from Ada, who had said so.")]


def test_damage_and_a_use_in_the_library(desk: Client, branch: Branch, dune: Copy) -> None:
    tell(desk, dune, "Count it")
    assert list(OnSiteUse.objects.values_list("copy", "branch")) == [(dune.pk, branch.pk)]
    page = tell(desk, dune, "Damaged")
    assert (outcomes(page), forms(page, button="Damaged")) == ([("success", "“Dune” is marked damaged.")], [])
    assert Copy.objects.get().damaged_on is not None


def test_what_does_not_fit_any_more_is_refused(desk: Client, dune: Copy) -> None:
    (form,) = forms(desk.get(address(dune)), button="Lost")
    mark_lost(dune, by=None)
    page = send(desk, address(dune), form)
    assert (page.status_code, outcomes(page)) == (409, [("error", "This copy has been marked lost already.")])


def test_form_sent_again_after_its_loss_was_taken_back_says_so(desk: Client, dune: Copy, ada: Member) -> None:
    make_loan(dune, ada)
    (form,) = forms(desk.get(address(dune)), button="Lost")
    send(desk, address(dune), form)
    send(desk, f"/desk/undo/{Action.objects.get(verb='mark_lost').pk}/", {})
    page = send(desk, address(dune), form)
    assert outcomes(page)[-1][0] == "error"
    assert Loan.objects.open().count() == 1


@pytest.mark.parametrize("what", ["", "burnt", "lost\x00"])
def test_word_that_is_none_changes_nothing(what: str, desk: Client, dune: Copy) -> None:
    page = desk.post(address(dune), {"what": what, "key": ""})
    assert (page.status_code, Action.objects.count(), Copy.objects.get().lost_on) == (200, 0, None)


@pytest.mark.parametrize(("is_lent", "count"), [(True, 10), (False, 6)])
def test_page_needs_few_statements(
    is_lent: bool, count: int, desk: Client, dune: Copy, django_assert_num_queries: Any
) -> None:  # fmt: skip
    if is_lent:
        make_overdue_loan(dune)
    with django_assert_num_queries(count):
        desk.get(address(dune))


def test_last_things_done_name_the_copy(desk: Client, librarian: User, dune: Copy, ada: Member) -> None:
    claim_returned(make_loan(dune, ada).copy, by=librarian)
    mark_lost(CopyFactory(book__title="Emma"), by=librarian)
    words = said(desk.get("/desk/"))
    assert "Said to be returned Dune" in words
    assert "Lost Emma" in words


def test_lost_copy_has_no_day_of_return_in_the_lists(desk: Client, dune: Copy, ada: Member) -> None:
    mark_lost(make_loan(dune, ada).copy, by=None)
    ((_card, _title, _borrowed, _due, returned, _fine, status),) = rows(desk.get("/desk/loans/"))
    assert (returned, status) == ("–", "LOST")
    assert b",,0.00,LOST" in desk.get("/desk/loans.csv").getvalue()


def test_holds_that_a_loss_or_a_finding_moves_are_told(desk: Client, dune: Copy) -> None:
    HoldFactory(book=dune.book, member=MemberFactory(name="Bea"))
    mark_lost(dune, by=None)
    page = tell(desk, dune, "Found")
    assert outcomes(page)[1][1].startswith("“Dune” is on hold for Bea until ")
    page = tell(desk, dune, "Lost")
    assert outcomes(page)[1] == ("warning", "“Dune” stood ready for Bea, who is first in the queue again.")
