"""Holds through the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Action, User
from accounts.tests.api.programs import Program, problem_of
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.models import Hold
from circulation.tests.api.test_loans import codes_of
from circulation.tests.factories import make_hold, make_loan, make_ready_hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(librarian: User) -> Program:
    return Program(librarian)


def test_hold_is_placed_for_any_copy_and_tells_its_place(program: Program) -> None:
    first, member = make_hold(), MemberFactory()
    answer = program.ask("POST", "holds", {"book": first.book_id, "member": member.pk, "not_after": None})
    hold = Hold.objects.get(member=member)
    said = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/api/v1/holds/{hold.pk}")
    told = (said["status"], said["position"], said["copy"], said["title"])
    assert (told, Action.objects.filter(verb="place_hold").count()) == (("waiting", 2, None, hold.book.title), 2)
    assert program.ask("GET", answer.headers["Location"]).json() == said


def test_hold_on_one_copy_needs_no_book(program: Program) -> None:
    copy, member = make_loan().copy, MemberFactory(card_number="M55")
    answer = program.ask("POST", "holds", {"copy": copy.pk, "card": "M55"})
    hold = Hold.objects.get()
    assert (answer.status_code, hold.copy, hold.book_id, hold.member) == (201, copy, copy.book_id, member)


def test_body_that_cannot_be_is_said_by_its_field_and_places_nothing(program: Program) -> None:
    copy, member = CopyFactory(), MemberFactory().pk
    bodies: list[tuple[dict[str, Any], str]] = [
        ({}, "book"),
        ({"book": 999_999}, "book"),
        ({"book": BookFactory().pk, "copy": copy.pk}, "copy"),
        ({"copy": copy.pk, "member": None}, "member"),
        ({"copy": copy.pk, "starts_on": "0001-01-01"}, "starts_on"),
        ({"copy": copy.pk, "overrides": ["too_many_holds"]}, "reason"),
    ]
    answers = [program.ask("POST", "holds", {"member": member, **body}) for body, _field in bodies]
    assert [list(answer.json()["errors"]) for answer in answers] == [[field] for _body, field in bodies]
    assert {problem_of(answer) for answer in answers} == {(400, "invalid")}
    assert Hold.objects.count() == 0


def test_second_hold_on_the_same_book_is_refused_with_its_reason(program: Program) -> None:
    hold = make_hold()
    answer = program.ask("POST", "holds", {"book": hold.book_id, "member": hold.member_id})
    assert codes_of(answer) == ["hold_duplicate"]


def test_hold_is_suspended_resumed_moved_and_cancelled(program: Program) -> None:
    first = make_hold()
    hold = make_hold(first.book)
    until = str(timezone.localdate() + timedelta(days=5))

    def act(what: str, body: dict[str, Any]) -> tuple[Any, ...]:
        answer = program.ask("POST", f"holds/{hold.pk}/{what}", body)
        said = answer.json()
        return answer.status_code, said["status"], said["position"], said["suspended_until"]

    assert act("suspend", {"until": until}) == (200, "suspended", 2, until)
    assert act("resume", {}) == (200, "waiting", 2, None)
    assert act("move", {"to": 1}) == (200, "waiting", 1, None)
    assert act("cancel", {"reason": "moved away"}) == (200, "cancelled", None, None)
    assert codes_of(program.ask("POST", f"holds/{hold.pk}/cancel", {})) == ["hold_not_possible"]
    assert Action.objects.get(verb="cancel_hold").reason == "moved away"


@pytest.mark.parametrize("body", [{}, {"to": 0}, {"to": "1"}, {"to": 1.5}, {"to": 100_001}, {"to": None}])
def test_place_that_is_none_is_refused(body: dict[str, Any], program: Program) -> None:
    answer = program.ask("POST", f"holds/{make_hold().pk}/move", body)
    assert (problem_of(answer), list(answer.json()["errors"])) == ((400, "invalid"), ["to"])


def test_day_of_a_suspension_that_has_passed_is_refused(program: Program) -> None:
    answer = program.ask("POST", f"holds/{make_hold().pk}/suspend", {"until": "2020-01-01"})
    assert codes_of(answer) == ["due_in_past"]


def test_hold_that_is_ready_tells_copy_and_deadline_and_keeps_its_place(program: Program) -> None:
    hold = make_ready_hold()
    said = program.ask("GET", f"holds/{hold.pk}").json()
    Hold.objects.get(pk=hold.pk)
    told = (said["status"], said["position"], said["ready_copy"], said["pickup_by"])
    stored = Hold.objects.get(pk=hold.pk)
    assert told == ("ready", None, stored.trapped_copy_id, str(stored.pickup_by))
    assert codes_of(program.ask("POST", f"holds/{hold.pk}/move", {"to": 1})) == ["hold_waiting"]


def test_holds_are_found_by_status_member_and_book(program: Program) -> None:
    waiting, ready, cancelled = make_hold(), make_ready_hold(), make_hold()
    program.ask("POST", f"holds/{cancelled.pk}/cancel", {})

    def found(query: str) -> list[int]:
        return [each["id"] for each in program.ask("GET", f"holds?{query}").json()["results"]]

    keys = [hold.pk for hold in (waiting, ready, cancelled)]
    assert [found(f"status={each}") for each in ("active", "ready", "cancelled")] == [keys[:2], keys[1:2], keys[2:]]
    assert found(f"member={waiting.member_id}") == found(f"book={waiting.book_id}") == keys[:1]
    assert found("ordering=-id") == keys[::-1]
    assert problem_of(program.ask("GET", "holds?status=lost")) == (400, "invalid")


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_holds_takes_as_many_queries_for_many(
    count: int, program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(count):
        make_hold()
    program.ask("GET", "holds")
    with django_assert_num_queries(5):
        assert len(program.ask("GET", "holds").json()["results"]) == count


def test_request_that_comes_twice_with_one_key_places_one(program: Program) -> None:
    body = {"book": CopyFactory().book_id, "member": MemberFactory().pk}
    first, second = (program.ask("POST", "holds", body, Idempotency_Key="k-1") for _each in range(2))
    assert (first.json(), Hold.objects.count()) == (second.json(), 1)
