"""Members through the API."""

from typing import Any

import pytest

from accounts.models import Action, Look, Member, User
from accounts.tests.api.programs import Program, problem_of
from accounts.tests.factories import MemberFactory
from circulation.tests.factories import make_loan

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(librarian: User) -> Program:
    return Program(librarian)


def test_member_is_registered_as_on_the_page(program: Program, librarian: User) -> None:
    answer = program.ask("POST", "members", {"name": "Mia", "email": "mia@example.org"})
    member = Member.objects.get(name="Mia")
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/api/v1/members/{member.pk}")
    shown = answer.json()
    assert (shown["id"], shown["card_number"], shown["email"]) == (member.pk, member.card_number, "mia@example.org")
    assert Action.objects.get(verb="register_member").by == librarian


def test_member_is_changed_in_what_is_sent_alone(program: Program) -> None:
    member = MemberFactory(name="Mia", phone="555")
    answer = program.ask("PATCH", f"members/{member.pk}", {"name": "Mina"})
    member.refresh_from_db()
    assert (answer.status_code, answer.json()["name"], member.name, member.phone) == (200, "Mina", "Mina", "555")


def test_removed_member_is_gone_and_nameless(program: Program) -> None:
    member = MemberFactory(name="Mia")
    gone = program.ask("DELETE", f"members/{member.pk}")
    member.refresh_from_db()
    assert (gone.status_code, gone.content, member.name) == (204, b"", "Removed member")
    assert problem_of(program.ask("GET", f"members/{member.pk}")) == (404, "not_found")


def test_member_with_a_loan_is_not_removed(program: Program) -> None:
    loan = make_loan()
    answer = program.ask("DELETE", f"members/{loan.member_id}")
    said = answer.json()
    assert (problem_of(answer), [each["code"] for each in said["reasons"]]) == ((409, "refused"), ["on_loan"])
    assert "override" not in said


def test_members_are_found_by_what_the_page_finds_them_by(program: Program) -> None:
    found = MemberFactory(name="Mia Member", group_name="5b")
    MemberFactory(name="Otto Other")
    answers = [
        program.ask("GET", f"members?q={q}&fields=id").json()["results"] for q in ("mia", found.card_number, "5B")
    ]
    assert answers == [[{"id": found.pk}]] * 3


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_members_takes_five_queries_and_four_without_their_contacts(
    count: int, program: Program, django_assert_num_queries: Any
) -> None:
    MemberFactory.create_batch(count)
    for address, queries in (("members", 5), ("members?fields=id,name", 4)):
        answer = program.ask_counted(address, queries, django_assert_num_queries)
        assert len(answer.json()["results"]) == count


@pytest.mark.parametrize("address", ["members/{pk}", "members/{pk}/balance", "members/{pk}/ledger", "members"])
def test_member_sees_who_looked_through_a_program(address: str, program: Program, librarian: User) -> None:
    member = MemberFactory()
    for _twice in range(2):
        program.ask("GET", address.format(pk=member.pk))
    assert [(look.member, look.by) for look in Look.objects.all()] == [(member, librarian)]


def test_what_the_list_on_the_page_shows_is_no_look_nor_is_ones_own_card(program: Program, librarian: User) -> None:
    MemberFactory()
    program.ask("GET", "members?fields=id,card_number,name,group_name,category")
    own = MemberFactory(user=librarian)
    program.ask("GET", f"members/{own.pk}")
    assert Look.objects.count() == 0
