"""What a member's own token sees and does: its own, and nothing of anybody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.tests.api.programs import Program, problem_of
from catalog.tests.factories import CopyFactory
from circulation.models import Hold, Loan
from circulation.services.ledger import charge_member
from circulation.tests.api.test_loans import codes_of
from circulation.tests.factories import make_hold, make_loan

pytestmark = pytest.mark.django_db
OWN = ("me/loans", "me/holds", "me/fines", "me/balance")


@pytest.fixture
def mine(member_user: User) -> Program:
    return Program(member_user)


def test_member_sees_what_is_theirs_alone(mine: Program, member_user: User) -> None:
    loan, hold = make_loan(member=member_user.member), make_hold(member=member_user.member)
    entry = charge_member(member_user.member, amount_minor=250, reason="stain", by=None)
    for other in (make_loan(), make_hold()):
        charge_member(other.member, amount_minor=100, reason="theirs", by=None)
    lists = [[each["id"] for each in mine.ask("GET", address).json()["results"]] for address in OWN[:3]]
    assert lists == [[loan.pk], [hold.pk], [entry.pk]]
    balance = {"member": member_user.member.pk, "balance": "2.50", "outstanding": "2.50", "currency": "EUR"}
    assert mine.ask("GET", "me/balance").json() == balance


def test_things_of_others_are_not_there(mine: Program) -> None:
    loan, hold = make_loan(), make_hold()
    addresses = [f"me/loans/{loan.pk}/renew", *(f"me/holds/{hold.pk}/{act}" for act in ("cancel", "suspend", "resume"))]
    answers = [*(mine.ask("POST", address, {}) for address in addresses), mine.ask("GET", f"me/holds/{hold.pk}")]
    assert [problem_of(answer) for answer in answers] == [(404, "not_found")] * 5
    assert (Loan.objects.get().renewals, Hold.objects.get().status) == (0, "waiting")


def test_own_loan_is_renewed_or_refused_as_on_the_page(mine: Program, member_user: User) -> None:
    loan = make_loan(member=member_user.member, now=timezone.now() - timedelta(days=10))
    answer = mine.ask("POST", f"me/loans/{loan.pk}/renew", {})
    assert (answer.status_code, answer.json()["renewals"]) == (200, 1)
    make_hold(loan.copy.book)
    refused = mine.ask("POST", f"me/loans/{loan.pk}/renew", {})
    assert codes_of(refused) == ["renewal_hold"]


def test_member_sets_nothing_aside(mine: Program, member_user: User) -> None:
    book = CopyFactory().book_id
    answer = mine.ask("POST", "me/holds", {"book": book, "overrides": ["too_many_holds"], "reason": "please"})
    assert (problem_of(answer), answer.json()["fields"]) == ((400, "unknown_field"), ["overrides", "reason"])
    assert problem_of(mine.ask("POST", "me/holds", {"book": book, "member": 1})) == (400, "unknown_field")


def test_own_hold_is_placed_suspended_resumed_and_cancelled(mine: Program, member_user: User) -> None:
    answer = mine.ask("POST", "me/holds", {"book": CopyFactory().book_id})
    where = answer.headers["Location"]
    assert (answer.status_code, answer.json()["position"]) == (201, 1)
    assert mine.ask("GET", where).json() == answer.json()
    states = [mine.ask("POST", f"{where}/{act}", {}).json()["status"] for act in ("suspend", "resume", "cancel")]
    assert states == ["suspended", "waiting", "cancelled"]
    assert mine.ask("GET", "me/holds").json()["results"] == []


def test_book_readers_do_not_see_cannot_be_held(mine: Program) -> None:
    withdrawn = CopyFactory(withdrawn_on=timezone.localdate())
    answer = mine.ask("POST", "me/holds", {"book": withdrawn.book_id})
    assert (problem_of(answer), list(answer.json()["errors"])) == ((400, "invalid"), ["book"])


def test_staff_without_a_card_have_nothing_of_their_own(librarian: User) -> None:
    program = Program(librarian)
    assert [problem_of(program.ask("GET", address)) for address in OWN] == [(403, "not_allowed")] * 4


def test_token_that_only_reads_renews_and_holds_nothing(member_user: User) -> None:
    program = Program(member_user, ["read"])
    loan = make_loan(member=member_user.member)
    answers = [program.ask("POST", each, {}) for each in (f"me/loans/{loan.pk}/renew", "me/holds")]
    assert [problem_of(answer) for answer in answers] == [(403, "scope_missing")] * 2
