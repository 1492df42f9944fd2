"""Signing in for a token, out again, and what the token is; sign-ins for staff."""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from accounts.models import Action, ApiAnswer, ApiToken, LibrarySettings, User
from accounts.permissions import LIBRARIAN
from accounts.tests.api.programs import Program, problem_of
from accounts.tests.second_factors import code_of, give_app

pytestmark = pytest.mark.django_db
PASSWORD = "a sentence nobody guesses"
NEW = {"username": "lea", "name": "Lea", "email": "Lea@example.org", "password": PASSWORD}


@pytest.fixture
def lena(make_user: Any) -> User:
    return make_user(LIBRARIAN, username="lena", email="lena@example.org", password=make_password(PASSWORD))


def sign_in(login: str = "lena", password: str = PASSWORD, **more: Any) -> Any:
    return Program().ask("POST", "login", {"login": login, "password": password} | more)


@pytest.mark.parametrize("login", ["lena", "LENA@example.org"])
def test_password_gives_a_token_until_it_is_revoked(login: str, lena: User) -> None:
    answer = sign_in(login)
    program = Program()
    program.sent = {"Authorization": f"Bearer {answer.json()['token']}"}
    me = program.ask("GET", "me").json()
    assert (answer.status_code, me["username"], me["roles"], me["member"]) == (200, "lena", [LIBRARIAN], None)
    assert (me["token"]["scopes"], "accounts.issue" in me["permissions"]) == (["read", "circulate", "manage"], True)
    assert (program.ask("POST", "logout").status_code, ApiToken.objects.get().revoked_at is None) == (204, False)
    assert problem_of(program.ask("GET", "me")) == (401, "token_revoked")


def test_token_is_kept_nowhere_whatever_is_sent_with_the_sign_in(lena: User) -> None:
    sent = {"login": "lena", "password": PASSWORD}
    answers = [Program(lena).ask("POST", "login", sent, Idempotency_Key="k").json()["token"] for _twice in range(2)]
    assert (answers[0] != answers[1], ApiAnswer.objects.count()) == (True, 0)


@pytest.mark.parametrize("scope", ["circulate", "manage"])
def test_any_token_can_be_given_back(scope: str, lena: User) -> None:
    program = Program(lena, scopes=[scope])
    LibrarySettings.objects.update(second_factor="staff")
    assert (program.ask("POST", "logout").status_code, ApiToken.objects.get().revoked_at is None) == (204, False)


def test_token_gets_no_more_than_was_asked_for(lena: User) -> None:
    assert sign_in(scopes=["read"]).json()["scopes"] == ["read"]


@pytest.mark.parametrize(("login", "password"), [("lena", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD)])
def test_wrong_tries_are_answered_alike(login: str, password: str, lena: User, make_user: Any) -> None:
    make_user(LIBRARIAN, username="gone", is_active=False, password=make_password(PASSWORD))
    answer = sign_in(login, password)
    assert (problem_of(answer), ApiToken.objects.count()) == ((401, "wrong_password"), 0)


def test_too_many_wrong_tries_close_the_sign_in_for_the_right_password_too(lena: User) -> None:
    for _try in range(10):
        sign_in(password="wrong")
    answer = sign_in()
    assert (problem_of(answer), "Retry-After" in answer.headers) == ((429, "too_many_requests"), True)


def test_first_password_gives_no_token(lena: User) -> None:
    User.objects.update(must_change_password=True)
    assert problem_of(sign_in()) == (403, "password_must_change")


def test_second_factor_is_asked_for(lena: User) -> None:
    code = code_of(give_app(lena))
    answers = [sign_in(), sign_in(code="000000"), sign_in(code=code)]
    assert [problem_of(each) for each in answers[:2]] == [(401, "wrong_code")] * 2
    assert answers[2].status_code == 200


def test_who_needs_a_second_factor_sets_it_up_first(lena: User) -> None:
    program = Program(lena)
    LibrarySettings.objects.update(second_factor="staff")
    assert [problem_of(each) for each in (sign_in(), program.ask("GET", "me"))] == [(403, "second_factor_needed")] * 2


def test_member_sees_the_own_card_but_no_note_of_the_desk(member_user: User) -> None:
    me = Program(member_user).ask("GET", "me").json()
    assert (me["member"]["card_number"], "note" in me["member"], me["permissions"]) == ("M000001X", False, [])


def test_admin_makes_a_sign_in_whose_password_serves_once(admin_user: User) -> None:
    answer = Program(admin_user).ask("POST", "register", NEW, Idempotency_Key="k")
    user = User.objects.get(username="lea")
    assert (answer.status_code, answer.json()["roles"], user.email) == (201, [LIBRARIAN], "lea@example.org")
    assert (user.check_password(PASSWORD), user.must_change_password, user.is_staff) == (True, True, False)
    kept = repr([*Action.objects.values(), *ApiAnswer.objects.values()])
    assert PASSWORD not in kept


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"password": "password"}, (400, "invalid")), ({"password": 123_456_789_012}, (400, "invalid")),
        ({"username": "a b"}, (400, "invalid")),
        ({"role": "Member"}, (400, "invalid")), ({"is_superuser": True}, (400, "unknown_field")),
        ({"username": "ADMIN"}, (409, "refused")),
    ],
)  # fmt: skip
def test_sign_in_that_must_not_be_is_not_made(changes: dict, problem: tuple, admin_user: User) -> None:
    answer = Program(admin_user).ask("POST", "register", NEW | changes)
    assert (problem_of(answer), User.objects.count()) == (problem, 1)


def test_password_that_is_too_easy_is_what_is_wrong(admin_user: User) -> None:
    answer = Program(admin_user).ask("POST", "register", NEW | {"password": "password"})
    assert list(answer.json()["errors"]) == ["password"]


def test_librarian_makes_no_staff(librarian: User) -> None:
    assert problem_of(Program(librarian).ask("POST", "register", NEW)) == (403, "not_allowed")
