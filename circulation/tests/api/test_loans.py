"""Loans through the API: the same rules, reasons and permissions as at the desk."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Action, User
from accounts.queries import default_branch
from accounts.tests.api.programs import Program, problem_of
from accounts.tests.factories import BranchFactory, MemberFactory
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from circulation.models import CirculationRule, LedgerEntry, Loan
from circulation.services.lost import mark_lost
from circulation.tests.factories import make_hold, make_loan, make_overdue_loan

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(librarian: User) -> Program:
    return Program(librarian)


def codes_of(answer: Any) -> list[str]:
    """The reasons of a refusal."""
    assert problem_of(answer) == (409, "refused")
    return [each["code"] for each in answer.json()["reasons"]]


# --- issue ------------------------------------------------------------------------------------------


def test_copy_is_issued_by_keys_and_recorded_for_who_asked(program: Program, librarian: User) -> None:
    copy, member, branch = CopyFactory(), MemberFactory(), BranchFactory()
    answer = program.ask("POST", "loans", {"copy": copy.pk, "member": member.pk, "branch": branch.pk})
    loan = Loan.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/api/v1/loans/{loan.pk}")
    assert answer.json() == {
        "id": loan.pk, "status": "active", "copy": copy.pk, "barcode": copy.barcode, "book": copy.book_id,
        "title": copy.book.title, "member": member.pk, "branch": branch.pk,
        "issued_at": timezone.localtime(loan.issued_at).isoformat().replace("+00:00", "Z"),
        "due_at": timezone.localtime(loan.due_at).isoformat().replace("+00:00", "Z"),
        "due_on": timezone.localdate(loan.due_at).isoformat(), "returned_at": None, "renewals": 0,
        "claimed_returned_at": None, "fine": "0.00", "running_fine": "0.00",
    }  # fmt: skip
    assert Action.objects.get(verb="issue").by == librarian
    assert program.ask("GET", answer.headers["Location"]).json() == answer.json()


def test_copy_is_issued_by_card_and_barcode_at_the_first_branch(program: Program) -> None:
    copy, member = CopyFactory(barcode="B77"), MemberFactory(card_number="M55")
    answer = program.ask("POST", "loans", {"barcode": " b77", "card": "m55"})
    loan = Loan.objects.get()
    facts = (loan.copy, loan.member, loan.branch)
    assert (answer.status_code, facts) == (201, (copy, member, default_branch()))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"copy": None}, "copy"), ({"copy": 10**30}, "copy"), ({"copy": -1}, "copy"), ({"copy": "1"}, "copy"),
        ({"copy": True}, "copy"), ({"copy": 999_999}, "copy"), ({"barcode": "B77"}, "copy"),
        ({"card": "M55"}, "member"),
        ({"member": 999_999}, "member"), ({"branch": 999_999}, "branch"), ({"due_on": "tomorrow"}, "due_on"),
        ({"due_on": "2999-01-01"}, "due_on"), ({"overrides": "on_loan"}, "overrides"),
        ({"overrides": [1]}, "overrides.0"),
        ({"overrides": ["on_loan"]}, "reason"), ({"reason": "x" * 301}, "reason"), ({"reason": "a\0b"}, "reason"),
        ({"overrides": ["x"] * 31, "reason": "y"}, "overrides"),
    ],
)  # fmt: skip
def test_body_that_cannot_be_is_said_by_its_field_and_lends_nothing(
    changes: dict[str, Any], field: str, program: Program
) -> None:
    body = {"copy": CopyFactory().pk, "member": MemberFactory().pk, **changes}
    answer = program.ask("POST", "loans", body)
    assert (problem_of(answer), list(answer.json()["errors"])) == ((400, "invalid"), [field])
    assert Loan.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "copy"), ({"barcode": "NOBODY"}, "barcode"), ({"barcode": ""}, "barcode"),
        ({"barcode": "\u0618" * 60}, "barcode"),
        ({"card": "NOBODY", "member": None}, "member"),
    ],
)  # fmt: skip
def test_unknown_codes_are_said_where_they_were_given(body: dict[str, Any], field: str, program: Program) -> None:
    answer = program.ask("POST", "loans", {"member": MemberFactory().pk, **body})
    assert (problem_of(answer), list(answer.json()["errors"])) == ((400, "invalid"), [field])


def test_field_that_can_only_be_read_is_refused(program: Program) -> None:
    answer = program.ask("POST", "loans", {"copy": 1, "member": 1, "renewals": 9, "fine": "0.00"})
    assert (problem_of(answer), answer.json()["fields"]) == ((400, "unknown_field"), ["fine", "renewals"])


def test_refusal_gives_every_reason_and_nothing_to_set_aside_where_one_cannot_be(program: Program) -> None:
    loan = make_loan(
        CopyFactory(copy_type=CopyTypeFactory(is_lendable=False)), overrides=["not_lendable"], reason="once"
    )
    answer = program.ask("POST", "loans", {"copy": loan.copy_id, "member": MemberFactory().pk})
    assert (codes_of(answer), "override" in answer.json()) == (["on_loan", "not_lendable"], False)


def test_reasons_that_may_be_set_aside_say_so_and_are_with_a_reason(program: Program) -> None:
    copy, member = CopyFactory(copy_type=CopyTypeFactory(is_lendable=False)), MemberFactory()
    body = {"copy": copy.pk, "member": member.pk}
    refused = program.ask("POST", "loans", body)
    override = [{"code": "not_lendable", "permission": "accounts.override_block"}]
    assert (codes_of(refused), refused.json()["override"]) == (["not_lendable"], override)
    answer = program.ask("POST", "loans", {**body, "overrides": ["not_lendable"], "reason": "exhibition"})
    action = Action.objects.get(verb="issue")
    assert (answer.status_code, action.overrides, action.reason) == (201, ["not_lendable"], "exhibition")


def test_copy_the_member_has_is_renewed_instead_and_answers_200(program: Program) -> None:
    loan = make_loan(now=timezone.now() - timedelta(days=10))
    body = {"copy": loan.copy_id, "member": loan.member_id, "overrides": ["already_yours"], "reason": "at the desk"}
    answer = program.ask("POST", "loans", body)
    assert (answer.status_code, answer.json()["id"], answer.json()["renewals"]) == (200, loan.pk, 1)


def test_due_date_by_hand_needs_its_permission(program: Program, librarian: User) -> None:
    body = {"copy": CopyFactory().pk, "member": MemberFactory().pk, "due_on": str(timezone.localdate())}
    permissions = librarian.groups.get().permissions
    [permission] = permissions.filter(codename="set_due_date")
    permissions.remove(permission)
    refused = program.ask("POST", "loans", body)
    permissions.add(permission)
    answer = program.ask("POST", "loans", body)
    assert (problem_of(refused), answer.status_code) == ((403, "not_allowed"), 201)
    assert answer.json()["due_on"] == body["due_on"]


def test_request_that_comes_twice_with_one_key_lends_once(program: Program) -> None:
    body = {"copy": CopyFactory().pk, "member": MemberFactory().pk}
    first, second = (program.ask("POST", "loans", body, Idempotency_Key="k-1") for _each in range(2))
    assert (first.status_code, second.status_code, first.json()) == (201, 201, second.json())
    assert (second.headers["Idempotency-Replayed"], Loan.objects.count()) == ("true", 1)
    other = program.ask("POST", "loans", {**body, "reason": "another"}, Idempotency_Key="k-1")
    assert problem_of(other) == (422, "key_reused")


# --- return and renew -------------------------------------------------------------------------------


def test_return_tells_the_fine_and_the_hold_the_copy_stands_ready_for(program: Program) -> None:
    loan = make_overdue_loan(days=3)
    CirculationRule.objects.create(category=loan.category, fine_amount_minor=75)
    hold = make_hold(loan.copy.book)
    running = program.ask("GET", f"loans/{loan.pk}").json()["running_fine"]
    answer = program.ask("POST", f"loans/{loan.pk}/return", {})
    said = answer.json()
    assert (answer.status_code, said["status"], said["fine"], said["running_fine"]) == (
        200,
        "returned",
        running,
        "0.00",
    )
    assert (said["hold"], LedgerEntry.objects.get().loan) == (hold.pk, loan)


def test_return_takes_no_body_at_all(program: Program) -> None:
    answer = program.generic("POST", f"/api/v1/loans/{make_loan().pk}/return", content_type="", headers=program.sent)
    assert (answer.status_code, answer.json()["hold"]) == (200, None)


def test_loan_that_ended_is_not_returned_again_though_its_copy_is_out(program: Program) -> None:
    loan = make_loan()
    program.ask("POST", f"loans/{loan.pk}/return", {})
    later = make_loan(loan.copy)
    assert codes_of(program.ask("POST", f"loans/{loan.pk}/return", {})) == ["not_on_loan"]
    later.refresh_from_db()
    assert later.is_open


def test_day_of_return_is_checked_as_at_the_desk(program: Program) -> None:
    loan = make_loan()
    answers = [
        program.ask(
            "POST", f"loans/{loan.pk}/return", {"returned_on": str(timezone.localdate() + timedelta(days=days))}
        )
        for days in (1, -1)
    ]
    assert [codes_of(answer) for answer in answers] == [["date_in_future"], ["date_before_loan"]]


def test_loan_is_renewed_or_refused_with_the_reasons(program: Program) -> None:
    loan = make_loan(now=timezone.now() - timedelta(days=10))
    answer = program.ask("POST", f"loans/{loan.pk}/renew", {})
    assert (answer.status_code, answer.json()["renewals"]) == (200, 1)
    CirculationRule.objects.create(category=loan.category, max_renewals=1)
    refused = program.ask("POST", f"loans/{loan.pk}/renew", {})
    assert codes_of(refused) == ["renewal_limit"]


# --- seeing -----------------------------------------------------------------------------------------


def test_loans_are_found_by_status_and_by_whose_they_are(program: Program) -> None:
    active, overdue, returned = make_loan(), make_overdue_loan(), make_loan()
    program.ask("POST", f"loans/{returned.pk}/return", {})

    def found(query: str) -> list[int]:
        return [each["id"] for each in program.ask("GET", f"loans?{query}").json()["results"]]

    assert [found(f"status={each}") for each in ("active", "overdue", "returned")] == [
        [active.pk, overdue.pk], [overdue.pk], [returned.pk],
    ]  # fmt: skip
    assert found(f"member={overdue.member_id}") == found(f"copy={overdue.copy_id}") == [overdue.pk]
    assert found(f"book={overdue.copy.book_id}&status=active") == found(f"q={overdue.copy.barcode}") == [overdue.pk]
    today = timezone.localdate()
    assert found(f"issued_before={today}") == [overdue.pk]
    assert found(f"issued_after={today}&ordering=issued_at") == [active.pk, returned.pk]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("status=late", "invalid"), ("member=x", "invalid"), ("member=1&member=2", "invalid"), ("limit=0", "invalid"),
        ("limit=101", "invalid"), ("colour=red", "unknown_parameter"), ("cursor=abc", "bad_cursor"),
        ("fields=secret", "unknown_field"), ("ordering=member__name", "invalid"), ("issued_after=1", "invalid"),
        ("q=%00", "invalid"), ("member=99999999999999999999", "invalid"),
    ],
)  # fmt: skip
def test_question_that_means_nothing_is_one_problem(query: str, problem: str, program: Program) -> None:
    assert problem_of(program.ask("GET", f"loans?{query}")) == (400, problem)


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_loans_takes_as_many_queries_for_many(
    count: int, program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(count):
        make_overdue_loan()
    program.ask("GET", "loans")
    with django_assert_num_queries(8):
        assert len(program.ask("GET", "loans").json()["results"]) == count


def test_pages_of_loans_lead_forth_and_back(program: Program) -> None:
    loans = [make_loan().pk for _each in range(3)]
    first = program.ask("GET", "loans?limit=2").json()
    second = program.ask("GET", _path(first["next"])).json()
    keys = [[each["id"] for each in page["results"]] for page in (first, second)]
    assert (keys, second["next"]) == ([loans[:0:-1], loans[:1]], None)
    assert program.ask("GET", _path(second["previous"])).json()["results"] == first["results"]


def _path(address: str) -> str:
    return address.removeprefix("http://testserver")


def test_loan_that_was_undone_is_not_there(program: Program) -> None:
    loan = make_loan()
    Loan.objects.update(outcome="undone", returned_at=timezone.now(), closed_at=timezone.now())
    assert problem_of(program.ask("GET", f"loans/{loan.pk}")) == (404, "not_found")
    assert problem_of(program.ask("POST", f"loans/{loan.pk}/renew", {})) == (404, "not_found")


def test_if_match_of_a_loan_means_nothing_where_nothing_of_it_is_changed(program: Program) -> None:
    loan = make_loan()
    assert program.ask("GET", f"loans/{loan.pk}", If_Match='"x"').status_code == 200
    assert program.ask("POST", f"loans/{loan.pk}/return", {}, If_Match='"x"').status_code == 200


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "loans"), ("POST", "loans"), ("GET", "loans/1"), ("POST", "loans/1/return"), ("POST", "loans/1/renew")],
)
def test_members_and_tokens_that_only_read_may_not(
    method: str, address: str, member_user: User, librarian: User
) -> None:
    assert problem_of(Program(member_user).ask(method, address, {} if method == "POST" else None)) == (
        403,
        "not_allowed",
    )
    scopes = ["manage"] if method == "GET" else ["read", "manage"]
    under_scoped = Program(librarian, scopes).ask(method, address, {} if method == "POST" else None)
    assert problem_of(under_scoped) == (403, "scope_missing")


def test_lost_ones_are_found_by_the_word_they_are_shown_with(program: Program) -> None:
    make_loan()
    lost = make_loan()
    mark_lost(lost.copy, by=None)
    found = program.ask("GET", "loans?status=lost").json()["results"]
    assert [(each["id"], each["status"]) for each in found] == [(lost.pk, "lost")]
