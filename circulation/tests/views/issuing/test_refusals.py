"""/desk/issue/: what is refused, with every reason, and what may be set aside."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Action, Member
from accounts.tests.factories import MemberCategoryFactory, MemberFactory
from catalog.models import Copy
from circulation.models import Loan
from circulation.tests.factories import make_loan
from circulation.tests.views.issuing.scans import ADDRESS, scan
from circulation.tests.views.pages import (
    field_errors,
    forms,
    outcomes,
    reasons,
    send,
)

pytestmark = pytest.mark.django_db


def test_every_reason_of_a_refusal_is_shown_at_once(desk: Client, dune: Copy) -> None:
    member = MemberFactory(expires_on=date(2020, 1, 1), category=MemberCategoryFactory(max_loans=0))
    Copy.objects.update(damaged_on=date(2026, 1, 5))
    page = scan(desk, "C1", member)
    assert (page.status_code, Loan.objects.count()) == (409, 0)
    assert reasons(page) == [
        "This copy has been marked damaged since 5 January 2026.",
        "The membership ended on 1 January 2020.",
        "Only 0 loans in all at a time.",
    ]


def test_refusal_can_be_set_aside_with_a_reason(desk: Client, dune: Copy) -> None:
    member = MemberFactory(expires_on=date(2020, 1, 1))
    (form,) = forms(scan(desk, "C1", member), button="Issue anyway")
    page = send(desk, ADDRESS, form | {"reason": "renews tomorrow"})
    assert (Loan.objects.get().member, outcomes(page)[0][0]) == (member, "success")
    action = Action.objects.get(verb="issue")
    assert (action.overrides, action.reason) == (["member_expired"], "renews tomorrow")


@pytest.mark.parametrize(("reason", "error"), [
    ("", "Say why it is issued anyway."), ("  ", "Say why it is issued anyway."),
    ("x" * 301, "Ensure this value has at most 300 characters (it has 301)."),
    ("\x00", "Null characters are not allowed."),
])  # fmt: skip
def test_override_without_a_reason_keeps_the_case(reason: str, error: str, desk: Client, dune: Copy) -> None:
    member, day = MemberFactory(expires_on=date(2020, 1, 1)), timezone.localdate() + timedelta(days=90)
    (form,) = forms(scan(desk, "C1", member, due_on=day.isoformat()), button="Issue anyway")
    page = send(desk, ADDRESS, form | {"reason": reason})
    assert (page.status_code, Loan.objects.count()) == (409, 0)
    assert (reasons(page), field_errors(page)) == (
        ["The membership ended on 1 January 2020."], [f"Reason for issuing anyway: {error}"],
    )  # fmt: skip
    (again,) = forms(page, button="Issue anyway")
    send(desk, ADDRESS, again | {"reason": "renews tomorrow"})
    loan = Loan.objects.get()
    assert (loan.member, timezone.localdate(loan.due_at)) == (member, day)
    assert Action.objects.get(verb="issue").reason == "renews tomorrow"


def test_refusal_that_cannot_be_set_aside_offers_no_button(desk: Client, dune: Copy, ada: Member) -> None:
    make_loan(dune)
    page = scan(desk, "C1", ada)
    assert (page.status_code, forms(page, button="Issue anyway")) == (409, [])
    assert reasons(page) == ["This copy is on loan to somebody else. Take it back first."]


def test_copy_the_member_has_already_can_be_renewed(desk: Client, dune: Copy, ada: Member) -> None:
    make_loan(dune, ada, now=timezone.now() - timedelta(days=5))
    page = scan(desk, "C1", ada)
    (form,) = forms(page, button="Renew it instead")
    send(desk, "/desk/renew/", form)
    assert (Loan.objects.get().renewals, forms(page, button="Issue anyway")) == (1, [])
