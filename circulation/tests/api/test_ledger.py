"""Accounts through the API."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Action, Branch, Member, User
from accounts.tests.api.programs import Program, problem_of
from accounts.tests.factories import MemberFactory
from circulation.models import LedgerEntry
from circulation.services.ledger import charge_member, take_payment
from circulation.services.removal import remove_member
from circulation.tests.api.test_loans import codes_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(librarian: User) -> Program:
    return Program(librarian)


@pytest.fixture
def debtor() -> Member:
    """A member who owes 9.00."""
    return charge_member(MemberFactory(card_number="M55"), amount_minor=900, reason="stain", by=None).member


def test_payment_settles_the_debt_and_is_a_line_to_read(program: Program, debtor: Member, librarian: User) -> None:
    answer = program.ask("POST", "payments", {"card": "M55", "amount": "4.50"})
    entry = LedgerEntry.objects.get(kind="payment")
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/api/v1/ledger/{entry.pk}")
    said = answer.json()
    at = said.pop("at")
    assert (at[:4], said) == (str(entry.at.year), {
        "id": entry.pk, "kind": "payment", "member": debtor.pk, "loan": None, "amount": "-4.50", "open": "0.00",
        "currency": "EUR", "branch": Branch.objects.get().pk, "reason": "", "voids": None, "voided_by": None,
    })  # fmt: skip
    assert (entry.by, Action.objects.get(verb="take_payment").by) == (librarian, librarian)
    balance = program.ask("GET", f"members/{debtor.pk}/balance").json()
    assert balance == {"member": debtor.pk, "balance": "4.50", "outstanding": "4.50", "currency": "EUR"}
    assert program.ask("GET", f"ledger/{entry.pk}").json()["amount"] == "-4.50"


def test_more_than_is_owed_is_refused_unless_it_is_kept_as_credit(program: Program, debtor: Member) -> None:
    body = {"member": debtor.pk, "amount": "10.00"}
    assert codes_of(program.ask("POST", "payments", body)) == ["amount_above_debt"]
    answer = program.ask("POST", "payments", {**body, "overpay": True})
    balance = program.ask("GET", f"members/{debtor.pk}/balance").json()
    assert (answer.status_code, balance["balance"], balance["outstanding"]) == (201, "-1.00", "0.00")


@pytest.mark.parametrize(
    "amount", [None, "", 4.5, 4, "4.505", "-1.00", "1e2", "1,00", "٤", "NaN", "9" * 20, True, ["1"]]
)
def test_amount_that_is_none_is_refused_and_books_nothing(amount: Any, program: Program, debtor: Member) -> None:
    answer = program.ask("POST", "payments", {"member": debtor.pk, "amount": amount})
    assert (problem_of(answer), list(answer.json()["errors"])) == ((400, "invalid"), ["amount"])
    assert LedgerEntry.objects.count() == 1


def test_amount_of_nothing_is_refused_by_the_rule(program: Program, debtor: Member) -> None:
    answers = [
        program.ask("POST", address, {"member": debtor.pk, "amount": "0.00", "reason": "x"})
        for address in ("payments", "waivers", "write-offs", "charges")
    ]
    assert [codes_of(answer) for answer in answers] == [["amount_not_positive"]] * 4


def test_what_forgives_and_charges_needs_a_reason(program: Program, debtor: Member) -> None:
    for address in ("waivers", "write-offs", "charges"):
        for reason in ({}, {"reason": "  "}):
            answer = program.ask("POST", address, {"member": debtor.pk, "amount": "1.00", **reason})
            assert (problem_of(answer), list(answer.json()["errors"])) == ((400, "invalid"), ["reason"])
    assert LedgerEntry.objects.count() == 1


def test_debt_is_waived_written_off_and_charged(program: Program, debtor: Member) -> None:
    body = {"member": debtor.pk, "amount": "1.00", "reason": "new here"}
    answers = [program.ask("POST", address, body) for address in ("waivers", "write-offs", "charges")]
    told = [(answer.status_code, answer.json()["kind"], answer.json()["amount"]) for answer in answers]
    assert told == [(201, "waiver", "-1.00"), (201, "write_off", "-1.00"), (201, "other", "1.00")]


def test_money_is_given_back_by_who_may(program: Program, debtor: Member, admin_user: User) -> None:
    take_payment(debtor, amount_minor=900, by=None)
    body = {"member": debtor.pk, "amount": "2.00", "reason": "asked for it"}
    refused, answer = program.ask("POST", "refunds", body), Program(admin_user).ask("POST", "refunds", body)
    assert (problem_of(refused), answer.status_code, answer.json()["amount"]) == ((403, "not_allowed"), 201, "2.00")


def test_line_is_reversed_once_and_money_only_by_who_may_give_it_back(
    program: Program, debtor: Member, admin_user: User
) -> None:
    charge, payment = LedgerEntry.objects.get(), take_payment(debtor, amount_minor=100, by=None)
    refused = program.ask("POST", f"ledger/{payment.pk}/void", {"reason": "wrong member"})
    answer = Program(admin_user).ask("POST", f"ledger/{payment.pk}/void", {"reason": "wrong member"})
    assert (problem_of(refused), answer.json()["voids"]) == ((403, "not_allowed"), payment.pk)
    assert program.ask("GET", f"ledger/{payment.pk}").json()["voided_by"] == answer.json()["id"]
    assert program.ask("POST", f"ledger/{charge.pk}/void", {"reason": "no stain"}).status_code == 201
    again = program.ask("POST", f"ledger/{charge.pk}/void", {"reason": "no stain"})
    assert codes_of(again) == ["nothing_to_void"]
    assert problem_of(program.ask("POST", f"ledger/{charge.pk}/void", {}))[0] == 400


def test_account_of_who_was_removed_is_not_there(program: Program, debtor: Member) -> None:
    entry = LedgerEntry.objects.get()
    remove_member(debtor, by=None)
    answers = [
        program.ask("GET", f"members/{debtor.pk}/ledger"), program.ask("GET", f"members/{debtor.pk}/balance"),
        program.ask("GET", f"ledger/{entry.pk}"), program.ask("POST", f"ledger/{entry.pk}/void", {"reason": "x"}),
    ]  # fmt: skip
    assert [problem_of(answer) for answer in answers] == [(404, "not_found")] * 4
    body = {"member": debtor.pk, "amount": "1.00"}
    assert list(program.ask("POST", "payments", body).json()["errors"]) == ["member"]


@pytest.mark.parametrize("count", [1, 3])
def test_account_takes_as_many_queries_for_many_lines(
    count: int, program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    member = MemberFactory()
    for _each in range(count):
        charge_member(member, amount_minor=100, reason="stain", by=None)
    program.ask("GET", f"members/{member.pk}/ledger")
    with django_assert_num_queries(6):
        found = program.ask("GET", f"members/{member.pk}/ledger", If_Match='"x"').json()["results"]
    assert [each["amount"] for each in found] == ["1.00"] * count


def test_payment_that_comes_twice_with_one_key_is_booked_once(program: Program, debtor: Member) -> None:
    body = {"member": debtor.pk, "amount": "1.00"}
    first, second = (program.ask("POST", "payments", body, Idempotency_Key="k-1") for _each in range(2))
    assert (first.json(), LedgerEntry.objects.filter(kind="payment").count()) == (second.json(), 1)
